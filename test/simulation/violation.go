package simulation

import (
	"fmt"
	"time"
)

// Violation is a broken promise.
type Violation struct {
	Promise string // the check's name
	At      time.Duration
	Text    string
}

// Error implements error.
func (v *Violation) Error() string {
	return fmt.Sprintf("%s broken at +%s: %s", v.Promise, clock(v.At), v.Text)
}
