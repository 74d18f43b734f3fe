// Command heatsync-driver-sealed is a driver of the stories: its clusters need
// secrets, as a Kubernetes has them, and are a few resources that cost nothing.
package main

import (
	"context"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

const template = `heat_template_version: '2018-08-31'
parameters:
  flavor: {type: string}
  ca_cert: {type: string, hidden: true}
  ca_key: {type: string, hidden: true}
  ca_hash: {type: string, hidden: true}
  join: {type: string, hidden: true}
resources:
  boot:
    type: OS::Heat::SoftwareConfig
    properties:
      config: {list_join: [' ', [{get_param: ca_cert}, {get_param: ca_key}, {get_param: ca_hash}, {get_param: join}]]}
  server: {type: OS::Heat::TestResource, properties: {value: {get_param: flavor}}}
outputs:
  api_address: {value: 192.0.2.10}
`

type sealed struct{}

func (sealed) Describe() driver.Description {
	return driver.Description{
		Name: "sealed", Version: "1.0.0", Targets: []driver.Target{{COE: "kubernetes"}},
		Attributes: []driver.Attribute{
			{Name: "flavor", Effect: driver.EffectInPlace, Doc: "Flavor."},
			{Name: "image", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "keypair", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "externalNetwork", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "masterCount", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "masterFlavor", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "nodeCount", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "networkDriver", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "floatingIpEnabled", Effect: driver.EffectNone, Doc: "Nothing."},
			{Name: "nodeGroups", Effect: driver.EffectNone, Doc: "Nothing."},
		},
		Secrets: []driver.SecretNeed{
			{Name: "kubernetes-ca", Kind: driver.SecretCA, Doc: "Signs clients."},
			{Name: "etcd-ca", Kind: driver.SecretCA, Doc: "Signs etcd."},
			{Name: "service-account", Kind: driver.SecretKey, Doc: "Signs tokens."},
			{Name: "join", Kind: driver.SecretToken, Doc: "Joins nodes."},
		},
	}
}

func (sealed) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	return heatstack.Stack{
		Template:   template,
		Parameters: map[string]any{"flavor": in.Cluster.Flavor},
		Secrets: map[string]heatstack.Secret{
			"ca_cert": {Name: "kubernetes-ca", Part: heatstack.PartCertificate, Base64: true},
			"ca_key":  {Name: "kubernetes-ca", Part: heatstack.PartKey, Base64: true},
			"ca_hash": {Name: "kubernetes-ca", Part: heatstack.PartPublicKeyHash},
			"join":    {Name: "join"},
		},
		APIAddress: "api_address",
	}, nil
}

func (sealed) CheckHealth(_ context.Context, in driver.HealthInput) driver.HealthReport {
	if len(in.CACertificatePEM) == 0 || len(in.ClientCertificatePEM) == 0 || heatstack.Output(in.Parts, "api_address") == "" {
		return driver.HealthReport{Health: driver.Unhealthy, Reasons: map[string]string{"api": "no way to it"}}
	}
	return driver.HealthReport{Health: driver.Healthy}
}

func main() { driver.Serve(heatstack.New(sealed{})) }
