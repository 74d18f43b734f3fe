// Package census counts what there is in a project of a real OpenStack, so that tests
// can say that nothing of theirs was left behind. It only reads, and refuses to guess
// whose a thing is: it compares ids.
package census

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
)

// Services are the APIs of a cloud, asked as the user that opened it.
type Services struct {
	cloud *openstack.Cloud
	base  map[string]string // by type
}

// lists are what a census reads: every kind of thing that a cluster may leave
// behind.
var lists = []struct{ kind, service, path, key string }{
	{"stacks", "orchestration", "/stacks", "stacks"},
	{"servers", "compute", "/servers", "servers"},
	{"server groups", "compute", "/os-server-groups", "server_groups"},
	{"ports", "network", "/v2.0/ports", "ports"},
	{"networks", "network", "/v2.0/networks", "networks"},
	{"subnets", "network", "/v2.0/subnets", "subnets"},
	{"routers", "network", "/v2.0/routers", "routers"},
	{"security groups", "network", "/v2.0/security-groups", "security_groups"},
	{"floating IPs", "network", "/v2.0/floatingips", "floatingips"},
	{"volumes", "volumev3", "/volumes", "volumes"},
	{"load balancers", "load-balancer", "/v2/lbaas/loadbalancers", "loadbalancers"},
	{"secrets", "key-manager", "/v1/secrets?limit=1000", "secrets"},
	{"application credentials", "identity", "/v3/users/USER/application_credentials", "application_credentials"},
}

// unversioned are the services whose endpoints may or may not end with a version.
var unversioned = []string{"network", "key-manager", "load-balancer", "identity"}

// Of finds the services that a census reads, as far as the cloud has them.
func Of(cloud *openstack.Cloud) *Services {
	s := &Services{cloud: cloud, base: map[string]string{}}
	for _, l := range lists {
		at, err := s.cloud.Endpoints(l.service)
		if err != nil {
			continue
		}
		s.base[l.service] = strings.TrimRight(at[l.service], "/")
		if slices.Contains(unversioned, l.service) {
			s.base[l.service] = version.ReplaceAllString(s.base[l.service], "")
		}
	}
	return s
}

// Has tells whether the cloud has a service, by its type.
func (s *Services) Has(service string) bool { return s.base[service] != "" }

// List is the address of a kind's list.
func (s *Services) List(kind string) string {
	for _, l := range lists {
		if l.kind == kind {
			return s.base[l.service] + l.path
		}
	}
	panic("a census has no " + kind)
}

var version = regexp.MustCompile(`/v[0-9.]+$`)

// Token is good for a minute at least; user is the id of whose it is.
func (s *Services) Token(t *testing.T) (token, user string) {
	t.Helper()
	got, err := s.cloud.StepToken(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Token struct{ User struct{ ID string } }
	}
	text := Fetch(t, s.base["identity"]+"/v3/auth/tokens", got.Value, "X-Subject-Token", got.Value)
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatal(err)
	}
	return got.Value, body.Token.User.ID
}

// Census is the ids of what there is, by kind.
type Census map[string][]string

// Take counts everything. The cloud must have every service that is counted.
func (s *Services) Take(t *testing.T) Census {
	t.Helper()
	token, user := s.Token(t)
	out := Census{}
	for _, l := range lists {
		url := strings.Replace(s.List(l.kind), "USER", user, 1)
		body := Fetch(t, url, token)
		var all map[string]json.RawMessage
		var things []map[string]any
		if err := json.Unmarshal(body, &all); err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		if err := json.Unmarshal(all[l.key], &things); err != nil {
			t.Fatalf("%s: %v in %.200s", url, err, body)
		}
		for _, x := range things {
			id, _ := x["id"].(string)
			if id == "" {
				id, _ = x["secret_ref"].(string)
			}
			out[l.kind] = append(out[l.kind], id)
		}
	}
	return out
}

// Fetch reads a page that must be there.
func Fetch(t *testing.T, url, token string, header ...string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %.300s", url, answer.Status, err, body)
	}
	return body
}

// Beyond is what there is now and was not before.
func (c Census) Beyond(before Census) Census {
	out := Census{}
	for kind, ids := range c {
		for _, id := range ids {
			if !slices.Contains(before[kind], id) {
				out[kind] = append(out[kind], id)
			}
		}
	}
	return out
}
