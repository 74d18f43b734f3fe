"""The steps of bootstrap.py for the tier compute."""
import os
import sys
import time

from openstack import connection

from bootstrap import Keystone, consumed, E, PW, REGION, URL


def connect(user, project):
    return connection.Connection(
        auth=dict(auth_url=URL, username=user, password=PW, project_name=project,
                  user_domain_id='default', project_domain_id='default'),
        region_name=REGION)


def compute_identity():
    k = Keystone()
    for name, kind, port, path in (
            ('placement', 'placement', 'P_PLACEMENT', ''),
            ('glance', 'image', 'P_GLANCE', ''),
            ('nova', 'compute', 'P_NOVA', '/v2.1'),
            ('neutron', 'network', 'P_NEUTRON', ''),
            ('cinder', 'volumev3', 'P_CINDER', '/v3/%(tenant_id)s'),
            ('octavia', 'load-balancer', 'P_OCTAVIA', '')):
        k.service_user(name)
        k.service(name, kind, port, path)
    # Octavia's own default policy asks for these
    for r in ('load-balancer_member', 'load-balancer_observer'):
        k.role(r)
    for u, p in (('demo', 'demo'), ('demo2', 'demo2')):
        k.c.roles.grant(k.role('load-balancer_member'), user=k.user(u), project=k.project(p))


def wait(what, probe, seconds=90):
    end = time.time() + seconds
    last = None
    while time.time() < end:
        try:
            if probe():
                return
        except Exception as e:
            last = e
        time.sleep(0.3)
    sys.exit(f'{what} is not ready: {last}')


def compute_ready():
    consumed('conductor', 'scheduler', 'compute.devhost', 'cinder-scheduler', 'cinder-volume.devhost@fake',
             'octavia_provisioning_v2')


FLAVORS = {'m1.tiny': (1, 512, 1), 'm1.small': (1, 2048, 20), 'm1.medium': (2, 4096, 40),
           'm1.large': (4, 8192, 80), 'm1.magnum': (2, 4096, 20)}
IMAGES = {'fedora-coreos-latest': 'fedora-coreos', 'fedora-atomic-latest': 'fedora-atomic',
          'ubuntu-mesos': 'ubuntu', 'ubuntu-latest': 'ubuntu'}


def compute_resources():
    a = connect('admin', 'admin')
    have = {f.name for f in a.compute.flavors()}
    for n, (cpu, ram, disk) in FLAVORS.items():
        if n not in have:
            a.compute.create_flavor(name=n, vcpus=cpu, ram=ram, disk=disk, is_public=True)
    have = {i.name for i in a.image.images()}
    for n, distro in IMAGES.items():
        if n not in have:
            a.image.create_image(name=n, data=b'devcloud\n', disk_format='raw',
                                 container_format='bare', visibility='public', os_distro=distro,
                                 allow_duplicates=True, wait=True)
    net = a.network.find_network('public') or a.network.create_network(
        name='public', is_router_external=True, provider_network_type='flat',
        provider_physical_network='public')
    # out of 127/8: what connects to a floating IP stays on this machine
    if not net.subnet_ids:
        a.network.create_subnet(network_id=net.id, name='public-subnet', ip_version=4,
                                cidr='127.24.0.0/16', gateway_ip='127.24.0.1', enable_dhcp=False)
    for who in ('demo', 'admin', 'demo2'):
        c = connect(who, who)
        if not c.compute.find_keypair('testkey'):
            k = c.compute.create_keypair(name='testkey')
            path = os.path.join(E['STATE'], f'testkey-{who}.pem')
            with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), 'w') as f:
                f.write(k.private_key)
    # the first volume type is made at the first look-up
    wait('a volume type', lambda: list(a.block_storage.types()))


STEPS = {'compute-identity': compute_identity, 'compute-ready': compute_ready,
         'compute-resources': compute_resources}
