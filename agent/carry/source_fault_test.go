package carry

import (
	"testing"

	"github.com/heatsync/heatsync/internal/gitsource"
)

func TestSourceFaults(t *testing.T) {
	for _, r := range gitsource.Reasons() {
		f := sourceFault(&gitsource.Error{Reason: r})
		if !faultCodes[f.Code] || !whos[f.Who] || f.Remedy == "" {
			t.Errorf("%s: %+v", r, f)
		}
	}
}
