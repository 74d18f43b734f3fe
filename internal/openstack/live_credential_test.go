package openstack_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/applicationcredentials"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// TestRealApplicationCredential: a restricted one reads and cannot create, and
// the fault says why; one that was deleted ends in a sentence of its own.
func TestRealApplicationCredential(t *testing.T) {
	c := realCloud(t, "")
	token, err := c.StepToken(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	keystone := strings.Fields(c.IdentityKey())[0]
	sc := &gophercloud.ServiceClient{ProviderClient: &gophercloud.ProviderClient{TokenID: token.Value}, Endpoint: keystone, Type: "identity"}
	sc.MoreHeaders = map[string]string{"X-Auth-Token": token.Value}
	user, err := tokens.Get(t.Context(), sc, token.Value).ExtractUser()
	if err != nil {
		t.Fatal(err)
	}
	made, err := applicationcredentials.Create(t.Context(), sc, user.ID, applicationcredentials.CreateOpts{Name: fmt.Sprintf("edge-%d", time.Now().UnixNano())}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	remove := func(ctx context.Context) error {
		return applicationcredentials.Delete(ctx, sc, user.ID, made.ID).ExtractErr()
	}
	t.Cleanup(func() { _ = remove(context.Background()) })

	file := written(t, fmt.Sprintf("clouds: {app: {auth_type: v3applicationcredential, auth: {auth_url: %q, application_credential_id: %s, application_credential_secret: %q}}}", keystone, made.ID, made.Secret))
	app, err := openstack.Open(t.Context(), openstack.CloudOptions{File: file})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.ProjectID(), app.ProjectID()); diff != "" {
		t.Error(diff)
	}
	if _, err := app.Reader().InProgress(t.Context(), "none"); err != nil {
		t.Error(err)
	}
	tags, err := heat.NewTags(live.Marks{Fleet: "none"}.Tags()...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = app.Heat().Create(t.Context(), fmt.Sprintf("edge-%d", time.Now().UnixNano()), tags, spec("a"))
	if f := heat.Classify(err); f.Code != heat.Auth || f.Who != heat.Operator || !strings.Contains(f.Remedy, "unrestricted") {
		t.Errorf("fault %+v of %v", f, err)
	}

	if err := remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Heat's own cache lets the old token live some minutes; Keystone does not.
	_, err = openstack.Open(t.Context(), openstack.CloudOptions{File: file})
	if !errors.Is(err, &openstack.Error{Problem: openstack.WrongCredentials}) || strings.Contains(err.Error(), made.Secret) {
		t.Errorf("with a deleted credential: %v", err)
	}
	if f := heat.Classify(err); f.Code != heat.Auth || f.Who != heat.Operator || f.Ambiguous() {
		t.Errorf("fault %+v", f)
	}
}
