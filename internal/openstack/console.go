package openstack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

const compute = "compute"

var serverID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}$`)

// Console gives the last lines that a server of the project wrote to its console, as
// they are: they are not to be trusted, and nobody knows what secrets are in them. It
// is one request. A cloud may keep no console, or have policy forbid it (Compute API,
// action os-getConsoleOutput); that is an error like others.
func (c *Cloud) Console(ctx context.Context, server string, lines int) (string, error) {
	if !serverID.MatchString(server) {
		return "", fmt.Errorf("the console of %.40q: not the id of a server", server)
	}
	address, err := endpoint(c.catalog.catalog, compute, c.region, c.iface)
	if err != nil {
		return "", err
	}
	nova := c.service(compute, strings.TrimRight(address, "/")+"/")
	text, err := servers.ShowConsoleOutput(ctx, nova, server, servers.ShowConsoleOutputOpts{Length: lines}).Extract()
	if answer, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err); ok { // it repeats what was answered
		return "", fmt.Errorf("the console of server %s: nova answered %d %s", server, answer.Actual, http.StatusText(answer.Actual))
	}
	if err != nil {
		return "", fmt.Errorf("the console of server %s: %w", server, heat.Scrub(heat.Cause(err), c.session.keystone.credential.secrets()...))
	}
	return text, nil
}
