package drivertest_test

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/drivertest"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// toy is a driver without a fault: what the mutants are made from.
type toy struct {
	change func(driver.RenderInput, *heatstack.Stack)
	own    func(driver.Description) driver.Description
}

func (y toy) Describe() driver.Description {
	d := driver.Description{
		Name: "toy", Version: "1.0.0", Targets: []driver.Target{{COE: "toy"}},
		Attributes: []driver.Attribute{{Name: "flavor", Effect: driver.EffectReboot, Doc: "Flavor."}},
		Labels:     []driver.Label{{Name: "colour", Type: driver.LabelString, Default: "red", Effect: driver.EffectInPlace, Doc: "Colour."}},
		Secrets:    []driver.SecretNeed{{Name: "join", Kind: driver.SecretToken, Doc: "Joins nodes."}},
	}
	if y.own != nil {
		d = y.own(d)
	}
	return d
}

// called is the toy under another name.
func called(name string) toy {
	return toy{own: func(d driver.Description) driver.Description {
		d.Name = name
		return d
	}}
}

func (y toy) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	s := heatstack.Stack{
		Template: `
heat_template_version: '2018-08-31'
parameters:
  flavor: {type: string}
  colour: {type: string}
  token: {type: string, hidden: true}
resources:
  boot: {type: OS::Heat::SoftwareConfig, properties: {config: {get_param: token}}}
  server: {type: OS::Heat::TestResource, properties: {value: {list_join: [' ', [{get_param: flavor}, {get_param: colour}]]}}}
`,
		Parameters: map[string]any{"flavor": in.Cluster.Flavor, "colour": in.Cluster.Labels["colour"]},
		Secrets:    map[string]heatstack.Secret{"token": {Name: "join"}},
	}
	if y.change != nil {
		y.change(in, &s)
	}
	return s, nil
}

func options() drivertest.Options {
	return drivertest.Options{
		Cluster: driver.Cluster{
			Fleet: "prod", Name: "web", COE: "toy", Flavor: "small", FloatingIPEnabled: true,
			Labels: map[string]string{"colour": "green"}, TimeoutMinutes: 60,
		},
		Change: func(c *driver.Cluster) { c.Labels = map[string]string{"colour": "blue"} },
	}
}
