//go:build !linux

package port

import "net"

// Reserve is For where there is no testing.TB; release ends it. Here the port is
// only likely to stay free.
func Reserve() (address string, release func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	return l.Addr().String(), func() {}, l.Close()
}
