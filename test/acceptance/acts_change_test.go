package acceptance

import (
	"fmt"
	"slices"
	"testing"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

func (s *story) makeFive(t *testing.T) {
	first := files{"fleet.yaml": s.fleetFile()}
	for _, name := range five {
		first[at(name)] = cluster(name)
	}
	s.push(t, "five clusters", first)
	s.is(t, "settled", five...)
	rows := s.rows(t)
	if len(rows) != len(five) {
		t.Errorf("%d stacks, want %d", len(rows), len(five))
	}
	for _, name := range five {
		s.whole(t, name)
	}
}

// whole wants a cluster's stack complete, with one each of what a docker cluster
// is made of, there in Heat and in the services themselves.
func (s *story) whole(t *testing.T, name string) {
	t.Helper()
	row := s.row(t, name)
	if row.Status.String() != "CREATE_COMPLETE" || row.Name != s.stackName(name) {
		t.Errorf("stack %s is %s", row.Name, row.Status)
	}
	having := s.having(t, row)
	for _, kind := range []string{"OS::Nova::Server", "OS::Neutron::Port", "OS::Neutron::FloatingIP"} {
		if len(having[kind]) != 1 || !s.cloud.exists(t, kind, having[kind][0]) {
			t.Errorf("cluster %s has %s %q", name, kind, having[kind])
		}
	}
}

func (s *story) changeTwo(t *testing.T) {
	before := s.rows(t)
	servers := s.having(t, before["web"])["OS::Nova::Server"]
	s.push(t, "a bigger web, an open api", files{
		at("web"): cluster("web", "flavor: "+s.cloud.site.otherFlavor),
		at("api"): cluster("api", `labels: {published_ports: "80,443"}`),
	})
	s.is(t, "settled", five...)
	s.onlyTouched(t, before, "api", "web")
	rows := s.rows(t)
	if got := s.parameter(t, rows["web"], "flavor"); got != s.cloud.site.otherFlavor {
		t.Errorf("web has flavor %q", got)
	}
	if got := s.parameter(t, rows["api"], "published_ports"); got != "80,443" {
		t.Errorf("api publishes ports %q", got)
	}
	if now := s.having(t, rows["web"])["OS::Nova::Server"]; !slices.Equal(now, servers) {
		t.Errorf("the resize replaced %q by %q", servers, now)
	}
}

// revertDuringUpdate has Heat take up an update and takes it back while Heat is at
// it: the revert must not wait for the end of what it reverts. An update that ends
// before the agent has read the revert proves nothing, so there are three tries.
func (s *story) revertDuringUpdate(t *testing.T) {
	for port := 5432; port < 5440; port++ { // where much else runs the push of the revert comes late
		before := s.row(t, "db")
		ended := s.updatesEnded(t, before)
		s.push(t, "another port for db", files{at("db"): cluster("db", fmt.Sprintf("labels: {published_ports: \"%d\"}", port))})
		s.wait(t, "update of db", func() (string, bool) {
			now := s.row(t, "db")
			return now.Status.String(), now.Marks().Digest != before.Marks().Digest
		})
		s.head = s.repo.revert(t)
		s.is(t, "settled", five...)
		if got := s.parameter(t, s.row(t, "db"), "published_ports"); got != "" {
			t.Errorf("db publishes ports %q", got)
		}
		if s.updatesEnded(t, before) == ended+1 {
			return
		}
	}
	t.Error("each update that was taken back went on to its end first")
}

// updatesEnded counts the updates of a stack that Heat saw through.
func (s *story) updatesEnded(t *testing.T, r live.Row) int {
	t.Helper()
	all, err := s.cloud.heat.Events(t.Context(), ref(r), 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range all {
		if e.Resource == r.Name && e.Status.String() == "UPDATE_COMPLETE" {
			n++
		}
	}
	return n
}

func (s *story) deletedByHand(t *testing.T) {
	before := s.rows(t)
	if err := s.cloud.heat.Delete(t.Context(), ref(before["docs"])); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "another stack for docs", func() (string, bool) {
		now, there := s.rows(t)["docs"]
		return fmt.Sprintf("%s %s", now.ID, now.Status), there && now.ID != before["docs"].ID && !now.Status.Working()
	})
	s.is(t, "settled", five...)
	s.onlyTouched(t, before, "docs")
	s.whole(t, "docs")
}

func (s *story) changedByHand(t *testing.T) {
	before := s.rows(t)
	byHand := heat.Patch{Spec: heat.Spec{Parameters: map[string]any{"published_ports": "22222"}}}
	if err := s.cloud.heat.Patch(t.Context(), ref(before["ci"]), byHand); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "ci put right", func() (string, bool) {
		// In this order: of the row alone, a change by hand that has ended looks like
		// the end of what puts it right.
		ports := s.parameter(t, before["ci"], "published_ports")
		now := s.row(t, "ci")
		return now.Status.String() + " with ports " + ports, ports == "" && !now.Status.Working()
	})
	s.is(t, "settled", five...)
	s.onlyTouched(t, before, "ci")
	if now := s.row(t, "ci"); now.Marks() != before["ci"].Marks() {
		t.Errorf("ci has marks %+v, had %+v", now.Marks(), before["ci"].Marks())
	}
}
