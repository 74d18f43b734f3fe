package heatstack

import (
	"context"
	"fmt"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

var _ driver.Previewer = (*stackDriver)(nil)

// Preview implements driver.Previewer with up to five requests, none of which
// writes. Heat's preview of an unchanged stack is not empty (a Neutron subnet
// shows as replaced, Heat 19), so what an update without content reports is
// taken away. Where Heat cannot look into nested stacks, it answers 400 without
// a message when a group would grow, the root alone is looked at.
func (d *stackDriver) Preview(ctx context.Context, in driver.PreviewInput) (driver.PreviewReport, error) {
	r := d.render(driver.RenderInput{Cluster: in.Cluster, Secrets: withoutValues(in.Secrets)})
	if driver.HasErrors(r.diagnostics) {
		return driver.PreviewReport{Diagnostics: r.diagnostics}, nil
	}
	client, done, err := d.client(in.Credential)
	if err != nil {
		return driver.PreviewReport{}, err
	}
	defer done()
	ref := heat.Ref{Name: in.Stack.Name, ID: in.Stack.ID}
	if r.stack.Files, _, err = r.keepRecorded(ctx, client, ref); err != nil {
		return driver.PreviewReport{}, fmt.Errorf("preview: %w", err)
	}
	report, err := r.preview(ctx, client, ref, true)
	if f := heat.Classify(err); err != nil && f.Sent == heat.Answered && !f.Transient {
		report, err = r.preview(ctx, client, ref, false)
	}
	if err != nil {
		return driver.PreviewReport{}, fmt.Errorf("preview: %w", err)
	}
	report.Diagnostics = r.diagnostics
	return report, nil
}

func (r *rendered) preview(ctx context.Context, c *heat.Client, ref heat.Ref, nested bool) (driver.PreviewReport, error) {
	ours, err := c.PreviewPatch(ctx, ref, r.patch(), nested)
	if err != nil {
		return driver.PreviewReport{}, err
	}
	noise, err := c.PreviewPatch(ctx, ref, heat.Patch{}, nested)
	if err != nil {
		return driver.PreviewReport{}, err
	}
	report := driver.PreviewReport{Nested: nested}
	for _, k := range []struct {
		ours, noise []heat.Change
		effect      driver.Effect
	}{
		{ours.Replaced, noise.Replaced, driver.EffectReplace},
		{ours.Deleted, noise.Deleted, driver.EffectRemove},
		{ours.Added, noise.Added, driver.EffectAdd},
		{ours.Updated, noise.Updated, driver.EffectInPlace},
	} {
		always := map[string]bool{}
		for _, n := range k.noise {
			always[n.Stack+"/"+n.Name] = true
		}
		for _, o := range k.ours {
			if !always[o.Stack+"/"+o.Name] {
				report.Changes = append(report.Changes, driver.ResourceChange{Resource: resourcePath(o), Type: o.Type, Effect: k.effect})
			}
		}
	}
	return report, nil
}

// patch is the update by PATCH: hidden parameters keep their values, which a
// preview is not given.
func (r *rendered) patch() heat.Patch {
	p := heat.Patch{}
	p.Parameters, p.Sensitive = map[string]any{}, r.sensitive()
	for name, v := range r.params {
		if name != r.stack.Begin && !r.keeps(name) { // left as Heat holds them
			p.Parameters[name] = v
		}
	}
	if r.cluster.AdoptedStack == "" {
		p.Template, p.Files = r.text, r.stack.Files
		if len(r.stack.Environment) > 0 {
			p.Environment = r.environmentJSON()
		}
	}
	return p
}

func resourcePath(c heat.Change) string {
	if c.Parent == "" {
		return c.Name
	}
	return c.Parent + "." + c.Name
}
