package docker

import (
	_ "embed"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

//go:embed docker.yaml
var template string

//go:embed server.yaml
var server string

//go:embed cloud-config
var cloudConfig string

// workers is the node group whose servers a docker cluster consists of.
const workers = "default-worker"

// Driver is the template of COE docker.
type Driver struct{}

var (
	_ heatstack.Template = Driver{}
	_ driver.Validator   = Driver{}
	_ driver.AccessGiver = Driver{}
)

// New makes the driver.
func New(opts ...heatstack.Option) driver.Driver { return heatstack.New(Driver{}, opts...) }

// Render implements heatstack.Template: one parameter per setting, under the
// setting's own name.
func (Driver) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	c := in.Cluster
	group, _ := c.Group(workers)
	return heatstack.Stack{
		Template: template,
		Files:    map[string]string{"server.yaml": server, "cloud-config": cloudConfig},
		Parameters: map[string]any{
			"cluster":           c.Name,
			"group":             workers,
			"login":             logins[c.Distro],
			"image":             c.Image,
			"flavor":            c.Flavor,
			"keypair":           c.Keypair,
			"availability_zone": c.Labels["availability_zone"],
			"node_count":        group.NodeCount,

			"external_network":    c.ExternalNetwork,
			"fixed_network":       c.FixedNetwork,
			"fixed_subnet":        c.FixedSubnet,
			"dns_nameserver":      c.DNSNameservers,
			"floating_ip_enabled": c.FloatingIPEnabled,
			"allowed_cidrs":       c.Labels["allowed_cidrs"],
			"published_ports":     c.Labels["published_ports"],

			"docker_volume_size":     c.DockerVolumeSizeGiB,
			"docker_storage_driver":  storageDriver(c),
			"docker_log_max_size":    c.Labels["docker_log_max_size"],
			"docker_registry_mirror": c.Labels["docker_registry_mirror"],
			"insecure_registry":      c.InsecureRegistry,
			"http_proxy":             c.HTTPProxy,
			"https_proxy":            c.HTTPSProxy,
			"no_proxy":               c.NoProxy,
		},
		Meaning: map[string]heatstack.Meaning{
			"cluster":             {Path: "metadata.name", Effect: driver.EffectInPlace},
			"group":               {Path: "nodeGroups", Effect: driver.EffectInPlace},
			"login":               {Path: "distro", Effect: driver.EffectNone},
			"flavor":              {Words: "resize, reboots the servers"},
			"image":               {Words: "replaces the servers; volumes stay"},
			"node_count":          {Of: heatstack.AddOrRemove},
			"floating_ip_enabled": {Of: floatingIP},
		},
		APIAddress:    "api_address",
		NodeAddresses: "node_addresses",
	}, nil
}

// GetAccess implements driver.AccessGiver: the Docker command goes over ssh.
func (Driver) GetAccess(_ driver.Cluster, _ driver.Stack, parts driver.Parts) driver.Access {
	host := heatstack.Output(parts, "api_address")
	if host == "" {
		return driver.Access{Diagnostics: []driver.Diagnostic{{
			Severity: driver.SeverityWarning, Code: "no-address",
			Summary: "the cluster has no server with an address", Remedy: "wait until its stack is complete, or set nodeCount",
		}}}
	}
	return driver.Access{Environment: map[string]string{"DOCKER_HOST": host}}
}

// floatingIP is the effect of giving servers a floating IP, or taking it away.
func floatingIP(_, to string) driver.Effect {
	if to == "true" {
		return driver.EffectAdd
	}
	return driver.EffectRemove
}

func storageDriver(c driver.Cluster) string {
	if c.DockerStorageDriver == "" {
		return "overlay2"
	}
	return c.DockerStorageDriver
}
