package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// stackName is the name a cluster's stack has.
func (s *story) stackName(cluster string) string { return s.fleet + "--" + cluster }

// rows are the fleet's live stacks, as Heat lists them, by cluster; two of one
// cluster end the test.
func (s *story) rows(t *testing.T) map[string]live.Row {
	t.Helper()
	all, err := s.cloud.heat.List(t.Context(), heat.Query{Sort: heat.ByCreated})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]live.Row{}
	for _, r := range all {
		name, ours := strings.CutPrefix(r.Name, s.fleet+"--")
		if m := r.Marks(); m.Fleet == s.fleet {
			name, ours = m.Cluster, true
		}
		if !ours || !r.Deleted.IsZero() || r.Status.String() == "DELETE_COMPLETE" {
			continue
		}
		if twin, double := out[name]; double {
			t.Fatalf("cluster %s has two stacks: %s %s and %s %s", name, twin.ID, twin.Status, r.ID, r.Status)
		}
		out[name] = r
	}
	return out
}

// row is the stack of one cluster, which must be there.
func (s *story) row(t *testing.T, cluster string) live.Row {
	t.Helper()
	r, ok := s.rows(t)[cluster]
	if !ok {
		t.Fatalf("cluster %s has no stack", cluster)
	}
	return r
}

func ref(r live.Row) heat.Ref { return heat.Ref{Name: r.Name, ID: r.ID} }

// having gives the physical ids of a stack's resources, all levels, by type.
func (s *story) having(t *testing.T, r live.Row) map[string][]string {
	t.Helper()
	all, err := s.cloud.heat.Resources(t.Context(), ref(r), 4, heat.ResourceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, res := range all {
		out[res.Type] = append(out[res.Type], res.PhysicalID)
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// parameter is what Heat holds of one parameter of a stack.
func (s *story) parameter(t *testing.T, r live.Row, name string) string {
	t.Helper()
	shown, err := s.cloud.heat.Show(t.Context(), ref(r), false)
	if err != nil {
		t.Fatal(err)
	}
	return shown.Parameters[name]
}

// touched names the clusters whose stacks are not what they were.
func touched(before, after map[string]live.Row) []string {
	var out []string
	for name := range maps.Keys(after) {
		b, a := before[name], after[name]
		if a.ID != b.ID || a.Status != b.Status || !a.Updated.Equal(b.Updated) || !slices.Equal(a.Tags, b.Tags) {
			out = append(out, name)
		}
	}
	for name := range before {
		if _, still := after[name]; !still {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// onlyTouched wants these clusters, and no others, to be changed since before.
func (s *story) onlyTouched(t *testing.T, before map[string]live.Row, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := touched(before, s.rows(t)); !slices.Equal(got, want) {
		t.Errorf("stacks of %q were touched, not only of %q", got, want)
	}
}

// byHand makes a stack as a person would, without any mark of ours. Its name
// begins with the fleet's, so that it goes with the fleet's own.
func (s *story) byHand(t *testing.T, name, template string, parameters map[string]any) live.Row {
	t.Helper()
	tags, err := heat.NewTags("made-by-hand")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.cloud.heat.Create(t.Context(), name, tags, heat.Spec{Template: text, Parameters: parameters})
	if err != nil {
		t.Fatal(err)
	}
	return s.complete(t, heat.Ref{Name: name, ID: id})
}

// complete waits until nothing is in progress on a stack.
func (s *story) complete(t *testing.T, r heat.Ref) live.Row {
	t.Helper()
	var row live.Row
	s.wait(t, "end of work on stack "+r.Name, func() (string, bool) {
		shown, err := s.cloud.heat.Show(t.Context(), r, false)
		if err != nil {
			return err.Error(), false
		}
		row = shown.Row
		return row.Status.String() + " " + row.Reason, !row.Status.Working()
	})
	return row
}

// deleteAll leaves no stack of the fleet behind, and waits for the last to go: the
// next story may need the room.
func (s *story) deleteAll(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // the test's own has ended
	defer cancel()
	for ctx.Err() == nil {
		all, err := s.cloud.heat.List(ctx, heat.Query{})
		if err != nil {
			t.Logf("clean up: %v", err)
			return
		}
		left := 0
		for _, r := range all {
			if !strings.HasPrefix(r.Name, s.fleet+"-") || !r.Deleted.IsZero() || r.Status.String() == "DELETE_COMPLETE" {
				continue
			}
			left++
			if r.Status.String() == "DELETE_IN_PROGRESS" {
				continue
			}
			if err := s.cloud.heat.Delete(ctx, ref(r)); err != nil && !errors.Is(err, heat.ErrNotFound) {
				t.Logf("clean up: %v", err)
			}
		}
		if left == 0 {
			return
		}
		time.Sleep(s.cloud.pace.poll)
	}
	t.Errorf("stacks of fleet %s are left behind", s.fleet)
}
