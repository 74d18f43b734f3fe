package openstack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/applicationcredentials"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// clusterRoles are what software in a cluster needs in its project: volumes and
// networks, and load balancers where Octavia has roles of its own.
var clusterRoles = []string{"member", "load-balancer_member"}

// clusterCredential is what a cluster gets, as JSON.
type clusterCredential struct {
	AuthURL   string `json:"auth_url"`
	Region    string `json:"region"`
	ID        string `json:"id"`
	Secret    string `json:"secret"`
	ProjectID string `json:"project_id"`
	CA        string `json:"ca"`
}

// mostCA bounds the CA that goes into a credential, and so into user data, in bytes.
const mostCA = 16 << 10

// MakeCredential makes an application credential of the agent's user in its
// project for one cluster: restricted, with the roles member and
// load-balancer_member as far as the user has them. It answers JSON, which is
// secret, and the credential's id. Each call makes another; the description tells
// whose it is. An error is an *Error, and repeats no answer that could hold a
// secret.
func (c *Cloud) MakeCredential(ctx context.Context, fleet, cluster string) (text []byte, id string, err error) {
	if len(c.ca) > mostCA {
		return nil, "", &Error{Problem: BadConfig, Text: fmt.Sprintf("the cloud's CA bundle has %d bytes, and %d fit into what a server boots: name the cloud's own CA alone in cacert of clouds.yaml", len(c.ca), mostCA)}
	}
	g := c.session.current()
	opts := applicationcredentials.CreateOpts{Description: c.credentialMark(fleet, cluster)}
	for _, role := range g.roles {
		if slices.ContainsFunc(clusterRoles, func(r string) bool { return strings.EqualFold(r, role) }) {
			opts.Roles = append(opts.Roles, applicationcredentials.Role{Name: role})
		}
	}
	if len(opts.Roles) == 0 {
		return nil, "", &Error{Problem: BadConfig, Text: "the agent's user has not the role member, which a cluster's credential is to have"}
	}
	var tail [4]byte
	if _, err := rand.Read(tail[:]); err != nil {
		return nil, "", &Error{Problem: BadConfig, Text: "no name for an application credential", Err: err}
	}
	opts.Name = "heatsync-" + fleet + "-" + cluster + "-" + hex.EncodeToString(tail[:])
	made, err := applicationcredentials.Create(ctx, c.identity(), g.userID, opts).Extract()
	if err != nil {
		return nil, "", c.refusedCredential("make", fleet, cluster, err)
	}
	text, err = json.Marshal(clusterCredential{
		AuthURL: strings.TrimSuffix(c.session.keystone.credential.url, "/"), Region: c.region, ID: made.ID, Secret: made.Secret,
		ProjectID: c.ProjectID(), CA: string(c.ca),
	})
	if err != nil {
		return nil, "", &Error{Problem: BadConfig, Text: "an application credential cannot be written as JSON"}
	}
	return text, made.ID, nil
}

// DropCredential deletes one credential; one that is gone is deleted already.
func (c *Cloud) DropCredential(ctx context.Context, fleet, cluster, id string) error {
	err := applicationcredentials.Delete(ctx, c.identity(), c.session.current().userID, id).ExtractErr()
	if err != nil && !gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return c.refusedCredential("delete", fleet, cluster, err)
	}
	return nil
}

// DropCredentials deletes every credential that was made for a cluster of this
// project, also one whose making was cut off before it was kept.
func (c *Cloud) DropCredentials(ctx context.Context, fleet, cluster string) error {
	page, err := applicationcredentials.List(c.identity(), c.session.current().userID, nil).AllPages(ctx)
	if err != nil {
		return c.refusedCredential("list", fleet, cluster, err)
	}
	all, err := applicationcredentials.ExtractApplicationCredentials(page)
	if err != nil {
		return c.refusedCredential("list", fleet, cluster, errNotKeystone)
	}
	for _, a := range all {
		if a.Description != c.credentialMark(fleet, cluster) || a.ProjectID != c.ProjectID() {
			continue // a user's credentials are of all its projects: another agent's fleet may have our name there
		}
		if err := c.DropCredential(ctx, fleet, cluster, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// credentialMark says whose a credential is. One user may keep fleets of one name in
// several regions of a project; a cloud without a choice of regions has "".
func (c *Cloud) credentialMark(fleet, cluster string) string {
	return strings.TrimSuffix("heatsync "+fleet+"/"+cluster+" "+c.region, " ")
}

func (c *Cloud) identity() *gophercloud.ServiceClient {
	return c.service("identity", c.session.keystone.credential.url)
}

// refusedCredential tells what an answer about an application credential means.
// The one likely mistake gets its own words: Keystone lets no restricted
// application credential make another.
func (c *Cloud) refusedCredential(what, fleet, cluster string, err error) *Error {
	text := fmt.Sprintf("keystone does not %s the application credential of %s/%s", what, fleet, cluster)
	code := 0
	if answer, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err); ok {
		code = answer.Actual
	}
	restricted := c.session.keystone.credential.auth.ApplicationCredentialSecret != ""
	switch {
	case code == http.StatusForbidden && restricted:
		return &Error{Problem: Restricted, Text: text + ": the agent itself uses an application credential, and it is restricted"}
	case code == http.StatusForbidden || code == http.StatusUnauthorized:
		return &Error{Problem: UnknownProject, Text: fmt.Sprintf("%s: it answered %d %s", text, code, http.StatusText(code))}
	case code != 0:
		return &Error{Problem: KeystoneDown, Text: fmt.Sprintf("%s: it answered %d %s", text, code, http.StatusText(code))}
	}
	return &Error{Problem: KeystoneDown, Text: text, Err: heat.Scrub(heat.Cause(err), c.session.keystone.credential.secrets()...)}
}
