package kubernetes

import "github.com/heatsync/heatsync/plugins/driver"

// networkLabels are the ranges that no network driver has for itself. Ranges are
// Magnum's, with its defaults
// (magnum/drivers/k8s_fedora_coreos_v1/templates/kubecluster.yaml).
var networkLabels = []label{
	{Label: driver.Label{
		Name: "fixed_subnet_cidr", Type: driver.LabelCIDR, Effect: driver.EffectRefused,
		Doc: "Range of the private subnet, 10.0.0.0/24 unless it is set. With fixedSubnet the range which that subnet has: write it to have it kept apart from pods and services.",
	}},
	{Label: driver.Label{
		Name: "service_cluster_ip_range", Type: driver.LabelCIDR, Default: "10.254.0.0/16", Effect: driver.EffectRefused,
		Doc: "Range of the services' addresses.",
	}},
	{Label: driver.Label{
		Name: "dns_service_ip", Type: driver.LabelString, Pattern: `[0-9.]+`, Effect: driver.EffectRefused,
		Doc: "Address of the cluster's DNS, in service_cluster_ip_range; its tenth address unless it is set.",
	}},
	{Label: driver.Label{
		Name: "dns_cluster_domain", Type: driver.LabelString, Default: "cluster.local", Pattern: domainPattern, Effect: driver.EffectRefused,
		Doc: "DNS domain of the cluster.",
	}},
}

const domainPattern = `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*`
