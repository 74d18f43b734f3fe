// Package port keeps ports of loopback for programs that tests start and that
// cannot be told to take any: one that a config names, or on which a program that
// was killed comes back. Who can listen on port 0 needs none of it.
package port

import "testing"

// For gives an address of loopback that is free for the test's programs until the
// test ends: whoever listens on this very address gets it, one at a time, and
// nobody else is given it, neither by For nor by the system.
func For(t testing.TB) string {
	t.Helper()
	address, release, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return address
}
