#!/usr/bin/python3
"""Fills Keystone (and the other services) with what a tier needs.

Every step looks first and adds only what is missing, so it can run again.
Called by `up`; the environment carries STATE, PASSWORD, REGION and the ports, P_*.
"""
import os
import sys
import time

from keystoneauth1 import session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client as ksclient

E = os.environ
PW = E['PASSWORD']
REGION = E['REGION']
URL = f'http://127.0.0.1:{E["P_KEYSTONE"]}/v3'


def auth(user, project):
    return session.Session(v3.Password(
        auth_url=URL, username=user, password=PW, project_name=project,
        user_domain_id='default', project_domain_id='default'))


class Keystone:
    def __init__(self):
        self.c = ksclient.Client(session=auth('admin', 'admin'), endpoint_override=URL)

    def role(self, name):
        for r in self.c.roles.list():
            if r.name == name:
                return r
        return self.c.roles.create(name)

    def domain(self, name):
        for d in self.c.domains.list():
            if d.name == name:
                return d
        return self.c.domains.create(name)

    def project(self, name):
        for p in self.c.projects.list(domain='default'):
            if p.name == name:
                return p
        return self.c.projects.create(name, 'default')

    def user(self, name, domain='default'):
        for u in self.c.users.list(domain=domain):
            if u.name == name:
                return u
        return self.c.users.create(name, domain=domain, password=PW)

    def service(self, name, kind, port, path):
        for s in self.c.services.list():
            if s.type == kind:
                break
        else:
            s = self.c.services.create(name, type=kind)
        have = {e.interface for e in self.c.endpoints.list(service=s.id)}
        for i in ('public', 'internal', 'admin'):
            if i not in have:
                self.c.endpoints.create(s.id, f'http://127.0.0.1:{E[port]}{path}', interface=i, region=REGION)

    def service_user(self, name):
        u, p = self.user(name), self.project('service')
        for r in ('admin', 'service'):
            self.c.roles.grant(self.role(r), user=u, project=p)


def heat():
    k = Keystone()
    k.service_user('heat')
    k.service('heat', 'orchestration', 'P_HEAT', '/v1/%(tenant_id)s')
    k.service('heat-cfn', 'cloudformation', 'P_HEAT_CFN', '/v1')
    d = k.domain('heat')
    k.c.roles.grant(k.role('admin'), user=k.user('heat_domain_admin', domain=d.id), domain=d)
    k.role('heat_stack_user')
    p, u = k.project('demo'), k.user('demo')
    for r in ('member', 'heat_stack_owner'):
        k.c.roles.grant(k.role(r), user=u, project=p)
    a = [x for x in k.c.users.list(domain='default') if x.name == 'admin'][0]
    k.c.roles.grant(k.role('heat_stack_owner'), user=a, project=k.project('admin'))
    k.c.roles.grant(k.role('admin'), user=a, project=p)
    # a second tenant, for what must not be seen across projects
    p2, u2 = k.project('demo2'), k.user('demo2')
    for r in ('member', 'heat_stack_owner'):
        k.c.roles.grant(k.role(r), user=u2, project=p2)


def consumed(*queues, seconds=120):
    """Until every queue has a consumer: an RPC sent before that is lost, and its
    caller waits for a reply until it times out. The services' own "up" flags are
    no help: they stay for a minute after a service has gone."""
    import amqp
    end = time.time() + seconds
    missing = list(queues)
    while time.time() < end:
        try:
            with amqp.Connection(f'127.0.0.1:{E["P_RABBIT"]}', userid='openstack', password=PW) as c:
                while missing:
                    if c.channel().queue_declare(missing[0], passive=True).consumer_count < 1:
                        break
                    missing.pop(0)
        except (OSError, amqp.AMQPError):
            pass
        if not missing:
            return
        time.sleep(0.2)
    sys.exit(f'no consumer on the RabbitMQ queues {missing}')


def ready_heat():
    consumed('engine')


STEPS = {'heat': heat, 'ready-heat': ready_heat}


def main():
    if sys.argv[1] not in STEPS:
        import bootstrap_compute
        import bootstrap_magnum
        STEPS.update(bootstrap_compute.STEPS, **bootstrap_magnum.STEPS)
    STEPS[sys.argv[1]]()


if __name__ == '__main__':
    main()
