package heatstack_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/plugins/driver"
)

func TestPreviewTellsWhatTheUpdateAdds(t *testing.T) {
	w := newWorld(t)
	stack := w.created()
	in := driver.PreviewInput{Cluster: w.c, Stack: *stack, Credential: w.cred, Secrets: join}
	previewer, ok := w.d.(driver.Previewer)
	if !ok {
		t.Fatal("the driver has no preview")
	}
	before := w.sim.Writes()
	for _, c := range []struct {
		name   string
		change func(*driver.Cluster)
		want   []driver.ResourceChange
	}{
		{"nothing", func(*driver.Cluster) {}, nil},
		{"colour", func(c *driver.Cluster) { c.Labels = labels("colour", "blue") }, []driver.ResourceChange{
			{Resource: "server", Type: "OS::Heat::TestResource", Effect: driver.EffectInPlace},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in.Cluster = w.c
			c.change(&in.Cluster)
			report, err := previewer.Preview(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, report.Changes); diff != "" || !report.Nested {
				t.Errorf("nested %v, changes (-want +got):\n%s", report.Nested, diff)
			}
		})
	}
	if now := w.stack(stack.Name); now.Status != stack.Status || !now.Updated.Equal(stack.Updated) {
		t.Errorf("the preview changed the stack: %+v after %d writes", now, w.sim.Writes()-before)
	}
	w.script.Add(heatsim.Rule{Method: "PATCH", Effect: heatsim.Refuse(403)})
	if _, err := previewer.Preview(t.Context(), in); err == nil {
		t.Error("a forbidden preview has no error")
	}
}
