package reconcile

import "testing"

func TestNodesAskedIsADashWhereNoDocumentSays(t *testing.T) {
	three := NodeCounts{Desired: 3, Live: 3}
	for _, c := range []struct {
		name string
		c    ClusterStatus
		want string
	}{
		{"settled", ClusterStatus{Outcome: Settled, Nodes: three}, "3"},
		{"of none", ClusterStatus{Outcome: Settled}, "0"},
		{"orphan", ClusterStatus{Outcome: Held, Code: HeldOrphan, Nodes: NodeCounts{Live: 3}}, "-"},
		{"unreadable", ClusterStatus{Outcome: Held, Code: HeldUnreadable, Nodes: NodeCounts{Live: 3}}, "-"},
		{"held, and its document says", ClusterStatus{Outcome: Held, Code: HeldPaused, Nodes: three}, "3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.c.NodesAsked(); got != c.want {
				t.Errorf("asked %q, want %q", got, c.want)
			}
		})
	}
}
