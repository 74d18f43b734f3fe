package demo

import (
	"context"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/orchestration/v1/stacks"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// somebody is a person with an ordinary OpenStack client in the same project.
type somebody struct{ heat *gophercloud.ServiceClient }

func logIn(ctx context.Context, base string) (*somebody, error) {
	provider, err := openstack.AuthenticatedClient(ctx, gophercloud.AuthOptions{
		IdentityEndpoint: heatsim.AuthURL(base), Username: user, Password: password, DomainName: "Default", TenantName: project,
	})
	if err != nil {
		return nil, err
	}
	heat, err := openstack.NewOrchestrationV1(provider, gophercloud.EndpointOpts{Region: region})
	return &somebody{heat}, err
}

// strangers is the name of a stack that is none of heatsync's business.
const strangers = "reporting-db"

const strangersTemplate = `heat_template_version: '2018-08-31'
description: a database of another team, made by hand
resources:
  server: {type: OS::Nova::Server, properties: {image: debian-12, flavor: m1.small, networks: [{network: backend}]}}
  volume: {type: OS::Cinder::Volume, properties: {size: 10}}
`

func (s *somebody) makeStack(ctx context.Context) error {
	template := &stacks.Template{TE: stacks.TE{Bin: []byte(strangersTemplate)}}
	_, err := stacks.Create(ctx, s.heat, stacks.CreateOpts{Name: strangers, TemplateOpts: template, Tags: []string{"team-reporting"}}).Extract()
	return err
}

// setParameter is `openstack stack update --existing --parameter NAME=VALUE STACK`.
func (s *somebody) setParameter(ctx context.Context, of stack, name, value string) error {
	return stacks.UpdatePatch(ctx, s.heat, of.Name, of.ID, stacks.UpdateOpts{
		Parameters: map[string]any{name: value}, Tags: of.Tags,
	}).ExtractErr()
}
