package acceptance

import (
	"slices"
	"testing"
)

const strangers = `heat_template_version: 2018-08-31
description: somebody's own
resources:
  word: {type: OS::Heat::RandomString}
`

// foreign writes a cluster whose stack name somebody else has: it is neither
// updated nor, asked away, deleted.
func (s *story) foreign(t *testing.T) {
	theirs := s.byHand(t, s.stackName("guest"), strangers, nil)
	before := s.rows(t)
	s.push(t, "a guest", files{at("guest"): cluster("guest")})
	s.is(t, "stalled conflict", "guest")
	if out, code := s.agent.command(t, "plan"); code != 1 {
		t.Errorf("heatsync plan over a name that is taken ends with %d:\n%s", code, out)
	}
	s.push(t, "no guest", files{at("guest"): gone("guest")})
	s.waitFleet(t, "look at the guest asked away", func(f fleetStatus) bool {
		word := f.cluster("guest").word()
		return word == "settled" || word == "stalled conflict"
	})
	s.push(t, "nothing of a guest", files{at("guest"): ""})
	s.waitFleet(t, "fleet without guest", func(f fleetStatus) bool { return f.cluster("guest").Outcome == "unknown" })
	s.onlyTouched(t, before)
	if err := s.cloud.heat.Delete(t.Context(), ref(theirs)); err != nil {
		t.Error(err)
	}
	s.waitGone(t, "guest")
}

// legacy is a server somebody made before there was an agent. Its parameters have
// names that the docker driver knows.
const legacy = `heat_template_version: 2018-08-31
parameters:
  image: {type: string}
  flavor: {type: string}
  keypair: {type: string}
resources:
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.9.0.0/24}}
  port: {type: OS::Neutron::Port, depends_on: subnet, properties: {network: {get_resource: net}}}
  server:
    type: OS::Nova::Server
    properties:
      image: {get_param: image}
      flavor: {get_param: flavor}
      flavor_update_policy: RESIZE
      key_name: {get_param: keypair}
      networks: [{port: {get_resource: port}}]
`

// adopted takes over a stack made by hand: nothing in it is replaced, neither by
// the adoption nor by the change of a flavor after it.
func (s *story) adopted(t *testing.T) {
	at1 := s.cloud.site
	name := s.fleet + "-legacy"
	row := s.byHand(t, name, legacy, map[string]any{"image": at1.image, "flavor": at1.flavor, "keypair": at1.keypair})
	before, others := s.having(t, row), s.rows(t)
	s.push(t, "adopt the old one", files{at("old"): cluster("old", "adopt: {stack: "+name+"}")})
	s.is(t, "settled", "old")
	s.nothingToDo(t)
	now := s.row(t, "old")
	if m := now.Marks(); now.ID != row.ID || !m.Owns(s.fleet, "old") || m.Driver != "docker" {
		t.Errorf("adopted is %s with marks %+v, not %s", now.ID, m, row.ID)
	}
	s.sameThings(t, before)
	s.push(t, "a bigger old one", files{at("old"): cluster("old", "adopt: {stack: "+name+"}", "flavor: "+at1.otherFlavor)})
	s.is(t, "settled", "old")
	if got := s.parameter(t, s.row(t, "old"), "flavor"); got != at1.otherFlavor {
		t.Errorf("old has flavor %q", got)
	}
	s.sameThings(t, before)
	s.nothingToDo(t)
	s.push(t, "the old one goes", files{at("old"): gone("old")})
	s.waitGone(t, "old")
	s.push(t, "the old one is gone", files{at("old"): ""})
	s.is(t, "settled", five...)
	s.onlyTouched(t, others)
}

func (s *story) sameThings(t *testing.T, before map[string][]string) {
	t.Helper()
	now := s.having(t, s.row(t, "old"))
	for kind, ids := range before {
		if !slices.Equal(now[kind], ids) {
			t.Errorf("%s %q became %q", kind, ids, now[kind])
		}
	}
}
