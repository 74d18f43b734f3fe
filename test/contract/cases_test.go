package contract

import "testing"

// cases are the contract. Each is a few seconds on a real Heat.
var cases = []struct {
	name string
	run  func(t *testing.T, c *cloud)
}{
	{"create answers 201 with the canonical URL", createAnswer},
	{"list entry has these fields", listFields},
}
