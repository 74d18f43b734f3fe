package drivertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/plugins/driver"
)

// request is one request that the driver, or somebody else, made to Heat.
type request struct {
	method, path string // path below the project
	body         map[string]any
}

// cloud is a simulated Keystone and Heat that writes down what it is asked.
type cloud struct {
	sim    *heatsim.Cloud
	faults *heatsim.Script
	server *httptest.Server
	token  string
	heat   string // endpoint

	mu       sync.Mutex
	requests []request
	onWrite  watcher
}

func newCloud() (*cloud, error) {
	c := &cloud{faults: heatsim.NewScript()}
	c.sim = heatsim.New(heatsim.Options{
		Clock: heatsim.NewVirtualClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)),
		Seed:  1, Faults: c.faults, AutoSignal: true,
	})
	inner := c.sim.Handler()
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watch := c.watcher()
		if !c.record(r) || watch == nil {
			inner.ServeHTTP(w, r)
			return
		}
		if !watch(r.Context(), false) {
			panic(http.ErrAbortHandler)
		}
		held := httptest.NewRecorder() // the answer waits until the watcher had its look
		inner.ServeHTTP(held, r)
		watch(r.Context(), true)
		w.WriteHeader(held.Code)
		_, _ = w.Write(held.Body.Bytes())
	}))
	return c, c.login()
}

// watcher is called before and after a write is carried out, while its caller
// waits for the answer; before, it says whether to go on. The context ends when
// the caller gives up.
type watcher func(ctx context.Context, carriedOut bool) bool

func (c *cloud) watcher() watcher {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.onWrite
}

func (c *cloud) watch(w watcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onWrite = w
}

// record keeps a request to Heat and tells whether it is a write.
func (c *cloud) record(r *http.Request) bool {
	_, below, ok := strings.Cut(r.URL.Path, "/v1/")
	if !ok || strings.Contains(r.URL.Path, "/identity/") {
		return false
	}
	_, path, _ := strings.Cut(below, "/")
	text, _ := io.ReadAll(r.Body) // a broken body is the simulator's to refuse
	r.Body = io.NopCloser(bytes.NewReader(text))
	kept := request{method: r.Method, path: "/" + path}
	_ = json.Unmarshal(text, &kept.body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, kept)
	return r.Method != http.MethodGet && !strings.HasSuffix(path, "/preview")
}

// writes gives the requests since the mark that were not reads or previews.
func (c *cloud) writes(since int) []request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.requests[since:]), func(r request) bool {
		return r.method == http.MethodGet || strings.HasSuffix(r.path, "/preview")
	})
}

// mark is where the list of requests stands.
func (c *cloud) mark() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.requests)
}

func (c *cloud) login() error {
	body := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","domain":{"name":"Default"},"password":"openstack"}}},
		"scope":{"project":{"name":"demo","domain":{"name":"Default"}}}}}`
	resp, err := http.Post(heatsim.AuthURL(c.server.URL)+"/auth/tokens", "application/json", strings.NewReader(body)) //nolint:noctx // in this process
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var reply struct {
		Token struct {
			Catalog []struct {
				Type      string                 `json:"type"`
				Endpoints []struct{ URL string } `json:"endpoints"`
			} `json:"catalog"`
		} `json:"token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		return fmt.Errorf("read the token: %w", err)
	}
	c.token = resp.Header.Get("X-Subject-Token")
	for _, s := range reply.Token.Catalog {
		if s.Type == "orchestration" && len(s.Endpoints) > 0 {
			c.heat = strings.TrimRight(s.Endpoints[0].URL, "/")
		}
	}
	if c.token == "" || c.heat == "" {
		return fmt.Errorf("the simulated cloud gave no token or endpoint (%d)", resp.StatusCode)
	}
	return nil
}

// send makes one request to Heat, for the agent or for somebody who meddles.
func (c *cloud) send(method, path string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, c.heat+path, bytes.NewReader(text)) //nolint:noctx // in this process
	if err != nil {
		return err
	}
	req.Header.Set("X-Auth-Token", c.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s (%w)", method, path, resp.StatusCode, reply, err)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(reply, out)
}

// stackJSON is a stack as list and show spell it.
type stackJSON struct {
	ID          string            `json:"id"`
	Name        string            `json:"stack_name"`
	Status      string            `json:"stack_status"`
	Reason      string            `json:"stack_status_reason"`
	Created     time.Time         `json:"creation_time"`
	Updated     *time.Time        `json:"updated_time"`
	Tags        []string          `json:"tags"`
	Description string            `json:"description"`
	Parameters  map[string]string `json:"parameters"`
	Outputs     []struct {
		Key   string          `json:"output_key"`
		Value json.RawMessage `json:"output_value"`
	} `json:"outputs"`
}

// find gives the stacks of a name, the earliest first.
func (c *cloud) find(name string) ([]driver.Stack, error) {
	var reply struct{ Stacks []stackJSON }
	query := url.Values{"name": {name, name}, "sort_keys": {"creation_time"}, "sort_dir": {"asc"}}
	if err := c.send(http.MethodGet, "/stacks?"+query.Encode(), nil, &reply); err != nil {
		return nil, err
	}
	var out []driver.Stack
	for _, s := range reply.Stacks {
		row := driver.Stack{ID: s.ID, Name: s.Name, Status: s.Status, StatusReason: s.Reason, Created: s.Created, Tags: s.Tags}
		if s.Updated != nil {
			row.Updated = *s.Updated
		}
		out = append(out, row)
	}
	return out, nil
}

// parts reads what a plan needs of a stack.
func (c *cloud) parts(s driver.Stack, want []driver.Part) (driver.Parts, error) {
	base := "/stacks/" + url.PathEscape(s.Name) + "/" + s.ID
	p := driver.Parts{Read: want, Outputs: map[string]json.RawMessage{}}
	var shown struct{ Stack stackJSON }
	if err := c.send(http.MethodGet, base, nil, &shown); err != nil {
		return p, err
	}
	p.Description, p.Parameters = shown.Stack.Description, shown.Stack.Parameters
	for _, o := range shown.Stack.Outputs {
		p.Outputs[o.Key] = o.Value
	}
	if err := c.send(http.MethodGet, base+"/template", nil, &p.Template); err != nil {
		return p, err
	}
	var list struct {
		Resources []struct {
			Name   string `json:"resource_name"`
			Type   string `json:"resource_type"`
			ID     string `json:"physical_resource_id"`
			Status string `json:"resource_status"`
			Reason string `json:"resource_status_reason"`
		}
	}
	if err := c.send(http.MethodGet, base+"/resources", nil, &list); err != nil {
		return p, err
	}
	for _, r := range list.Resources {
		p.Resources = append(p.Resources, driver.Resource{Name: r.Name, Type: r.Type, PhysicalID: r.ID, Status: r.Status, StatusReason: r.Reason})
	}
	return p, nil
}
