package contract

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const waiting = `
heat_template_version: 2018-08-31
parameters:
  count: {type: number, default: 2}
resources:
  h: {type: OS::Heat::WaitConditionHandle}
  w: {type: OS::Heat::WaitCondition, properties: {handle: {get_resource: h}, count: {get_param: count}, timeout: 300}}
outputs:
  endpoint: {value: {get_attr: [h, endpoint]}}
  token: {value: {get_attr: [h, token]}}
  curl: {value: {get_attr: [h, curl_cli]}}
  data: {value: {get_attr: [w, data]}}
`

// opened creates the stack and waits for its handle.
func (c *cloud) opened(t *testing.T) (s stack, endpoint, token string) {
	t.Helper()
	s = c.create(t, waiting, nil)
	for range 100 {
		if r := c.do(t, http.MethodGet, s.path()+"/resources/w", nil); r.at("resource.resource_status") == "CREATE_IN_PROGRESS" {
			break
		}
		c.pause(200 * time.Millisecond)
	}
	endpoint, _ = c.output(t, s, "endpoint").(string)
	token, _ = c.output(t, s, "token").(string)
	if endpoint == "" || token == "" {
		t.Fatalf("endpoint %q, token %q", endpoint, token)
	}
	return s, endpoint, token
}

func (c *cloud) signal(t *testing.T, endpoint, token string, body map[string]any) {
	t.Helper()
	r := c.do(t, http.MethodPost, endpoint, body, "X-Auth-Token", token)
	if r.status != http.StatusOK || strings.TrimSpace(r.text) != "null" {
		t.Fatalf("signal: %d %s", r.status, r.text)
	}
}

func waitSignals(t *testing.T, c *cloud) {
	s, endpoint, token := c.opened(t)
	if curl, _ := c.output(t, s, "curl").(string); !strings.HasPrefix(curl, "curl -i -X POST -H 'X-Auth-Token: ") || !strings.HasSuffix(curl, endpoint) {
		t.Errorf("curl_cli %q", curl)
	}
	c.signal(t, endpoint, token, map[string]any{"status": "SUCCESS", "id": "one", "data": "d1"})
	c.pause(time.Second)
	c.signal(t, endpoint, token, map[string]any{"id": "one", "data": "d2"})
	c.pause(time.Second)
	if got := c.show(t, s).at("stack.stack_status"); got != "CREATE_IN_PROGRESS" {
		t.Fatalf("%v after the same signal twice", got)
	}
	c.signal(t, endpoint, token, map[string]any{"id": "two", "data": "d3"})
	c.settled(t, s, "CREATE_COMPLETE")
	if got, want := fmt.Sprint(c.output(t, s, "data")), `{"one": "d2", "two": "d3"}`; got != want {
		t.Errorf("data %s, want %s", got, want)
	}
	if r := c.do(t, http.MethodGet, "/stacks?limit=1", nil, "X-Auth-Token", token); r.status != http.StatusForbidden && r.status != http.StatusUnauthorized {
		t.Errorf("a handle's token lists stacks: %d", r.status)
	}
}

func waitFailure(t *testing.T, c *cloud) {
	s, endpoint, token := c.opened(t)
	c.signal(t, endpoint, token, map[string]any{"status": "FAILURE", "reason": "no disk"})
	r := c.settled(t, s, "CREATE_FAILED")
	want := "Resource CREATE failed: WaitConditionFailure: resources.w: no disk"
	if got := r.text1("stack.stack_status_reason"); got != want {
		t.Errorf("reason %q, want %q", got, want)
	}
}

func softwareConfigs(t *testing.T, c *cloud) {
	template := `
heat_template_version: 2018-08-31
parameters:
  secret: {type: string, hidden: true}
resources:
  conf: {type: OS::Heat::SoftwareConfig, properties: {group: ungrouped, config: {str_replace: {template: "key=$k", params: {$k: {get_param: secret}}}}}}
  kid: {type: kid.yaml, properties: {v: {get_resource: conf}}}
outputs:
  id: {value: {get_resource: conf}}
  text: {value: {get_attr: [conf, config]}}
`
	s := c.made(t, template, map[string]any{"files": map[string]any{"kid.yaml": kid}, "parameters": map[string]any{"secret": "s3cret"}})
	id, _ := c.output(t, s, "id").(string)
	if got := c.output(t, s, "text"); got != "key=s3cret" {
		t.Errorf("config %v", got)
	}
	r := c.do(t, http.MethodGet, "/software_configs/"+id, nil)
	if r.status != 200 || r.at("software_config.config") != "key=s3cret" || r.at("software_config.group") != "ungrouped" {
		t.Errorf("%d %s", r.status, r.text)
	}
	child := c.physical(t, s, "kid")
	name := c.do(t, http.MethodGet, "/stacks/"+child, nil).header.Get("Location")
	if body := c.do(t, http.MethodGet, name, nil); body.at("stack.parameters.v") != id || strings.Contains(body.text, "s3cret") {
		t.Errorf("child: %s", body.text)
	}
}
