package torture

import (
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// trial is the driver under torture: cheap resources that take some seconds, so
// that stacks are met at work.
type trial struct{}

func (trial) Describe() driver.Description {
	return driver.Description{
		Name: "trial", Version: "1.0.0", Targets: []driver.Target{{COE: "trial"}},
		Attributes: []driver.Attribute{{Name: "flavor", Effect: driver.EffectNone}, {Name: "image", Effect: driver.EffectNone}},
		Labels: []driver.Label{
			{Name: "colour", Type: driver.LabelString, Default: "red", Effect: driver.EffectInPlace},
			{Name: "finish", Type: driver.LabelString, Default: "matt", Effect: driver.EffectInPlace},
			{Name: "size", Type: driver.LabelInt, Default: "1", Effect: driver.EffectInPlace},
			{Name: "seconds", Type: driver.LabelInt, Default: "2", Effect: driver.EffectInPlace},
			{Name: "asks_keystone", Type: driver.LabelBool, Default: "false", Effect: driver.EffectInPlace},
		},
	}
}

const trialTemplate = `
heat_template_version: '2018-08-31'
parameters:
  colour: {type: string}
  finish: {type: string}
  size: {type: number}
  seconds: {type: number}
resources:
  word: {type: OS::Heat::RandomString, properties: {length: 8}}
  measure: {type: OS::Heat::Value, properties: {value: {get_param: size}}}
  paint:
    type: OS::Heat::TestResource
    properties: {value: {get_param: colour}, wait_secs: {get_param: seconds}, action_wait_secs: {delete: 1}}
  polish:
    type: OS::Heat::TestResource
    depends_on: paint
    properties: {value: {get_param: finish}, wait_secs: 1}
outputs:
  word: {value: {get_attr: [word, value]}}
`

// asksKeystone adds a resource for which Heat goes to its own API, and so to
// Keystone, with the token it was called with, once the others are done.
const asksKeystone = `  asks:
    type: OS::Heat::Stack
    depends_on: polish
    properties: {template: "heat_template_version: '2018-08-31'\n"}
outputs:`

func (trial) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	labels := in.Cluster.Labels
	s := heatstack.Stack{Template: trialTemplate, Parameters: map[string]any{}}
	for _, name := range []string{"colour", "finish", "size", "seconds"} {
		s.Parameters[name] = labels[name]
	}
	if labels["asks_keystone"] == "true" {
		s.Template = strings.Replace(s.Template, "outputs:", asksKeystone, 1)
	}
	return s, nil
}
