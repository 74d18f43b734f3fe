package heatstack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// rendered is a render with all that follows from it. It is a value to read.
type rendered struct {
	cluster     driver.Cluster
	about       driver.Description
	stack       Stack
	template    map[string]any // with our description
	files       map[string]map[string]any
	declared    map[string]parameter
	params      map[string]string // of every declared parameter but secrets: as Heat stores them
	ids         map[string]string // names of the secrets used, to their ids
	uses        map[string]string // parameters that get a secret, to its id, part and encoding
	digest      string
	text        json.RawMessage // template as it is sent
	diagnostics []driver.Diagnostic
}

// Description is the description of a cluster's template. Heat stores it before
// the stack's row, so it marks a stack whose tags were lost.
func Description(fleet, cluster string) string { return "heatsync " + fleet + "/" + cluster }

// StackName is the name of a cluster's stack, unless it was adopted.
func StackName(c driver.Cluster) string {
	if c.AdoptedStack != "" {
		return c.AdoptedStack
	}
	return c.Fleet + "--" + c.Name
}

// render gives what the author makes of a cluster, checked. After an error among
// the diagnostics only they count.
func (d *stackDriver) render(in driver.RenderInput) *rendered { return d.renders.of(in, d.renderAnew) }

func (d *stackDriver) renderAnew(in driver.RenderInput) *rendered {
	about := d.author.Describe()
	r := &rendered{about: about, cluster: withDefaults(in.Cluster, about)}
	r.say(driver.Check(about, in.Cluster)...)
	if driver.HasErrors(r.diagnostics) {
		return r
	}
	r.say(d.Validate(in.Cluster)...)
	if driver.HasErrors(r.diagnostics) {
		return r
	}
	author, ds := d.author.Render(driver.RenderInput{Cluster: r.cluster, Secrets: slices.Clone(in.Secrets)})
	r.say(ds...)
	if driver.HasErrors(r.diagnostics) {
		return r
	}
	r.stack = author
	r.parse(d.templates.decode)
	if driver.HasErrors(r.diagnostics) {
		return r
	}
	r.markSecrets(in.Secrets)
	r.text, _ = json.Marshal(r.template) // it came from JSON
	r.resolve(in.Secrets)
	r.checkNesting()
	r.checkRecorded()
	r.checkReferences()
	r.checkUpdatePolicy()
	r.checkMeaning()
	r.checkSecrets()
	r.checkGroups()
	r.checkBegin()
	r.checkKept()
	r.checkLimits()
	if !driver.HasErrors(r.diagnostics) {
		r.digest = r.digestOf(r.text, r.params)
	}
	return r
}

func (r *rendered) say(ds ...driver.Diagnostic) { r.diagnostics = append(r.diagnostics, ds...) }

// wrong tells of a mistake that only the driver's author can mend.
func (r *rendered) wrong(format string, args ...any) {
	r.say(driver.Diagnostic{
		Severity: driver.SeverityError, Code: "driver-template",
		Summary: fmt.Sprintf("driver %q: ", r.about.Name) + fmt.Sprintf(format, args...),
		Remedy:  "report it to the driver's author",
	})
}

// parse reads the templates and sets the description.
func (r *rendered) parse(decode func(string) (map[string]any, error)) {
	root, err := decode(r.stack.Template)
	if err != nil {
		r.wrong("the template cannot be read: %v", err)
		return
	}
	root = maps.Clone(root)
	root["description"] = Description(r.cluster.Fleet, r.cluster.Name)
	r.template = root
	if r.declared, err = declared(root); err != nil {
		r.wrong("%v", err)
	}
	r.files = map[string]map[string]any{}
	for _, name := range keys(r.stack.Files) {
		if !isNested(name) {
			continue
		}
		if r.files[name], err = decode(r.stack.Files[name]); err != nil {
			r.wrong("file %q cannot be read as a template: %v", name, err)
		}
	}
	r.markFiles()
	r.checkEnvironment()
}

// isNested tells whether Heat takes a resource type, or a file, for a template.
func isNested(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".template")
}

var environmentSections = []string{
	"parameter_defaults", "resource_registry", "event_sinks", "encrypted_param_names", "parameter_merge_strategies",
}

func (r *rendered) checkEnvironment() {
	for _, name := range keys(r.stack.Environment) {
		switch {
		case name == "parameters":
			r.wrong("the environment has parameters; they belong into Parameters")
		case !slices.Contains(environmentSections, name):
			r.wrong("the environment has a section %q that Heat refuses", name)
		case r.stack.Environment[name] == nil:
			r.wrong("section %q of the environment is empty, which Heat refuses", name)
		}
	}
}

// resolve gives every declared parameter its value, and complains about those
// that have none and about values nobody declared.
func (r *rendered) resolve(secrets []driver.Secret) {
	r.params, r.ids, r.uses = map[string]string{}, map[string]string{}, map[string]string{}
	for _, name := range keys(r.stack.Parameters) {
		if _, ok := r.declared[name]; !ok && r.stack.Parameters[name] != nil {
			r.wrong("parameter %q is sent but not declared by the template", name)
		}
	}
	for _, name := range keys(r.declared) {
		p, v := r.declared[name], r.stack.Parameters[name]
		if _, secret := r.stack.Secrets[name]; secret {
			continue
		}
		switch {
		case v != nil:
			text, err := stored(p.kind, v)
			if err != nil {
				r.wrong("parameter %q (%s): %v", name, p.kind, err)
			}
			r.params[name] = text
		case p.hasDef:
			r.params[name] = p.def
		default:
			r.wrong("parameter %q is declared without a default and not given", name)
		}
	}
	for _, name := range keys(r.stack.Secrets) {
		r.resolveSecret(name, secrets)
	}
}

func (r *rendered) resolveSecret(name string, secrets []driver.Secret) {
	p, ok := r.declared[name]
	secret := r.stack.Secrets[name]
	switch {
	case !ok:
		r.wrong("parameter %q is to get secret %q but is not declared by the template", name, secret.Name)
	case !p.hidden:
		r.wrong("parameter %q gets secret %q and must be declared hidden", name, secret.Name)
	}
	for _, need := range r.about.Secrets {
		if need.Name == secret.Name && !secret.has(need.Kind) {
			r.wrong("parameter %q is to get %q of secret %q, which a secret of kind %q does not have", name, secret.Part, secret.Name, need.Kind)
		}
	}
	for _, s := range secrets {
		if s.Name == secret.Name {
			r.ids[s.Name], r.uses[name] = s.ID, secret.use(s.ID)
			return
		}
	}
	r.wrong("secret %q is used but was not asked for by Describe", secret.Name)
}

// digestOf is the digest of our files, environment and secrets with a template
// and parameters: the render's own, or those Heat holds.
func (r *rendered) digestOf(template []byte, params map[string]string) string {
	content := driver.Content{Template: []byte("{}"), Parameters: params, SecretIDs: r.uses}
	if r.cluster.AdoptedStack == "" {
		content.Template = template
		if len(r.stack.Environment) > 0 {
			content.Environment, _ = json.Marshal(r.stack.Environment)
		}
		content.Files, content.Templates = map[string][]byte{}, map[string][]byte{}
		for name, text := range r.stack.Files {
			if r.files[name] != nil {
				content.Templates[name] = []byte(text)
			} else {
				content.Files[name] = []byte(text)
			}
		}
	}
	digest, err := driver.Digest(content)
	if err != nil {
		r.wrong("%v", err)
	}
	return digest
}

// shown gives the parameters for people: sensitive ones and secrets masked.
func (r *rendered) shown() map[string]string {
	out := maps.Clone(r.params)
	for name := range out {
		if r.isSensitive(name) {
			out[name] = masked
		}
	}
	for name := range r.stack.Secrets {
		out[name] = masked
	}
	return out
}

func (r *rendered) secretNames() []string { return keys(r.ids) }

// isSensitive tells whether a parameter's value is nobody's to read.
func (r *rendered) isSensitive(name string) bool {
	if r.declared[name].hidden {
		return true
	}
	l, ok := r.label(r.meaning(name).Path)
	return ok && l.Sensitive
}

// withDefaults fills in the defaults of labels that were not written; c is not
// changed.
func withDefaults(c driver.Cluster, about driver.Description) driver.Cluster {
	c.Labels = labelsOf(c.Labels, about)
	c.NodeGroups = slices.Clone(c.NodeGroups)
	for i := range c.NodeGroups {
		c.NodeGroups[i].Labels = labelsOf(c.NodeGroups[i].Labels, about)
	}
	return c
}

func labelsOf(written map[string]string, about driver.Description) map[string]string {
	out := make(map[string]string, len(about.Labels))
	for _, l := range about.Labels {
		if l.Default != "" {
			out[l.Name] = l.Default
		}
	}
	maps.Copy(out, written)
	return out
}
