package openstack

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// trust is how the cloud's servers are believed.
type trust struct {
	config *tls.Config
	ca     []byte // PEM, nil for the system's
}

func newTrust(e entry, o CloudOptions) (trust, error) {
	t := trust{config: &tls.Config{MinVersion: tls.VersionTLS12}}
	if e.Verify != nil && !*e.Verify {
		if !o.AllowInsecure {
			return trust{}, errors.New("verify is off, so anybody could answer for the cloud: name a cacert, or allow insecure connections in heatsync's config")
		}
		t.config.InsecureSkipVerify = true
	}
	if e.CACertFile != "" {
		pem, err := os.ReadFile(atHome(e.CACertFile, o.Env))
		if err != nil {
			return trust{}, fmt.Errorf("cacert: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return trust{}, fmt.Errorf("cacert: %s has no PEM certificate", e.CACertFile)
		}
		t.config.RootCAs, t.ca = pool, bytes.TrimSpace(pem)
	}
	if (e.ClientCertFile == "") != (e.ClientKeyFile == "") {
		return trust{}, errors.New("cert and key go together, one is missing")
	}
	if e.ClientCertFile != "" {
		pair, err := tls.LoadX509KeyPair(atHome(e.ClientCertFile, o.Env), atHome(e.ClientKeyFile, o.Env))
		if err != nil {
			return trust{}, fmt.Errorf("cert and key: %w", err)
		}
		t.config.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}

// atHome resolves a leading ~/ as shells do.
func atHome(path string, env func(string) string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(env("HOME"), rest)
	}
	return path
}

// newTransport makes the way to the cloud's servers. Connections are used again;
// nothing waits for ever: a Heat that took a request answers within its RPC
// timeout.
func newTransport(t trust, o CloudOptions) http.RoundTripper {
	if o.Transport != nil {
		return o.Transport
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       t.config,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: o.RPCTimeout + 30*time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          4 * o.InFlight,
		MaxIdleConnsPerHost:   o.InFlight,
		IdleConnTimeout:       90 * time.Second,
	}
}

// watched reports each request of one service to an Observer, which may be nil.
type watched struct {
	next     http.RoundTripper
	service  string
	observer Observer
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	resp, err := w.next.RoundTrip(r)
	if w.observer != nil {
		code := 0
		if err == nil {
			code = resp.StatusCode
		}
		w.observer.Request(w.service, r.Method, code, time.Since(begin))
	}
	return resp, err
}

// bounded cuts answers of Keystone off: gophercloud reads them whole.
type bounded struct{ next http.RoundTripper }

// maxToken bounds a token's answer with its catalogue, in bytes.
const maxToken = 8 << 20

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxToken), resp.Body}
	return resp, nil
}
