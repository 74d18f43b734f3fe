package demo

import (
	"context"
	"fmt"

	"github.com/heatsync/heatsync/reconcile"
)

// step is one scene: something is done, and then this must be so.
type step struct {
	name    string
	title   string
	why     string
	subject string            // of the commit; "" for none
	files   map[string][]byte // what the commit writes; nil removes
	act     func(context.Context, *stage) error
	want    expectation
}

// expectation is what the agent and the cloud must show.
type expectation struct {
	clusters map[string]shown // exactly these
	servers  map[string]int   // by cluster that has a stack: exactly these
	masters  map[string]int   // of these servers, those of a control plane, which are no nodes
	touched  []string         // clusters whose stacks the agent writes to in this step: exactly these
	says     string           // part of some cluster's message
	drift    string           // cluster whose drift the agent notices
	stored   map[string]string
	nothing  bool   // planning again finds nothing to do
	opens    string // cluster that people get into
}

// shown is what the API must show of a cluster.
type shown struct {
	outcome reconcile.Outcome
	code    reconcile.Code
}

var settled = shown{outcome: reconcile.Settled}

func held(code reconcile.Code) shown { return shown{reconcile.Held, code} }

func clusterFile(name string) string { return "clusters/" + name + ".yaml" }

// present writes a cluster's document, its last line is given.
func present(name, last string) []byte {
	return fmt.Appendf(nil, "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %s}\nspec:\n  template: small\n  %s\n", name, last)
}

func nodes(name string, n int) []byte { return present(name, fmt.Sprintf("nodeCount: %d", n)) }

func absent(name string) []byte {
	return fmt.Appendf(nil, "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %s}\nspec: {lifecycle: Absent}\n", name)
}

// openedByHand is the setting somebody changes behind Git's back.
const (
	meddledParameter = "published_ports"
	rightPorts       = "80,443"
	wrongPorts       = "80,443,2375"
)

func meddle(ctx context.Context, s *stage) error {
	who, err := logIn(ctx, s.cloud.base)
	if err != nil {
		return err
	}
	s.screen.line("  by hand: openstack stack update --existing --parameter %s=%s demo--shop", meddledParameter, wrongPorts)
	return s.cloud.hand(ctx, func(ctx context.Context) error {
		return who.setParameter(ctx, s.cloud.stacks()["demo--shop"], meddledParameter, wrongPorts)
	})
}

// story is the tour.
func story() []step {
	all := map[string]shown{"web": settled, "shop": settled, "ci": settled}
	return []step{
		{
			name: "create", title: "Ask for three clusters", subject: "web, shop and ci",
			why:   "A commit describes them; nobody does anything else.",
			files: map[string][]byte{clusterFile("web"): nodes("web", 1), clusterFile("shop"): nodes("shop", 2), clusterFile("ci"): nodes("ci", 1)},
			want: expectation{
				clusters: all, servers: map[string]int{"web": 1, "shop": 2, "ci": 1}, touched: []string{"ci", "shop", "web"},
			},
		},
		{
			name: "scale", title: "Scale one", subject: "web: three servers",
			why:   "A number changes in Git; one stack is updated, its server stays.",
			files: map[string][]byte{clusterFile("web"): nodes("web", 3)},
			want:  expectation{clusters: all, servers: map[string]int{"web": 3, "shop": 2, "ci": 1}, touched: []string{"web"}},
		},
		{
			name: "break", title: "Break one file", subject: "shop: three servers; ci: two",
			why:   "A misspelt field holds its own cluster, untouched. The same commit scales another, which goes on.",
			files: map[string][]byte{clusterFile("shop"): present("shop", "nodeCont: 3"), clusterFile("ci"): nodes("ci", 2)},
			want: expectation{
				clusters: map[string]shown{"web": settled, "shop": held(reconcile.HeldUnreadable), "ci": settled},
				servers:  map[string]int{"web": 3, "shop": 2, "ci": 2}, touched: []string{"ci"},
				says: "clusters/shop.yaml:6:3",
			},
		},
		{
			name: "mend", title: "Mend it", subject: "shop: spell nodeCount",
			why:   "The held cluster goes on from where it was.",
			files: map[string][]byte{clusterFile("shop"): nodes("shop", 3)},
			want:  expectation{clusters: all, servers: map[string]int{"web": 3, "shop": 3, "ci": 2}, touched: []string{"shop"}},
		},
		{
			name: "meddle", title: "Meddle with a stack by hand", act: meddle,
			why: "Somebody opens Docker's port on shop, in Heat, behind Git's back. It is noticed and put right.",
			want: expectation{
				clusters: all, servers: map[string]int{"web": 3, "shop": 3, "ci": 2}, touched: []string{"shop"},
				drift: "shop", stored: map[string]string{"shop": rightPorts},
			},
		},
		{
			name: "delete", title: "Mark one Absent", subject: "ci is not needed any more",
			why:   "A reviewed line deletes a cluster; a file that is gone would not.",
			files: map[string][]byte{clusterFile("ci"): absent("ci")},
			want: expectation{
				clusters: map[string]shown{"web": settled, "shop": settled, "ci": settled},
				servers:  map[string]int{"web": 3, "shop": 3}, touched: []string{"ci"},
			},
		},
		{
			name: "guard", title: "Ask two away at once", subject: "clean up",
			why:   "The fleet allows one (maxDeletes: 1), so none goes.",
			files: map[string][]byte{clusterFile("web"): absent("web"), clusterFile("shop"): absent("shop"), clusterFile("ci"): nil},
			want: expectation{
				clusters: map[string]shown{"web": held(reconcile.HeldMaxDeletes), "shop": held(reconcile.HeldMaxDeletes)},
				servers:  map[string]int{"web": 3, "shop": 3}, says: "maxDeletes is 1",
			},
		},
		{
			name: "revert", title: "Revert that", subject: "Revert \"clean up\"",
			why:   "Nothing was lost: the clusters are settled again without a request, and there is nothing left to do.",
			files: map[string][]byte{clusterFile("web"): nodes("web", 3), clusterFile("shop"): nodes("shop", 3)},
			want: expectation{
				clusters: map[string]shown{"web": settled, "shop": settled}, servers: map[string]int{"web": 3, "shop": 3}, nothing: true,
			},
		},
	}
}
