package addons

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Each label is one that a schema can show: one of its name, a doc, an effect, and
// a default that its own rules let pass.
func TestLabelsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Labels() {
		if seen[l.Name] {
			t.Errorf("%s stands there twice", l.Name)
		}
		seen[l.Name] = true
		if l.Doc == "" || !strings.HasSuffix(l.Doc, ".") || l.Effect == driver.EffectUnspecified {
			t.Errorf("%s lacks a sentence or an effect: %+v", l.Name, l)
		}
		if strings.HasSuffix(l.Deprecated, ".") {
			t.Errorf("%s: the remedy ends in a full stop", l.Name)
		}
		if l.Pattern != "" && !regexp.MustCompile(`\A(?:`+l.Pattern+`)\z`).MatchString(l.Default) && l.Default != "" {
			t.Errorf("%s: the default %q does not match %s", l.Name, l.Default, l.Pattern)
		}
		if len(l.Allowed) > 0 && !slices.Contains(l.Allowed, l.Default) {
			t.Errorf("%s: the default %q is none of %v", l.Name, l.Default, l.Allowed)
		}
	}
}

// A deprecated label tells since when, or until when, it means nothing.
func TestRetiredLabelsSaySinceWhen(t *testing.T) {
	when := regexp.MustCompile(`\b(since|until|ended with|no release of)\b`)
	for _, l := range Labels() {
		if l.Deprecated != "" && !when.MatchString(l.Deprecated) {
			t.Errorf("%s says no since when: %s", l.Name, l.Deprecated)
		}
	}
}

// A deprecated label is a warning that says what to do, whatever its value; it
// never holds a cluster.
func TestRetiredLabelsWarn(t *testing.T) {
	d := driver.Description{Name: "kubernetes", Labels: Labels()}
	for _, l := range Labels() {
		if l.Deprecated == "" {
			continue
		}
		value := map[driver.LabelType]string{driver.LabelBool: "true", driver.LabelInt: "1"}[l.Type]
		found := driver.Check(d, driver.Cluster{FloatingIPEnabled: true, Labels: map[string]string{l.Name: value}})
		if len(found) != 1 || found[0].Severity != driver.SeverityWarning || found[0].Remedy != l.Deprecated {
			t.Errorf("%s: %v", l.Name, found)
		}
	}
}
