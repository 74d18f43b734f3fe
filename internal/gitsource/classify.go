package gitsource

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// classify gives every error that leaves a look at a source its reason. A look
// its caller gave up is no fault: that error stays context.Canceled.
func classify(ctx context.Context, loc location, stateDir string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	if disk := classifyDisk(stateDir, err); disk != nil {
		return disk
	}
	return classifyNetwork(ctx, loc, err)
}

func classifyDisk(stateDir string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault(DiskFull, nil, "the disk of state folder %q is full", stateDir)
	}
	var path *fs.PathError
	if errors.As(err, &path) && strings.HasPrefix(path.Path, stateDir) {
		return fault(StateDir, path.Err, "state folder %q cannot be used", stateDir)
	}
	if isDisk(err) {
		return fault(StateDir, innermost(err), "state folder %q cannot be used", stateDir)
	}
	return nil
}

// isDisk says whether an error comes from the file system.
func isDisk(err error) bool {
	_, path := errors.AsType[*fs.PathError](err)
	_, link := errors.AsType[*os.LinkError](err) // a rename's
	return path || link || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS)
}

func classifyNetwork(ctx context.Context, loc location, err error) error {
	var (
		network net.Error
		dns     *net.DNSError
		op      *net.OpError
	)
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return fault(NotGit, nil, "%q does not speak TLS", loc)
	case isCertificate(err):
		return fault(Certificate, innermost(err), "the certificate of %q is not trusted", loc)
	case ctx.Err() != nil, errors.As(err, &network) && network.Timeout():
		return fault(Timeout, nil, "repository %q did not answer in time", loc)
	case errors.As(err, &dns):
		return fault(Unreachable, nil, "host %q cannot be found", loc.host)
	case errors.As(err, &op):
		// The operation's own text has local ports in it, which change.
		return fault(Unreachable, innermost(op.Err), "host %q cannot be reached", loc.host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return fault(Unreachable, nil, "the connection to %q broke off", loc)
	}
	return fault(Protocol, innermost(err), "repository %q could not be read", loc)
}

func isCertificate(err error) bool {
	var (
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &host) ||
		errors.As(err, &invalid)
}

// innermost drops the wrapping, which repeats addresses and URLs.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
