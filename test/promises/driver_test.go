package promises

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// indiscreet is a driver that works and that, for clusters of certain names, tells
// all it can in every way it has. What the SDK and the host hide, it cannot tell.
type indiscreet struct {
	driver.Driver
	name string
}

var (
	_ driver.Previewer = indiscreet{}
	_ driver.Validator = indiscreet{}
)

// newIndiscreet makes the driver of a name; its COE is called the same.
func newIndiscreet(name string) driver.Driver {
	return indiscreet{heatstack.New(toy{name}), name}
}

func (d indiscreet) Validate(c driver.Cluster) []driver.Diagnostic {
	return d.Driver.(driver.Validator).Validate(c)
}

func (d indiscreet) Preview(ctx context.Context, in driver.PreviewInput) (driver.PreviewReport, error) {
	return d.Driver.(driver.Previewer).Preview(ctx, in)
}

func (d indiscreet) Plan(in driver.PlanInput) driver.Plan {
	if in.Cluster.Name == "panics-in-plan" {
		panic(fmt.Sprintf("%q %q", os.Environ(), os.Args))
	}
	return d.Driver.Plan(in)
}

// Apply tells what it was trusted with: printed, logged, reported and panicked.
func (d indiscreet) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	tell := func() {
		fmt.Printf("stdout: %q %q %+v %v\n", os.Environ(), os.Args, in.Credential, in.Secrets)
		fmt.Fprintf(os.Stderr, "stderr: %q %q %#v %s\n", os.Environ(), os.Args, in.Credential, in.Credential)
		slog.Info("told", "credential", in.Credential, "environment", os.Environ())
		progress("the token is " + in.Credential.Token)
	}
	switch in.Cluster.Name {
	case "tells":
		tell()
		return driver.Result{Verdict: driver.Refused, Fault: driver.Fault{
			Code: "internal", Who: "cloud", Transient: true,
			Summary: "the cloud does not take " + in.Credential.Token, Remedy: "try curl -H X-Auth-Token:" + in.Credential.Token,
		}}
	case "panics":
		tell()
		panic(fmt.Sprintf("with %s, %+v, %q and %q", in.Credential.Token, in.Credential, os.Environ(), os.Args))
	case "dies":
		tell()
		go panic(fmt.Sprintf("with %+v, %q and %q", in.Credential, os.Environ(), os.Args))
		<-ctx.Done()
	}
	return d.Driver.Apply(ctx, in, progress)
}

// toy is a template with a label that nobody is to read.
type toy struct{ name string }

func (y toy) Describe() driver.Description {
	return driver.Description{
		Name: y.name, Version: "1.0.0", Targets: []driver.Target{{COE: y.name}},
		Attributes: []driver.Attribute{{Name: "flavor", Effect: driver.EffectReboot}, {Name: "image", Effect: driver.EffectRefused}},
		Labels: []driver.Label{
			{Name: "colour", Type: driver.LabelString, Default: "red", Effect: driver.EffectInPlace},
			{Name: "pin", Type: driver.LabelString, Pattern: "[a-z0-9-]*", Sensitive: true, Effect: driver.EffectInPlace},
		},
	}
}

func (y toy) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	return heatstack.Stack{
		Template: `
heat_template_version: '2018-08-31'
parameters:
  flavor: {type: string}
  colour: {type: string}
  pin: {type: string, hidden: true, default: ''}
resources:
  boot: {type: OS::Heat::SoftwareConfig, properties: {config: {get_param: pin}}}
  server: {type: OS::Heat::TestResource, properties: {value: {list_join: [' ', [{get_param: flavor}, {get_param: colour}]]}}}
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 1, resource_def: {type: node.yaml, properties: {boot: {get_resource: boot}}}}
`,
		Files: map[string]string{"node.yaml": `
heat_template_version: '2018-08-31'
parameters:
  boot: {type: string}
resources:
  node: {type: OS::Heat::TestResource, properties: {value: {get_param: boot}}}
`},
		Parameters: map[string]any{
			"flavor": in.Cluster.Flavor, "colour": in.Cluster.Labels["colour"], "pin": in.Cluster.Labels["pin"],
		},
	}, nil
}
