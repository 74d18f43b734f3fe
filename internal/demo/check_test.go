package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

const hash = "0123456789abcdef0123456789abcdef01234567"

// well is a step in which web was made, beside shop and the stranger.
func well() (expectation, sight) {
	made := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	one := func(id string, servers ...string) stack {
		return stack{heatsim.Stack{
			ID: id, Action: "CREATE", Status: "COMPLETE", Updated: made, Tags: []string{"t"},
			Parameters: map[string]string{meddledParameter: rightPorts},
		}, servers}
	}
	db, shop, web := one("db", "s1"), one("shop", "s2"), one("web", "s3", "s4")
	w := expectation{
		clusters: map[string]shown{"web": settled, "shop": held(reconcile.HeldUnreadable)},
		servers:  map[string]int{"web": 2, "shop": 1}, touched: []string{"web"}, says: "shop.yaml:6:3", drift: "shop",
	}
	return w, sight{
		revision: hash,
		status: reconcile.FleetStatus{Revision: hash, Clusters: []reconcile.ClusterStatus{
			{Name: "shop", Outcome: reconcile.Held, Code: reconcile.HeldUnreadable, Message: "clusters/shop.yaml:6:3: unknown", Nodes: reconcile.NodeCounts{Live: 1}},
			{Name: "web", Outcome: reconcile.Settled, Nodes: reconcile.NodeCounts{Live: 2}},
		}},
		stacks:  map[string]stack{strangers: db, "demo--shop": shop, "demo--web": web},
		servers: 4,
		written: map[string][]string{"demo--web": {"POST"}},
		before:  map[string]stack{strangers: db, "demo--shop": shop},
		events:  []event{{Msg: "drift seen", Cluster: "shop"}},
	}
}

// TestChecks breaks a good step in one way each, and wants the check that is for it to fail.
func TestChecks(t *testing.T) {
	tests := []struct {
		name, fails, says string
		harm              func(*sight)
	}{
		{name: "all is well", harm: func(*sight) {}},
		{"another revision", "revision", "not 0123456", func(s *sight) { s.status.Revision = "fedcba" }},
		{"unreadable source", "revision", "gone", func(s *sight) { s.status.SourceError = &reconcile.Fault{Summary: "gone"} }},
		{"another outcome", "status", "web is stalled (quota), not settled: no cores", func(s *sight) {
			s.status.Clusters[1] = reconcile.ClusterStatus{Name: "web", Outcome: reconcile.Stalled, Code: reconcile.FaultQuota, Message: "no cores", Nodes: reconcile.NodeCounts{Live: 2}}
		}},
		{"a cluster not shown", "status", "web is not shown", func(s *sight) { s.status.Clusters = s.status.Clusters[:1] }},
		{"a cluster too many", "status", "ci is shown", func(s *sight) {
			s.status.Clusters = append(s.status.Clusters, reconcile.ClusterStatus{Name: "ci", Outcome: reconcile.Settled})
		}},
		{"no place told", "reason", "no cluster's message", func(s *sight) { s.status.Clusters[0].Message = "unknown field" }},
		{"drift unnoticed", "drift", "nothing was noticed on shop", func(s *sight) { s.events = nil }},
		{"a stack twice", "stacks servers", "demo--web (again) is there", func(s *sight) {
			s.stacks["demo--web (again)"] = stack{s.stacks["demo--web"].Stack, nil}
		}},
		{"a stack in progress", "stacks", "demo--web is CREATE_IN_PROGRESS", func(s *sight) {
			x := s.stacks["demo--web"]
			x.Status = "IN_PROGRESS"
			s.stacks["demo--web"] = x
		}},
		{"a server too few", "servers", "demo--web has 1", func(s *sight) {
			x := s.stacks["demo--web"]
			x.servers = x.servers[:1]
			s.stacks["demo--web"] = x
		}},
		{"a server nobody knows", "servers", "5 servers exist, not 4", func(s *sight) { s.servers++ }},
		{"a node the API does not know", "nodes", "web is said to have 1 nodes, not 2", func(s *sight) { s.status.Clusters[1].Nodes.Live = 1 }},
		{"a wrong parameter", "parameters", "of demo--web is 80,443,2375", func(s *sight) {
			s.stacks["demo--web"].Parameters[meddledParameter] = wrongPorts
		}},
		{"a write to another", "writes", "demo--shop was written to (PUT)", func(s *sight) { s.written["demo--shop"] = []string{"PUT"} }},
		{"a write twice", "writes", "more than once", func(s *sight) { s.written["demo--web"] = []string{"POST", "PUT"} }},
		{"no write", "writes", "demo--web was not written to", func(s *sight) { s.written = nil }},
		{"a stranger's stack changed", "others", "reporting-db has changed", func(s *sight) {
			x := s.stacks[strangers]
			x.Updated = x.Updated.Add(time.Second)
			s.stacks[strangers] = x
		}},
		{"a stranger's stack gone", "servers others", "reporting-db is gone", func(s *sight) { delete(s.stacks, strangers) }},
		{"a stack replaced", "others", "demo--shop is another stack", func(s *sight) {
			x := s.stacks["demo--shop"]
			x.ID = "new"
			s.stacks["demo--shop"] = x
		}},
		{"a server replaced", "writes others", "demo--shop has lost a server", func(s *sight) {
			s.stacks["demo--shop"] = stack{s.stacks["demo--shop"].Stack, []string{"s9"}}
			s.written["demo--shop"] = []string{"PUT"}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, s := well()
			tt.harm(&s)
			var fail, said []string
			for _, c := range checks(w, s) {
				if !c.OK {
					fail, said = append(fail, c.Name), append(said, c.Detail)
				}
			}
			if diff := cmp.Diff(tt.fails, strings.Join(fail, " ")); diff != "" {
				t.Errorf("checks that fail (-want +got):\n%s", diff)
			}
			if !strings.Contains(strings.Join(said, "\n"), tt.says) {
				t.Errorf("they say %q, which lacks %q", said, tt.says)
			}
		})
	}
}

// TestStory holds the story to what its checks lean on.
func TestStory(t *testing.T) {
	names := map[string]bool{}
	for _, st := range story() {
		if names[st.name] {
			t.Errorf("two steps are called %q", st.name)
		}
		names[st.name] = true
		if st.title == "" || st.why == "" || len(st.want.clusters) == 0 {
			t.Errorf("step %q says too little: %+v", st.name, st)
		}
		if (st.subject == "") == (st.act == nil) {
			t.Errorf("step %q needs a commit or an act, one of them", st.name)
		}
	}
}
