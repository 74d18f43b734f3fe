//go:build !linux

package driverhost

import (
	"errors"
	"io"
)

func sealed(target, io.Reader) (*executable, error) { return nil, errors.ErrUnsupported }
