package simulation

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// patience is how long an answer is waited for: Heat's RPC timeout and 30 s.
const patience = 210 * time.Second

// wire is the way of one process to its cloud: it takes time, it breaks, and what
// it carries arrives or does not.
type wire struct {
	w  *world
	to http.RoundTripper
	of *program // whose wire it is; nil is the agent itself
}

// RoundTrip implements http.RoundTripper.
func (t *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	r := t.w.running
	if r == nil || r.of == nil {
		return t.to.RoundTrip(req)
	}
	if r.dead {
		return nil, errKilled
	}
	p, err := t.pack(req, r)
	if err != nil {
		return nil, err
	}
	t.w.asked++
	r.of.asked++
	r.of.spend()
	if p.identity() { // at once: waiting here would hold up those who wait for the token
		if p.effect.noRoute {
			return nil, errNoRoute
		}
		return p.deliver()
	}
	return p.travel()
}

// parcel is one request on its way.
type parcel struct {
	wire   *wire
	r      *routine
	cloud  *cloud
	method string
	path   string // below the project
	req    *http.Request
	body   []byte
	effect trouble
	life   int // of the driver that sent it
	sent   time.Time
}

func (t *wire) pack(req *http.Request, r *routine) (*parcel, error) {
	p := &parcel{wire: t, r: r, cloud: r.of.fleet.cloud, method: req.Method, path: heatPath(req.URL.Path), req: req, sent: t.w.now}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, err
		}
		p.body = body
	}
	if t.of != nil {
		p.life = t.of.life
	}
	if token := req.Header.Get("X-Auth-Token"); token != "" {
		t.w.tokens[token] = true
	}
	p.effect = t.w.trouble(p)
	return p, nil
}

// heatPath gives the path below /v1/{project}.
func heatPath(path string) string {
	if i := strings.Index(path, "/v1/"); i >= 0 {
		if _, below, ok := strings.Cut(path[i+4:], "/"); ok {
			return "/" + below
		}
	}
	return path
}

func (p *parcel) identity() bool { return strings.Contains(p.path, "/identity/") }

// writes tells whether Heat changes something on this request.
func (p *parcel) writes() bool {
	return !p.identity() && p.method != http.MethodGet && p.method != http.MethodHead &&
		!strings.HasSuffix(p.path, "/preview") && !strings.HasSuffix(p.path, "/validate")
}

var (
	errNoRoute = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	errCut     = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	errLate    = &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
)

// travel takes the request to the cloud and its answer back.
func (p *parcel) travel() (*http.Response, error) {
	w := p.wire.w
	if p.effect.noRoute {
		return nil, p.fate(w.sleep(w.latency(time.Second)), errNoRoute)
	}
	there := w.latency(40*time.Millisecond) + p.effect.delay
	if there > patience {
		w.after(there, func() { _, _ = p.deliver() })
		return nil, p.fate(w.sleep(patience), errLate)
	}
	if err := p.fate(w.sleep(there), nil); err != nil {
		if w.rand.IntN(2) == 0 { // it was on the wire already
			_, _ = p.deliver()
		}
		return nil, err
	}
	resp, err := p.deliver()
	if e := p.fate(w.sleep(w.latency(20*time.Millisecond)), nil); e != nil {
		return nil, e
	}
	if err == nil && p.effect.page != nil {
		return p.effect.page(resp)
	}
	return resp, err
}

// fate is what the sender gets: nothing if it is dead, else err.
func (p *parcel) fate(alive bool, err error) error {
	switch {
	case !alive || p.r.dead:
		return errKilled
	case p.wire.of != nil && p.wire.of.life != p.life:
		return errBroke
	}
	return err
}

// deliver hands the request to the cloud, once.
func (p *parcel) deliver() (*http.Response, error) {
	w := p.wire.w
	if p.writes() {
		w.written++
		w.beforeWrite(p)
	}
	p.cloud.next = p.effect.Effect
	req := p.req.WithContext(context.Background())
	req.Body = io.NopCloser(bytes.NewReader(p.body))
	resp, err := p.wire.to.RoundTrip(req)
	if p.writes() {
		w.afterWrite(p, resp, err)
	}
	p.sees(resp, err)
	if err != nil {
		var op *net.OpError
		if !errors.As(err, &op) {
			err = errCut
		}
	}
	return resp, err
}

// trouble is what one request meets.
type trouble struct {
	heatsim.Effect
	noRoute bool
	delay   time.Duration
	page    func(*http.Response) (*http.Response, error) // changes the answer
}
