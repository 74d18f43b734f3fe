package gitsource

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	refsPath   = "/info/refs"
	packPath   = "/git-upload-pack"
	refsType   = "application/x-git-upload-pack-advertisement"
	packType   = "application/x-git-upload-pack-result"
	packAsking = "application/x-git-upload-pack-request"
	userAgent  = "git/heatsync" // some hosts answer only to agents that begin with git/
)

// httpConversation is Git's smart HTTP protocol.
type httpConversation struct {
	client *http.Client
	loc    location
	base   string // the repository's URL, after a redirect within its origin
	auth   Auth
}

var _ conversation = (*httpConversation)(nil)

func dialHTTP(opts Options, loc location) (*httpConversation, error) {
	tlsConfig, err := trust(opts.CAFile)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       tlsConfig,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		ForceAttemptHTTP2:     true,
	}
	c := &httpConversation{loc: loc, auth: opts.Auth, base: strings.TrimSuffix(loc.String(), "/")}
	c.client = &http.Client{Transport: transport, CheckRedirect: c.checkRedirect}
	return c, nil
}

func trust(caFile string) (*tls.Config, error) {
	if caFile == "" {
		return &tls.Config{MinVersion: tls.VersionTLS12}, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fault(Credentials, err, "read CA file")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fault(Credentials, nil, "CA file %q holds no PEM certificate", caFile)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// checkRedirect follows the first request within the origin (a renamed
// repository) and nothing else: credentials and trust belong to the host that
// was configured.
func (c *httpConversation) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if req.URL.Scheme != first.Scheme || req.URL.Host != first.Host {
		return fault(Redirected, nil, "%q redirects to another host, %q", c.loc, origin(req.URL))
	}
	if via[0].Method != http.MethodGet || len(via) > 5 {
		return fault(Redirected, nil, "%q redirects once too often", c.loc)
	}
	return nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

func (c *httpConversation) hear(ctx context.Context) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+refsPath+"?service=git-upload-pack", nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.do(req, refsType)
	if err != nil {
		return nil, err
	}
	final := *resp.Request.URL
	final.RawQuery, final.User = "", nil
	c.base = strings.TrimSuffix(final.String(), refsPath)
	return resp.Body, nil
}

func (c *httpConversation) ask(ctx context.Context, body []byte) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+packPath, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", packAsking)
	resp, err := c.do(req, packType)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func (c *httpConversation) do(req *http.Request, want string) (*http.Response, error) {
	user, password, err := c.auth.basic()
	if err != nil {
		return nil, err
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", want)
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	if err := c.check(resp, want); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// check accepts nothing but Git's own content type. A sign-in page answers 200
// with text/html, which git itself takes for an empty repository.
func (c *httpConversation) check(resp *http.Response, want string) error {
	got, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch code := resp.StatusCode; {
	case code == http.StatusOK && got == want:
		return nil
	case code == http.StatusOK && got == "text/html":
		return fault(NotGit, nil, "%q answers with a web page, perhaps to sign in, instead of Git's protocol", c.loc)
	case code == http.StatusOK:
		return fault(NotGit, nil, "%q answers with content type %q instead of Git's smart HTTP protocol", c.loc, got)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fault(AuthRefused, nil, "%q refuses access with %d", c.loc, code)
	case code == http.StatusProxyAuthRequired:
		return fault(AuthRefused, nil, "the proxy on the way to %q asks for credentials", c.loc)
	case code == http.StatusNotFound, code == http.StatusGone:
		return fault(RepositoryGone, nil, "repository %q is not there or not to be seen: the host says %d", c.loc, code)
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		return fault(Unavailable, nil, "the host of %q is not available: it says %d", c.loc, code)
	default:
		return fault(Protocol, fmt.Errorf("status %d", code), "%q gives an unexpected answer", c.loc)
	}
}

// Close implements io.Closer.
func (c *httpConversation) Close() error {
	c.client.CloseIdleConnections()
	return nil
}
