package drivertest

import (
	"maps"
	"slices"
	"strconv"

	"github.com/heatsync/heatsync/plugins/driver"
)

// driftMended changes one parameter after the other by hand, until there was one that
// the driver puts right. A parameter whose change Heat or the driver refuses says
// nothing; one that is not noticed, or not put right, ends the case.
func driftMended(b *bench) {
	row := b.created()
	kept := b.parameters(*row)
	for _, name := range meddlesome(kept, b.render().Parameters) {
		if b.mends(*row, name, kept[name]) {
			return
		}
	}
	b.fail("somebody may change none of the parameters %q in a way that the driver puts right: the effect of each is refused, or Heat takes no other value", slices.Sorted(maps.Keys(kept)))
}

// mends tells whether a change of the parameter is one to put right, and that it was.
func (b *bench) mends(row driver.Stack, name, kept string) bool {
	if b.meddled(row, parameter(name, otherText(kept))) != nil {
		return false
	}
	b.settled()
	p := b.planWith(b.planInput(driver.IntentPresent, true))
	if !slices.ContainsFunc(p.Changes, func(c driver.Change) bool { return c.Drift }) {
		b.fail("parameter %q was changed by hand, and a deep plan finds no drift: %+v", name, p)
	}
	if refuses(p) {
		b.meddle(row, parameter(name, kept))
		return false
	}
	b.accepted(b.step(driver.IntentPresent, p))
	if now := b.parameters(*b.settled())[name]; now != kept {
		b.fail("parameter %q was changed by hand from %q; after the step of the plan it is %q", name, kept, now)
	}
	b.nothingToDo("drift was put right")
	return true
}

func parameter(name, value string) map[string]any {
	return map[string]any{"parameters": map[string]any{name: value}}
}

// refuses tells whether a plan says that the change cannot be made.
func refuses(p driver.Plan) bool {
	return driver.HasErrors(p.Diagnostics) ||
		slices.ContainsFunc(p.Changes, func(c driver.Change) bool { return c.Effect == driver.EffectRefused })
}

// parameters gives what Heat shows of the stack's parameters.
func (b *bench) parameters(row driver.Stack) map[string]string {
	parts, err := b.heat().parts(row, []driver.Part{driver.PartShow})
	b.check(err, "read the parameters")
	return parts.Parameters
}

// meddlesome picks the parameters that can be changed by hand: texts first, for the
// simulated cloud knows every name, then numbers and the rest, each by name. What
// Heat hides is left out.
func meddlesome(shown, rendered map[string]string) []string {
	var texts, others []string
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		v := shown[name]
		switch _, ours := rendered[name]; {
		case !ours || v == "******":
		case v != "" && v[0] >= 'A' && v != "True" && v != "False":
			texts = append(texts, name)
		default:
			others = append(others, name)
		}
	}
	return append(texts, others...)
}

// otherText is another value of the same kind, as far as its text tells.
func otherText(v string) string {
	if n, err := strconv.Atoi(v); err == nil {
		return strconv.Itoa(n + 1)
	}
	switch v {
	case "True":
		return "False"
	case "False":
		return "True"
	}
	return v + "x"
}
