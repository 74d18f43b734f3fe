package nodes

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heatsync/heatsync/plugins/driver"
)

func at(minute int) time.Time { return time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC) }

func worker(name string, change ...func(*driver.Node)) driver.Node {
	n := driver.Node{Name: name, ServerID: "id-" + name, Group: "w", Ready: true, Pods: 5, Created: at(0)}
	for _, c := range change {
		c(&n)
	}
	return n
}

func TestChoose(t *testing.T) {
	down := func(n *driver.Node) { n.Ready = false }
	cordoned := func(n *driver.Node) { n.Cordoned = true }
	draining := func(n *driver.Node) { n.Cordoned, n.DrainSince = true, at(9) }
	with := func(pods int) func(*driver.Node) { return func(n *driver.Node) { n.Pods = pods } }
	made := func(minute int) func(*driver.Node) { return func(n *driver.Node) { n.Created = at(minute) } }
	in := func(group string) func(*driver.Node) { return func(n *driver.Node) { n.Group = group } }
	id := func(id string) func(*driver.Node) { return func(n *driver.Node) { n.ServerID = id } }

	for _, c := range []struct {
		name  string
		nodes []driver.Node
		count int
		named []string
		want  []string
		says  []string
	}{
		{name: "nothing is to go", nodes: []driver.Node{worker("a")}, want: nil},
		{name: "fewer than nothing is to go", nodes: []driver.Node{worker("a")}, count: -2, want: nil},
		{name: "the newest", nodes: []driver.Node{worker("a", made(1)), worker("b", made(3)), worker("c", made(2))}, count: 2, want: []string{"b", "c"}},
		{name: "the emptiest before the newest", nodes: []driver.Node{worker("a", made(9)), worker("b", with(1))}, count: 1, want: []string{"b"}},
		{name: "a cordoned one before the emptiest", nodes: []driver.Node{worker("a", with(0)), worker("b", cordoned)}, count: 1, want: []string{"b"}},
		{name: "a broken one before a cordoned one", nodes: []driver.Node{worker("a", cordoned), worker("b", down)}, count: 1, want: []string{"b"}},
		{name: "what is being emptied before what broke since", nodes: []driver.Node{worker("a", down), worker("b", draining)}, count: 1, want: []string{"b"}},
		{name: "a named one before all others", nodes: []driver.Node{worker("a", draining), worker("b", down), worker("c")}, count: 2, named: []string{"c"}, want: []string{"c", "a"}},
		{name: "named by server id, twice", nodes: []driver.Node{worker("a"), worker("b")}, count: 1, named: []string{"ID-b", "b"}, want: []string{"b"}},
		{name: "no more named ones than are to go", nodes: []driver.Node{worker("a"), worker("b"), worker("c")}, count: 1, named: []string{"c", "b"}, want: []string{"b"}, says: []string{"node-stays"}},
		{name: "a named one that is gone, beside enough others", nodes: []driver.Node{worker("a"), worker("b")}, count: 1, named: []string{"gone", "b"}, want: []string{"b"}, says: []string{"node-gone"}},
		{name: "a named one that is gone, and another would go for it", nodes: []driver.Node{worker("a"), worker("b")}, count: 2, named: []string{"gone", "b"}, want: []string{"b", "a"}, says: []string{"node-unknown"}},
		{name: "a named one of another group", nodes: []driver.Node{worker("a"), worker("m", in("master"))}, count: 1, named: []string{"m"}, want: []string{"a"}, says: []string{"node-unknown"}},
		{name: "other groups are left alone", nodes: []driver.Node{worker("m", in("master"), down), worker("n", in(""), down), worker("a")}, count: 2, want: []string{"a"}, says: []string{"nodes-missing"}},
		{name: "a node without a server id", nodes: []driver.Node{worker("a", id("")), worker("b")}, count: 1, want: []string{"b"}},
		{name: "two nodes with one server id", nodes: []driver.Node{worker("a", id("x"), down), worker("b", id("X"), in("master")), worker("c")}, count: 1, want: []string{"c"}},
		{name: "equals go by name", nodes: []driver.Node{worker("b"), worker("a")}, count: 1, want: []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, say := Choose("w", c.nodes, c.count, c.named)
			var names, codes []string
			for _, n := range got {
				names = append(names, n.Name)
			}
			for _, d := range say {
				codes = append(codes, d.Code)
			}
			if diff := cmp.Diff([][]string{c.want, c.says}, [][]string{names, codes}); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Whatever the nodes: never more than asked, never another group's, never one
// twice, named ones first, and the same whatever the order they come in.
func TestChooseKeepsItsWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) driver.Node {
			n := driver.Node{
				Name: rapid.StringMatching(`n[0-9]`).Draw(t, "name"), ServerID: rapid.StringMatching(`([a-f]{1,2})?`).Draw(t, "id"),
				Group: rapid.SampledFrom([]string{"w", "m", ""}).Draw(t, "group"),
				Ready: rapid.Bool().Draw(t, "ready"), Cordoned: rapid.Bool().Draw(t, "cordoned"),
				Pods: rapid.IntRange(0, 2).Draw(t, "pods"), Created: at(rapid.IntRange(0, 2).Draw(t, "created")),
			}
			if rapid.Bool().Draw(t, "draining") {
				n.DrainSince = at(1)
			}
			return n
		}), 0, 12).Draw(t, "nodes")
		count := rapid.IntRange(-1, 6).Draw(t, "count")
		named := rapid.SliceOfN(rapid.StringMatching(`n[0-9]|[a-f]`), 0, 3).Draw(t, "named")

		got, say := Choose("w", all, count, named)
		mixed := rapid.Permutation(all).Draw(t, "mixed")
		again, said := Choose("w", mixed, count, named)
		if diff := cmp.Diff(fmt.Sprint(got, say), fmt.Sprint(again, said)); diff != "" {
			t.Fatalf("another order, another choice: %s", diff)
		}
		if len(got) > max(count, 0) {
			t.Fatalf("%d chosen, %d asked", len(got), count)
		}
		ids := map[string]bool{}
		for _, n := range got {
			if n.Group != "w" || n.ServerID == "" || ids[n.ServerID] || !slices.Contains(all, n) {
				t.Fatalf("%+v was chosen of %+v", n, all)
			}
			ids[n.ServerID] = true
		}
		if len(got) < count && !driver.HasErrors(say) {
			t.Fatalf("%d chosen, %d asked, and nothing is said", len(got), count)
		}
		for _, rest := range choosable("w", all) {
			if len(got) == count && count > 0 && !ids[rest.ServerID] && slices.Contains(named, rest.ServerID) {
				for _, n := range got {
					if !slices.Contains(named, n.ServerID) && !slices.Contains(named, n.Name) {
						t.Fatalf("%q was named and %q goes in its place", rest.ServerID, n.ServerID)
					}
				}
			}
		}
	})
}
