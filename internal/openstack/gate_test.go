package openstack_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

var ref = heat.Ref{Name: "a", ID: "1"}

// slow serves lists after d and counts who is inside.
type slow struct {
	d           time.Duration
	inside, max atomic.Int32
	served      atomic.Int32
}

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.inside.Add(1)
	for m := s.max.Load(); n > m && !s.max.CompareAndSwap(m, n); m = s.max.Load() {
	}
	time.Sleep(s.d)
	s.inside.Add(-1)
	s.served.Add(1)
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_, _ = io.WriteString(w, `{"stacks":[]}`)
}

// lists makes n list requests at once and waits for them.
func lists(t *testing.T, c *openstack.Cloud, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := c.Heat().List(t.Context(), heat.Query{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestInFlight: no more reads at once than their share, and a write passes at
// once while they are all busy.
func TestInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s := newFakeCloud(), &slow{d: time.Minute}
		k.heat = s.ServeHTTP
		c := opened(t, k, openstack.CloudOptions{InFlight: 8, Rate: 1e6})
		begin := time.Now()
		go lists(t, c, 18)
		synctest.Wait()
		if n := s.inside.Load(); n != 6 {
			t.Errorf("%d reads inside, want 6", n)
		}
		if err := c.Heat().Delete(t.Context(), ref); err != nil || time.Since(begin) != time.Minute {
			t.Errorf("the write came after %v, error %v", time.Since(begin), err)
		}
		time.Sleep(2*time.Minute + time.Second)
		if n := s.served.Load(); n != 19 {
			t.Errorf("%d served, want 19", n)
		}
	})
}

// TestRate: reads have three quarters of it.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s := newFakeCloud(), &slow{}
		k.heat = s.ServeHTTP
		c := opened(t, k, openstack.CloudOptions{InFlight: 8, Rate: 8})
		begin := time.Now()
		lists(t, c, 6+60) // a burst of six, then six a second
		if d := time.Since(begin).Round(100 * time.Millisecond); d != 10*time.Second {
			t.Errorf("66 reads took %v, want 10 s", d)
		}
	})
}

// TestRetryAfter: nothing passes before the time that was asked for, and who has
// less time is told at once.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s := newFakeCloud(), &slow{}
		limited := true
		k.heat = func(w http.ResponseWriter, r *http.Request) {
			if limited {
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			s.ServeHTTP(w, r)
		}
		c := opened(t, k, openstack.CloudOptions{})
		begin := time.Now()
		_, err := c.Heat().List(t.Context(), heat.Query{})
		if f := heat.Classify(err); f.Code != heat.RateLimit || f.RetryAfter != 30*time.Second || f.Sent != heat.Answered {
			t.Errorf("fault %+v of %v", f, err)
		}
		limited = false
		hasty, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		err = c.Heat().Delete(hasty, ref)
		if f := heat.Classify(err); f.Code != heat.RateLimit || f.Sent != heat.NotSent || f.RetryAfter != 30*time.Second || time.Since(begin) != 0 {
			t.Errorf("after %v: fault %+v of %v", time.Since(begin), f, err)
		}
		if err := c.Heat().Delete(t.Context(), ref); err != nil || time.Since(begin) != 30*time.Second {
			t.Errorf("the write came after %v, error %v", time.Since(begin), err)
		}
	})
}

// TestOverload: trouble halves what may be in flight, once for all that were
// under way; good answers give it back.
func TestOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s := newFakeCloud(), &slow{d: time.Second}
		overload := true
		k.heat = func(w http.ResponseWriter, r *http.Request) {
			if overload {
				time.Sleep(time.Second)
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			s.ServeHTTP(w, r)
		}
		c := opened(t, k, openstack.CloudOptions{InFlight: 16, Rate: 1e6})
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { _, _ = c.Heat().List(t.Context(), heat.Query{}) })
		}
		wg.Wait()
		overload = false
		lists(t, c, 12)
		if n := s.max.Load(); n != 6 {
			t.Errorf("%d reads at once after the overload, want 6", n)
		}
		lists(t, c, 200)
		if n := s.max.Load(); n != 12 {
			t.Errorf("%d reads at once in the end, want 12", n)
		}
	})
}

// TestGivenUpWhileWaiting: a call that ends in the queue was not sent, and its
// place goes to the next.
func TestGivenUpWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s := newFakeCloud(), &slow{d: time.Minute}
		k.heat = s.ServeHTTP
		c := opened(t, k, openstack.CloudOptions{InFlight: 2, Rate: 1e6})
		go lists(t, c, 1)
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := c.Heat().List(ctx, heat.Query{})
			ended <- err
		}()
		synctest.Wait()
		cancel()
		err := <-ended
		var held *openstack.HeldError
		if f := heat.Classify(err); !errors.As(err, &held) || f.Sent != heat.NotSent || f.Who != heat.Nobody {
			t.Errorf("fault %+v of %v", f, err)
		}
		lists(t, c, 2)
		if n := s.max.Load(); n != 1 {
			t.Errorf("%d reads at once, want 1", n)
		}
	})
}

// heard notes what an Observer is told.
type heard struct {
	mu    sync.Mutex
	calls []string
}

func (h *heard) Request(service, method string, code int, d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, service+" "+method+" "+http.StatusText(code)+" "+d.String())
}

func TestObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, h := newFakeCloud(), &slow{d: time.Second}, &heard{}
		k.heat = s.ServeHTTP
		c := opened(t, k, openstack.CloudOptions{InFlight: 2, Observer: h})
		lists(t, c, 2) // the second waits, which is not counted
		want := []string{"identity POST Created 0s", "orchestration GET OK 1s", "orchestration GET OK 1s"}
		if len(h.calls) != len(want) {
			t.Fatalf("heard %q", h.calls)
		}
		for i := range want {
			if h.calls[i] != want[i] {
				t.Errorf("heard %q, want %q", h.calls[i], want[i])
			}
		}
	})
}
