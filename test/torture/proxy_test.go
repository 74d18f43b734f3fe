package torture

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestFaults sends one request through each fault and looks at both ends.
func TestFaults(t *testing.T) {
	const whole = `{"stack": {"id": "0123456789"}}`
	for _, tt := range []struct {
		fault     Fault
		delivered int
		status    int // 0: the connection is cut
		body      string
	}{
		{None, 1, 201, whole},
		{CutBefore, 0, 0, ""},
		{CutAfter, 1, 0, ""},
		{CutAnswer, 1, 0, ""},
		{Late, 1, 0, ""},
		{Twice, 2, 201, whole},
		{Delay, 1, 201, whole},
		{ServerError, 0, 500, `"type": "RemoteError"`},
		{Unavailable, 0, 503, "<html>"},
		{GatewayLost, 1, 504, "<html>"},
		{TooMany, 0, 429, "<html>"},
		{Truncated, 1, 201, "unexpected EOF"},
		{Shortened, 1, 201, whole[:len(whole)/2]},
		{Unauthorised, 0, 401, "requires authentication"},
	} {
		t.Run(string(tt.fault), func(t *testing.T) {
			var got atomic.Int32
			cloud := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if text, _ := io.ReadAll(r.Body); string(text) == `{"stack_name": "a"}` && r.Header.Get("X-Auth-Token") == "t" {
					got.Add(1)
				}
				w.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(w, whole)
			}))
			defer cloud.Close()
			p := NewProxy()
			defer p.Close()
			base := p.Front("", cloud.URL)
			if tt.fault != None {
				p.Storm(Weather{Seed: seedOf(t, "POST /stacks", tt.fault), Writes: 1, Pause: 20 * time.Millisecond})
			}
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/p/stacks", strings.NewReader(`{"stack_name": "a"}`))
			r.Header.Set("X-Auth-Token", "t")
			status, body := exchangeOnce(t, r)
			p.Settle()
			if status != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("answered %d %q, want %d with %q", status, body, tt.status, tt.body)
			}
			if int(got.Load()) != tt.delivered {
				t.Errorf("delivered %d times, want %d", got.Load(), tt.delivered)
			}
			w := p.Writes()
			if len(w) != 1 || w[0].Name != "a" || w[0].Method != http.MethodPost || w[0].Fault != tt.fault || w[0].Delivered() != (tt.delivered > 0) {
				t.Errorf("recorded %+v", w)
			}
		})
	}
}

// seedOf finds a seed that gives the first request of a kind a fault.
func seedOf(t *testing.T, kind string, want Fault) uint64 {
	t.Helper()
	for seed := range uint64(10_000) {
		if got, _ := (Weather{Seed: seed, Writes: 1}).choose(kind, true, 0); got == want {
			return seed
		}
	}
	t.Fatalf("no seed gives %q", want)
	return 0
}

func exchangeOnce(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		return answer.StatusCode, err.Error()
	}
	return answer.StatusCode, string(text)
}

func TestWeather(t *testing.T) {
	w := Weather{Seed: 1, Reads: 0.1, Writes: 0.3}
	counts, met := map[Fault]int{}, 0
	const n = 20_000
	for i := range uint64(n) {
		f, amount := w.choose("PUT /stacks/*/*", true, i)
		again, same := w.choose("PUT /stacks/*/*", true, i)
		if f != again || amount != same || amount < 0 || amount >= 1 {
			t.Fatalf("request %d: %q %v, then %q %v", i, f, amount, again, same)
		}
		if f != None {
			counts[f]++
			met++
		}
	}
	if met < n*28/100 || met > n*32/100 {
		t.Errorf("%d of %d writes met a fault, not about 3 of 10", met, n)
	}
	for _, f := range Faults {
		if share := float64(counts[f]) / float64(met); share < 0.06 || share > 0.1 {
			t.Errorf("%q is %.3f of all faults", f, share)
		}
	}
}

func TestBehindTheProxy(t *testing.T) {
	heat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer heat.Close()
	keystone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"url": "http://heat.example/v1/p"}`)
	}))
	defer keystone.Close()
	p := NewProxy()
	defer p.Close()
	identity, orchestration := p.Front(keystone.URL, keystone.URL), p.Front("http://heat.example", heat.URL)
	for _, tt := range []struct{ url, want string }{
		{identity + "/v3/auth/tokens", `{"url": "` + orchestration + `/v1/p"}`},
		{orchestration + "/v1/p/stacks", strings.TrimPrefix(orchestration, "http://")},
	} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, tt.url, nil)
		if _, body := exchangeOnce(t, r); body != tt.want {
			t.Errorf("%s: %q, want %q", tt.url, body, tt.want)
		}
	}
}

func TestReadWrite(t *testing.T) {
	for _, tt := range []struct {
		method, path, body, want string // want "" for no write
	}{
		{"POST", "/v1/p/stacks", `{"stack_name": "f--a"}`, "f--a "},
		{"PUT", "/v1/p/stacks/f--a/17", "{}", "f--a 17"},
		{"DELETE", "/v1/p/stacks/f--a/17", "", "f--a 17"},
		{"GET", "/v1/p/stacks/f--a/17", "", ""},
		{"POST", "/v1/p/stacks/preview", "{}", ""},
		{"PATCH", "/v1/p/stacks/f--a/17/preview", "{}", ""},
		{"POST", "/v1/p/stacks/f--a/17/actions", "{}", ""},
		{"POST", "/v3/auth/tokens", "{}", ""},
	} {
		got := ""
		r := httptest.NewRequest(tt.method, tt.path, nil)
		if w, ok := readWrite(r, []byte(tt.body)); ok {
			got = w.Name + " " + w.ID
		}
		if got != tt.want {
			t.Errorf("%s %s is %q, want %q", tt.method, tt.path, got, tt.want)
		}
	}
}
