package openstack

import (
	"context"
	"net/http"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// Cloud is one project of one cloud: a session with Keystone, the catalogue it
// gave at the start, and the way to Heat. It is safe for concurrent use. A
// catalogue that changed is seen by opening the cloud again.
type Cloud struct {
	session  *session
	provider *gophercloud.ProviderClient
	heat     *heat.Client
	region   string
	iface    string
	ca       []byte
	catalog  grant // the first one: it has the catalogue
	release  func()
	pageSize int
	way      http.RoundTripper
	observer Observer
	agent    string // how requests to other services than Heat name the program
}

// Open reads the configuration, gets a token and finds Heat in the catalogue. It
// blocks for as long as ctx and Keystone allow. An error is an *Error.
func Open(ctx context.Context, o CloudOptions) (*Cloud, error) {
	o = o.filled()
	e, where, err := findEntry(o)
	if err != nil {
		return nil, &Error{Problem: BadConfig, Text: "the cloud's configuration", Err: err}
	}
	wrong := func(err error) error { return &Error{Problem: BadConfig, Text: where, Err: err} }
	credential, err := newCredential(e)
	if err != nil {
		return nil, wrong(err)
	}
	trust, err := newTrust(e, o)
	if err != nil {
		return nil, wrong(err)
	}
	iface, err := interfaceOf(first(o.Interface, e.EndpointType, e.Interface))
	if err != nil {
		return nil, wrong(err)
	}
	way := newTransport(trust, o)
	c := &Cloud{region: first(o.Region, e.RegionName), iface: iface, ca: trust.ca, release: releaser(way), pageSize: o.PageSize}
	c.way, c.observer, c.agent = way, o.Observer, first(o.UserAgent, heat.UserAgent())
	c.session = &session{keystone: newKeystone(credential, identityClient(way, o), first(o.UserAgent, heat.UserAgent()), o.Now)}
	if err := c.session.open(ctx); err != nil {
		return nil, err
	}
	c.catalog = c.session.current()
	if err := c.reach(e.HeatEndpoint, way, o); err != nil {
		return nil, err
	}
	return c, nil
}

// identityClient makes Keystone's HTTP client: not behind the gate, for who holds
// a seat may be waiting for a token.
func identityClient(way http.RoundTripper, o CloudOptions) http.Client {
	return http.Client{
		Transport:     watched{next: bounded{way}, service: "identity", observer: o.Observer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// reach makes the Heat client.
func (c *Cloud) reach(override string, way http.RoundTripper, o CloudOptions) error {
	address := override
	if address == "" {
		var err error
		if address, err = endpoint(c.catalog.catalog, orchestration, c.region, c.iface); err != nil {
			return err
		}
	}
	address, err := heatEndpoint(address, c.ProjectID())
	if err != nil {
		return err
	}
	var passage http.RoundTripper = watched{next: way, service: orchestration, observer: o.Observer}
	if !o.Unpaced {
		passage = newGate(passage, o.InFlight, o.Rate)
	}
	p := &gophercloud.ProviderClient{HTTPClient: http.Client{Transport: passage}}
	p.UseTokenLock()
	_ = p.SetTokenAndAuthResult(c.catalog) // a grant has a token
	p.ReauthFunc = func(ctx context.Context) error { return c.session.renew(ctx, p) }
	c.provider = p
	c.heat = heat.New(&gophercloud.ServiceClient{ProviderClient: p, Endpoint: address + "/", Type: orchestration}).WithProject(c.ProjectID())
	if o.UserAgent != "" {
		c.heat = c.heat.WithUserAgent(o.UserAgent)
	}
	return nil
}

// Heat gives the client of the project's Heat. All callers share its limits.
func (c *Cloud) Heat() *heat.Client { return c.heat }

// Reader gives what the agent reads with.
func (c *Cloud) Reader() *Reader { return &Reader{heat: c.heat, pageSize: c.pageSize} }

// ProjectID gives the id of the project the token belongs to.
func (c *Cloud) ProjectID() string { return c.catalog.project }

// User gives the name of the user the token belongs to, as stack_owner has it.
func (c *Cloud) User() string { return c.catalog.user }

// Region gives the region asked for, "" for the only one.
func (c *Cloud) Region() string { return c.region }

// IdentityKey names the project for good: the same key means the same Heat, and
// two fleets of one name must not share it. It has no secret.
func (c *Cloud) IdentityKey() string {
	return c.session.keystone.credential.url + " " + c.ProjectID() + " " + c.region
}

// CA gives the certificates that vouch for the cloud as PEM, nil for the
// system's own: what a driver needs beside endpoint and token.
func (c *Cloud) CA() []byte { return c.ca }

// Endpoints gives the addresses of the services a driver asked for, by type;
// Heat's alone when it names none. An error is an *Error.
func (c *Cloud) Endpoints(services ...string) (map[string]string, error) {
	out := map[string]string{}
	if len(services) == 0 {
		services = []string{orchestration}
	}
	for _, s := range services {
		if s == orchestration {
			out[s] = c.heat.Endpoint()
			continue
		}
		address, err := endpoint(c.catalog.catalog, s, c.region, c.iface)
		if err != nil {
			return nil, err
		}
		out[s] = address
	}
	return out, nil
}

// Close lets go of idle connections. The Cloud can still be used.
func (c *Cloud) Close() { c.release() }

func releaser(way http.RoundTripper) func() {
	if t, ok := way.(*http.Transport); ok {
		return t.CloseIdleConnections
	}
	return func() {}
}
