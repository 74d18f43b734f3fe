package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type fakeAgent struct {
	fleets []Fleet
	asked  []string
	err    error
	config Config
}

func (a *fakeAgent) Fleets(ctx context.Context) []Fleet {
	out := append([]Fleet(nil), a.fleets...)
	if ctx.Err() != nil {
		for i := range out {
			out[i].Status = nil
		}
	}
	return out
}

func (a *fakeAgent) Fleet(_ context.Context, name string) (Fleet, error) {
	for _, f := range a.fleets {
		if f.Name == name {
			return f, nil
		}
	}
	return Fleet{}, ErrNoFleet
}

func (a *fakeAgent) Ask(_ context.Context, fleet string, what reconcile.Ask) error {
	if fleet != "prod" {
		return ErrNoFleet
	}
	a.asked = append(a.asked, fleet+" "+string(what))
	return a.err
}

func (a *fakeAgent) Drivers() []Driver { return nil }
func (a *fakeAgent) Config() Config    { return a.config }

func oneFleet() *fakeAgent {
	return &fakeAgent{fleets: []Fleet{{Name: "prod", Beat: now, Status: &reconcile.FleetStatus{
		Name: "prod", Revision: "abc", Ready: reconcile.Readiness{Source: true, Inventory: true},
		Clusters: []reconcile.ClusterStatus{{Name: "web", Outcome: reconcile.Settled, Health: reconcile.Unknown}},
	}}}}
}

func serveTest(t *testing.T, a Agent) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(Handler(a, http.NotFoundHandler(), func() time.Time { return now }))
	t.Cleanup(s.Close)
	return s
}

// send gives status and body of a request.
func send(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func request(t *testing.T, method, url string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// Others script against this: names are never changed.
func TestClustersJSON(t *testing.T) {
	s := serveTest(t, oneFleet())
	code, body := send(t, request(t, "GET", s.URL+"/api/v1/clusters"))
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	var got struct {
		Fleets []map[string]any
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"name", "revision", "sourceError", "paused", "clusters"} {
		if _, ok := got.Fleets[0][key]; !ok {
			t.Errorf("a fleet has no %q", key)
		}
	}
	cluster := got.Fleets[0]["clusters"].([]any)[0].(map[string]any)
	for _, key := range []string{
		"name", "driver", "stack", "outcome", "code", "message", "who", "remedy", "since",
		"settledRevision", "plannedRevision", "health", "apiAddress", "nodes", "drift",
	} {
		if v, ok := cluster[key]; !ok || v == nil {
			t.Errorf("a cluster has no %q", key)
		}
	}
	for key, below := range map[string][]string{"stack": {"name", "id", "status"}, "nodes": {"desired", "live"}} {
		for _, b := range below {
			if _, ok := cluster[key].(map[string]any)[b]; !ok {
				t.Errorf("a cluster has no %s.%s", key, b)
			}
		}
	}
}

// One fleet's loop that is silent hides the others only from who asks for all.
func TestClustersOfOneFleet(t *testing.T) {
	a := oneFleet()
	a.fleets = append(a.fleets, Fleet{Name: "quiet", Beat: now})
	s := serveTest(t, a)
	for _, tt := range []struct {
		query string
		code  int
		want  string
	}{
		{"", 503, `"error": "fleet quiet does not answer"`},
		{"?fleet=prod", 200, `"name": "web"`},
		{"?fleet=quiet", 503, `"error": "fleet quiet does not answer"`},
		{"?fleet=pro", 404, `"error": "no fleet pro in the config"`},
		{"?fleet=", 404, `"error": "no fleet  in the config"`},
	} {
		if code, body := send(t, request(t, "GET", s.URL+"/api/v1/clusters"+tt.query)); code != tt.code || !strings.Contains(body, tt.want) {
			t.Errorf("%q: %d %s", tt.query, code, body)
		}
	}
}

func TestAsk(t *testing.T) {
	tests := []struct {
		name, path string
		header     []string
		host       string
		err        error
		code       int
		want       string
	}{
		{name: "pause", path: "/api/v1/fleets/prod/pause", code: 200, want: `"asked": "pause"`},
		{name: "no such fleet", path: "/api/v1/fleets/x/pause", code: 404, want: "no fleet x"},
		{name: "no such ask", path: "/api/v1/fleets/prod/delete", code: 404, want: "can be asked"},
		{name: "not kept", path: "/api/v1/fleets/prod/pause", err: &NotKept{errors.New("disk full")}, code: 200, want: `"warning": "in force, but a restart will not know of it: disk full"`},
		{name: "loop ended", path: "/api/v1/fleets/prod/pause", err: errors.New("it ended"), code: 503, want: "it ended"},
		{name: "another site's page", path: "/api/v1/fleets/prod/pause", header: []string{"Sec-Fetch-Site", "cross-site"}, code: 403},
		{name: "another origin", path: "/api/v1/fleets/prod/pause", header: []string{"Origin", "https://evil.example"}, code: 403},
		{name: "rebound name", path: "/api/v1/fleets/prod/pause", host: "evil.example", code: 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := oneFleet()
			a.err = tt.err
			r := request(t, "POST", serveTest(t, a).URL+tt.path, tt.header...)
			r.Host = tt.host
			code, body := send(t, r)
			if code != tt.code || !strings.Contains(body, tt.want) {
				t.Errorf("%d %s", code, body)
			}
			if code == 403 && len(a.asked) > 0 {
				t.Errorf("asked all the same: %v", a.asked)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	tests := []struct {
		name           string
		change         func(*Fleet)
		healthy, ready bool
		why            []string
	}{
		{"all well", func(*Fleet) {}, true, true, []string{}},
		{"loop stopped", func(f *Fleet) { f.Beat = now.Add(-2 * time.Minute) }, false, false, []string{"its loop does not turn"}},
		{"loop busy", func(f *Fleet) { f.Status = nil }, true, false, []string{"its loop does not turn"}},
		{"nothing read yet", func(f *Fleet) { f.Status.Ready = reconcile.Readiness{} }, true, false, []string{"source: not read yet", "inventory: not read yet"}},
		{
			"Git host away, and said so",
			func(f *Fleet) {
				f.Status.Ready.Source, f.Status.SourceError = false, &reconcile.Fault{Summary: "no route"}
			},
			true, true,
			[]string{"source: no route"},
		},
		{"state folder full", func(f *Fleet) { f.StateError = "disk full" }, true, true, []string{"state: disk full"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := oneFleet()
			tt.change(&a.fleets[0])
			s := serveTest(t, a)
			if code, body := send(t, request(t, "GET", s.URL+"/healthz")); (code == 200) != tt.healthy {
				t.Errorf("healthz: %d %s", code, body)
			}
			code, body := send(t, request(t, "GET", s.URL+"/readyz?verbose"))
			var got Ready
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatal(err)
			}
			if (code == 200) != tt.ready || got.Ready != tt.ready {
				t.Errorf("readyz: %d %s", code, body)
			}
			if diff := cmp.Diff(tt.why, got.Fleets[0].Why); diff != "" {
				t.Errorf("why; want -, got +:\n%s", diff)
			}
		})
	}
}

func TestPageEscapes(t *testing.T) {
	a := oneFleet()
	a.fleets[0].Status.Clusters[0].Message = `<script>alert(1)</script>`
	a.config.Error = `<b>`
	code, body := send(t, request(t, "GET", serveTest(t, a).URL+"/"))
	if code != 200 || strings.Contains(body, "<script>") || strings.Contains(body, "<b>") || !strings.Contains(body, "&lt;script&gt;") {
		t.Errorf("%d %s", code, body)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{}; <-release })
	s := httptest.NewServer(Handler(oneFleet(), slow, func() time.Time { return now }))
	defer s.Close()
	defer close(release)
	for range maxAtOnce {
		r := request(t, "GET", s.URL+"/metrics")
		go func() {
			if answer, err := http.DefaultClient.Do(r); err == nil {
				_ = answer.Body.Close()
			}
		}()
	}
	for range maxAtOnce {
		<-arrived
	}
	if code, body := send(t, request(t, "GET", s.URL+"/api/v1/clusters")); code != http.StatusServiceUnavailable {
		t.Errorf("slow readers pile up: %d %s", code, body)
	}
	if code, body := send(t, request(t, "GET", s.URL+"/healthz")); code != http.StatusOK {
		t.Errorf("the probe is refused beside slow readers: %d %s", code, body)
	}
}

func TestAWebConfigsErrorIsOneLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yaml")
	if err := os.WriteFile(file, []byte("tls_server_cofig: {}\nbasic_auth: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckWebConfig(file); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}
