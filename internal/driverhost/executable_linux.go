package driverhost

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// sealed copies into anonymous memory that nobody can change any more, not even
// this process. The error wraps fs.ErrPermission or errors.ErrUnsupported where
// the system has no such memory or does not run it (sysctl vm.memfd_noexec).
func sealed(pin target, source io.Reader) (*executable, error) {
	fd, err := memfd(filepath.Base(pin.path))
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), filepath.Base(pin.path))
	sum, err := copyHashing(file, source)
	if err == nil && sum != pin.sha256 {
		err = pin.otherBytes(sum)
	}
	if err == nil {
		_, err = unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &executable{name: filepath.Base(pin.path), sha256: sum, path: fmt.Sprintf("/proc/self/fd/%d", file.Fd()), file: file}, nil
}

// memfd asks for memory that may be executed; kernels before 6.3 know no other.
func memfd(name string) (int, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	return fd, err
}
