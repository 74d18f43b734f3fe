package addons

import "github.com/heatsync/heatsync/plugins/driver"

func cloudLabels() []driver.Label {
	enabled := toggle("cloud_provider_enabled", "true", "The OpenStack cloud controller: load balancers, addresses and zones of nodes. All nodes of a cluster have it, or none: one that waits for a controller is not used without it.")
	enabled.Effect = fixed
	return []driver.Label{
		enabled,
		tag("cloud_provider_tag", "the OpenStack cloud controller"),
	}
}

func cloudValues(s settings) values {
	return s.with(values{
		"CLOUD_CONTROLLER_IMAGE": s.image("registry.k8s.io/provider-os/openstack-cloud-controller-manager", "cloud_provider_tag"),
		"STACK":                  s.Stack,
		"POD_CIDR":               s.PodCIDR,
	})
}
