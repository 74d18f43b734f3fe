package kubernetes

import "github.com/heatsync/heatsync/plugins/driver"

// loadBalancerLabels are of the API's load balancer and of who may reach what.
var loadBalancerLabels = concat(
	[]label{
		{Label: driver.Label{
			Name: "master_lb_allowed_cidrs", Type: driver.LabelString, Effect: driver.EffectInPlace,
			Doc: "IPv4 networks that may reach the API, separated by commas; the nodes' own always may. Without it all may. With Octavia's provider ovn, which refuses them, the masters' security group alone holds them.",
		}},
		{Label: driver.Label{
			Name: "ssh_allowed_cidrs", Type: driver.LabelString, Default: anywhere, Effect: driver.EffectInPlace,
			Doc: "IPv4 networks that may reach ssh on nodes, separated by commas.",
		}},
	},
	needing(withLoadBalancer,
		label{Label: driver.Label{
			Name: "master_lb_floating_ip_enabled", Type: driver.LabelBool, Effect: driver.EffectRefused,
			Doc: "A floating IP for the API's load balancer; as floatingIpEnabled unless it is set.",
		}},
	),
	needing(withBalancers,
		label{Label: driver.Label{
			Name: "octavia_provider", Type: driver.LabelString, Default: "amphora", Pattern: wordPattern, Effect: driver.EffectRefused,
			Doc: "Octavia provider of the API's load balancer and of those of services.",
		}},
		label{Label: driver.Label{
			Name: "octavia_lb_algorithm", Type: driver.LabelString, Default: "ROUND_ROBIN",
			Allowed: []string{"ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"}, Effect: driver.EffectInPlace,
			Doc: "How load balancers choose; provider ovn needs SOURCE_IP_PORT. In place for the API; services keep what the cluster was made with.",
		}},
	),
	booted(needing(withCloud, label{Label: driver.Label{
		Name: "octavia_lb_healthcheck", Type: driver.LabelBool, Default: "true", Doc: "Health monitors on the load balancers of services.",
	}})...),
)

// placementLabels say where servers run.
var placementLabels = []label{
	perGroup(label{Label: driver.Label{
		Name: "availability_zone", Type: driver.LabelString, Pattern: plainPattern, Effect: driver.EffectRolling,
		Doc: "Availability zone of the servers and of their volumes. Where servers have volumes Cinder needs one of that name, as with Magnum.",
	}}),
	{Label: driver.Label{
		Name: "nodes_affinity_policy", Type: driver.LabelString, Default: "soft-anti-affinity",
		Allowed: []string{"soft-anti-affinity", "anti-affinity", "soft-affinity", "affinity", "none"}, Effect: driver.EffectRefused,
		Doc: "How Nova spreads masters, and how workers, over hypervisors. none makes no server group, of which a project's quota bounds number and members (10 each by default).",
	}, needs: &need{func(c driver.Cluster) bool { return c.ServerType != "bm" }, "bare metal has no server groups: Ironic's nodes are hypervisors of their own"}},
	perGroup(label{Label: driver.Label{
		Name: "generation", Type: driver.LabelInt, Default: "1", Pattern: `[1-9][0-9]{0,3}`, Effect: driver.EffectRolling,
		Doc: "Raise it to have the nodes of a group made anew. Refused but for 1 until nodes can be replaced one after the other.",
	}}),
}

// anywhere is all of IPv4.
const anywhere = "0.0.0.0/0"

const (
	wordPattern  = `[A-Za-z0-9][A-Za-z0-9_.-]*`
	plainPattern = `[^\s,'"\\]+`
)

var (
	// withCloud holds where the cloud controller runs.
	withCloud = &need{cloudProvider, "cloud_provider_enabled is false"}

	withLoadBalancer = &need{func(c driver.Cluster) bool { return c.MasterLBEnabled }, "masterLbEnabled is false"}
	withBalancers    = &need{func(c driver.Cluster) bool {
		return c.MasterLBEnabled || cloudProvider(c)
	}, "masterLbEnabled and cloud_provider_enabled are false"}
)

// cloudProvider tells whether the cluster has a credential for its cloud.
func cloudProvider(c driver.Cluster) bool { return isTrue(c.Labels["cloud_provider_enabled"]) }
