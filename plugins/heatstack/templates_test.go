package heatstack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTemplateMemoryGivesWhatDecodeGives(t *testing.T) {
	var m templateMemory
	big := "text: " + strings.Repeat("x", maxHeld/2)
	for _, text := range []string{"a: 1", "a: 2", big, "a: 1", "b: " + big[6:], "a: 1", "{", "- 1"} {
		want, wantErr := decode(text)
		for range 2 {
			got, err := m.decode(text)
			if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (wantErr == nil) {
				t.Errorf("%.20q: %v (-want +got):\n%s", text, err, diff)
			}
		}
		if m.size > maxHeld {
			t.Errorf("%d bytes are held", m.size)
		}
	}
}
