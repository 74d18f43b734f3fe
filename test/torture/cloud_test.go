package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// cloud is one project of one cloud, with a way around the proxy for the test and
// one through it for agents.
type cloud struct {
	heat   *heat.Client // around the proxy
	direct *openstack.Cloud
	proxy  *Proxy
	name   string // of the entry of clouds.yaml
	clouds string // a clouds.yaml that leads through the proxy
	pace   pace

	sim      *heatsim.Cloud // nil: a real one
	services *services      // nil: no services that may be stopped
}

// pace is how fast things go there.
type pace struct {
	source, inProgress, recent, inventory, deep string // of the agent's config
	rpcTimeout, margin                          time.Duration
	torture                                     time.Duration // how long it goes on
	patience                                    time.Duration // until all is settled
	poll                                        time.Duration // of the test's own looks
	commit, meddle, kill, halt                  time.Duration // between two acts, on average
	seconds                                     int           // a stack's first resource takes
	grace                                       time.Duration // a step that was begun may yet write
	weather                                     Weather
}

// clouds are where each test runs.
var clouds = []struct {
	name string
	open func(t *testing.T, o options) *cloud
}{{"heatsim", simulated}, {"OpenStack", openStack}}

// options are what a test wants of a cloud.
type options struct {
	tokens       time.Duration // how long Keystone's live, 0: as they do; a thirtieth in heatsim
	simultaneous bool          // heatsim takes some creates late, and two of one name at once, as Heat 22 does
}

// everywhere runs a test over each cloud. Over a real one, one test at a time.
func everywhere(t *testing.T, o options, test func(t *testing.T, c *cloud)) {
	if os.Getenv("HEATSYNC_TEST_CLOUDS_YAML") == "" {
		t.Parallel()
	}
	for _, k := range clouds {
		t.Run(k.name, func(t *testing.T) { test(t, k.open(t, o)) })
	}
}

func simulated(t *testing.T, o options) *cloud {
	t.Helper()
	t.Parallel()
	c := &cloud{
		name: "sim", proxy: NewProxy(),
		pace: pace{
			source: "200ms", inProgress: "200ms", recent: "500ms", inventory: "1s", deep: "20/s",
			rpcTimeout: 700 * time.Millisecond, margin: 300 * time.Millisecond,
			torture: 6 * time.Second, patience: 2 * time.Minute, poll: 50 * time.Millisecond,
			commit: 300 * time.Millisecond, meddle: 400 * time.Millisecond, kill: 1500 * time.Millisecond, halt: 3 * time.Second,
			seconds: 0, grace: 5 * time.Second,
			weather: Weather{Reads: 0.04, Writes: 0.2, Pause: 400 * time.Millisecond},
		},
	}
	simOptions := heatsim.Options{
		Seed: 1, TokenLife: o.tokens / 30, MaxStacks: -1,
		Durations: heatsim.Durations{Create: 50 * time.Millisecond, Update: 100 * time.Millisecond, Delete: 30 * time.Millisecond, Purge: 50 * time.Millisecond},
	}
	if o.simultaneous { // the first creates are taken late, those of one name in one moment
		simOptions.Release = 22
		simOptions.Faults = heatsim.NewScript(heatsim.Rule{Method: http.MethodPost, Path: "/stacks", Times: 6, Effect: heatsim.LateCommit(300 * time.Millisecond)})
	}
	c.sim = heatsim.New(simOptions)
	server := httptest.NewServer(c.sim.Handler())
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	t.Cleanup(c.proxy.Close)
	file := fmt.Sprintf(simClouds, heatsim.AuthURL(server.URL))
	c.openDirect(t, file)
	c.clouds = strings.ReplaceAll(file, server.URL, c.proxy.Front("", server.URL))
	return c
}

const simClouds = `clouds:
  sim:
    region_name: RegionOne
    auth: {auth_url: %s, username: demo, password: openstack, project_name: demo, user_domain_name: Default, project_domain_name: Default}
`

// openStack is the OpenStack the environment names.
func openStack(t *testing.T, o options) *cloud {
	t.Helper()
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	if file == "" {
		if os.Getenv("HEATSYNC_TEST_REQUIRE_OPENSTACK") == "1" {
			t.Fatal("HEATSYNC_TEST_CLOUDS_YAML is not set, and HEATSYNC_TEST_REQUIRE_OPENSTACK=1 asks for it")
		}
		t.Skip("HEATSYNC_TEST_CLOUDS_YAML is not set: no real OpenStack to torture")
	}
	c := &cloud{
		name: os.Getenv("HEATSYNC_TEST_CLOUD"), proxy: NewProxy(), services: devServices(t, file),
		pace: pace{
			source: "1s", inProgress: "1s", recent: "2s", inventory: "5s", deep: "120/m",
			rpcTimeout: 180 * time.Second, margin: 30 * time.Second,
			torture: 80 * time.Second, patience: 4 * time.Minute, poll: 500 * time.Millisecond,
			commit: 2 * time.Second, meddle: 4 * time.Second, kill: 10 * time.Second, halt: 20 * time.Second,
			seconds: 2, grace: time.Minute,
			weather: Weather{Reads: 0.04, Writes: 0.15, Pause: 4 * time.Second},
		},
	}
	if c.name == "" {
		c.name = "dev"
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c.openDirect(t, string(text))
	t.Cleanup(c.proxy.Close)
	c.throughProxy(t, string(text), o)
	return c
}

// openDirect logs the test itself in, around the proxy.
func (c *cloud) openDirect(t *testing.T, clouds string) {
	t.Helper()
	file := t.TempDir() + "/clouds.yaml"
	writeFile(t, file, clouds)
	opened, err := openstack.Open(t.Context(), openstack.CloudOptions{Name: c.name, File: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	c.direct, c.heat = opened, opened.Heat()
}

// throughProxy puts the proxy before Keystone and Heat. Where services may be
// started, Heat's API is one with a short RPC timeout, and Keystone, if tokens are
// to be short, one that gives such.
func (c *cloud) throughProxy(t *testing.T, clouds string, o options) {
	t.Helper()
	var file map[string]map[string]map[string]any
	if err := yaml.Unmarshal([]byte(clouds), &file); err != nil {
		t.Fatal(err)
	}
	auth, _ := file["clouds"][c.name]["auth"].(map[string]any)
	authURL, err := url.Parse(fmt.Sprint(auth["auth_url"]))
	if err != nil {
		t.Fatal(err)
	}
	orchestration, err := url.Parse(c.heat.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	keystone, heatAPI := baseOf(authURL), baseOf(orchestration)
	keystoneTarget, heatTarget := keystone, heatAPI
	if c.services != nil {
		c.pace.rpcTimeout, c.pace.margin = 10*time.Second, 8*time.Second
		if clustersAsked(t) > 30 { // creates queue for longer before they are done
			c.pace.rpcTimeout, c.pace.margin = 20*time.Second, 15*time.Second
		}
		heatTarget = c.services.heatAPI(t, c.pace.rpcTimeout)
		if o.tokens > 0 {
			keystoneTarget = c.services.keystone(t, o.tokens)
		}
	}
	auth["auth_url"] = c.proxy.Front(keystone, keystoneTarget) + authURL.Path
	c.proxy.Front(heatAPI, heatTarget)
	text, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	c.clouds = string(text)
}

func baseOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// putWithoutTags updates a stack as somebody would who knows nothing of tags:
// they are erased.
func (c *cloud) putWithoutTags(ctx context.Context, r heat.Ref) error {
	shown, err := c.heat.Show(ctx, r, false)
	if err != nil {
		return err
	}
	template, err := c.heat.Template(ctx, r)
	if err != nil {
		return err
	}
	parameters := map[string]string{}
	for name, value := range shown.Parameters {
		if !strings.HasPrefix(name, "OS::") {
			parameters[name] = value
		}
	}
	body, err := json.Marshal(map[string]any{"template": template, "parameters": parameters})
	if err != nil {
		return err
	}
	token, err := c.direct.StepToken(ctx, time.Minute)
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPut, c.heat.Endpoint()+"/stacks/"+r.Name+"/"+r.ID, bytes.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("X-Auth-Token", token.Value)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("PUT stack %s: %s", r.Name, answer.Status)
	}
	return nil
}
