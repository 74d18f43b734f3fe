// Package heatsite is a Heat to try a driver on, for drivers' own tests: the simulated
// one over HTTP, or a real one. It reads stacks as the agent reads them, and waits until
// Heat has done. It refuses to plan or write: that is the driver under test.
package heatsite

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// Site is one project of a Heat.
type Site struct {
	Sim        *heatsim.Cloud // nil: a real one
	Client     *heat.Client
	Credential driver.Credential
	Settle     func(t *testing.T, name string) driver.Stack // until nothing is in progress
	Image      string
	Other      string // another image of the same distribution
	External   string
	Keypair    string
}

// Simulated is a fresh heatsim on a clock of its own.
func Simulated(t *testing.T) *Site { t.Helper(); return Lacking(t, nil) }

// Lacking is one whose cloud does not have what is named, by custom constraint.
func Lacking(t *testing.T, missing map[string][]string) *Site {
	t.Helper()
	sim := heatsim.New(heatsim.Options{
		Clock: heatsim.NewVirtualClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)), Seed: 1, Missing: missing,
	})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	s := &Site{Sim: sim, Image: "ubuntu", Other: "ubuntu-2", External: "public", Keypair: "ops"}
	s.login(t, gophercloud.AuthOptions{
		IdentityEndpoint: heatsim.AuthURL(server.URL), Username: "demo", Password: "openstack",
		TenantName: "demo", DomainName: "Default",
	})
	s.Settle = func(t *testing.T, name string) driver.Stack {
		sim.Settle()
		return s.Row(t, name)
	}
	return s
}

// Real is the cloud "dev" of the file in HEATSYNC_TEST_CLOUDS_YAML. Without the
// variable the test is skipped, and fails where HEATSYNC_TEST_REQUIRE_OPENSTACK is 1.
func Real(t *testing.T) *Site { t.Helper(); return RealOf(t, "dev") }

// RealOf is another cloud of that file, as "dev2", the other project of the same
// OpenStack.
func RealOf(t *testing.T, cloud string) *Site {
	t.Helper()
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	if file == "" {
		if os.Getenv("HEATSYNC_TEST_REQUIRE_OPENSTACK") == "1" {
			t.Fatal("HEATSYNC_TEST_CLOUDS_YAML is not set, and HEATSYNC_TEST_REQUIRE_OPENSTACK=1 asks for it")
		}
		t.Skip("HEATSYNC_TEST_CLOUDS_YAML names no clouds.yaml: no real Heat to try")
	}
	auth, _, _, err := clouds.Parse(clouds.WithLocations(filepath.Clean(file)), clouds.WithCloudName(cloud))
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{Image: "ubuntu-latest", Other: "ubuntu-mesos", External: "public", Keypair: "testkey"}
	s.login(t, auth)
	s.Settle = func(t *testing.T, name string) driver.Stack {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); {
			row := s.Row(t, name)
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

func (s *Site) login(t *testing.T, auth gophercloud.AuthOptions) {
	t.Helper()
	provider, err := config.NewProviderClient(t.Context(), auth)
	if err != nil {
		t.Fatal(err)
	}
	service, err := openstack.NewOrchestrationV1(provider, gophercloud.EndpointOpts{Region: "RegionOne"})
	if err != nil {
		t.Fatal(err)
	}
	s.Client = heat.New(service)
	s.Credential = driver.Credential{
		Token: provider.Token(), Expires: time.Now().Add(time.Hour),
		Endpoints: map[string]string{"orchestration": s.Client.Endpoint()},
	}
	for _, kind := range []string{"load-balancer", "network", "block-storage", "compute"} {
		at := gophercloud.EndpointOpts{Type: kind, Region: "RegionOne", Availability: gophercloud.AvailabilityPublic}
		at.ApplyDefaults(kind)
		if url, err := provider.EndpointLocator(at); err == nil {
			s.Credential.Endpoints[kind] = url
		}
	}
}

// Row is the one stack of that name, the zero Stack when there is none.
func (s *Site) Row(t *testing.T, name string) driver.Stack {
	t.Helper()
	rows, err := s.Client.Find(t.Context(), name)
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

// Parts reads all parts of a stack.
func (s *Site) Parts(t *testing.T, stack driver.Stack, want []driver.Part) driver.Parts {
	t.Helper()
	ref := heat.Ref{Name: stack.Name, ID: stack.ID}
	shown, err := s.Client.Show(t.Context(), ref, slices.Contains(want, driver.PartOutputs))
	template, err2 := s.Client.Template(t.Context(), ref)
	resources, err3 := s.Client.Resources(t.Context(), ref, 0, heat.ResourceFilter{})
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

// Digest is the one that a stack's tags carry, "" for none.
func Digest(s driver.Stack) string {
	for _, t := range s.Tags {
		if d, ok := strings.CutPrefix(t, "heatsync.spec="); ok {
			return d
		}
	}
	return ""
}

// Clear deletes every stack of a name, when a test has ended.
func (s *Site) Clear(t *testing.T, name string) {
	ctx := context.Background() // the test's own has ended
	rows, err := s.Client.Find(ctx, name)
	for _, r := range rows {
		if r.Deleted.IsZero() && r.Status.String() != "DELETE_COMPLETE" {
			err = s.Client.Delete(ctx, heat.Ref{Name: r.Name, ID: r.ID})
		}
	}
	if err != nil {
		t.Log(err)
	}
}
