package carry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// reachable is a cloud and a driver whose clusters can be asked.
type reachable struct {
	Cloud
	Driver
	asked  []live.Part
	in     driver.HealthInput
	report driver.HealthReport
	err    error
	step   driver.ApplyInput
	result driver.Result
}

func (r *reachable) ReadParts(_ context.Context, _, id string, parts []live.Part) (live.Parts, error) {
	r.asked = parts
	return live.Parts{StackID: id, Read: parts, Outputs: map[string]any{"api_address": "https://api"}}, nil
}

func (r *reachable) Credential(context.Context, time.Duration) (driver.Credential, error) {
	return driver.Credential{}, nil
}

func (r *reachable) CheckHealth(_ context.Context, in driver.HealthInput) (driver.HealthReport, error) {
	r.in = in
	return r.report, r.err
}

func (r *reachable) Apply(_ context.Context, in driver.ApplyInput, _ func(string)) driver.Result {
	r.step = in
	return r.result
}

type soleDriver struct{ d Driver }

func (d soleDriver) Driver(string) (Driver, error) { return d.d, nil }

func signs(_ context.Context, cluster string) (driver.ClusterAPI, error) {
	if cluster != "pay" {
		return driver.ClusterAPI{}, errors.New("the store has no secrets of it")
	}
	return driver.ClusterAPI{CACertificatePEM: []byte("ca"), ClientCertificatePEM: []byte("cert"), ClientKeyPEM: []byte("key")}, nil
}

func readNodes(t *testing.T, c *Carrier, cluster string) reconcile.PartsRead {
	t.Helper()
	row := live.Row{ID: "s1", Name: "prod--pay"}
	answers := c.ReadParts(reconcile.ReadParts{
		ID: 7, Cluster: cluster, Name: "prod--pay", StackID: "s1", Parts: []live.Part{live.PartNodes, live.PartOutputs},
		Driver: "kubernetes", Spec: &spec.Cluster{Name: cluster}, Row: &row,
	})(t.Context())
	return answers[0](reconcile.At{}).(reconcile.PartsRead)
}

func TestNodesAreReadThroughTheDriver(t *testing.T) {
	r := &reachable{report: driver.HealthReport{Health: driver.Unhealthy, Nodes: []driver.Node{{Name: "w-0", ServerID: "id", Group: "w", Pods: 3}}}}
	c := New("prod", nil, r, soleDriver{r}, nil)
	c.sign = signs
	ev := readNodes(t, c, "pay")
	if ev.Fault != nil || ev.ID != 7 {
		t.Fatalf("%+v", ev)
	}
	if diff := cmp.Diff([]live.Node{{Name: "w-0", ServerID: "id", Group: "w", Pods: 3}}, ev.Parts.Nodes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !slices.Equal(ev.Parts.Read, []live.Part{live.PartOutputs, live.PartNodes}) || !slices.Equal(r.asked, []live.Part{live.PartOutputs}) {
		t.Errorf("read %q, of Heat %q", ev.Parts.Read, r.asked)
	}
	if string(r.in.Parts.Outputs["api_address"]) != `"https://api"` || !r.in.Facts || string(r.in.ClientKeyPEM) != "key" || r.in.Stack.ID != "s1" {
		t.Errorf("asked with %+v", r.in)
	}
	if back := PartsOf(ev.Parts); len(back.Nodes) != 1 || back.Nodes[0].Pods != 3 {
		t.Errorf("a plan gets %+v", back.Nodes)
	}
}

// There are all nodes or a fault that says why.
func TestNodesThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name, cluster, says string
		report              driver.HealthReport
		err                 error
	}{
		{"the API is away", "pay", "connection is refused", driver.HealthReport{Health: driver.Unhealthy, Reasons: map[string]string{"api": "the connection is refused"}}, nil},
		{"the pods are not read", "pay", "pods cannot", driver.HealthReport{Health: driver.Healthy, Reasons: map[string]string{"api": "ok", "pods": "the pods cannot be read"}}, nil},
		{"nothing is said", "pay", "names none", driver.HealthReport{Health: driver.Healthy}, nil},
		{"the driver dies", "pay", "nodes: broken pipe", driver.HealthReport{}, errors.New("broken pipe")},
		{"nobody signs", "other", "the store has no secrets of it", driver.HealthReport{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &reachable{report: c.report, err: c.err}
			carrier := New("prod", nil, r, soleDriver{r}, nil)
			carrier.sign = signs
			ev := readNodes(t, carrier, c.cluster)
			if ev.Fault == nil || !ev.Fault.Transient || !strings.Contains(ev.Fault.Summary, c.says) || slices.Contains(ev.Parts.Read, live.PartNodes) {
				t.Errorf("%+v %+v", ev.Parts, ev.Fault)
			}
		})
	}
}

func TestDrainGetsItsNodesAndCertificates(t *testing.T) {
	r := &reachable{result: driver.Result{Verdict: driver.Accepted, StackID: "s1", Pending: true, WaitsFor: "a budget"}}
	c := New("prod", nil, r, soleDriver{r}, nil)
	c.sign = signs
	do := reconcile.Do{
		ID: 3, Cluster: "pay", Driver: "kubernetes", Spec: &spec.Cluster{Name: "pay"}, APIAddress: "https://api",
		Step: plan.Step{ID: "drain", Kind: plan.StepDrain, Nodes: []plan.Node{{Name: "w-0", ServerID: "id", Group: "w"}}},
	}
	ev := c.Step(t.Context(), do)
	if ev.Verdict != reconcile.Accepted || !ev.Pending || ev.WaitsFor != "a budget" {
		t.Errorf("%+v", ev)
	}
	want := driver.ClusterAPI{Address: "https://api", CACertificatePEM: []byte("ca"), ClientCertificatePEM: []byte("cert"), ClientKeyPEM: []byte("key")}
	if diff := cmp.Diff(want, r.step.API); diff != "" || len(r.step.Nodes) != 1 || r.step.Nodes[0].ServerID != "id" {
		t.Errorf("%+v\n%s", r.step.Nodes, diff)
	}
	// No other step reaches into a cluster, nor is one half done.
	do.Step.Kind = plan.StepUpdate
	if ev := c.Step(t.Context(), do); ev.Pending || len(r.step.API.ClientKeyPEM) > 0 {
		t.Errorf("%+v", ev)
	}
	do.Step.Kind, do.Cluster = plan.StepDrain, "other"
	if ev := c.Step(t.Context(), do); ev.Verdict != reconcile.Refused || !ev.Fault.Transient {
		t.Errorf("%+v", ev)
	}
	// A deletion goes on whatever the store does.
	do.Intent = plan.Absent
	if ev := c.Step(t.Context(), do); ev.Verdict != reconcile.Accepted || len(r.step.API.ClientKeyPEM) > 0 {
		t.Errorf("%+v", ev)
	}
	do.Intent = plan.Present
	c.sign = c.clusterClient // and there is no store
	do.Cluster = "pay"
	if c.Step(t.Context(), do); len(r.step.API.ClientKeyPEM) > 0 || r.step.API.Address == "" {
		t.Error("certificates that nobody signed")
	}
}
