package kubernetes

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
)

// selection is what package addons chooses for the cluster. It is given the labels
// that say another thing than the schema's default.
func (d Driver) selection(c driver.Cluster) (addons.Selection, []driver.Diagnostic) {
	written := map[string]string{}
	for name, v := range c.Labels {
		if v != table[name].Default {
			written[name] = v
		}
	}
	return addons.Select(addons.Input{
		Cluster: c.Name, Stack: heatstack.StackName(c), Kubernetes: d.version(c.Labels), NetworkDriver: networkDriver(c), VolumeDriver: c.VolumeDriver,
		PodCIDR: podCIDR(c), ServiceCIDR: c.Labels["service_cluster_ip_range"], DNSServiceIP: dnsServiceIP(c),
		DNSDomain: c.Labels["dns_cluster_domain"], ImagePrefix: c.Labels["container_infra_prefix"], Labels: written,
		ExternalNetwork: c.ExternalNetwork, HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: noProxy(c), Images: d.catalog.Images(d.version(c.Labels)),
	})
}
