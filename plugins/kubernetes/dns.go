package kubernetes

import (
	"net/netip"

	"github.com/heatsync/heatsync/plugins/driver"
)

// dnsServiceIP is the address of the cluster's DNS: the tenth of the services'
// range, as kubeadm takes it, unless the label says another.
func dnsServiceIP(c driver.Cluster) string {
	if written := c.Labels["dns_service_ip"]; written != "" {
		return written
	}
	p, err := netip.ParsePrefix(c.Labels["service_cluster_ip_range"])
	if err != nil {
		return ""
	}
	ip := p.Masked().Addr()
	for range 10 {
		ip = ip.Next()
	}
	return ip.String()
}
