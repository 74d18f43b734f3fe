package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzRequest sends any request: it is answered, never with a fault of the server,
// what it says is repeated to no browser as HTML, and the agent is asked for
// something only by a POST to its address, from nowhere else.
func FuzzRequest(f *testing.F) {
	for _, s := range []struct{ method, target, host, origin, body string }{
		{"GET", "/", "localhost:8480", "", ""},
		{"GET", "/readyz?verbose", "127.0.0.1", "", ""},
		{"HEAD", "/healthz", "", "", ""},
		{"GET", "/metrics", "h", "", ""},
		{"GET", "/api/v1/clusters?x=%zz", "h", "", ""},
		{"POST", "/api/v1/fleets/prod/pause", "localhost", "", "x"},
		{"POST", "/api/v1/fleets/prod/pause", "evil.example", "", ""},
		{"POST", "/api/v1/fleets/prod/resume", "localhost", "https://evil.example", ""},
		{"POST", "/api/v1/fleets/%3Cscript%3E/approve", "[::1]:1", "", ""},
		{"POST", "/api/v1/fleets/prod/delete", "localhost", "", ""},
		{"POST", "/api/v1//fleets/../fleets/prod/pause", "localhost", "", ""},
		{"PUT", "/api/v1/fleets/prod/pause", "localhost", "", "{}"},
		{"GET", "/api/v1/fleets/prod/pause", "localhost", "", ""},
		{"CONNECT", "/api/v1/fleets/prod/pause", "localhost", "", ""},
		{"GET", "/%00", "\x00", "", ""},
		{"OPTIONS", "*", "", "null", ""},
		{"", "/api/v1/drivers", "localhost", "", ""},
		{"GET", "//x/api/v1/version", "localhost", "", ""},
	} {
		f.Add(s.method, s.target, s.host, s.origin, "", s.body)
	}
	f.Add("POST", "/api/v1/fleets/prod/pause", "localhost", "", "cross-site", "")
	f.Fuzz(func(t *testing.T, method, target, host, origin, site, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		a := oneFleet()
		h := Handler(a, http.NotFoundHandler(), func() time.Time { return now })
		r := (&http.Request{
			Method: method, URL: u, RequestURI: target, Host: host, Header: http.Header{}, Body: http.NoBody,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}).WithContext(context.WithValue(context.Background(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8480})))
		r.Body = httptest.NewRequest("POST", "/", strings.NewReader(body)).Body
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)

		if w.Code >= 500 || w.Code < 200 {
			t.Errorf("%s %q: %d", method, target, w.Code)
		}
		kind := w.Header().Get("Content-Type")
		switch {
		case kind == "application/json" && !json.Valid(w.Body.Bytes()):
			t.Errorf("%s %q: no JSON: %q", method, target, w.Body)
		case strings.HasPrefix(kind, "text/html") && u.Path != "/" && w.Code == http.StatusOK:
			t.Errorf("%s %q is answered with HTML", method, target)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %q: headers are missing", method, target)
		}
		if len(a.asked) > 0 && (method != http.MethodPost || !isLoopback(host) || !ofHost(origin, host) || (site != "" && site != "same-origin" && site != "none")) {
			t.Errorf("%s %q of %q from %q (%q) asks for %v", method, target, host, origin, site, a.asked)
		}
		for _, what := range a.asked {
			if !slices.Contains([]string{"prod pause", "prod resume", "prod approve", "prod resync"}, what) {
				t.Errorf("the agent is asked for %q", what)
			}
		}
	})
}

// ofHost tells whether a browser's page is of the host itself.
func ofHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return origin == "" || (err == nil && u.Host == host)
}

// FuzzAskError: whatever an agent answers becomes JSON.
func FuzzAskError(f *testing.F) {
	f.Add("no", true)
	f.Add("\xff\x00<script>", false)
	f.Fuzz(func(t *testing.T, text string, kept bool) {
		a := oneFleet()
		if a.err = errors.New(text); !kept {
			a.err = fmt.Errorf("x: %w", &NotKept{a.err})
		}
		w := httptest.NewRecorder()
		Handler(a, http.NotFoundHandler(), func() time.Time { return now }).ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/fleets/prod/pause", nil))
		if !json.Valid(w.Body.Bytes()) || (w.Code == http.StatusOK) == kept {
			t.Errorf("%d: %q", w.Code, w.Body)
		}
	})
}
