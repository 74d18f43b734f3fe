package addons

import "github.com/heatsync/heatsync/plugins/driver"

func dnsLabels() []driver.Label {
	return []driver.Label{
		tag("coredns_tag", "CoreDNS"),
		{
			Name: "dns_autoscaler_tag", Type: driver.LabelString, Pattern: tagPattern, Effect: atCreation,
			Doc: "Tag of the autoscaler that keeps CoreDNS in proportion to nodes and cores. Without it, the tag that the driver's release was made with.",
		},
	}
}

func dnsValues(s settings) values {
	return s.with(values{
		"COREDNS_IMAGE":        s.image("registry.k8s.io/coredns/coredns", "coredns_tag"),
		"DNS_AUTOSCALER_IMAGE": s.image("registry.k8s.io/cpa/cluster-proportional-autoscaler", "dns_autoscaler_tag"),
		"DNS_DOMAIN":           s.DNSDomain,
		"DNS_SERVICE_IP":       s.DNSServiceIP,
	})
}
