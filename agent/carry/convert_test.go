package carry

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

const someDigest = "1-00000000000000000000000000000000"

// fill sets every field of v to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		e := reflect.New(v.Type().Elem()).Elem()
		fill(e)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k"), e)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

// empty names the fields of v that are zero.
func empty(v reflect.Value, at string) []string {
	if v.IsZero() {
		return []string{at}
	}
	var out []string
	switch v.Kind() {
	case reflect.Pointer:
		return empty(v.Elem(), at)
	case reflect.Slice:
		return empty(v.Index(0), at)
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, empty(v.Field(i), at+"."+v.Type().Field(i).Name)...)
		}
	}
	return out
}

// A field that is added to either side and forgotten here would never reach a
// driver.
func TestClusterReachesTheDriverWhole(t *testing.T) {
	var c spec.Cluster
	fill(reflect.ValueOf(&c).Elem())
	c.Groups[0].Name = spec.DefaultMaster
	if got := empty(reflect.ValueOf(ClusterOf("prod", &c)), "Cluster"); got != nil {
		t.Errorf("not set: %v", got)
	}
	// Each field makes a difference, but for those that are the agent's alone.
	mine := []string{"Lifecycle", "Driver"}
	full, _ := json.Marshal(ClusterOf("prod", &c))
	for i := range reflect.TypeFor[spec.Cluster]().NumField() {
		less := c
		reflect.ValueOf(&less).Elem().Field(i).SetZero()
		got, _ := json.Marshal(ClusterOf("prod", &less))
		name := reflect.TypeFor[spec.Cluster]().Field(i).Name
		if string(got) == string(full) != slices.Contains(mine, name) {
			t.Errorf("field %s: reaches the driver: %v", name, string(got) != string(full))
		}
	}
}

func TestUnboundedGroupHasNoMaximum(t *testing.T) {
	g := ClusterOf("prod", &spec.Cluster{Groups: []spec.NodeGroup{{Name: "gpu"}}}).NodeGroups[0]
	if g.MaxNodeCount != nil || g.IsDefault {
		t.Errorf("%+v", g)
	}
}

func TestWordsAreTold(t *testing.T) {
	for _, w := range []int{len(effects), len(stepKinds), len(severities), len(verdicts), len(healths), len(parts), len(intents)} {
		if w == 0 {
			t.Error("a table is empty")
		}
	}
	tests := []struct {
		name string
		plan driver.Plan
	}{
		{"effect", driver.Plan{Changes: []driver.Change{{Effect: 99}}}},
		{"kind", driver.Plan{Steps: []driver.Step{{ID: "a", Kind: 99}}}},
		{"kind left out", driver.Plan{Steps: []driver.Step{{ID: "a"}}}},
		{"disruption", driver.Plan{Steps: []driver.Step{{ID: "a", Kind: driver.StepCreate, Disruption: 99}}}},
		{"step without id", driver.Plan{Steps: []driver.Step{{Kind: driver.StepCreate}}}},
		{"severity", driver.Plan{Diagnostics: []driver.Diagnostic{{Severity: 99}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if p, err := planOf(tt.plan); err == nil {
				t.Errorf("believed: %+v", p)
			}
		})
	}
}

func TestPlanIsRead(t *testing.T) {
	got, err := planOf(driver.Plan{
		Digest:      someDigest,
		Changes:     []driver.Change{{Path: "flavor", From: "a", To: "b", Effect: driver.EffectReplace, Drift: true}},
		Steps:       []driver.Step{{ID: "1", Title: "t", Kind: driver.StepUpdate, Disruption: driver.EffectReboot}},
		Diagnostics: []driver.Diagnostic{{Severity: driver.SeverityWarning, Code: "c", Path: "p", Summary: "s", Remedy: "r"}},
		Facts:       driver.Facts{Known: true, APIAddress: "a", NodesLive: 2},
	})
	want := plan.Plan{
		Digest:      someDigest,
		Changes:     []plan.Change{{Path: "flavor", From: "a", To: "b", Effect: plan.Replace, Drift: true}},
		Steps:       []plan.Step{{ID: "1", Title: "t", Kind: plan.StepUpdate, Disruption: plan.Reboot}},
		Diagnostics: []plan.Diagnostic{{Severity: plan.Warning, Code: "c", Path: "p", Summary: "s", Remedy: "r"}},
		Facts:       plan.Facts{Known: true, APIAddress: "a", NodesLive: 2},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v; want -, got +:\n%s", err, diff)
	}
}

func TestVerdicts(t *testing.T) {
	fault := driver.Fault{Code: "quota", Who: "operator", Summary: "no room"}
	tests := []struct {
		name   string
		result driver.Result
		want   reconcile.Verdict
		code   reconcile.Code
	}{
		{"accepted", driver.Result{Verdict: driver.Accepted, StackID: "i"}, reconcile.Accepted, ""},
		{"refused", driver.Result{Verdict: driver.Refused, Fault: fault}, reconcile.Refused, reconcile.FaultQuota},
		{"stale", driver.Result{Verdict: driver.Stale, Fault: fault}, reconcile.Stale, reconcile.FaultQuota},
		{"ambiguous", driver.Result{Verdict: driver.Ambiguous, Fault: fault}, reconcile.Ambiguous, reconcile.FaultQuota},
		{"none", driver.Result{}, reconcile.Ambiguous, reconcile.FaultDriver},
		{"unknown", driver.Result{Verdict: 99}, reconcile.Ambiguous, reconcile.FaultDriver},
		{"unknown code", driver.Result{Verdict: driver.Refused, Fault: driver.Fault{Code: "luck", Who: "me"}}, reconcile.Refused, reconcile.FaultInternal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := endedStep(reconcile.Do{ID: 3, Driver: "docker"}, tt.result)
			if got.Verdict != tt.want || (got.Fault == nil) != (tt.code == "") || got.Fault != nil && got.Fault.Code != tt.code || got.ID != 3 {
				t.Errorf("%+v, fault %+v", got, got.Fault)
			}
		})
	}
}

func TestPartsReachTheDriver(t *testing.T) {
	got := PartsOf(live.Parts{
		Read:    []live.Part{live.PartShow, live.PartOutputs},
		Outputs: map[string]any{"addresses": []any{"a"}},
	})
	if diff := cmp.Diff([]driver.Part{driver.PartShow, driver.PartOutputs}, got.Read); diff != "" {
		t.Error(diff)
	}
	if string(got.Outputs["addresses"]) != `["a"]` {
		t.Errorf("outputs: %s", got.Outputs["addresses"])
	}
}
