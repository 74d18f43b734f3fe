package httpapi

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/heatsync/heatsync/internal/version"
)

const (
	askLimit   = 5 * time.Second // for the agent to answer
	loopLimit  = time.Minute     // a loop that has not turned for so long is dead
	maxAtOnce  = 32              // requests in hand, scrapes included
	busyAnswer = "too many requests at once"
)

// server answers requests.
type server struct {
	agent   Agent
	clock   func() time.Time
	started time.Time
}

// Handler serves the agent; metrics is what /metrics answers.
func Handler(agent Agent, metrics http.Handler, clock func() time.Time) http.Handler {
	s := &server{agent: agent, clock: clock, started: clock()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", collected(metrics))
	mux.HandleFunc("GET /api/v1/clusters", s.clusters)
	mux.HandleFunc("GET /api/v1/drivers", s.drivers)
	mux.HandleFunc("GET /api/v1/version", s.version)
	mux.HandleFunc("POST /api/v1/fleets/{fleet}/{ask}", s.ask)
	mux.HandleFunc("GET /{$}", s.page)
	return bounded(secured(http.NewCrossOriginProtection().Handler(sameHost(mux))))
}

// bounded refuses what comes while too much is in hand, so that slow readers do
// not pile up. The two probes always get through: who asks them restarts or
// forsakes an agent that does not answer.
func bounded(next http.Handler) http.Handler {
	room := make(chan struct{}, maxAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			next.ServeHTTP(w, r)
			return
		}
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "1")
			http.Error(w, busyAnswer, http.StatusServiceUnavailable)
		}
	})
}

// secured sets what browsers are told of every answer.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// sameHost refuses to change anything for a browser that reached a loopback
// address by a foreign name: that is how a page gets around the check of its
// origin (DNS rebinding).
func sameHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && arrivedOnLoopback(r) && !isLoopback(r.Host) {
			http.Error(w, "this host name is not the agent's", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func arrivedOnLoopback(r *http.Request) bool {
	a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && isLoopback(a.String())
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *server) fleets(r *http.Request) []Fleet {
	ctx, cancel := context.WithTimeout(r.Context(), askLimit)
	defer cancel()
	return s.agent.Fleets(ctx)
}

func (s *server) fleet(r *http.Request, name string) (Fleet, error) {
	ctx, cancel := context.WithTimeout(r.Context(), askLimit)
	defer cancel()
	return s.agent.Fleet(ctx, name)
}

func answer(w http.ResponseWriter, status int, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, "the answer cannot be written as JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n'))
}

// Version says which program answers.
type Version struct {
	Version string    `json:"version"`
	Go      string    `json:"go"`
	Started time.Time `json:"started"`
	Config  Config    `json:"config"`
}

func (s *server) version(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, Version{Version: version.String(), Go: runtime.Version(), Started: s.started, Config: s.agent.Config()})
}
