package heatstack

import (
	"net/http"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Template is what an author writes. Both methods are pure and are called
// concurrently.
//
// A Template that is also a [driver.Validator], [driver.AccessGiver] or
// [driver.HealthChecker] makes the driver one. A [Drainer] has its nodes emptied
// before they go, a [Cleaner] what its clusters made beside their stack.
type Template interface {
	// Describe gives the same value at every call. Features are set by the SDK.
	Describe() driver.Description
	// Render says what stack the cluster means. The cluster has passed the
	// schema of Describe and the author's own Validate; labels that were not
	// written hold their defaults. With an error among the diagnostics the Stack
	// is not looked at.
	Render(driver.RenderInput) (Stack, []driver.Diagnostic)
}

// Stack is all that goes to Heat. heatstack sets the template's description,
// tags, timeout and rollback.
type Stack struct {
	Template string            // the root template, HOT as YAML or JSON
	Files    map[string]string // what get_file and nested types name; short keys, no paths
	Recorded []string          // names of files that a live stack keeps as it has them; the digest covers what the render says
	// Unmade are names in Recorded whose text in Files only stands in for one that the
	// driver cannot make, as the boot script of a release that it has dropped. A live
	// stack that has such a file keeps it and is updated as ever; where it would have to
	// be sent, with a create or as new in a live stack, the plan ends in the error given
	// here. nil for none.
	Unmade      map[string]driver.Diagnostic
	Environment map[string]any // sections of a Heat environment but parameters; nil for none

	// Parameters by name: strings, booleans, numbers, []string, or what encodes
	// as JSON for a json parameter. A nil value means the template's default.
	Parameters map[string]any
	// Kept are parameters that a live stack keeps as it has them: a value that follows
	// the driver's release where the document says nothing. The digest covers what
	// the render says.
	Kept    []string
	Secrets map[string]Secret  // name of a parameter declared hidden to the secret it gets
	Meaning map[string]Meaning // of parameters whose name is neither a label nor an attribute in snake_case

	APIAddress    string // output that holds the address of the cluster's API, "" for none
	NodeAddresses string // output that holds the list of the nodes' addresses, "" for none
	// Facts reads what outputs tell, instead of the two, where it lies in several or
	// an adopted stack has others. Of the parts outputs were read, and parameters
	// maybe. nil: the two tell.
	Facts func(driver.Parts) driver.Facts

	// Begin names a parameter, a string with an empty default, by which a server knows
	// whether it is of the first start of its cluster. A create sends a time in it, in
	// seconds since 1970: what boots before it may begin the cluster. An update of a
	// complete stack sends "" once that time has passed: what it makes or replaces joins
	// what is there, and must not begin a second one. Neither value is in the digest,
	// nor is it drift. "" for none.
	Begin string

	Groups map[string]Group // by name: the node groups a Drainer empties before they lose nodes; nil for none
	// Former recognises outputs of node groups that are no more in the template: a group
	// was taken out of the document, and the live stack still has its nodes. It is given
	// each output that the live stack has and the template has not, and answers with the group's name and what
	// Group.Servers would say of it, so that its nodes are emptied before the group
	// goes; "" and "" for an output that is no group's. nil: no group ever goes.
	Former func(output string) (group, servers string)
}

// Meaning says what a parameter is to the people who write documents. A
// parameter called as a label ("docker_log_max_size") or as an attribute in
// snake_case ("docker_volume_size") needs none.
type Meaning struct {
	Path   string                              // as in a diagnostic: "flavor", "labels.docker_tag"
	Effect driver.Effect                       // of changing it; unspecified: that of the schema's entry at Path
	Of     func(from, to string) driver.Effect // instead of Effect, where it depends on the values
	Words  string                              // for people, what a change does: "resize, reboots the server"
	Remedy string                              // the way out where the effect is refused
}

// AddOrRemove is the effect of changing a count.
func AddOrRemove(from, to string) driver.Effect {
	if less(to, from) {
		return driver.EffectRemove
	}
	return driver.EffectAdd
}

// GrowOnly is the effect of changing a size that can only grow, as a volume's,
// and of which 0 is none.
func GrowOnly(from, to string) driver.Effect {
	if less(to, from) || from == "0" {
		return driver.EffectRefused
	}
	return driver.EffectInPlace
}

// Option changes how a driver made by [New] reaches Heat.
type Option func(*stackDriver)

// WithTransport makes all requests go through rt; the credential's CA and its
// InsecureTLS then do not matter. For tests and simulations.
func WithTransport(rt http.RoundTripper) Option {
	return func(d *stackDriver) { d.transport = rt }
}

// WithClock makes now tell whether a step's token has expired, instead of
// time.Now. For simulations.
func WithClock(now func() time.Time) Option {
	return func(d *stackDriver) { d.now = now }
}

// New makes a driver of a template.
func New(t Template, opts ...Option) driver.Driver {
	d := &stackDriver{author: t, now: time.Now}
	for _, o := range opts {
		o(d)
	}
	access, gives := t.(driver.AccessGiver)
	health, checks := t.(driver.HealthChecker)
	switch {
	case gives && checks:
		return struct {
			*stackDriver
			driver.AccessGiver
			driver.HealthChecker
		}{d, access, health}
	case gives:
		return struct {
			*stackDriver
			driver.AccessGiver
		}{d, access}
	case checks:
		return struct {
			*stackDriver
			driver.HealthChecker
		}{d, health}
	}
	return d
}

// stackDriver is the driver every template gets.
type stackDriver struct {
	author    Template
	transport http.RoundTripper // nil: one per Apply, by the credential
	now       func() time.Time
	templates templateMemory
	renders   *Renders // nil: each is made anew
}

var (
	_ driver.Driver    = (*stackDriver)(nil)
	_ driver.Validator = (*stackDriver)(nil)
)

// Describe implements driver.Driver.
func (d *stackDriver) Describe() driver.Description { return d.author.Describe() }

// Validate implements driver.Validator with the author's own checks, if any.
func (d *stackDriver) Validate(c driver.Cluster) []driver.Diagnostic {
	if v, ok := d.author.(driver.Validator); ok {
		return v.Validate(withDefaults(c, d.author.Describe()))
	}
	return nil
}

// Render implements driver.Renderer.
func (d *stackDriver) Render(in driver.RenderInput) driver.Rendered {
	r := d.render(in)
	if driver.HasErrors(r.diagnostics) {
		return driver.Rendered{Diagnostics: r.diagnostics}
	}
	return driver.Rendered{
		Digest: r.digest, Parameters: r.shown(), Secrets: r.secretNames(), Diagnostics: r.diagnostics,
		Resources: r.resourceCount(),
	}
}
