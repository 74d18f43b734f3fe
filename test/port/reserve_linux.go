package port

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Reserve is For where there is no testing.TB; release ends it.
//
// The port belongs to a socket that is bound and does not listen. To who asks for
// any port Linux gives none that is bound, and to who asks for this one it does as
// long as both sockets have SO_REUSEADDR and neither listens (socket(7), ip(7)):
// Go's listeners, sshd and uwsgi set it.
func Reserve() (address string, release func(), err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", nil, fmt.Errorf("reserve a port: %w", err)
	}
	release = func() { _ = unix.Close(fd) }
	if err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	var at unix.Sockaddr
	if err == nil {
		at, err = unix.Getsockname(fd)
	}
	if err != nil {
		release()
		return "", nil, fmt.Errorf("reserve a port: %w", err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*unix.SockaddrInet4).Port), release, nil
}
