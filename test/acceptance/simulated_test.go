package acceptance

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
)

const simClouds = `clouds:
  sim:
    region_name: RegionOne
    auth:
      auth_url: %s
      username: demo
      password: %s
      project_name: demo
      user_domain_name: Default
      project_domain_name: Default
`

// simulated serves a fresh heatsim on loopback. Its work takes long enough to be
// seen under way.
func simulated(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{
		name:   "sim",
		faults: heatsim.NewScript(),
		site: site{
			image: "ubuntu-24.04", keypair: "ops", external: "public", flavor: "m1.small", otherFlavor: "m1.medium",
		},
		pace: pace{
			source: "100ms", inProgress: "100ms", recent: "250ms", inventory: "1s", deep: "10/s", settleIn: "500ms",
			poll: 20 * time.Millisecond, patience: time.Minute, kills: 50, killEvery: 400 * time.Millisecond,
		},
	}
	c.sim = heatsim.New(heatsim.Options{Seed: 1, Faults: c.faults, Durations: heatsim.Durations{
		Create: 50 * time.Millisecond, Update: time.Second, Delete: 30 * time.Millisecond,
		ByType: map[string]time.Duration{"OS::Nova::Server": 200 * time.Millisecond}, Purge: 100 * time.Millisecond,
	}})
	server := httptest.NewServer(http.HandlerFunc(c.sim.Handler().ServeHTTP))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	c.file = writeFile(t, t.TempDir(), "clouds.yaml", fmt.Sprintf(simClouds, heatsim.AuthURL(server.URL), "openstack"))
	c.exists = func(_ *testing.T, kind, id string) bool {
		return slices.ContainsFunc(c.sim.Physicals(kind), func(p heatsim.Physical) bool { return p.ID == id && !p.Gone })
	}
	c.open(t)
	return c
}

// open logs the story itself in.
func (c *cloud) open(t *testing.T) *openstack.Cloud {
	t.Helper()
	opened, err := openstack.Open(t.Context(), openstack.CloudOptions{Name: c.name, File: c.file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	c.heat, c.opened = opened.Heat(), opened
	return opened
}
