package contract

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const network = `
heat_template_version: 2018-08-31
parameters:
  flavor: {type: string, default: m1.tiny, constraints: [{custom_constraint: nova.flavor}]}
  image: {type: string, default: ubuntu-latest}
  text: {type: string, default: "#!/bin/sh\n"}
  policy: {type: string, default: IGNORE}
  cidr: {type: string, default: 10.7.0.0/24}
  portname: {type: string, default: p}
resources:
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: {get_param: cidr}}}
  router: {type: OS::Neutron::Router, properties: {external_gateway_info: {network: public}}}
  iface: {type: OS::Neutron::RouterInterface, properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}}
  sg: {type: OS::Neutron::SecurityGroup, properties: {rules: [{protocol: tcp, port_range_min: 22, port_range_max: 22}]}}
  port:
    type: OS::Neutron::Port
    properties:
      name: {get_param: portname}
      network: {get_resource: net}
      fixed_ips: [{subnet: {get_resource: subnet}}]
      security_groups: [{get_resource: sg}]
  fip:
    type: OS::Neutron::FloatingIP
    depends_on: iface
    properties: {floating_network: public, port_id: {get_resource: port}}
  server:
    type: OS::Nova::Server
    properties:
      name: a-server
      image: {get_param: image}
      flavor: {get_param: flavor}
      key_name: testkey
      user_data: {get_param: text}
      user_data_format: RAW
      user_data_update_policy: {get_param: policy}
      networks: [{port: {get_resource: port}}]
outputs:
  ip: {value: {get_attr: [server, first_address]}}
  name: {value: {get_attr: [server, name]}}
  port_ip: {value: {get_attr: [port, fixed_ips, 0, ip_address]}}
  fip: {value: {get_attr: [fip, floating_ip_address]}}
  gateway: {value: {get_attr: [subnet, gateway_ip]}}
  status: {value: {get_attr: [server, show, status]}}
`

func (c *cloud) needCompute(t *testing.T) {
	t.Helper()
	if !c.compute {
		t.Skip("the cloud has no compute service")
	}
}

func computeStack(t *testing.T, c *cloud) {
	c.needCompute(t)
	bad := c.do(t, http.MethodPost, "/stacks", map[string]any{
		"stack_name": name(t), "template": network, "parameters": map[string]any{"flavor": "no-such-flavor"},
	})
	if bad.refusal() != "400 StackValidationFailed" || !strings.Contains(bad.text, "no-such-flavor") {
		t.Errorf("unknown flavor: %d %s", bad.status, bad.text)
	}
	s := c.made(t, network, nil)
	for key, want := range map[string]string{
		"ip": `10\.7\.0\.\d+`, "port_ip": `10\.7\.0\.\d+`, "fip": `\d+\.\d+\.\d+\.\d+`, "gateway": `10\.7\.0\.1`,
		"name": "a-server", "status": "ACTIVE",
	} {
		got, _ := c.output(t, s, key).(string)
		if !regexp.MustCompile(`^` + want + `$`).MatchString(got) {
			t.Errorf("%s: %q, want %s", key, got, want)
		}
	}
	if c.output(t, s, "ip") != c.output(t, s, "port_ip") {
		t.Error("the server has another address than its port")
	}
	got := c.previewed(t, http.MethodPatch, s, "", map[string]any{})
	// Whatever refers to another resource looks changed to a preview.
	want := map[string]string{
		"unchanged": "net router sg", "updated": "fip server", "replaced": "iface port subnet", "added": "", "deleted": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("preview of nothing: %s", diff)
	}
	c.act(t, s, "check")
	c.reached(t, s, "CHECK_COMPLETE")
	c.changed(t, http.MethodPatch, s, map[string]any{})
}

func computeReplacement(t *testing.T, c *cloud) {
	c.needCompute(t)
	s := c.made(t, network, nil)
	params := map[string]any{}
	for _, k := range []struct {
		name, param, value, replaced string
	}{
		{"user data ignored", "text", "#!/bin/sh\ntrue\n", ""},
		{"the policy alone", "policy", "REPLACE", ""},
		{"user data then replaces", "text", "#!/bin/sh\nfalse\n", "server"},
		{"a flavor resizes", "flavor", "m1.small", ""},
		{"an image rebuilds", "image", "fedora-coreos-latest", ""},
		{"a port's name", "portname", "q", ""},
	} {
		ids := func() map[string]string {
			m := map[string]string{}
			for _, e := range c.do(t, http.MethodGet, s.path()+"/resources", nil).list("resources") {
				row := e.(map[string]any)
				m[row["resource_name"].(string)] = row["physical_resource_id"].(string)
			}
			return m
		}
		before := ids()
		params[k.param] = k.value
		c.changed(t, http.MethodPatch, s, map[string]any{"parameters": params})
		var got []string
		for n, id := range ids() {
			if before[n] != id {
				got = append(got, n)
			}
		}
		sortStrings(got)
		if strings.Join(got, " ") != k.replaced {
			t.Errorf("%s: replaced %v, want %q", k.name, got, k.replaced)
		}
	}
}
