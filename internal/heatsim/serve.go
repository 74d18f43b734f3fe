package heatsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"
)

// call is one request on its way through the cloud.
type call struct {
	method string
	path   string
	parts  []string // of the path, below the service's prefix
	query  url.Values
	header http.Header
	body   []byte
	base   string // scheme and host for links
	token  *token
	proj   *project
	effect Effect
	late   bool // runs after its caller gave up
}

// answer is a response before it goes on the wire.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// RoundTripper serves requests in the caller's goroutine: no listener, no
// goroutine, no time but the cloud's clock.
func (c *Cloud) RoundTripper() http.RoundTripper { return inPlace{c} }

type inPlace struct{ cloud *Cloud }

func (t inPlace) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	a, wire, err := t.cloud.exchange(r)
	if err != nil {
		return nil, err
	}
	if wire == wireCut {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	// A client whose patience ended while the answer was under way.
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body := io.Reader(bytes.NewReader(a.body))
	if wire == wireTruncated {
		body = io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), brokenReader{})
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.header,
		Body: io.NopCloser(body), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Handler serves the cloud over a listener.
func (c *Cloud) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, wire, err := c.exchange(r)
		if err != nil || wire == wireCut {
			panic(http.ErrAbortHandler)
		}
		for k, v := range a.header {
			w.Header()[k] = v
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.status)
		if wire == wireTruncated {
			_, _ = w.Write(a.body[:len(a.body)/2])
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(a.body)
	})
}

// exchange carries out one request with whatever fault it meets.
func (c *Cloud) exchange(r *http.Request) (*answer, wire, error) {
	k, err := c.newCall(r)
	if err != nil {
		return nil, wireWhole, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	c.lastBase = k.base
	if k.method != http.MethodGet {
		c.changes++
	}
	entry := c.record(k)
	if c.opts.Faults != nil {
		k.effect = c.opts.Faults.Next(entry)
	}
	c.wait(k.effect.Delay)
	a := c.meet(k)
	c.wait(k.effect.DelayAfter)
	c.settleLog(entry, a, k.effect)
	return a, k.effect.wire(), nil
}

func (c *Cloud) newCall(r *http.Request) (*call, error) {
	k := &call{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.Query(), header: r.Header, base: c.opts.Endpoint}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		k.body = body
	}
	if k.base == "" {
		scheme, host := "http", r.Host
		if r.TLS != nil || r.URL.Scheme == "https" {
			scheme = "https"
		}
		if host == "" {
			host = r.URL.Host
		}
		k.base = scheme + "://" + host
	}
	for _, p := range strings.Split(strings.Trim(k.path, "/"), "/") {
		part, err := url.PathUnescape(p)
		if err != nil {
			return nil, err
		}
		k.parts = append(k.parts, part)
	}
	return k, nil
}

// wait lets d pass on the clock, without holding up other requests.
func (c *Cloud) wait(d Delay) {
	s, ok := c.clock.(Sleeper)
	if d <= 0 || !ok {
		return
	}
	c.mu.Unlock()
	s.Sleep(d)
	c.mu.Lock()
	c.catchUp()
}

// carryOut gives a request to its service.
func (c *Cloud) carryOut(k *call) *answer {
	switch k.parts[0] {
	case "identity":
		return c.keystone(k)
	case "orchestration":
		return c.heat(k)
	default:
		return notFoundPage()
	}
}

func notFoundPage() *answer {
	return reply(http.StatusNotFound, map[string]any{
		"code": 404, "title": "Not Found",
		"explanation": "The resource could not be found.",
		"error":       map[string]any{"message": "", "traceback": nil, "type": "HTTPNotFound"},
	})
}

func reply(status int, body any) *answer {
	a := &answer{status: status, header: http.Header{}}
	if body == nil {
		return a
	}
	a.header.Set("Content-Type", "application/json")
	raw, err := json.Marshal(body)
	if err != nil {
		raw = []byte("{}")
	}
	a.body = ascii(raw)
	return a
}

// ascii escapes what is not ASCII, as Heat's serializer does.
func ascii(raw []byte) []byte {
	plain := true
	for _, b := range raw {
		if b >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return raw
	}
	out := make([]byte, 0, len(raw)+16)
	for _, r := range string(raw) {
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
