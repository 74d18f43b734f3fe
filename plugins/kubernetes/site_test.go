package kubernetes_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

// site is a Heat to try the driver on: the simulated one, or a real one.
type site struct {
	sim        *heatsim.Cloud // nil: a real one
	client     *heat.Client
	credential driver.Credential
	settle     func(t *testing.T, name string) driver.Stack // until nothing is in progress
	image      string
	external   string
	keypair    string
}

func simulated(t *testing.T) *site {
	t.Helper()
	sim := heatsim.New(heatsim.Options{
		Clock: heatsim.NewVirtualClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)), Seed: 1,
	})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	s := &site{sim: sim, image: "ubuntu", external: "public", keypair: "ops"}
	s.login(t, gophercloud.AuthOptions{
		IdentityEndpoint: heatsim.AuthURL(server.URL), Username: "demo", Password: "openstack",
		TenantName: "demo", DomainName: "Default",
	})
	s.settle = func(t *testing.T, name string) driver.Stack {
		sim.Settle()
		return s.row(t, name)
	}
	return s
}

// realCloud is the cloud "dev" of the file in HEATSYNC_TEST_CLOUDS_YAML.
func realCloud(t *testing.T) *site {
	t.Helper()
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	if file == "" {
		t.Skip("HEATSYNC_TEST_CLOUDS_YAML names no clouds.yaml: no real Heat to try")
	}
	auth, _, _, err := clouds.Parse(clouds.WithLocations(filepath.Clean(file)), clouds.WithCloudName("dev"))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{image: "ubuntu-latest", external: "public", keypair: "testkey"}
	s.login(t, auth)
	s.settle = func(t *testing.T, name string) driver.Stack {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); {
			row := s.row(t, name)
			if row.ID == "" || row.Status[len(row.Status)-8:] != "PROGRESS" && row.Status != "DELETE_COMPLETE" {
				return row
			}
			time.Sleep(2 * time.Second) // a real cloud tells nobody when it is done
		}
		t.Fatalf("stack %s does not settle", name)
		return driver.Stack{}
	}
	return s
}

func (s *site) login(t *testing.T, auth gophercloud.AuthOptions) {
	t.Helper()
	provider, err := config.NewProviderClient(t.Context(), auth)
	if err != nil {
		t.Fatal(err)
	}
	service, err := openstack.NewOrchestrationV1(provider, gophercloud.EndpointOpts{Region: "RegionOne"})
	if err != nil {
		t.Fatal(err)
	}
	s.client = heat.New(service)
	s.credential = driver.Credential{
		Token: provider.Token(), Expires: time.Now().Add(time.Hour),
		Endpoints: map[string]string{"orchestration": s.client.Endpoint()},
	}
}

// row is the one stack of that name, the zero Stack when there is none.
func (s *site) row(t *testing.T, name string) driver.Stack {
	t.Helper()
	rows, err := s.client.Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Deleted.IsZero() {
			return driver.Stack{
				ID: r.ID, Name: r.Name, Status: r.Status.String(), StatusReason: r.Reason,
				Created: r.Created, Updated: r.Updated, Tags: r.Tags,
			}
		}
	}
	return driver.Stack{}
}

// parts reads all parts of a stack.
func (s *site) parts(t *testing.T, stack driver.Stack, want []driver.Part) driver.Parts {
	t.Helper()
	ref := heat.Ref{Name: stack.Name, ID: stack.ID}
	shown, err := s.client.Show(t.Context(), ref, slices.Contains(want, driver.PartOutputs))
	template, err2 := s.client.Template(t.Context(), ref)
	resources, err3 := s.client.Resources(t.Context(), ref, 0, heat.ResourceFilter{})
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	p := driver.Parts{
		Read: want, Description: shown.Description, Parameters: shown.Parameters, Template: template,
		Outputs: map[string]json.RawMessage{},
	}
	for _, o := range shown.Outputs {
		p.Outputs[o.Key], _ = json.Marshal(o.Value)
	}
	for _, r := range resources {
		p.Resources = append(p.Resources, driver.Resource{
			Name: r.Name, Type: r.Type, PhysicalID: r.PhysicalID, Status: r.Status.String(), StatusReason: r.Reason,
		})
	}
	return p
}
