package torture

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Write is one request to make, change or delete a stack, as the proxy got it. Its
// fault tells whether, and when, it went on.
type Write struct {
	At     time.Time
	Method string // POST, PUT, PATCH or DELETE
	Name   string // of the stack
	ID     string // "" for a POST
	Fault  Fault
}

// Delivered tells whether the cloud has got the request.
func (w Write) Delivered() bool {
	switch w.Fault {
	case CutBefore, ServerError, Unavailable, TooMany, Unauthorised:
		return false
	}
	return true
}

// readWrite reads a request that writes to a stack; previews, actions and
// questions are none.
func readWrite(r *http.Request, body []byte) (Write, bool) {
	_, below, ok := strings.Cut(r.URL.Path, "/stacks")
	if !ok || r.Method == http.MethodGet {
		return Write{}, false
	}
	w := Write{At: time.Now(), Method: r.Method}
	parts := strings.Split(strings.Trim(below, "/"), "/")
	switch {
	case r.Method == http.MethodPost && parts[0] == "":
		var asked struct {
			Name string `json:"stack_name"`
		}
		_ = json.Unmarshal(body, &asked) // no name: a write all the same
		w.Name = asked.Name
		return w, true
	case len(parts) == 2 && r.Method != http.MethodPost:
		w.Name, w.ID = parts[0], parts[1]
		return w, true
	}
	return Write{}, false
}

// Writes gives every write so far, in the order of arrival.
func (p *Proxy) Writes() []Write {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.writes)
}

// Counts gives how often each fault was met.
func (p *Proxy) Counts() map[Fault]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.counts)
}

// Requests gives how many requests of each kind ("GET /stacks") came.
func (p *Proxy) Requests() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.requests)
}
