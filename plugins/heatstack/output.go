package heatstack

import (
	"encoding/json"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Output gives a stack's output that is a text, "" when it was not read or is
// not there.
func Output(parts driver.Parts, name string) string {
	text, _ := outputOf(parts, name).(string)
	return text
}

// Texts gives those of a stack's output that is a list of texts, but empty ones and
// null: what a node that is not made yet has. nil when it was not read, is not there
// or is no list.
func Texts(parts driver.Parts, name string) []string {
	all, _ := outputOf(parts, name).([]any)
	var out []string
	for _, v := range all {
		if text, _ := v.(string); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// outputOf decodes one output, nil when it is not there.
func outputOf(parts driver.Parts, name string) any {
	var v any
	if json.Unmarshal(parts.Outputs[name], &v) != nil {
		return nil
	}
	return v
}
