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

// outputOf decodes one output, nil when it is not there.
func outputOf(parts driver.Parts, name string) any {
	var v any
	if json.Unmarshal(parts.Outputs[name], &v) != nil {
		return nil
	}
	return v
}
