package carry

import (
	"context"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/heatsync/heatsync/internal/secretstore"
)

var _ Credentials = (*Project)(nil)

// MakeCredential implements Credentials.
func (p *Project) MakeCredential(ctx context.Context, fleet, cluster string) ([]byte, string, error) {
	c, err := p.open(ctx)
	if err != nil {
		return nil, "", err
	}
	return c.MakeCredential(ctx, fleet, cluster)
}

// DropCredential implements Credentials.
func (p *Project) DropCredential(ctx context.Context, fleet, cluster, id string) error {
	c, err := p.open(ctx)
	if err != nil {
		return err
	}
	return c.DropCredential(ctx, fleet, cluster, id)
}

// DropCredentials implements Credentials.
func (p *Project) DropCredentials(ctx context.Context, fleet, cluster string) error {
	c, err := p.open(ctx)
	if err != nil {
		return err
	}
	return c.DropCredentials(ctx, fleet, cluster)
}

// Place tells where the project's clusters are.
func (p *Project) Place(ctx context.Context) (secretstore.Place, error) {
	c, err := p.open(ctx)
	if err != nil {
		return secretstore.Place{}, err
	}
	return secretstore.Place{Project: c.ProjectID(), Region: c.Region()}, nil
}

// KeyManager gives a client of the project's Barbican.
func (p *Project) KeyManager(ctx context.Context) (*gophercloud.ServiceClient, error) {
	c, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	return c.KeyManager()
}
