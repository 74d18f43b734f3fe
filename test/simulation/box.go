package simulation

import (
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// boxTemplate is a cluster of a few small resources: one that changes in place,
// one that is replaced, a group.
type boxTemplate struct{ name, version string }

const boxHOT = `heat_template_version: '2018-08-31'
parameters:
  flavor: {type: string}
  keypair: {type: string}
  colour: {type: string}
  count: {type: number}
  extra: {type: number}
resources:
  base: {type: OS::Heat::TestResource, properties: {value: {get_param: flavor}}}
  paint: {type: OS::Heat::TestResource, properties: {value: {get_param: colour}, update_replace: true}, depends_on: base}
  size: {type: OS::Heat::Value, properties: {type: number, value: {get_param: count}}}
  group: {type: OS::Heat::ResourceGroup, properties: {count: {get_param: extra}, resource_def: {type: OS::Heat::TestResource, properties: {value: node}}}}
outputs:
  address: {value: {get_attr: [base, output]}}
`

// boxNext is what a later version adds.
const boxNext = `  more: {type: OS::Heat::TestResource, properties: {value: more}}
outputs:
`

// Describe implements heatstack.Template.
func (b boxTemplate) Describe() driver.Description {
	d := driver.Description{
		Name: b.name, Version: b.version, Targets: []driver.Target{{COE: "docker", Distro: "ubuntu", ServerType: "vm"}},
		Attributes: []driver.Attribute{
			{Name: "flavor", Required: true, Effect: driver.EffectReboot},
			{Name: "keypair", Effect: driver.EffectRefused},
			{Name: "image", Effect: driver.EffectNone},
			{Name: "externalNetwork", Effect: driver.EffectNone},
			{Name: "floatingIpEnabled", Effect: driver.EffectNone},
			{Name: "nodeCount", Effect: driver.EffectInPlace},
			{Name: "nodeGroups", Effect: driver.EffectRemove},
		},
		Labels: []driver.Label{{Name: "colour", Type: driver.LabelString, Default: "red", Effect: driver.EffectReplace}},
	}
	if b.name == safe {
		d.Secrets = []driver.SecretNeed{{Name: "join", Kind: driver.SecretToken}}
	}
	return d
}

// Render implements heatstack.Template.
func (b boxTemplate) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	group, _ := in.Cluster.Group("default-worker")
	extra, _ := in.Cluster.Group("extra")
	text := boxHOT
	if b.version != firstVersion {
		text = strings.Replace(boxHOT, "outputs:\n", boxNext, 1)
	}
	return heatstack.Stack{
		Template: text,
		Parameters: map[string]any{
			"flavor": in.Cluster.Flavor, "keypair": in.Cluster.Keypair, "colour": in.Cluster.Labels["colour"], "count": group.NodeCount,
			"extra": extra.NodeCount,
		},
		Meaning: map[string]heatstack.Meaning{
			"count": {Path: "nodeCount", Of: heatstack.AddOrRemove},
			"extra": {Path: "nodeGroups", Of: heatstack.AddOrRemove},
		},
	}, nil
}
