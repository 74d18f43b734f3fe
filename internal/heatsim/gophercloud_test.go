package heatsim_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/orchestration/v1/stacks"
	"github.com/gophercloud/gophercloud/v2/openstack/orchestration/v1/stacktemplates"
	"github.com/heatsync/heatsync/internal/heatsim"
)

func TestGophercloud(t *testing.T) {
	clock := heatsim.NewVirtualClock(time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC))
	sim := heatsim.New(heatsim.Options{Clock: clock})
	ctx := context.Background()
	provider, err := openstack.NewClient(heatsim.AuthURL("http://sim"))
	if err != nil {
		t.Fatal(err)
	}
	provider.HTTPClient = http.Client{Transport: sim.RoundTripper()}
	err = openstack.Authenticate(ctx, provider, gophercloud.AuthOptions{
		IdentityEndpoint: heatsim.AuthURL("http://sim"), Username: "demo", Password: "openstack", DomainID: "default",
		TenantName: "demo", AllowReauth: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	heat, err := openstack.NewOrchestrationV1(provider, gophercloud.EndpointOpts{Region: "RegionOne"})
	if err != nil {
		t.Fatal(err)
	}
	template := &stacks.Template{TE: stacks.TE{Bin: []byte("heat_template_version: 2018-08-31\nresources: {r: {type: OS::Heat::RandomString}}\n")}}
	made, err := stacks.Create(ctx, heat, stacks.CreateOpts{Name: "x", TemplateOpts: template, Tags: []string{"a"}}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	sim.RevokeTokens() // the client logs in again by itself
	shown, err := stacks.Get(ctx, heat, "x", made.ID).Extract()
	if err != nil || shown.Status != "CREATE_COMPLETE" || !shown.UpdatedTime.IsZero() {
		t.Fatalf("%+v, %v", shown, err)
	}
	pages, err := stacks.List(heat, stacks.ListOpts{}).AllPages(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := stacks.ExtractStacks(pages); err != nil || len(list) != 1 || list[0].Tags[0] != "a" {
		t.Errorf("%+v, %v", list, err)
	}
	if found, err := stacks.Find(ctx, heat, "x").Extract(); err != nil || found.ID != made.ID {
		t.Errorf("find: %+v, %v", found, err)
	}
	if _, err := stacktemplates.Get(ctx, heat, "x", made.ID).Extract(); err != nil {
		t.Error(err)
	}
	if err := stacks.Delete(ctx, heat, "x", made.ID).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	sim.Settle()
	clock.Advance(time.Hour)
	if n := sim.Purge(time.Minute); n != 1 {
		t.Errorf("purged %d, want 1", n)
	}
	if _, err := stacks.Get(ctx, heat, "x", made.ID).Extract(); !gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		t.Errorf("after the purge: %v", err)
	}
}
