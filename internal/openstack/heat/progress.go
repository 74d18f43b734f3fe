package heat

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptrace"
	"net/url"
	"sync"
)

// progress follows one request through net/http's transport, to tell afterwards
// whether Heat can have seen any of it.
type progress struct {
	mu     sync.Mutex
	asked  bool // the transport looked for a connection
	gained bool // and had one, after its TLS handshake
}

// watch gives a context whose request reports here. The transport may look for a
// connection again after one that turned out dead with nothing written on it.
func (p *progress) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { p.set(true, false) },
		GotConn: func(httptrace.GotConnInfo) { p.set(true, true) },
	})
}

func (p *progress) set(asked, gained bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked, p.gained = asked, gained
}

// begun tells whether a request that ended in err may have reached Heat. A
// transport that is not net/http's reports nothing: then the error must say it.
func (p *progress) begun(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if heldBack(err) {
		return false
	}
	if p.asked {
		return p.gained
	}
	return !beforeSending(err)
}

// heldBack tells whether a limiter around the transport kept the request.
func heldBack(err error) bool {
	var h interface{ NotSent() bool }
	return errors.As(err, &h) && h.NotSent()
}

// beforeSending tells whether err can only come before the first byte: no
// address, no connection, no TLS.
func beforeSending(err error) bool {
	var (
		dns    *net.DNSError
		dial   *net.OpError
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &dns), errors.As(err, &verify), errors.As(err, &record), untrusted(err):
		return true
	case errors.As(err, &dial):
		return dial.Op == "dial"
	}
	return false
}

// untrusted tells whether the other side's certificate was not accepted.
func untrusted(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &invalid) || errors.As(err, &host)
}

// bare strips the *url.Error that net/http puts around a cause: it repeats the
// whole address, query and all.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
