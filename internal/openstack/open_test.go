package openstack_test

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// written puts text into a clouds.yaml of its own.
func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// auths gives the auth bodies that Keystone was asked with.
func open(t *testing.T, k *fakeCloud, o openstack.CloudOptions, env map[string]string) (*openstack.Cloud, error) {
	t.Helper()
	if env == nil {
		env = map[string]string{}
	}
	o.Env = func(key string) string { return env[key] }
	o.Transport = k
	return openstack.Open(t.Context(), o)
}

const passwordYAML = `clouds:
  one:
    region_name: RegionOne
    identity_api_version: 3
    auth: {auth_url: "http://ks.test:5000", username: demo, password: 12345, project_name: prod}
  two:
    auth: {auth_url: "http://ks.test:5000/v3/", user_id: u, password: pw-canary, project_id: p}
`

// TestAuthentication pins what Keystone is asked with.
func TestAuthentication(t *testing.T) {
	for _, tc := range []struct {
		name string
		yaml string
		o    openstack.CloudOptions
		env  map[string]string
		want string // the auth body
	}{
		{
			"password by names", passwordYAML,
			openstack.CloudOptions{Name: "one"},
			nil,
			`{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"id":"default"},"name":"demo","password":"12345"}}},"scope":{"project":{"domain":{"id":"default"},"name":"prod"}}}}`,
		},
		{
			"password by ids, cloud of OS_CLOUD", passwordYAML,
			openstack.CloudOptions{},
			map[string]string{"OS_CLOUD": "two"},
			`{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","password":"pw-canary"}}},"scope":{"project":{"id":"p"}}}}`,
		},
		{
			"application credential", `clouds: {a: {auth_type: v3applicationcredential, auth: {auth_url: http://ks.test:5000/v3, application_credential_id: i, application_credential_secret: s, project_name: ignored}}}`,
			openstack.CloudOptions{},
			nil,
			`{"auth":{"identity":{"application_credential":{"id":"i","secret":"s"},"methods":["application_credential"]}}}`,
		},
		{
			"application credential by name", `clouds: {a: {auth: {auth_url: http://ks.test:5000/v3, application_credential_name: n, application_credential_secret: s, username: demo, user_domain_name: D}}}`,
			openstack.CloudOptions{},
			nil,
			`{"auth":{"identity":{"application_credential":{"name":"n","secret":"s","user":{"domain":{"name":"D"},"name":"demo"}},"methods":["application_credential"]}}}`,
		},
		{
			"trust", `clouds: {a: {auth: {auth_url: http://ks.test:5000/v3, user_id: u, password: s, trust_id: t, project_id: p}}}`,
			openstack.CloudOptions{},
			nil,
			`{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","password":"s"}}},"scope":{"OS-TRUST:trust":{"id":"t"}}}}`,
		},
		{
			"token with a project", `clouds: {a: {auth_type: token, auth: {auth_url: http://ks.test:5000/v3, token: tok, project_id: p}}}`,
			openstack.CloudOptions{},
			nil,
			`{"auth":{"identity":{"methods":["token"],"token":{"id":"tok"}},"scope":{"project":{"id":"p"}}}}`,
		},
		{"token as it is", `clouds: {a: {auth_type: v3token, auth: {auth_url: http://ks.test:5000/v3, token: tok}}}`, openstack.CloudOptions{}, nil, `GET tok`},
		{"environment", "", openstack.CloudOptions{}, map[string]string{
			"OS_AUTH_URL": "http://ks.test:5000/v3", "OS_USERNAME": "demo", "OS_PASSWORD": "s", "OS_TENANT_NAME": "prod", "OS_USER_DOMAIN_NAME": "U", "OS_PROJECT_DOMAIN_ID": "P",
		}, `{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"U"},"name":"demo","password":"s"}}},"scope":{"project":{"domain":{"id":"P"},"name":"prod"}}}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := newFakeCloud()
			if tc.yaml != "" {
				env := map[string]string{"OS_CLIENT_CONFIG_FILE": written(t, tc.yaml)}
				maps.Copy(env, tc.env)
				tc.env = env
			}
			c, err := open(t, k, tc.o, tc.env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tc.want}, k.asked()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			want := "http://heat.test:8004/v1/" + project
			if c.ProjectID() != project || c.Heat().Endpoint() != want || c.User() != "demo" || c.IdentityKey() != "http://ks.test:5000/v3/ "+project+" "+c.Region() {
				t.Errorf("project %q, heat %q, user %q, key %q", c.ProjectID(), c.Heat().Endpoint(), c.User(), c.IdentityKey())
			}
		})
	}
}

// TestConfigFiles: which file, which cloud, which region.
func TestConfigFiles(t *testing.T) {
	const auth = `auth: {auth_url: "http://ks.test:5000/v3", username: demo, password: %, project_name: prod}`
	for _, tc := range []struct {
		name   string
		clouds string
		secure string
		o      openstack.CloudOptions
		region string // wanted
		wrong  string // a piece of the wanted error
	}{
		{
			"secure.yaml is laid over", "clouds: {a: {region_name: RegionOne, auth: {auth_url: 'http://ks.test:5000/v3', username: demo, project_name: prod}}}",
			"clouds: {a: {auth: {password: s}}}",
			openstack.CloudOptions{},
			"RegionOne", "",
		},
		{"unknown cloud", "clouds: {a: {" + auth + "}, b: {" + auth + "}}", "", openstack.CloudOptions{Name: "c"}, "", `no cloud "c", it has a, b`},
		{"no cloud chosen", "clouds: {a: {" + auth + "}, b: {" + auth + "}}", "", openstack.CloudOptions{}, "", "name one of a, b"},
		{"no clouds", "other: 1", "", openstack.CloudOptions{Name: "a"}, "", "it has none"},
		{"one of the regions", "clouds: {a: {regions: [RegionOne, {name: Other}], " + auth + "}}", "", openstack.CloudOptions{Region: "RegionOne"}, "RegionOne", ""},
		{"only region", "clouds: {a: {regions: [RegionOne], " + auth + "}}", "", openstack.CloudOptions{}, "RegionOne", ""},
		{"which region", "clouds: {a: {regions: [RegionOne, Other], " + auth + "}}", "", openstack.CloudOptions{}, "", "regions are RegionOne, Other"},
		{"unknown region", "clouds: {a: {regions: [RegionOne, Other], " + auth + "}}", "", openstack.CloudOptions{Region: "X"}, "", `no region "X"`},
		{"insecure refused", "clouds: {a: {verify: false, " + auth + "}}", "", openstack.CloudOptions{}, "", "verify is off"},
		{"insecure allowed", "clouds: {a: {verify: false, " + auth + "}}", "", openstack.CloudOptions{AllowInsecure: true}, "", ""},
		{"no such CA", "clouds: {a: {cacert: /no/such/ca.pem, " + auth + "}}", "", openstack.CloudOptions{}, "", "cacert"},
		{"cert without key", "clouds: {a: {cert: x, " + auth + "}}", "", openstack.CloudOptions{}, "", "one is missing"},
		{"interface", "clouds: {a: {interface: sideways, " + auth + "}}", "", openstack.CloudOptions{}, "", `interface "sideways"`},
		{"password that looks like an alias", "clouds:\n  a:\n    auth:\n      password: *pw-canary\n", "", openstack.CloudOptions{}, "", "quote values"},
		{"keystone v2", "clouds: {a: {auth: {auth_url: 'http://ks.test:5000/v2.0', username: demo, password: s}}}", "", openstack.CloudOptions{}, "", "end it in /v3"},
		{"password in the address", "clouds: {a: {auth: {auth_url: 'http://demo:pw-canary@ks.test:5000/v3', username: demo, password: s}}}", "", openstack.CloudOptions{}, "", "no user, password or query"},
		{"no auth_url", "clouds: {a: {auth: {username: demo}}}", "", openstack.CloudOptions{}, "", "auth_url is missing"},
		{"vendor profile", "clouds: {a: {profile: vexxhost, auth: {username: demo}}}", "", openstack.CloudOptions{}, "", "profiles are not read"},
		{"no password", "clouds: {a: {auth: {auth_url: 'http://ks.test:5000/v3', username: demo}}}", "", openstack.CloudOptions{}, "", "password is missing"},
		{"no user", "clouds: {a: {auth: {auth_url: 'http://ks.test:5000/v3', password: s}}}", "", openstack.CloudOptions{}, "", "username is missing"},
		{"no secret", "clouds: {a: {auth_type: v3applicationcredential, auth: {auth_url: 'http://ks.test:5000/v3'}}}", "", openstack.CloudOptions{}, "", "application_credential_secret is missing"},
		{"unknown method", "clouds: {a: {auth_type: v3kerberos, " + auth + "}}", "", openstack.CloudOptions{}, "", "v3kerberos"},
		{"system scope", "clouds: {a: {auth: {auth_url: 'http://ks.test:5000/v3', system_scope: all, username: demo, password: s}}}", "", openstack.CloudOptions{}, "", "name a project"},
		{"heat by hand", "clouds: {a: {orchestration_endpoint_override: 'http://heat.test:8004/v1', " + auth + "}}", "", openstack.CloudOptions{Region: "Mars"}, "Mars", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := written(t, strings.ReplaceAll(tc.clouds, "%", "pw-canary"))
			if tc.secure != "" {
				if err := os.WriteFile(filepath.Join(filepath.Dir(file), "secure.yaml"), []byte(tc.secure), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			tc.o.File = file
			c, err := open(t, newFakeCloud(), tc.o, nil)
			if tc.wrong == "" {
				if err != nil {
					t.Fatal(err)
				}
				if c.Region() != tc.region {
					t.Errorf("region %q, want %q", c.Region(), tc.region)
				}
				return
			}
			if !errors.Is(err, &openstack.Error{Problem: openstack.BadConfig}) || !strings.Contains(err.Error(), tc.wrong) {
				t.Errorf("error %v, want %q", err, tc.wrong)
			}
			if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\n")) {
				t.Errorf("error text %q", err)
			}
			if f := heat.Classify(err); f.Code != heat.Config || f.Who != heat.Operator || f.Transient {
				t.Errorf("fault %+v", f)
			}
		})
	}
	if _, err := open(t, newFakeCloud(), openstack.CloudOptions{}, map[string]string{"HOME": t.TempDir()}); !errors.Is(err, &openstack.Error{Problem: openstack.BadConfig}) {
		t.Errorf("nothing configured: %v", err)
	}
}

// TestProblems: each way Keystone can fail has its own sentence.
func TestProblems(t *testing.T) {
	refuse := func(status int, body string) func(*fakeCloud) {
		return func(k *fakeCloud) {
			k.keystone = func(w http.ResponseWriter, _ *http.Request, _ string) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}
		}
	}
	const unauthorized = `{"error":{"code":401,"title":"Unauthorized","message":"The request you have made requires authentication. pw-canary"}}`
	for _, tc := range []struct {
		name string
		set  func(*fakeCloud)
		yaml string
		want openstack.Problem
		code heat.Code
		who  heat.Who
		text string
	}{
		{"wrong password", refuse(401, unauthorized), "", openstack.WrongCredentials, heat.Auth, heat.Operator, `user "demo"`},
		{"unknown project", func(k *fakeCloud) {
			k.keystone = func(w http.ResponseWriter, r *http.Request, body string) {
				if strings.Contains(body, "scope") {
					refuse(401, unauthorized)(k)
					k.keystone(w, r, body)
					k.keystone = nil
					return
				}
				k.token(w, r)
			}
		}, "", openstack.UnknownProject, heat.Auth, heat.Operator, `project "prod"`},
		{"forbidden", refuse(403, `{"error":{"message":"no"}}`), "", openstack.UnknownProject, heat.Auth, heat.Operator, "forbids"},
		{"keystone's proxy has no backend", refuse(503, "<html>"), "", openstack.KeystoneDown, heat.Unavailable, heat.Cloud, "503"},
		{"not keystone", refuse(404, "<html>"), "", openstack.NoKeystone, heat.Config, heat.Operator, "not keystone"},
		{"sign-in page", refuse(201, "<html>"), "", openstack.NoKeystone, heat.Config, heat.Operator, "not keystone"},
		{"an answer without a token", refuse(201, `{"token":{}}`), "", openstack.NoKeystone, heat.Config, heat.Operator, "not keystone"},
		{"redirect", refuse(301, ""), "", openstack.NoKeystone, heat.Config, heat.Operator, "not keystone"},
		{"token of no project", func(k *fakeCloud) { k.project = "" }, "", openstack.NoProject, heat.Config, heat.Operator, "no project"},
		{"https on a port of http", func(k *fakeCloud) { k.broken = http.ErrSchemeMismatch }, "", openstack.NotHTTPS, heat.Config, heat.Operator, "speaks http, not https"},
		{"unknown host", func(k *fakeCloud) {
			k.broken = &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "ks.test", IsNotFound: true}}
		}, "", openstack.UnknownHost, heat.Unavailable, heat.Operator, "cannot be found"},
		{"cut", func(k *fakeCloud) { k.broken = io.ErrUnexpectedEOF }, "", openstack.KeystoneDown, heat.Unavailable, heat.Cloud, "does not answer"},
		{"ended token", refuse(401, unauthorized), "clouds: {a: {auth: {auth_url: 'http://ks.test:5000/v3', token: pw-canary}}}", openstack.TokenEnded, heat.Auth, heat.Operator, "token of clouds.yaml"},
		{"no heat", func(k *fakeCloud) { k.services = []string{"compute"} }, "", openstack.NoEndpoint, heat.Config, heat.Operator, "no orchestration service"},
		{"not in this region", func(k *fakeCloud) { k.region = "Mars" }, "", openstack.NoEndpoint, heat.Config, heat.Operator, `in region "RegionOne", only in Mars`},
		{"not this interface", nil, "clouds: {a: {interface: admin, auth: {auth_url: 'http://ks.test:5000/v3', username: demo, password: x}}}", openstack.NoEndpoint, heat.Config, heat.Operator, "only internal, public"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := newFakeCloud()
			if tc.set != nil {
				tc.set(k)
			}
			text := tc.yaml
			if text == "" {
				text = "clouds: {a: {region_name: RegionOne, auth: {auth_url: 'http://ks.test:5000/v3', username: demo, password: pw-canary, project_name: prod}}}"
			}
			_, err := open(t, k, openstack.CloudOptions{File: written(t, text)}, nil)
			if !errors.Is(err, &openstack.Error{Problem: tc.want}) || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "canary") {
				t.Fatalf("error %v", err)
			}
			f := heat.Classify(err)
			if f.Code != tc.code || f.Who != tc.who || f.Remedy == "" || f.Ambiguous() || f.Transient != (tc.want == openstack.KeystoneDown || tc.want == openstack.UnknownHost) {
				t.Errorf("fault %+v", f)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	k := newFakeCloud()
	k.services = append(k.services, "container-infrastructure-management")
	c, err := open(t, k, openstack.CloudOptions{File: written(t, passwordYAML), Name: "one", Interface: "internalURL"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Endpoints()
	if diff := cmp.Diff(map[string]string{"orchestration": "http://internal.heat.test:8004/v1/" + project}, got); err != nil || diff != "" {
		t.Errorf("error %v, endpoints (-want +got):\n%s", err, diff)
	}
	got, err = c.Endpoints("container-infra")
	if diff := cmp.Diff(map[string]string{"container-infra": "http://internal.container-infrastructure-management.test"}, got); err != nil || diff != "" {
		t.Errorf("error %v, endpoints (-want +got):\n%s", err, diff)
	}
	if _, err = c.Endpoints("dns"); !errors.Is(err, &openstack.Error{Problem: openstack.NoEndpoint}) {
		t.Errorf("error %v", err)
	}
}
