package drivertest

import (
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// labelsCount sets each label to other values until one reaches the stack.
func labelsCount(b *bench) {
	before, about := b.render().Digest, b.describe()
	var ignored []string
	for _, l := range about.Labels {
		if l.Deprecated == "" && !b.counts(about, l, before) {
			ignored = append(ignored, l.Name)
		}
	}
	if len(ignored) > 0 {
		b.fail("labels %q change nothing and nobody is told: give them to a parameter, take them out of Describe, or say in Validate when they mean nothing", ignored)
	}
}

// counts tells whether a label reaches the stack, says why not, or cannot be judged.
func (b *bench) counts(about driver.Description, l driver.Label, before string) bool {
	judged := false
	for _, v := range otherValues(l, b.cluster.Labels[l.Name]) {
		c := copied(b.cluster)
		c.Labels = map[string]string{l.Name: v}
		for name, kept := range b.cluster.Labels {
			if name != l.Name {
				c.Labels[name] = kept
			}
		}
		if driver.HasErrors(driver.Check(about, c)) {
			continue
		}
		r, err := b.driver().client.Render(b.ctx, driver.RenderInput{Cluster: c, Secrets: b.secrets(false)})
		b.check(err, "render")
		told := slices.ContainsFunc(r.Diagnostics, func(d driver.Diagnostic) bool { return strings.HasPrefix(d.Path, "labels."+l.Name) })
		if told || !driver.HasErrors(r.Diagnostics) && r.Digest != before {
			return true
		}
		judged = judged || !driver.HasErrors(r.Diagnostics)
	}
	return !judged
}

// sampleValues are values to try, by type; what the driver does not take is passed
// over.
var sampleValues = map[driver.LabelType][]string{
	driver.LabelBool:   {"true", "false"},
	driver.LabelInt:    {"1", "2", "3", "10", "100", "1000"},
	driver.LabelFloat:  {"0.5", "1.5", "2"},
	driver.LabelSemver: {"1.2.3", "v1.2.3"},
	driver.LabelCIDR:   {"10.98.0.0/16", "192.0.2.0/24"},
	driver.LabelURL:    {"https://kit.example.org", "https://kit.example.org/path"},
	driver.LabelString: {"kit", "kit.example.org", "1", "10m", "true", "192.0.2.0/24", "v1.2.3"},
}

// otherValues are values of a label besides the one it has.
func otherValues(l driver.Label, now string) []string {
	if now == "" {
		now = l.Default
	}
	from := l.Allowed
	if len(from) == 0 {
		from = sampleValues[l.Type]
	}
	return slices.DeleteFunc(slices.Clone(from), func(v string) bool { return v == now })
}
