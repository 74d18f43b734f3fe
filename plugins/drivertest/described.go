package drivertest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

var (
	driverName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	semver     = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([-+].+)?$`)
)

// complaints collects what is wrong with a description: all of it at once.
type complaints []error

func (c *complaints) unless(ok bool, format string, args ...any) {
	if !ok {
		*c = append(*c, fmt.Errorf(format, args...))
	}
}

func describedWhole(b *bench) {
	d := b.describe()
	var c complaints
	c.unless(driverName.MatchString(d.Name), "%q is no name for a driver: lower-case words joined by dashes", d.Name)
	c.unless(semver.MatchString(d.Version), "%q is no semantic version, such as 1.2.3", d.Version)
	c.unless(len(d.Targets) > 0, "no target: nothing would pick the driver")
	for _, t := range d.Targets {
		c.unless(t.COE != "", "a target without a COE: %+v", t)
	}
	seen := map[string]bool{}
	for _, a := range d.Attributes {
		c.unless(!seen[a.Name], "attribute %q is listed twice", a.Name)
		c.unless(isAttribute(a.Name), "attribute %q is none that documents have: write it as they do (docs/reference/kinds.md), for instance dockerVolumeSize", a.Name)
		c.unless(a.Doc != "", "attribute %q has no doc", a.Name)
		c.unless(a.Effect != driver.EffectUnspecified, "attribute %q has no effect: say what changing it disturbs", a.Name)
		seen[a.Name] = true
	}
	seen = map[string]bool{}
	for _, l := range d.Labels {
		c.unless(!seen[l.Name], "label %q is listed twice", l.Name)
		c.label(l)
		seen[l.Name] = true
	}
	for _, s := range d.Secrets {
		c.unless(s.Doc != "", "secret %q has no doc", s.Name)
		c.unless(s.Kind != "", "secret %q has no kind", s.Name)
	}
	if err := errors.Join(c...); err != nil {
		b.fail("%w", err)
	}
}

func (c *complaints) label(l driver.Label) {
	c.unless(l.Doc != "", "label %q has no doc", l.Name)
	c.unless(l.Type != "", "label %q has no type", l.Name)
	c.unless(l.Effect != driver.EffectUnspecified, "label %q has no effect: say what changing it disturbs", l.Name)
	if l.Default == "" {
		return
	}
	cluster := driver.Cluster{Labels: map[string]string{l.Name: l.Default}, FloatingIPEnabled: true}
	for _, found := range driver.Check(driver.Description{Labels: []driver.Label{l}}, cluster) {
		c.unless(found.Severity != driver.SeverityError, "the default of label %q does not fit: %s", l.Name, found.Summary)
	}
}

// word is what documents can write for coe and distro.
var word = regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)

// targetsNamed holds the targets to what a document can say.
func targetsNamed(b *bench) {
	var c complaints
	for _, t := range b.describe().Targets {
		c.unless(word.MatchString(t.COE) && len(t.COE) <= 32, "no document can say coe: %s: write a lower-case word of letters, digits, dots, dashes and underscores", t.COE)
		c.unless(t.Distro == "" || word.MatchString(t.Distro), "no document can say distro: %s: write a lower-case word, as Glance's os_distro", t.Distro)
		c.unless(slices.Contains([]string{"", "vm", "bm"}, t.ServerType), "no document can say serverType: %s: it is vm or bm", t.ServerType)
	}
	if err := errors.Join(c...); err != nil {
		b.fail("%w", err)
	}
}

// groupsThere holds the options to what the agent resolves: the groups that a driver
// counts are always there.
func groupsThere(b *bench) {
	groups := map[string]string{"nodeCount": "default-worker", "masterCount": "default-master"}
	for _, a := range b.describe().Attributes {
		name, counted := groups[a.Name]
		if _, there := b.cluster.Group(name); counted && !there {
			b.fail("the driver lists %s, and Options.Cluster has no node group %q: the cases would try it with no node at all", a.Name, name)
		}
	}
}

// isAttribute tells whether documents have an attribute of that name for a driver
// to list: the schema's check misses it then where it is required.
func isAttribute(name string) bool {
	if slices.Contains([]string{"nodeGroups", "nodesToRemove", "nodeLabels", "nodeTaints"}, name) {
		return true
	}
	d := driver.Description{Attributes: []driver.Attribute{{Name: name, Required: true}}}
	return len(driver.Check(d, driver.Cluster{FloatingIPEnabled: true})) > 0
}
