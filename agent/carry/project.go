package carry

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// idsPerList keeps a list's URL well below the 8 KiB that eventlet reads.
const idsPerList = 100

// Project is one cloud project, opened at first use and again after its
// credentials were refused, so that a new clouds.yaml is taken up. It is safe for
// concurrent use.
type Project struct {
	options openstack.CloudOptions
	turn    chan struct{} // holds one token: whoever has it may open

	mu    sync.Mutex
	cloud *openstack.Cloud // nil: not open
}

var _ Cloud = (*Project)(nil)

// NewProject makes a project of a cloud that is opened at first use.
func NewProject(o openstack.CloudOptions) *Project {
	p := &Project{options: o, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// open gives the open cloud; calls that come together open it once.
func (p *Project) open(ctx context.Context) (*openstack.Cloud, error) {
	if c := p.present(); c != nil {
		return c, nil
	}
	select {
	case <-p.turn:
		defer func() { p.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c := p.present(); c != nil {
		return c, nil
	}
	c, err := openstack.Open(ctx, p.options)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cloud = c
	return c, nil
}

func (p *Project) present() *openstack.Cloud {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cloud
}

// Identity names the project for good; an error means that it is not known yet.
func (p *Project) Identity(ctx context.Context) (string, error) {
	c, err := p.open(ctx)
	if err != nil {
		return "", err
	}
	return c.IdentityKey(), nil
}

// Inventory implements Cloud.
func (p *Project) Inventory(ctx context.Context) ([]live.Row, bool, error) {
	c, err := p.open(ctx)
	if err != nil {
		return nil, false, err
	}
	return c.Reader().Inventory(ctx)
}

// Recent implements Cloud.
func (p *Project) Recent(ctx context.Context) ([]live.Row, error) {
	c, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	return c.Reader().Recent(ctx)
}

// InProgress implements Cloud: by id, so that a stack that has ended its action
// is told with its new status in the same request.
func (p *Project) InProgress(ctx context.Context, ids []string) ([]live.Row, error) {
	c, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	var out []live.Row
	for some := range slices.Chunk(ids, idsPerList) {
		rows, err := c.Heat().List(ctx, heat.Query{ID: some})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// Look implements Cloud.
func (p *Project) Look(ctx context.Context, names []string, id string) ([]live.Row, error) {
	c, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	var out []live.Row
	for i, name := range names {
		if i > 0 {
			id = "" // was looked for with the first name
		}
		s, err := c.Reader().Look(ctx, name, id)
		if err != nil {
			return nil, err
		}
		out = append(out, s.Rows...)
		if s.ByID.ID != "" && !slices.ContainsFunc(out, func(r live.Row) bool { return r.ID == s.ByID.ID }) {
			out = append(out, s.ByID)
		}
	}
	return out, nil
}

// ReadParts implements Cloud.
func (p *Project) ReadParts(ctx context.Context, name, id string, parts []live.Part) (live.Parts, error) {
	c, err := p.open(ctx)
	if err != nil {
		return live.Parts{}, err
	}
	return c.Reader().ReadParts(ctx, name, id, parts)
}

// beside are the services, where a cloud has them, in which a cluster may have
// made things that no stack knows.
var beside = []string{"load-balancer", "network", "block-storage", "compute"}

// Credential implements Cloud.
func (p *Project) Credential(ctx context.Context, life time.Duration) (driver.Credential, error) {
	c, err := p.open(ctx)
	if err != nil {
		return driver.Credential{}, err
	}
	token, err := c.StepToken(ctx, life)
	if err != nil {
		return driver.Credential{}, err
	}
	endpoints, err := c.Endpoints()
	if err != nil {
		return driver.Credential{}, err
	}
	maps.Copy(endpoints, c.Offered(beside...))
	return driver.Credential{
		Token: token.Value, Expires: token.ExpiresAt, Endpoints: endpoints,
		CABundlePEM: c.CA(), InsecureTLS: p.options.AllowInsecure,
	}, nil
}

// Fault implements Cloud. A session whose credentials are refused is dropped: the
// next call reads them anew.
func (p *Project) Fault(err error) reconcile.Fault {
	f := heat.Classify(err)
	if f.Code == heat.Auth || errors.Is(err, &openstack.Error{Problem: openstack.NoEndpoint}) {
		p.Close()
	}
	return reconcile.Fault{
		Code: reconcile.Code(f.Code.Outcome()), Who: reconcile.Who(f.Who), Summary: OneLine(err), Remedy: f.Remedy,
		Transient: f.Transient, RetryAfter: int(f.RetryAfter.Seconds()),
	}
}

// Close lets go of what is open; the next call opens it again. Calls under way go on.
func (p *Project) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cloud != nil {
		p.cloud.Close()
		p.cloud = nil
	}
}
