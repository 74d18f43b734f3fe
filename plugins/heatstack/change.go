package heatstack

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/heatsync/heatsync/plugins/driver"
)

// changes compares a stack with the render. same: its digest is the render's,
// so whatever differs is somebody else's doing.
func (r *rendered) changes(in driver.PlanInput, same bool) []driver.Change {
	out := append(r.tagChanges(in.Stack.Tags), r.contentChanges(in, same)...)
	if tag := digestTag(in.Stack.Tags); len(out) == 0 && !same {
		out = append(out, driver.Change{Path: "tags", From: tagSpec + tag, To: tagSpec + r.digest, Effect: driver.EffectNone})
	}
	return out
}

// contentChanges compares what the stack is made of.
func (r *rendered) contentChanges(in driver.PlanInput, same bool) []driver.Change {
	if r.cluster.AdoptedStack != "" {
		return r.parameterChanges(in.Parts.Parameters, r.declared, same)
	}
	held, takes := r.holds(in.Parts.Template)
	out := r.parameterChanges(in.Parts.Parameters, takes, same)
	out = append(out, templateChanges(held, r.template, same)...)
	if in.Parts.Description != Description(r.cluster.Fleet, r.cluster.Name) && at(held, "description") == r.template["description"] {
		out = append(out, driver.Change{Path: "description", From: in.Parts.Description, To: textAt(r.template, "description"), Effect: driver.EffectNone, Drift: true})
	}
	if tag := digestTag(in.Stack.Tags); !same && driver.IsDigest(tag) && tag != r.digestHeld(held, takes, in.Parts.Parameters) {
		if r.onlyRecorded(held) {
			out = append(out, driver.Change{Path: "files.recorded", Effect: driver.EffectNone})
		} else {
			out = append(out, driver.Change{Path: "files", From: tag, To: r.digest, Effect: driver.EffectReplace})
		}
	}
	if same {
		out = append(out, resourceChanges(in.Parts.Resources)...)
	}
	return out
}

// holds gives the template that Heat shows of the stack, and what it declares.
// What is ours to the byte need not be read: then all that is compared is one map
// with itself.
func (r *rendered) holds(template []byte) (map[string]any, map[string]parameter) {
	if bytes.Equal(template, r.text) {
		return r.template, r.declared
	}
	held, err := decodeJSON(template)
	if err != nil {
		held = map[string]any{}
	}
	takes, err := declared(held)
	if err != nil {
		takes = map[string]parameter{}
	}
	return held, takes
}

// digestHeld is the digest of what Heat shows of the stack with our files,
// environment and secrets. Where the stack's own digest is another, these
// differ, which Heat does not show; all else is explained by what it does.
func (r *rendered) digestHeld(held map[string]any, takes map[string]parameter, shown map[string]string) string {
	params := map[string]string{}
	for name, p := range takes {
		if _, secret := r.stack.Secrets[name]; secret {
			continue
		}
		v, ok := shown[name]
		switch {
		case p.hidden, r.oneTime(name), r.keeps(name):
			params[name] = r.params[name]
		case ok:
			params[name] = normal(p.kind, v)
		}
	}
	text, _ := json.Marshal(held) // it came from JSON
	return r.digestOf(text, params)
}

// parameterChanges compares the values Heat shows with ours. takes is what the
// stack's template declares: a parameter it lacks comes with the template.
func (r *rendered) parameterChanges(shown map[string]string, takes map[string]parameter, drift bool) []driver.Change {
	var out []driver.Change
	for _, name := range keys(r.params) {
		p := r.declared[name]
		from, ok := shown[name]
		if p.hidden || from == masked || r.oneTime(name) || r.keeps(name) {
			continue
		}
		if _, declares := takes[name]; !ok || !declares {
			continue
		}
		from, to := normal(p.kind, from), r.params[name]
		if from == to {
			continue
		}
		m := r.meaning(name)
		c := driver.Change{Path: m.Path, From: from, To: to, Effect: r.effect(m, from, to), Drift: drift}
		if r.isSensitive(name) {
			c.From, c.To = masked, masked
		}
		out = append(out, c)
	}
	return out
}

// resourceChanges tells of resources that somebody, or a check, marked as
// failed in a stack that is complete. Heat replaces them at the next update.
func resourceChanges(resources []driver.Resource) []driver.Change {
	var out []driver.Change
	for _, res := range resources {
		if statusOf(res.Status).state == "FAILED" {
			out = append(out, driver.Change{Path: "resources." + res.Name, From: res.Status, To: "COMPLETE", Effect: driver.EffectReplace, Drift: true})
		}
	}
	return out
}

// refusals turns changes that cannot be made into diagnostics with the way out.
func (r *rendered) refusals(changes []driver.Change, stack string) []driver.Diagnostic {
	var out []driver.Diagnostic
	for _, c := range changes {
		if c.Effect != driver.EffectRefused {
			continue
		}
		d := driver.Diagnostic{
			Severity: driver.SeverityError, Code: "immutable", Path: c.Path,
			Summary: fmt.Sprintf("%s of a live cluster cannot be changed (%s -> %s)", c.Path, quoted(c.From), quoted(c.To)),
			Remedy:  r.wayOut(c),
		}
		if c.Drift {
			d.Code = "immutable-drift"
			d.Summary = fmt.Sprintf("somebody changed %s of stack %q to %s, and it cannot be set back to %s", c.Path, stack, quoted(c.From), quoted(c.To))
			d.Remedy = "write what the stack has into the document, or make a new cluster and delete this one"
		}
		out = append(out, d)
	}
	return out
}

func (r *rendered) wayOut(c driver.Change) string {
	for _, name := range keys(r.stack.Meaning) {
		if m := r.meaning(name); m.Path == c.Path && m.Remedy != "" {
			return m.Remedy
		}
	}
	return fmt.Sprintf("write %s again, or make a new cluster with the new value and delete this one", quoted(c.From))
}

func quoted(text string) string {
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", text)
}
