package contract

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"go.yaml.in/yaml/v3"
)

func noRedirects(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: 2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func passwordLogin(user, password, project string) any {
	domain := map[string]any{"id": "default"}
	return map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{
			"user": map[string]any{"name": user, "password": password, "domain": domain},
		}},
		"scope": map[string]any{"project": map[string]any{"name": project, "domain": domain}},
	}}
}

func TestSimulator(t *testing.T) {
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) { k.run(t, simulated(t)) })
	}
}

// simulated is a fresh heatsim on a clock that moves when a case pauses.
func simulated(t *testing.T) *cloud {
	clock := heatsim.NewVirtualClock(time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC))
	sim := heatsim.New(heatsim.Options{
		Clock: clock, Seed: 1, Durations: heatsim.Durations{
			Create: 300 * time.Millisecond, Update: 300 * time.Millisecond, Delete: 200 * time.Millisecond,
			Check: 100 * time.Millisecond, Purge: 100 * time.Millisecond,
		},
		Users: []heatsim.User{
			{Name: "demo", Password: "openstack", Projects: []string{"demo"}},
			{Name: "demo2", Password: "openstack", Projects: []string{"demo2"}},
		},
		Credentials: []heatsim.AppCredential{{ID: "weak", Name: "weak", Secret: "s", User: "demo", Project: "demo"}},
		Missing:     map[string][]string{"nova.flavor": {"no-such-flavor"}},
	})
	open := func(login any) *cloud {
		c := &cloud{
			client: noRedirects(sim.RoundTripper()), auth: heatsim.AuthURL("http://heat.example"),
			login: login, pause: clock.Advance,
		}
		c.authenticate(t)
		c.compute = true
		return c
	}
	c := open(passwordLogin("demo", "openstack", "demo"))
	c.second = open(passwordLogin("demo2", "openstack", "demo2"))
	c.restrct = func(*testing.T) *cloud { return open(credentialLogin("weak", "s")) }
	return c
}

func credentialLogin(id, secret string) any {
	return map[string]any{"auth": map[string]any{"identity": map[string]any{
		"methods": []string{"application_credential"}, "application_credential": map[string]any{"id": id, "secret": secret},
	}}}
}

type cloudsYAML struct {
	Clouds map[string]struct {
		Auth struct {
			URL      string `yaml:"auth_url"`
			User     string `yaml:"username"`
			Password string `yaml:"password"`
			Project  string `yaml:"project_name"`
		} `yaml:"auth"`
	} `yaml:"clouds"`
}

func TestOpenStack(t *testing.T) {
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	if file == "" {
		if os.Getenv("HEATSYNC_TEST_REQUIRE_OPENSTACK") == "1" {
			t.Fatal("HEATSYNC_TEST_CLOUDS_YAML is not set, and HEATSYNC_TEST_REQUIRE_OPENSTACK=1 asks for it")
		}
		t.Skip("HEATSYNC_TEST_CLOUDS_YAML is not set: no real OpenStack to compare with")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all cloudsYAML
	if err := yaml.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	which := os.Getenv("HEATSYNC_TEST_CLOUD")
	if which == "" {
		which = "dev"
	}
	c := openReal(t, all, which)
	if c == nil {
		t.Fatalf("%s has no cloud %q", file, which)
	}
	c.second = openReal(t, all, which+"2")
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) { t.Parallel(); k.run(t, c) })
	}
}

func openReal(t *testing.T, all cloudsYAML, which string) *cloud {
	entry, ok := all.Clouds[which]
	if !ok {
		return nil
	}
	c := &cloud{
		client: noRedirects(http.DefaultTransport), auth: entry.Auth.URL, real: true, pause: time.Sleep,
		login: passwordLogin(entry.Auth.User, entry.Auth.Password, entry.Auth.Project),
	}
	if l := len(c.auth); l < 3 || c.auth[l-3:] != "/v3" {
		c.auth += "/v3"
	}
	c.authenticate(t)
	c.restrct = c.restrictedCredential
	return c
}

// restrictedCredential makes an application credential that may not make trusts.
func (c *cloud) restrictedCredential(t *testing.T) *cloud {
	t.Helper()
	url := c.auth + "/users/" + c.userID + "/application_credentials"
	r := c.do(t, http.MethodPost, url, map[string]any{
		"application_credential": map[string]any{"name": name(t), "secret": "contract", "unrestricted": false},
	})
	if r.status != http.StatusCreated {
		t.Fatalf("application credential: %d %s", r.status, r.text)
	}
	id := r.text1("application_credential.id")
	t.Cleanup(func() { c.removeURL(url + "/" + id) })
	weak := &cloud{client: c.client, auth: c.auth, login: credentialLogin(id, "contract"), real: true, pause: c.pause}
	weak.authenticate(t)
	return weak
}

func (c *cloud) removeURL(url string) {
	req, err := http.NewRequest(http.MethodDelete, url, nil)
	if err != nil {
		return
	}
	req.Header.Set("X-Auth-Token", c.token)
	if resp, err := c.client.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}
