//go:build race

package driver

import "flag"

// The race detector finds nothing in pure conversions and makes them slow.
func init() { _ = flag.Set("rapid.checks", "10") }
