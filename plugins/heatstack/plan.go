package heatstack

import (
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Plan implements driver.Planner.
func (d *stackDriver) Plan(in driver.PlanInput) driver.Plan {
	if in.Intent == driver.IntentAbsent {
		return d.cleanFirst(in, planAbsent(in))
	}
	r := d.render(driver.RenderInput{Cluster: in.Cluster, Secrets: in.Secrets})
	if driver.HasErrors(r.diagnostics) {
		return driver.Plan{Diagnostics: r.diagnostics}
	}
	p := d.drainFirst(r, in, r.planAny(in))
	if len(p.Need) > 0 {
		return driver.Plan{Need: p.Need}
	}
	if driver.HasErrors(p.Diagnostics) {
		p.Steps = nil
	}
	p.Diagnostics = append(slices.Clone(r.diagnostics), p.Diagnostics...)
	p.Facts = r.facts(in.Parts)
	return p
}

func (r *rendered) planAny(in driver.PlanInput) driver.Plan {
	switch in.Intent {
	case driver.IntentPresent:
		return r.planPresent(in)
	case driver.IntentAdopt:
		return r.planAdopt(in)
	}
	return driver.Plan{Diagnostics: []driver.Diagnostic{{
		Severity: driver.SeverityError, Code: "driver", Summary: fmt.Sprintf("the driver does not know the intent %d", in.Intent),
		Remedy: "take a driver of the agent's release",
	}}}
}

// planAbsent needs no render: of an absent cluster only its name may be known.
func planAbsent(in driver.PlanInput) driver.Plan {
	if in.Stack == nil {
		return driver.Plan{}
	}
	s := statusOf(in.Stack.Status)
	if s.action == "DELETE" && (s.state == "COMPLETE" || s.working() && !in.Recover) {
		return driver.Plan{}
	}
	return driver.Plan{
		Changes: []driver.Change{{Path: "lifecycle", From: "Present", To: "Absent", Effect: driver.EffectRemove}},
		Steps:   []driver.Step{deleteStep(in, driver.EffectRemove)},
	}
}

func (r *rendered) planPresent(in driver.PlanInput) driver.Plan {
	if in.Stack == nil {
		return r.planCreate()
	}
	s := statusOf(in.Stack.Status)
	if by := madeBy(in.Stack.Tags); by != "" && by != r.about.Name {
		return driver.Plan{Digest: r.digest, Diagnostics: []driver.Diagnostic{{
			Severity: driver.SeverityError, Code: "conflict",
			Summary: fmt.Sprintf("stack %q was made by driver %q, not %q", in.Stack.Name, by, r.about.Name),
			Remedy:  fmt.Sprintf("set driver: %s again, or make a cluster of another name", by),
		}}}
	}
	switch s.action {
	case "DELETE":
		return r.planDeleting(in, s)
	case "SUSPEND":
		return driver.Plan{Digest: r.digest, Diagnostics: []driver.Diagnostic{{
			Severity: driver.SeverityError, Code: "suspended",
			Summary: fmt.Sprintf("stack %q is suspended, and Heat takes no update of such a stack", in.Stack.Name),
			Remedy:  fmt.Sprintf("openstack stack resume %s", in.Stack.Name),
		}}}
	}
	return r.planUpdate(in, s)
}

func (r *rendered) planCreate() driver.Plan {
	if r.cluster.AdoptedStack != "" {
		return driver.Plan{Digest: r.digest, Diagnostics: []driver.Diagnostic{{
			Severity: driver.SeverityError, Code: "conflict", Path: "adopt.stack",
			Summary: fmt.Sprintf("there is no stack %q to adopt", r.cluster.AdoptedStack),
			Remedy:  "name a stack of the project, or take adopt away to make a new one",
		}}}
	}
	name := StackName(r.cluster)
	return driver.Plan{
		Digest: r.digest, Diagnostics: r.unmade(r.stack.Recorded),
		Changes: []driver.Change{{Path: "stack", To: name, Effect: driver.EffectAdd}},
		Steps:   []driver.Step{{ID: "create-" + r.digest, Title: "create stack " + name, Kind: driver.StepCreate, Disruption: driver.EffectAdd}},
	}
}

// planDeleting is for a cluster wanted again while its stack goes. Nobody asks
// here for the delete, so there is nothing to plan: Heat takes no update of such a
// stack, and a driver never deletes what was not asked away.
func (r *rendered) planDeleting(in driver.PlanInput, s status) driver.Plan {
	if s.state != "FAILED" && !in.Recover {
		return driver.Plan{Digest: r.digest}
	}
	return driver.Plan{Digest: r.digest, Diagnostics: []driver.Diagnostic{{
		Severity: driver.SeverityError, Code: "conflict",
		Summary: fmt.Sprintf("stack %q is %s, and Heat takes no update of such a stack", in.Stack.Name, in.Stack.Status),
		Remedy:  "have the deletion finished; the cluster is then made anew",
	}}}
}

func (r *rendered) planUpdate(in driver.PlanInput, s status) driver.Plan {
	p := driver.Plan{Digest: r.digest}
	same := digestTag(in.Stack.Tags) == r.digest
	whole := len(r.tagChanges(in.Stack.Tags)) == 0
	if same && whole && s.working() && !in.Recover {
		return p
	}
	if same && whole && s.proven() && !in.Deep {
		return p
	}
	if p.Need = r.need(in, same); len(p.Need) > 0 {
		return p
	}
	if len(r.ids) > 0 && r.cluster.AdoptedStack == "" {
		held, _ := r.holds(in.Parts.Template)
		if p.Diagnostics = r.otherSecrets(held, in.Stack.Name); len(p.Diagnostics) > 0 {
			return p
		}
	}
	p.Changes = r.changes(in, same)
	if same && s.proven() && len(p.Changes) == 0 {
		return p
	}
	p.Diagnostics = r.refusals(p.Changes, in.Stack.Name)
	if held, err := decodeJSON(in.Parts.Template); err == nil && r.cluster.AdoptedStack == "" {
		p.Diagnostics = append(p.Diagnostics, r.keeping(held, in.Parts.Parameters)...)
	}
	p.Steps = []driver.Step{{
		ID: "update-" + r.digest, Title: updateTitle(in, s, p.Changes, r), Kind: driver.StepUpdate, Disruption: worst(p.Changes),
	}}
	return p
}

// need gives the parts that are still to be read before a write can be planned.
func (r *rendered) need(in driver.PlanInput, same bool) []driver.Part {
	want := []driver.Part{driver.PartShow}
	if r.cluster.AdoptedStack == "" {
		want = append(want, driver.PartTemplate)
	}
	if in.Deep && same {
		want = append(want, driver.PartResources)
		if r.stack.tells() {
			want = append(want, driver.PartOutputs)
		}
	}
	return slices.DeleteFunc(want, func(p driver.Part) bool { return slices.Contains(in.Parts.Read, p) })
}

// planAdopt takes an existing stack over by its tags alone.
func (r *rendered) planAdopt(in driver.PlanInput) driver.Plan {
	p := driver.Plan{Digest: r.digest}
	if in.Stack == nil {
		return r.planCreate()
	}
	if s := statusOf(in.Stack.Status); !s.proven() {
		p.Diagnostics = []driver.Diagnostic{{
			Severity: driver.SeverityError, Code: "conflict", Path: "adopt.stack",
			Summary: fmt.Sprintf("stack %q is %s; only a stack in CREATE_COMPLETE or UPDATE_COMPLETE can be adopted", in.Stack.Name, in.Stack.Status),
			Remedy:  "bring the stack to one of these first",
		}}
		return p
	}
	if !slices.Contains(in.Parts.Read, driver.PartShow) {
		return driver.Plan{Need: []driver.Part{driver.PartShow}}
	}
	p.Diagnostics = r.adoptionWarnings(in.Parts.Parameters)
	p.Changes = []driver.Change{{Path: "adopt.stack", To: in.Stack.Name, Effect: driver.EffectNone}}
	p.Steps = []driver.Step{{
		ID: "adopt-" + r.digest, Title: fmt.Sprintf("adopt stack %s: tags only", in.Stack.Name),
		Kind: driver.StepAdopt, Disruption: driver.EffectNone,
	}}
	return p
}

// adoptionWarnings tells what will, and what cannot, follow an adoption.
func (r *rendered) adoptionWarnings(shown map[string]string) []driver.Diagnostic {
	var out []driver.Diagnostic
	for _, c := range r.parameterChanges(shown, r.declared, true) {
		out = append(out, driver.Diagnostic{
			Severity: driver.SeverityWarning, Code: "adopt-differs", Path: c.Path,
			Summary: fmt.Sprintf("the stack has %s %q, the document %q: that change comes after the adoption", c.Path, c.From, c.To),
			Remedy:  "write what the stack has to keep it",
		})
	}
	return out
}

func deleteStep(in driver.PlanInput, e driver.Effect) driver.Step {
	return driver.Step{
		ID: "delete-" + in.Stack.ID, Title: deleteTitle(in), Kind: driver.StepDelete, Disruption: e,
	}
}

// worst is the most disturbing effect of some changes; none of them disturbs
// nobody.
func worst(changes []driver.Change) driver.Effect {
	e := driver.EffectNone
	for _, c := range changes {
		e = max(e, c.Effect)
	}
	return e
}
