package openstack

import (
	"context"
	"net/http"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
)

const keyManager = "key-manager"

// KeyManager gives a client of the project's Barbican. An error is an *Error.
func (c *Cloud) KeyManager() (*gophercloud.ServiceClient, error) {
	address, err := endpoint(c.catalog.catalog, keyManager, c.region, c.iface)
	if err != nil {
		return nil, err
	}
	address = strings.TrimRight(address, "/")
	if !strings.HasSuffix(address, "/v1") {
		address += "/v1"
	}
	return c.service(keyManager, address+"/"), nil
}

// service makes a client of a service that is asked seldom, with the session's
// present token; it is not behind Heat's gate.
func (c *Cloud) service(kind, address string) *gophercloud.ServiceClient {
	p := &gophercloud.ProviderClient{HTTPClient: http.Client{
		Transport: watched{next: bounded{c.way}, service: kind, observer: c.observer},
		// A redirect would carry token and body to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	p.UserAgent.Prepend(c.agent)
	p.UseTokenLock()
	_ = p.SetTokenAndAuthResult(c.session.current()) // a grant has a token
	p.ReauthFunc = func(ctx context.Context) error { return c.session.renew(ctx, p) }
	return &gophercloud.ServiceClient{ProviderClient: p, Endpoint: address, Type: kind}
}
