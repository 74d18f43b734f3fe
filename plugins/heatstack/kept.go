package heatstack

import (
	"context"
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

// heldParameters reads what Heat holds of the parameters that an update sends as
// they are: one request where there are such.
func (w *write) heldParameters(ctx context.Context, ref heat.Ref) (map[string]string, error) {
	if w.r.stack.Begin == "" && len(w.r.stack.Kept) == 0 {
		return nil, nil
	}
	shown, err := w.heat.Show(ctx, ref, false)
	return shown.Parameters, err
}

// kept are the parameters of which an update sends what Heat holds.
func (r *rendered) kept(held map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range r.stack.Kept {
		if v, ok := held[name]; ok && v != "" {
			out[name] = v
		}
	}
	return out
}

// keeps tells whether a live stack keeps a parameter as it has it.
func (r *rendered) keeps(name string) bool { return slices.Contains(r.stack.Kept, name) }

// keeping tells what of the stack stays another than the render says, and what
// cannot be made beside it: a new recorded file is of the render's value, and the
// stack goes on with its own.
func (r *rendered) keeping(held map[string]any, shown map[string]string) []driver.Diagnostic {
	var out []driver.Diagnostic
	added := r.added(held)
	for _, name := range r.stack.Kept {
		p := r.declared[name]
		from, to := normal(p.kind, shown[name]), r.params[name]
		if from == "" || from == to {
			continue
		}
		path := r.meaning(name).Path
		out = append(out, driver.Diagnostic{
			Severity: driver.SeverityWarning, Code: "kept", Path: path,
			Summary: fmt.Sprintf("%s stays %q; the driver's own is %q by now", path, from, to),
			Remedy:  fmt.Sprintf("write %s: %s to say so", path, from),
		})
		for _, file := range added {
			out = append(out, driver.Diagnostic{
				Severity: driver.SeverityError, Code: "kept", Path: path,
				Summary: fmt.Sprintf("%s would be made with %s %q beside what has %q", file, path, to, from),
				Remedy:  fmt.Sprintf("write %s: %s", path, from),
			})
		}
	}
	return append(out, r.unmade(added)...)
}

// unmade tells of recorded files that would have to be sent and cannot be made.
func (r *rendered) unmade(sent []string) []driver.Diagnostic {
	var out []driver.Diagnostic
	for _, file := range sent {
		if d, ok := r.stack.Unmade[file]; ok && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// added are the recorded files that a stack with this template does not have.
func (r *rendered) added(held map[string]any) []string {
	has := map[string]bool{}
	walk(held, func(key string, v any) {
		if name, ok := v.(string); ok && key == "get_file" {
			has[name] = true
		}
	})
	return slices.DeleteFunc(slices.Clone(r.stack.Recorded), func(name string) bool { return has[name] })
}

// checkKept holds the lists to what is sent.
func (r *rendered) checkKept() {
	for _, name := range r.stack.Kept {
		if p, ok := r.declared[name]; !ok || p.hidden {
			r.wrong("Kept names parameter %q, which the template does not declare in clear", name)
		}
	}
	for _, name := range keys(r.stack.Unmade) {
		if d := r.stack.Unmade[name]; !slices.Contains(r.stack.Recorded, name) || d.Severity != driver.SeverityError {
			r.wrong("Unmade names %q, which must be a recorded file with an error", name)
		}
	}
}
