package heatstack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

// Apply implements driver.Applier: at most three reads, then one write.
func (d *stackDriver) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	if progress == nil {
		progress = func(string) {}
	}
	w := &write{in: in, progress: progress, now: d.now}
	if in.Kind != driver.StepDelete && (in.Kind != driver.StepDrain || in.Intent != driver.IntentAbsent) {
		w.r = d.render(driver.RenderInput{Cluster: in.Cluster, Secrets: withoutValues(in.Secrets)})
		if end, ok := w.checkRender(); !ok {
			if again := d.renderAnew(driver.RenderInput{Cluster: in.Cluster, Secrets: withoutValues(in.Secrets)}); end.Verdict == driver.Stale && again.digest != w.r.digest {
				return refused("driver", "operator", fmt.Sprintf("driver %q renders one cluster to two digests", w.r.about.Name),
					"report it to the driver's author: Render uses a clock, randomness, the environment or the order of a map")
			}
			return end
		}
	}
	client, done, err := d.client(in.Credential)
	if err != nil {
		return refused("auth", "operator", err.Error(), "check the fleet's cloud in clouds.yaml")
	}
	defer done()
	w.heat = client
	switch in.Kind {
	case driver.StepCreate:
		return w.create(ctx)
	case driver.StepUpdate:
		return w.update(ctx)
	case driver.StepDelete:
		return w.delete(ctx)
	case driver.StepAdopt:
		return w.adopt(ctx)
	case driver.StepDrain:
		return w.drain(ctx, d.author)
	}
	return refused("driver", "operator", "the driver does not know this kind of step", "take a driver of the agent's release")
}

// write is one step on its way.
type write struct {
	in       driver.ApplyInput
	r        *rendered // nil for a delete
	heat     *heat.Client
	tags     heat.Tags
	secrets  map[string][]byte // by parameter; never logged
	begin    string            // what [Stack.Begin] gets
	kept     map[string]string // what Heat holds of [Stack.Kept]
	now      func() time.Time
	progress func(string)
}

// checkRender holds the step to what the plan saw of the render, and its tags to
// being whole: a write replaces all of them.
func (w *write) checkRender() (driver.Result, bool) {
	if driver.HasErrors(w.r.diagnostics) {
		for _, d := range w.r.diagnostics {
			if d.Severity == driver.SeverityError {
				return refused("config", "author", d.Summary, d.Remedy), false
			}
		}
	}
	if w.in.Digest != w.r.digest {
		return stale("", "the cluster renders to another digest than was planned"), false
	}
	if missing := w.missingTag(); missing != "" {
		return refused("internal", "nobody", "the step's tags are not whole: "+missing+" is missing", "report it with the log"), false
	}
	tags, err := heat.NewTags(w.in.Tags...)
	if err != nil {
		return refused("internal", "nobody", err.Error(), "report it with the log"), false
	}
	w.tags = tags
	return w.readSecrets()
}

// missingTag names a tag that the list to write should have. An adopted stack is
// marked before it holds what its document says, so any digest will do there.
func (w *write) missingTag() string {
	want := w.r.tags(w.in.Digest)
	if w.in.Kind == driver.StepAdopt {
		want = w.r.tags(digestTag(w.in.Tags))
	}
	for _, t := range want {
		if !slices.Contains(w.in.Tags, t) {
			return t
		}
	}
	return ""
}

func (w *write) create(ctx context.Context) driver.Result {
	rows, end, ok := w.find(ctx)
	if !ok {
		return end
	}
	for _, row := range rows {
		if digestTag(row.Tags) == w.in.Digest && len(w.r.tagChanges(row.Tags)) == 0 && statusOf(row.Status).action != "DELETE" {
			w.progress("stack " + w.in.StackName + " is there already, as wanted")
			return driver.Result{Verdict: driver.Accepted, StackID: row.ID}
		}
	}
	switch {
	case len(rows) > 0:
		return stale(rows[0].ID, "there is a stack of that name by now")
	case !w.in.Precondition.Absent:
		return stale("", "a create was planned over a stack that was there")
	}
	if ds := w.r.unmade(w.r.stack.Recorded); len(ds) > 0 {
		return refused("config", "author", ds[0].Summary, ds[0].Remedy)
	}
	w.progress("create stack " + w.in.StackName)
	w.begin = begins(w.now(), "", "")
	spec := w.spec()
	noRollback := true
	spec.DisableRollback = &noRollback
	id, err := w.heat.Create(ctx, w.in.StackName, w.tags, spec)
	return w.ended(id, err)
}

func (w *write) update(ctx context.Context) driver.Result {
	row, end, ok := w.planned(ctx)
	if !ok {
		return end
	}
	ref := heat.Ref{Name: row.Name, ID: row.ID}
	if w.r.cluster.AdoptedStack != "" {
		return w.patch(ctx, ref, row)
	}
	held, err := w.heldParameters(ctx, ref)
	if err != nil {
		return w.unread(err)
	}
	w.begin, w.kept = begins(w.now(), row.Status, held[w.r.stack.Begin]), w.r.kept(held)
	spec := w.spec()
	files, added, err := w.r.keepRecorded(ctx, w.heat, ref)
	if err != nil {
		return w.unread(err)
	}
	if ds := w.r.unmade(added); len(ds) > 0 {
		return refused("config", "author", ds[0].Summary, ds[0].Remedy)
	}
	spec.Files = files
	w.progress("update stack " + row.Name)
	return w.ended(row.ID, w.heat.Update(ctx, ref, w.tags, spec))
}

// patch updates an adopted stack: its template stays, and of the parameters it
// declares those that the driver maps are sent.
func (w *write) patch(ctx context.Context, ref heat.Ref, seen row) driver.Result {
	shown, err := w.heat.Show(ctx, ref, false)
	if err != nil {
		return w.unread(err)
	}
	if !shown.Updated.Equal(seen.Updated) || shown.Status.String() != seen.Status { // the answer may have taken minutes
		return stale(ref.ID, "the stack is "+shown.Status.String()+" by now")
	}
	p := heat.Patch{Tags: w.tags}
	p.TimeoutMinutes = w.in.Cluster.TimeoutMinutes
	p.Parameters, p.Sensitive = map[string]any{}, w.r.sensitive()
	for name, v := range w.parameters() {
		if _, declares := shown.Parameters[name]; declares {
			p.Parameters[name] = v
		}
	}
	w.progress("update adopted stack " + ref.Name + " by its parameters")
	return w.ended(ref.ID, w.heat.Patch(ctx, ref, p))
}

func (w *write) adopt(ctx context.Context) driver.Result {
	row, end, ok := w.planned(ctx)
	if !ok {
		return end
	}
	if !statusOf(row.Status).proven() {
		return stale(row.ID, "the stack is "+row.Status+" by now")
	}
	w.progress("adopt stack " + row.Name)
	return w.ended(row.ID, w.heat.Patch(ctx, heat.Ref{Name: row.Name, ID: row.ID}, heat.Patch{Tags: w.tags}))
}

func (w *write) delete(ctx context.Context) driver.Result {
	rows, end, ok := w.find(ctx)
	if !ok {
		return end
	}
	if len(rows) == 0 {
		w.progress("stack " + w.in.StackName + " is gone already")
		return driver.Result{Verdict: driver.Accepted, StackID: w.in.StackID}
	}
	for _, row := range rows {
		if row.ID == w.in.StackID && row.Status == "DELETE_IN_PROGRESS" && w.in.Precondition.Status != "DELETE_IN_PROGRESS" {
			w.progress("stack " + row.Name + " is being deleted already")
			return driver.Result{Verdict: driver.Accepted, StackID: row.ID}
		}
	}
	row, end, ok := w.held(rows)
	if !ok {
		return end
	}
	w.progress("delete stack " + row.Name)
	err := w.heat.Delete(ctx, heat.Ref{Name: row.Name, ID: row.ID})
	if errors.Is(err, heat.ErrNotFound) {
		err = nil
	}
	return w.ended(row.ID, err)
}

// spec is everything the stack is made of.
func (w *write) spec() heat.Spec {
	s := heat.Spec{
		Template: w.r.text, Files: w.r.stack.Files, Parameters: w.parameters(),
		TimeoutMinutes: w.in.Cluster.TimeoutMinutes, Sensitive: w.r.sensitive(),
	}
	if len(w.r.stack.Environment) > 0 {
		s.Environment = w.r.environmentJSON()
	}
	return s
}

// parameters are all values, secrets among them.
func (w *write) parameters() map[string]any {
	out := make(map[string]any, len(w.r.params))
	for name, v := range w.r.params {
		out[name] = v
	}
	for name, v := range w.kept {
		out[name] = v
	}
	for name, v := range w.secrets {
		out[name] = string(v)
	}
	for name, ids := range w.removal() {
		out[name] = ids
	}
	if name := w.r.stack.Begin; name != "" {
		out[name] = w.begin
	}
	return out
}

// readSecrets takes what each parameter gets of the values this step was
// trusted with, and measures what servers boot with them.
func (w *write) readSecrets() (driver.Result, bool) {
	values := map[string][]byte{}
	for _, s := range w.in.Secrets {
		values[s.Name] = s.Value
	}
	w.secrets = map[string][]byte{}
	for _, name := range keys(w.r.stack.Secrets) {
		part, err := w.r.stack.Secrets[name].of(values[w.r.stack.Secrets[name].Name])
		if err != nil {
			return refused("internal", "operator", err.Error(), "look at the cluster's set in the secret store: it is not as the agent writes it"), false
		}
		w.secrets[name] = part
	}
	w.r.checkUserData(w.secrets)
	if driver.HasErrors(w.r.diagnostics) {
		d := w.r.diagnostics[len(w.r.diagnostics)-1]
		return refused("config", "author", d.Summary, d.Remedy), false
	}
	return driver.Result{}, true
}

func withoutValues(secrets []driver.Secret) []driver.Secret {
	out := slices.Clone(secrets)
	for i := range out {
		out[i].Value = nil
	}
	return out
}
