//go:build linux

package port

import (
	"net"
	"testing"
)

// listen fails the test unless the address can be listened on.
func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNobodyElseGetsThePort(t *testing.T) {
	ours := map[string]bool{}
	for range 300 {
		address := For(t)
		if ours[address] {
			t.Errorf("%s is given twice", address)
		}
		ours[address] = true
	}
	for range 3000 {
		l := listen(t, "127.0.0.1:0")
		if ours[l.Addr().String()] {
			t.Errorf("%s is given to who asked for any port", l.Addr())
		}
		_ = l.Close()
	}
}

// A program listens, is killed, and another takes its place.
func TestOurProgramsGetIt(t *testing.T) {
	address := For(t)
	for range 3 {
		if c, err := net.Dial("tcp", address); err == nil {
			t.Errorf("%s answers before anybody listens", c.RemoteAddr())
		}
		l := listen(t, address)
		if _, err := net.Listen("tcp", address); err == nil {
			t.Error("two listen at a time")
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		served, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = served.Close(), c.Close(), l.Close()
	}
}
