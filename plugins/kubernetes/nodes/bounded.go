package nodes

import (
	"errors"
	"io"
	"net/http"
)

// maxAnswer is how much of one answer is read, in bytes. A page of nodes with
// fifty images each is a quarter of it.
const maxAnswer = 16 << 20

// errTooMuch says that an answer was longer than anybody could want.
var errTooMuch = errors.New("the answer is longer than 16 MiB")

// bounded ends the reading of answers that do not end, and follows no redirect:
// it is not Kubernetes that redirects.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		resp.Body.Close()
		return nil, errRedirect
	}
	resp.Body = &limited{ReadCloser: resp.Body, left: maxAnswer}
	return resp, nil
}

// CloseIdleConnections lets http.Client close those of the transport below.
func (b bounded) CloseIdleConnections() {
	if t, ok := b.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

var errRedirect = errors.New("the answer is a redirect: it is not Kubernetes that answers")

// limited fails, rather than ends, when more is read than is left.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooMuch
	}
	n, err := l.ReadCloser.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
