package openstack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack"
)

// credentials is a Keystone that keeps application credentials.
type credentials struct {
	*fakeCloud
	refuse    int
	made      map[string]string // id to description
	elsewhere map[string]bool   // ids of another project's
	asked     map[string]any    // of the last create
}

func newCredentials() *credentials {
	c := &credentials{fakeCloud: newFakeCloud(), made: map[string]string{}}
	c.keystone = func(w http.ResponseWriter, r *http.Request, body string) {
		w.Header().Set("Content-Type", "application/json")
		at, isCredential := strings.CutPrefix(r.URL.Path, "/v3/users/u/application_credentials")
		switch {
		case !isCredential:
			c.token(w, r)
		case c.refuse != 0:
			http.Error(w, `{"error": {"message": "secret-canary"}}`, c.refuse)
		case r.Method == http.MethodPost:
			var in struct {
				ApplicationCredential map[string]any `json:"application_credential"`
			}
			_ = json.Unmarshal([]byte(body), &in)
			c.asked = in.ApplicationCredential
			id := fmt.Sprintf("ac%d", len(c.made))
			c.made[id] = fmt.Sprint(c.asked["description"])
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"application_credential": {"id": %q, "secret": "secret-canary"}}`, id)
		case r.Method == http.MethodDelete:
			if _, ok := c.made[strings.Trim(at, "/")]; !ok {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			delete(c.made, strings.Trim(at, "/"))
			w.WriteHeader(http.StatusNoContent)
		default:
			var all []map[string]string
			for id, description := range c.made {
				p := project
				if c.elsewhere[id] {
					p = "another"
				}
				all = append(all, map[string]string{"id": id, "description": description, "project_id": p})
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"application_credentials": all})
		}
	}
	return c
}

func (c *credentials) open(t *testing.T) *openstack.Cloud {
	t.Helper()
	cloud, err := open(t, c.fakeCloud, openstack.CloudOptions{Name: "one", File: written(t, passwordYAML)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

func TestACredentialForACluster(t *testing.T) {
	c := newCredentials()
	cloud := c.open(t)
	text, id, err := cloud.MakeCredential(t.Context(), "prod", "web")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"auth_url": "http://ks.test:5000/v3", "region": "RegionOne", "id": id, "secret": "secret-canary", "project_id": project, "ca": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	name, _ := c.asked["name"].(string)
	delete(c.asked, "name")
	if !strings.HasPrefix(name, "heatsync-prod-web-") || len(name) != len("heatsync-prod-web-")+8 {
		t.Errorf("name %q", name)
	}
	asked := map[string]any{
		"description": "heatsync prod/web RegionOne", "unrestricted": false,
		"roles": []any{map[string]any{"name": "member"}, map[string]any{"name": "load-balancer_member"}},
	}
	if diff := cmp.Diff(asked, c.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestCredentialsGoWithTheirCluster(t *testing.T) {
	c := newCredentials()
	cloud := c.open(t)
	c.elsewhere = map[string]bool{"ac3": true}
	for _, cluster := range []string{"web", "web", "db", "web"} { // one was made and not kept, one is another project's
		if _, _, err := cloud.MakeCredential(t.Context(), "prod", cluster); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := cloud.DropCredentials(t.Context(), "prod", "web"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]string{"ac2": "heatsync prod/db RegionOne", "ac3": "heatsync prod/web RegionOne"}, c.made); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if err := cloud.DropCredential(t.Context(), "prod", "web", "ac0"); err != nil {
		t.Errorf("one that is gone: %v", err)
	}
}

func TestRefusedCredentialsAreExplained(t *testing.T) {
	for _, tc := range []struct {
		name string
		yaml string
		code int
		want string
	}{
		{
			"restricted", "clouds: {one: {auth: {auth_url: 'http://ks.test:5000', application_credential_id: a, application_credential_secret: pw-canary}}}", 403,
			"keystone does not make the application credential of prod/web: the agent itself uses an application credential, and it is restricted",
		},
		{"forbidden", passwordYAML, 403, "keystone does not make the application credential of prod/web: it answered 403 Forbidden"},
		{"down", passwordYAML, 503, "keystone does not make the application credential of prod/web: it answered 503 Service Unavailable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCredentials()
			cloud, err := open(t, c.fakeCloud, openstack.CloudOptions{Name: "one", File: written(t, tc.yaml)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			c.refuse = tc.code
			if _, _, err = cloud.MakeCredential(t.Context(), "prod", "web"); err == nil || err.Error() != tc.want {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

func TestKeyManager(t *testing.T) {
	c := newFakeCloud()
	c.services = append(c.services, "key-manager")
	c.heat = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path+" "+r.Header.Get("X-Auth-Token"))
	}
	cloud, err := open(t, c, openstack.CloudOptions{Name: "one", File: written(t, passwordYAML)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := cloud.KeyManager()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(client.Endpoint, "/v1/") || client.TokenID == "" {
		t.Errorf("%s, token %q", client.Endpoint, client.TokenID)
	}
	none := newFakeCloud()
	cloud, err = open(t, none, openstack.CloudOptions{Name: "one", File: written(t, passwordYAML)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.KeyManager(); err == nil || err.Error() != "the catalogue has no key-manager service" {
		t.Errorf("%v", err)
	}
}
