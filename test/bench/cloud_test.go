package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// requestKind is what a request to the cloud is for.
type requestKind string

const (
	listRecent     requestKind = "recent"      // newest first, first page
	listInventory  requestKind = "inventory"   // pages and counts
	listInProgress requestKind = "in-progress" // by id
	lookUp         requestKind = "look"        // by name
	readDeep       requestKind = "deep"        // one stack's show, template, resources
	writeStack     requestKind = "write"
	askToken       requestKind = "token"
)

// kindOf reads a request as the agent means it.
func kindOf(r *http.Request) requestKind {
	path, q := r.URL.Path, r.URL.Query()
	switch {
	case strings.HasPrefix(path, "/identity"):
		return askToken
	case r.Method != http.MethodGet:
		return writeStack
	case !strings.HasSuffix(path, "/stacks"):
		return readDeep
	case q.Has("name"):
		return lookUp
	case q.Has("id"):
		return listInProgress
	case q.Get("sort_dir") == "desc" || strings.HasPrefix(q.Get("sort_dir"), "desc"):
		return listRecent
	}
	return listInventory
}

// cloud is a heatsim on loopback that counts what reaches it. It outlives
// agents.
type cloud struct {
	server *httptest.Server
	clouds string // its clouds.yaml

	mu      sync.Mutex
	counts  map[requestKind]int
	last    time.Time                 // of the last request but tokens and deep checks
	updates map[string]chan time.Time // by stack name, for who waits for one
}

// newCloud serves one project for each fleet.
func newCloud(b *testing.B, fleets []string) *cloud {
	b.Helper()
	sim := heatsim.New(heatsim.Options{
		Seed: 1, MaxStacks: -1,
		Users: []heatsim.User{{Name: "bench", Password: "openstack", Projects: fleets}},
	})
	c := &cloud{counts: map[requestKind]int{}, updates: map[string]chan time.Time{}}
	handler := sim.Handler()
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.count(r, time.Now())
		handler.ServeHTTP(w, r)
	}))
	b.Cleanup(c.server.Close)
	c.clouds = filepath.Join(b.TempDir(), "clouds.yaml")
	var text strings.Builder
	text.WriteString("clouds:\n")
	for _, f := range fleets {
		fmt.Fprintf(&text, "  %s:\n    region_name: RegionOne\n    auth: {auth_url: %q, username: bench, password: openstack, project_name: %s, user_domain_id: default, project_domain_id: default}\n",
			f, heatsim.AuthURL(c.server.URL), f)
	}
	if err := os.WriteFile(c.clouds, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return c
}

// note has quiet begin no sooner than at.
func (c *cloud) note(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.last) {
		c.last = at
	}
}

func (c *cloud) count(r *http.Request, at time.Time) {
	kind := kindOf(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[kind]++
	if kind != askToken && kind != readDeep {
		c.last = at
	}
	if r.Method == http.MethodPut || r.Method == http.MethodPatch {
		parts := strings.Split(r.URL.Path, "/stacks/")
		name, _, _ := strings.Cut(parts[len(parts)-1], "/")
		if w := c.updates[name]; w != nil {
			delete(c.updates, name)
			w <- at
		}
	}
}

// expectUpdate gives a channel that gets the time at which the next update of a
// stack arrives.
func (c *cloud) expectUpdate(stack string) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := make(chan time.Time, 1)
	c.updates[stack] = w
	return w
}

// seen gives a copy of the counts.
func (c *cloud) seen() map[requestKind]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[requestKind]int{}
	for k, n := range c.counts {
		out[k] = n
	}
	return out
}

// since gives what came on top of an earlier copy.
func (c *cloud) since(before map[requestKind]int) map[requestKind]int {
	now := c.seen()
	for k, n := range before {
		now[k] -= n
	}
	return now
}
