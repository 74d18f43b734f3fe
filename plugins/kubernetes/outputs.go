package kubernetes

import (
	"net"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// factsOf reads what a stack's outputs tell: of this driver's, or of one that was
// made with Magnum's Heat templates, which has some of the names.
func factsOf(p driver.Parts) driver.Facts {
	return driver.Facts{Known: true, APIAddress: apiURL(p), NodesLive: len(workerAddresses(p))}
}

// apiURL is where people reach the API; "" as long as the stack gives no address.
// The output api_address is an address alone, in Magnum's stacks too
// (magnum/drivers/heat/k8s_template_def.py makes a URL of it); the port is in
// api_url, which Magnum's have not. Where the parameters were not read TLS is taken to
// be on.
func apiURL(p driver.Parts) string {
	address := heatstack.Output(p, "api_address")
	if address == "" {
		return ""
	}
	if url := heatstack.Output(p, "api_url"); url != "" {
		return url
	}
	address = strings.Trim(address, "[]")
	if isTrue(p.Parameters["tls_disabled"]) {
		return "http://" + net.JoinHostPort(address, "8080")
	}
	return "https://" + net.JoinHostPort(address, "6443")
}

// workerAddresses are those of the workers that have one. Without floating IPs
// Magnum's stacks have them in kube_minions_private alone.
func workerAddresses(p driver.Parts) []string {
	if _, ours := p.Outputs["node_addresses"]; ours {
		return heatstack.Texts(p, "node_addresses")
	}
	if public := heatstack.Texts(p, "kube_minions"); len(public) > 0 {
		return public
	}
	return heatstack.Texts(p, "kube_minions_private")
}
