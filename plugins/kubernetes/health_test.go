package kubernetes

import (
	"encoding/json"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// The first node of the control plane began the cluster: its console says why there
// is none.
func TestFirstServer(t *testing.T) {
	for output, want := range map[string]string{
		`{"generation": "1", "servers": {"0": "a", "1": "b"}}`:  "a",
		`{"generation": "2", "servers": {"10": "c", "2": "b"}}`: "b",
		`{"generation": "1", "servers": {}}`:                    "",
		`{"generation": "1", "servers": null}`:                  "",
		`["a"]`:                                                 "",
		``:                                                      "",
		`{"generation": "1", "servers": {"0": "", "next": "b"}}`: "",
	} {
		parts := driver.Parts{Outputs: map[string]json.RawMessage{groupOutput + masters: json.RawMessage(output)}}
		if got := firstServer(parts, masters); got != want {
			t.Errorf("%s gives %q, not %q", output, got, want)
		}
	}
}
