package acceptance

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// real is the OpenStack the environment names.
func real(t *testing.T) *cloud {
	t.Helper()
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	if file == "" {
		if os.Getenv("HEATSYNC_TEST_REQUIRE_OPENSTACK") == "1" {
			t.Fatal("HEATSYNC_TEST_CLOUDS_YAML is not set, and HEATSYNC_TEST_REQUIRE_OPENSTACK=1 asks for it")
		}
		t.Skip("HEATSYNC_TEST_CLOUDS_YAML is not set: no real OpenStack to play on")
	}
	kills := number(t, "HEATSYNC_TEST_KILLS", 10)
	c := &cloud{
		name: os.Getenv("HEATSYNC_TEST_CLOUD"), file: file,
		site: site{
			image: "ubuntu-latest", keypair: "testkey", external: "public", flavor: "m1.tiny", otherFlavor: "m1.small",
		},
		pace: pace{
			source: "500ms", inProgress: "1s", recent: "2s", inventory: "5s", deep: "60/m", settleIn: "3s",
			poll: 250 * time.Millisecond, patience: 5 * time.Minute,
			kills: int(kills), killEvery: 4 * time.Second,
		},
	}
	if c.name == "" {
		c.name = "dev"
	}
	opened := c.open(t)
	c.sweep(t)
	c.exists = func(t *testing.T, kind, id string) bool { return asked(t, opened, kind, id) }
	return c
}

// fleetPrefix: names of fleets begin so, and no other stacks of the project do.
const fleetPrefix = "acc-"

// sweep deletes what runs that were cut off have left behind.
func (c *cloud) sweep(t *testing.T) {
	t.Helper()
	all, err := c.heat.List(t.Context(), heat.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if strings.HasPrefix(r.Name, fleetPrefix) && r.Deleted.IsZero() && time.Since(r.Created) > 2*time.Hour {
			t.Logf("stack %s of %s is left over: it is deleted", r.Name, r.Created)
			_ = c.heat.Delete(t.Context(), ref(r))
		}
	}
}

// number is a whole number from the environment.
func number(t *testing.T, variable string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// where each kind of thing is to be asked for.
var where = map[string]struct{ service, path string }{
	"OS::Nova::Server":        {"compute", "/servers/"},
	"OS::Neutron::Port":       {"network", "/v2.0/ports/"},
	"OS::Neutron::FloatingIP": {"network", "/v2.0/floatingips/"},
}

// asked asks Nova or Neutron for a thing.
func asked(t *testing.T, c *openstack.Cloud, kind, id string) bool {
	t.Helper()
	at := where[kind]
	endpoints, err := c.Endpoints(at.service)
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.StepToken(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSuffix(strings.TrimRight(endpoints[at.service], "/"), "/v2.0") + at.path + id
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", token.Value)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNotFound {
		t.Fatalf("%s: %s", url, answer.Status)
	}
	return answer.StatusCode == http.StatusOK
}
