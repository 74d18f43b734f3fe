package heat_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

const (
	project = "0123456789abcdef0123456789abcdef"
	token   = "gAAAAA-token-canary"
)

var ref = heat.Ref{Name: "prod--pay", ID: "id-1"}

// inPlace is a transport that serves requests in the caller's goroutine.
type inPlace struct{ handler http.Handler }

func (t inPlace) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// clientOf gives a client over handler, without a socket.
func clientOf(t *testing.T, handler http.HandlerFunc) *heat.Client {
	t.Helper()
	return heat.NewWithToken("https://heat.test/v1/"+project, token, &http.Client{Transport: inPlace{handler}})
}

// seen keeps what a handler was asked.
type seen struct {
	mu       sync.Mutex
	requests []request
}

type request struct {
	method, path, query string
	header              http.Header
	body                string
}

func (s *seen) note(r *http.Request) request {
	body, _ := io.ReadAll(r.Body)
	got := request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Clone(), string(body)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, got)
	return got
}

// answer gives a handler that always answers so.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// fault gives Heat's error body; an empty message leaves it out.
func fault(kind, message string) string {
	e := map[string]any{"type": kind, "traceback": nil}
	if message != "" {
		e["message"] = message
	}
	text, _ := json.Marshal(map[string]any{"code": 0, "title": "x", "explanation": "y", "error": e})
	return string(text)
}

// entry gives a list entry made at second at.
func entry(id string, at int) string {
	return fmt.Sprintf(`{"id":%q,"stack_name":"s-%s","stack_status":"CREATE_COMPLETE","creation_time":"2026-01-01T%02d:%02d:%02dZ","updated_time":null,"tags":["heatsync"]}`,
		id, id, at/3600, at/60%60, at%60)
}

func mustTags(t *testing.T) heat.Tags {
	t.Helper()
	tags, err := heat.NewTags("heatsync", "heatsync.fleet=prod")
	if err != nil {
		t.Fatal(err)
	}
	return tags
}
