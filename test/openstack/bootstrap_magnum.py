"""The steps of bootstrap.py for the tier magnum."""
import sys

from bootstrap import Keystone, consumed
from bootstrap_compute import connect


def magnum_identity():
    k = Keystone()
    for name, kind, port, path in (('barbican', 'key-manager', 'P_BARBICAN', ''),
                                   ('magnum', 'container-infra', 'P_MAGNUM', '/v1')):
        k.service_user(name)
        k.service(name, kind, port, path)
    d = k.domain('magnum')
    k.c.roles.grant(k.role('admin'), user=k.user('magnum_domain_admin', domain=d.id), domain=d)
    for u, p in (('demo', 'demo'), ('demo2', 'demo2')):
        k.c.roles.grant(k.role('creator'), user=k.user(u), project=k.project(p))


def magnum_ready():
    consumed('magnum-conductor')


TEMPLATES = {
    'k8s-coreos': dict(coe='kubernetes', image_id='fedora-coreos-latest', network_driver='flannel',
                       volume_driver='cinder', docker_storage_driver='overlay2', labels={}),
    'swarm': dict(coe='swarm-mode', image_id='fedora-atomic-latest', network_driver='docker',
                  docker_storage_driver='overlay2', labels={}),
}


def magnum_templates():
    """Public cluster templates, so that a client has one to start from."""
    m = connect('admin', 'admin').container_infrastructure_management
    have = {t['name'] for t in m.get('/clustertemplates').json()['clustertemplates']}
    for name, t in TEMPLATES.items():
        if name in have:
            continue
        r = m.post('/clustertemplates', json=dict(
            t, name=name, external_network_id='public', dns_nameserver='8.8.8.8', flavor_id='m1.magnum',
            master_flavor_id='m1.magnum', keypair_id='testkey', public=True,
            floating_ip_enabled=True, master_lb_enabled=False))
        if r.status_code not in (200, 201):
            sys.exit(f'cluster template {name}: {r.status_code} {r.text}')


STEPS = {'magnum-identity': magnum_identity, 'magnum-ready': magnum_ready,
         'magnum-templates': magnum_templates}
