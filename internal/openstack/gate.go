package openstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// maxPause bounds what a Retry-After is believed.
const maxPause = 5 * time.Minute

// gate holds requests to one cloud's Heat within a rate and a number in flight.
// Reads and writes pass in lanes of their own, so that neither starves the
// other. Overload (429, 503, 504, no answer in time) halves what may be in
// flight, each good answer gives a little back; a Retry-After stops all. It
// never repeats a request.
type gate struct {
	next          http.RoundTripper
	reads, writes *lane

	mu     sync.Mutex
	until  time.Time // nothing passes before
	halved time.Time // when overload was last heeded
}

// lane is one share of a gate.
type lane struct {
	tokens *rate.Limiter
	seats  *seats
}

// newGate shares out: a quarter to writes, the rest to reads, at least one each.
func newGate(next http.RoundTripper, inFlight int, perSecond float64) *gate {
	writes := max(1, inFlight/4)
	reads := max(1, inFlight-writes)
	return &gate{next: next, reads: newLane(reads, perSecond*3/4), writes: newLane(writes, perSecond/4)}
}

func newLane(inFlight int, perSecond float64) *lane {
	return &lane{tokens: rate.NewLimiter(rate.Limit(perSecond), inFlight), seats: newSeats(inFlight)}
}

// laneOf tells reads from writes: previews and validation only read.
func (g *gate) laneOf(r *http.Request) *lane {
	path := r.URL.Path
	if r.Method == http.MethodGet || r.Method == http.MethodHead ||
		strings.HasSuffix(path, "/preview") || strings.HasSuffix(path, "/validate") {
		return g.reads
	}
	return g.writes
}

// RoundTrip waits for its turn within the request's context and then passes the
// request on. The seat is free again when the answer's body is closed.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	l := g.laneOf(r)
	if err := g.admit(r.Context(), l); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	begun := time.Now()
	resp, err := g.next.RoundTrip(r)
	g.learn(l, begun, resp, err)
	if err != nil {
		l.seats.leave()
		return nil, err
	}
	resp.Body = &leaving{ReadCloser: resp.Body, leave: sync.OnceFunc(l.seats.leave)}
	return resp, nil
}

// admit waits for pause, rate and seat; its error is a *HeldError.
func (g *gate) admit(ctx context.Context, l *lane) error {
	for {
		if err := g.pause(ctx); err != nil {
			return err
		}
		if err := l.tokens.Wait(ctx); err != nil {
			return &HeldError{Err: err}
		}
		if err := l.seats.enter(ctx); err != nil {
			return &HeldError{Err: err}
		}
		if g.stop() <= 0 {
			return nil
		}
		l.seats.leave()
	}
}

// stop tells how long nothing passes yet.
func (g *gate) stop() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(g.until)
}

// pause waits out a stop. A context that ends sooner need not wait for it.
func (g *gate) pause(ctx context.Context) error {
	d := g.stop()
	if d <= 0 {
		return nil
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return &HeldError{Err: errOverloaded, Wait: d}
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &HeldError{Err: ctx.Err(), Wait: g.stop()}
	}
}

// learn adjusts to how a request that began then went.
func (g *gate) learn(l *lane, begun time.Time, resp *http.Response, err error) {
	if !overloaded(resp, err) {
		if err == nil {
			l.seats.grow()
		}
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if begun.Before(g.halved) {
		return // it was under way when the gate last narrowed
	}
	g.halved = time.Now()
	g.reads.seats.halve()
	g.writes.seats.halve()
	if until := g.halved.Add(asked(resp)); until.After(g.until) {
		g.until = until
	}
}

// overloaded tells whether the answer, or its absence, says: slower.
func overloaded(resp *http.Response, err error) bool {
	var slow net.Error
	if err != nil {
		return errors.As(err, &slow) && slow.Timeout() && !errors.Is(err, context.Canceled)
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// asked gives how long an overloaded server wants to be left alone: a second
// where it does not say and has answered.
func asked(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	s, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || s < 1 {
		return time.Second
	}
	return min(time.Duration(s)*time.Second, maxPause)
}

// leaving frees a seat when the body is closed.
type leaving struct {
	io.ReadCloser
	leave func()
}

func (l *leaving) Close() error {
	defer l.leave()
	return l.ReadCloser.Close()
}

var errOverloaded = errors.New("the cloud asked to be left alone for longer than this call may take")

// HeldError is a request that heatsync itself held back until its context was
// over. It was not sent.
type HeldError struct {
	Err  error
	Wait time.Duration // how long it would have had to wait yet, 0 for unknown
}

func (e *HeldError) Error() string { return fmt.Sprintf("held back by the rate limit: %v", e.Err) }

// Unwrap gives the cause.
func (e *HeldError) Unwrap() error { return e.Err }

// NotSent tells package heat that the request surely did not go out.
func (e *HeldError) NotSent() bool { return true }

// Fault makes HeldError a heat.Faulter.
func (e *HeldError) Fault() heat.Fault {
	if errors.Is(e.Err, context.Canceled) {
		return heat.Fault{Code: heat.Timeout, Who: heat.Nobody, Sent: heat.NotSent, Transient: true, Remedy: "the call was given up by heatsync itself; nothing to do"}
	}
	return heat.Fault{
		Code: heat.RateLimit, Who: heat.Cloud, Sent: heat.NotSent, Transient: true, RetryAfter: e.Wait,
		Remedy: "nothing at once: heatsync slows down; have the limit raised if it stays",
	}
}
