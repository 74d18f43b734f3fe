package promises

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// cloud is a heatsim on loopback that remembers the tokens it issued, and whose
// proxy, while it is ill, answers with a page that repeats the request.
type cloud struct {
	sim    *heatsim.Cloud
	server *httptest.Server

	mu     sync.Mutex
	tokens []string
	ill    bool
}

func newCloud(t *testing.T, o heatsim.Options) *cloud {
	t.Helper()
	c := &cloud{sim: heatsim.New(o)}
	handler := c.sim.Handler()
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.isIll() {
			repeatRequest(w, r, http.StatusBadGateway)
			return
		}
		handler.ServeHTTP(tokenWriter{w, c}, r)
	}))
	t.Cleanup(func() { c.server.CloseClientConnections(); c.server.Close() })
	return c
}

func (c *cloud) isIll() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ill
}

func (c *cloud) fallIll(ill bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ill = ill
}

// issued gives all tokens that were handed out.
func (c *cloud) issued() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.tokens...)
}

// tokenWriter notes the tokens that go out.
type tokenWriter struct {
	http.ResponseWriter
	cloud *cloud
}

func (w tokenWriter) WriteHeader(status int) {
	if token := w.Header().Get("X-Subject-Token"); token != "" && status == http.StatusCreated {
		w.cloud.mu.Lock()
		w.cloud.tokens = append(w.cloud.tokens, token)
		w.cloud.mu.Unlock()
	}
	w.ResponseWriter.WriteHeader(status)
}

// entry is an entry of clouds.yaml for the user "demo".
func (c *cloud) entry(name, password string) string {
	return fmt.Sprintf(`clouds:
  %s:
    region_name: RegionOne
    auth:
      auth_url: %s
      username: demo
      password: %s
      project_name: demo
      user_domain_name: Default
      project_domain_name: Default
`, name, heatsim.AuthURL(c.server.URL), password)
}
