package drivertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// listed gives diagnostics for people, one to a line. The remedy of the commonest
// surprise speaks of documents; in a test it is another.
func listed(ds []driver.Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "\n  %s", d)
		if d.Path == "floatingIpEnabled" && d.Code == "attribute-unknown" {
			b.WriteString("; in a test: set FloatingIPEnabled: true, which is what documents mean that say nothing")
		}
	}
	return b.String()
}

// panicked gives what the driver logged of a panic: where it was.
func (b *bench) panicked() string {
	if b.run == nil {
		return ""
	}
	said := b.run.output.String()
	i := strings.Index(said, "panic in a call")
	if i < 0 {
		return ""
	}
	said = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(said[i:])
	return "\nthe driver's log: " + said[:min(len(said), 3000)]
}

// differences names the places at which two answers differ, with both values.
func differences(first, second string) string {
	var a, b any
	if json.Unmarshal([]byte(first), &a) != nil || json.Unmarshal([]byte(second), &b) != nil {
		return first + "\n" + second
	}
	x, y := map[string]string{}, map[string]string{}
	leaves("", a, x)
	leaves("", b, y)
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(x)) {
		if v, ok := y[path]; !ok || v != x[path] {
			lines = append(lines, fmt.Sprintf("  %s: %s, then %s", path, x[path], orNothing(v)))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(y)) {
		if _, ok := x[path]; !ok {
			lines = append(lines, fmt.Sprintf("  %s: nothing, then %s", path, y[path]))
		}
	}
	return strings.Join(lines, "\n")
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

func leaves(path string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			leaves(strings.TrimPrefix(path+"."+k, "."), e, into)
		}
	case []any:
		for i, e := range v {
			leaves(fmt.Sprintf("%s[%d]", path, i), e, into)
		}
	default:
		text, _ := json.Marshal(v) // it came from JSON
		into[path] = string(text)
	}
}
