package docker

import "github.com/heatsync/heatsync/plugins/driver"

// Version of the driver. It goes up with any change of the templates.
const Version = "1.0.0"

// logins has the user that each distribution's stock image lets in.
var logins = map[string]string{"ubuntu": "ubuntu", "debian": "debian"}

// Describe implements heatstack.Template. It is what docs/drivers/docker.md is
// made from.
func (Driver) Describe() driver.Description {
	return driver.Description{
		Name: "docker", Version: Version,
		Targets: []driver.Target{
			{COE: "docker", Distro: "ubuntu", ServerType: "vm"},
			{COE: "docker", Distro: "debian", ServerType: "vm"},
		},
		Attributes: []driver.Attribute{
			{Name: "image", Required: true, Effect: driver.EffectReplace, Doc: "Stock image of the distribution, with cloud-init."},
			{Name: "keypair", Required: true, Effect: driver.EffectRefused, Doc: "Nova keypair for ssh, the only way in."},
			{Name: "flavor", Required: true, Effect: driver.EffectReboot, Doc: "Flavor of the servers. They are resized in place."},
			{Name: "nodeCount", Effect: driver.EffectRemove, Doc: "Number of servers, 0 to 20. The last ones go first."},
			{Name: "externalNetwork", Effect: driver.EffectRefused, Doc: "Network of the floating IPs and of the router. Needed unless there is neither."},
			{Name: "fixedNetwork", Effect: driver.EffectRefused, Doc: "Existing network. Without it the cluster makes one, 10.0.0.0/24, with a router."},
			{Name: "fixedSubnet", Effect: driver.EffectRefused, Doc: "Subnet of fixedNetwork. Without it Neutron chooses."},
			{Name: "dnsNameserver", Effect: driver.EffectInPlace, Doc: "DNS servers of the cluster's own network."},
			{Name: "floatingIpEnabled", Effect: driver.EffectRemove, Doc: "Each server gets a floating IP."},
			{Name: "dockerVolumeSize", Effect: driver.EffectRefused, Doc: "GiB of a volume per server for /var/lib/docker. Without it the server's own disk."},
			{Name: "dockerStorageDriver", Effect: driver.EffectNone, Doc: "overlay2 (default), btrfs or vfs. For new servers."},
			{Name: "insecureRegistry", Effect: driver.EffectNone, Doc: "Registry that Docker takes without TLS, as host:port. For new servers."},
			{Name: "httpProxy", Effect: driver.EffectNone, Doc: "Proxy for apt and Docker. For new servers."},
			{Name: "httpsProxy", Effect: driver.EffectNone, Doc: "As httpProxy, for https."},
			{Name: "noProxy", Effect: driver.EffectNone, Doc: "What Docker reaches without a proxy. For new servers."},
		},
		Labels: []driver.Label{
			{
				Name: "allowed_cidrs", Type: driver.LabelString, Default: "0.0.0.0/0", Effect: driver.EffectInPlace,
				Doc: "IPv4 networks that may reach ssh and the published ports, separated by commas.",
			},
			{
				Name: "published_ports", Type: driver.LabelString, Pattern: `([0-9]+(,[0-9]+)*)?`, Effect: driver.EffectInPlace,
				Doc: "TCP ports open besides 22, separated by commas.",
			},
			{
				Name: "docker_registry_mirror", Type: driver.LabelURL, Effect: driver.EffectNone,
				Doc: "Mirror of Docker Hub. For new servers.",
			},
			{
				Name: "docker_log_max_size", Type: driver.LabelString, Default: "50m", Pattern: `[1-9][0-9]*[kmg]`, Effect: driver.EffectNone,
				Doc: "A container's log is begun anew at this size. For new servers.",
			},
			{
				Name: "availability_zone", Type: driver.LabelString, Effect: driver.EffectRefused,
				Doc: "Nova's availability zone for the servers.",
			},
		},
	}
}
