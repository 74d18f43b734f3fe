package acceptance

import (
	"maps"
	"slices"
	"testing"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// unreadable breaks one file in the commit that changes another cluster: the
// other goes on, the broken file's own is held as it is.
func (s *story) unreadable(t *testing.T) {
	before := s.rows(t)
	s.push(t, "a slip in web, another port for api", files{
		at("web"): cluster("web", "flavor: [", "nodeCount: 2"),
		at("api"): cluster("api", `labels: {published_ports: "80"}`),
	})
	s.is(t, "held unreadable", "web")
	s.is(t, "settled", "api", "ci", "db", "docs")
	s.onlyTouched(t, before, "api")
	if out, code := s.agent.command(t, "plan"); code != 1 {
		t.Errorf("heatsync plan over a broken file ends with %d:\n%s", code, out)
	}
	s.push(t, "web mended", files{at("web"): cluster("web", "flavor: "+s.cloud.site.otherFlavor)})
	s.is(t, "settled", five...)
	s.onlyTouched(t, before, "api")
}

// vanished takes a file away: its stack stays, until the file is back.
func (s *story) vanished(t *testing.T) {
	before := s.rows(t)
	s.push(t, "docs lost", files{at("docs"): ""})
	s.is(t, "held orphan", "docs")
	s.is(t, "settled", "api", "ci", "db", "web")
	s.nothingToDo(t)
	s.onlyTouched(t, before)
	s.head = s.repo.revert(t)
	s.is(t, "settled", five...)
	s.onlyTouched(t, before)
}

// suspended has a cluster left alone, by Git and after a change by hand; another
// cluster's change, settled meanwhile, shows that the agent was at work.
func (s *story) suspended(t *testing.T) {
	s.push(t, "db on its own", files{at("db"): cluster("db", "lifecycle: Suspended", "nodeCount: 2")})
	s.is(t, "held suspended", "db")
	byHand := heat.Patch{Spec: heat.Spec{Parameters: map[string]any{"published_ports": "5432"}}}
	if err := s.cloud.heat.Patch(t.Context(), ref(s.row(t, "db")), byHand); err != nil {
		t.Fatal(err)
	}
	s.complete(t, ref(s.row(t, "db")))
	before := s.rows(t)
	s.push(t, "api on other ports", files{at("api"): cluster("api", `labels: {published_ports: "8080"}`)})
	s.is(t, "settled", "api")
	s.is(t, "held suspended", "db")
	s.nothingToDo(t)
	s.onlyTouched(t, before, "api")
	s.push(t, "db as before", files{at("db"): cluster("db")})
	s.is(t, "settled", five...)
	if got := s.parameter(t, s.row(t, "db"), "published_ports"); got != "" {
		t.Errorf("db publishes ports %q", got)
	}
}

// absent asks two clusters away at once, one more than maxDeletes: neither goes.
// Then one, which goes, and the rest one after the other.
func (s *story) absent(t *testing.T) {
	before := s.rows(t)
	s.push(t, "ci and docs go", files{at("ci"): gone("ci"), at("docs"): gone("docs")})
	s.is(t, "held max-deletes", "ci", "docs")
	s.nothingToDoBut(t, "ci", "docs")
	s.onlyTouched(t, before)
	s.push(t, "ci goes, docs stays", files{at("docs"): cluster("docs")})
	s.waitGone(t, "ci")
	s.is(t, "settled", five...)
	s.onlyTouched(t, before, "ci")
	s.push(t, "ci is gone", files{at("ci"): ""})
	s.waitFleet(t, "fleet of four", func(f fleetStatus) bool { return f.cluster("ci").Outcome == "unknown" })
	left := slices.DeleteFunc(slices.Clone(five), func(name string) bool { return name == "ci" })
	s.is(t, "settled", left...)
}

func (s *story) waitGone(t *testing.T, name string) {
	t.Helper()
	s.wait(t, "end of the stack of "+name, func() (string, bool) {
		row, there := s.rows(t)[name]
		return row.Status.String(), !there
	})
}

// nothingToDoBut wants a plan that would do nothing to any cluster but these, which
// are held.
func (s *story) nothingToDoBut(t *testing.T, held ...string) {
	t.Helper()
	out, pending := s.plan(t)
	if got := slices.Sorted(maps.Keys(pending)); !slices.Equal(got, held) {
		t.Errorf("heatsync plan would change %q, not %q:\n%s", got, held, out)
	}
}
