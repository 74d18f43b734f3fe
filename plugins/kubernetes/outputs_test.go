package kubernetes_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// TestOutputsOfStacks reads what the stacks of this driver and those of Magnum's
// tell (outputs of magnum/drivers/*/templates/kubecluster.yaml).
func TestOutputsOfStacks(t *testing.T) {
	const public, private = `["203.0.113.21", "203.0.113.22"]`, `["10.0.0.21", "10.0.0.22"]`
	magnum := func(api, minions string) map[string]string {
		return map[string]string{
			"api_address": api, "registry_address": `"localhost:5000"`, "kube_masters": `["203.0.113.9"]`, "kube_masters_private": `["10.0.0.9"]`,
			"kube_minions": minions, "kube_minions_private": private,
		}
	}
	for _, c := range []struct {
		name       string
		outputs    map[string]string
		parameters map[string]string
		api        string
		nodes      int
	}{
		{"ours", map[string]string{"api_address": `"203.0.113.9"`, "api_url": `"https://203.0.113.9:8443"`, "node_addresses": `["10.0.0.21", "10.0.0.22", "10.0.0.23"]`, "kube_minions": private}, nil, "https://203.0.113.9:8443", 3},
		{"ours without an address yet", map[string]string{"api_address": `null`, "api_url": `"https://:6443"`, "node_addresses": `[null]`}, nil, "", 0},
		{"ours without workers", map[string]string{"api_address": `"203.0.113.9"`, "api_url": `"https://203.0.113.9:6443"`, "node_addresses": `[]`}, nil, "https://203.0.113.9:6443", 0},
		{"Magnum's", magnum(`"203.0.113.9"`, public), nil, "https://203.0.113.9:6443", 2},
		{"Magnum's without floating IPs", magnum(`"10.0.0.9"`, `["", ""]`), nil, "https://10.0.0.9:6443", 2},
		{"Magnum's with null for none", magnum(`"10.0.0.9"`, `null`), nil, "https://10.0.0.9:6443", 2},
		{"Magnum's without TLS", magnum(`"203.0.113.9"`, public), map[string]string{"tls_disabled": "True"}, "http://203.0.113.9:8080", 2},
		{"Magnum's of IPv6", magnum(`"2001:db8::9"`, public), nil, "https://[2001:db8::9]:6443", 2},
		{"Magnum's half made", magnum(`""`, `[]`), nil, "", 2},
		{"another's", map[string]string{"address": `"203.0.113.9"`}, nil, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := driver.Parts{
				Read: []driver.Part{driver.PartShow, driver.PartTemplate, driver.PartOutputs}, Parameters: c.parameters, Template: json.RawMessage(`{}`),
				Outputs: map[string]json.RawMessage{},
			}
			for name, text := range c.outputs {
				parts.Outputs[name] = json.RawMessage(text)
			}
			cluster := blue()
			cluster.AdoptedStack = "blue-x7f"
			stack := driver.Stack{ID: "1", Name: "blue-x7f", Status: "UPDATE_COMPLETE"}
			facts := newDriver().Plan(driver.PlanInput{Intent: driver.IntentPresent, Cluster: cluster, Secrets: secrets(), Stack: &stack, Parts: parts}).Facts
			if want := (driver.Facts{Known: true, APIAddress: c.api, NodesLive: c.nodes}); facts != want {
				t.Errorf("facts are %+v, want %+v", facts, want)
			}
			a := newDriver().(driver.AccessGiver).GetAccess(driver.Cluster{Fleet: "prod", Name: "blue"}, stack, parts)
			master, given := a.Environment["KUBERNETES_MASTER"]
			switch {
			case given != (c.api != "") || master != c.api:
				t.Errorf("access is %+v", a)
			case !given && (len(a.Diagnostics) != 1 || a.Diagnostics[0].Remedy == "" || strings.Contains(a.Diagnostics[0].String(), "\n")):
				t.Errorf("no address, and it says %+v", a.Diagnostics)
			}
		})
	}
}
