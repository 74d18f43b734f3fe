package openstack

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
)

// credential is what Keystone is asked with.
type credential struct {
	url       string // of Keystone v3, with the last slash
	auth      gophercloud.AuthOptions
	renewable bool // false for a bare token
}

// defaultDomain is the domain OpenStack's clients assume.
const defaultDomain = "default"

func newCredential(e entry) (credential, error) {
	if e.AuthInfo == nil || e.AuthInfo.AuthURL == "" {
		if e.Profile != "" || e.Cloud.Cloud != "" {
			return credential{}, errors.New("vendor profiles are not read: write auth_url")
		}
		return credential{}, errors.New("auth_url is missing")
	}
	base, err := keystoneURL(e.AuthInfo.AuthURL)
	if err != nil {
		return credential{}, err
	}
	c := credential{url: base, renewable: true}
	c.auth, err = authOptions(e)
	if err != nil {
		return credential{}, err
	}
	c.auth.IdentityEndpoint = base
	c.renewable = c.auth.TokenID == ""
	return c, nil
}

// keystoneURL gives the v3 address, so that nobody asks the root for versions.
func keystoneURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", errors.New("auth_url is not an http or https address")
	}
	if u.User != nil || u.RawQuery != "" {
		return "", errors.New("auth_url takes no user, password or query")
	}
	path := strings.TrimRight(u.Path, "/")
	if strings.HasSuffix(path, "/v2.0") {
		return "", errors.New("auth_url is Keystone v2's, which no longer exists: end it in /v3")
	}
	if !strings.HasSuffix(path, "/v3") {
		path += "/v3"
	}
	u.Path = path + "/"
	return u.String(), nil
}

// authOptions picks the method: as auth_type says, else by what is there.
func authOptions(e entry) (gophercloud.AuthOptions, error) {
	a := e.AuthInfo
	if a.SystemScope != "" {
		return gophercloud.AuthOptions{}, errors.New("system_scope has no stacks: name a project")
	}
	switch e.AuthType {
	case "v3applicationcredential":
		return applicationCredential(a)
	case clouds.AuthToken, clouds.AuthV3Token:
		return tokenAuth(a)
	case clouds.AuthPassword, clouds.AuthV3Password:
		return passwordAuth(a)
	case "":
	default:
		return gophercloud.AuthOptions{}, fmt.Errorf("auth_type %q is not supported: use v3applicationcredential, password or token", e.AuthType)
	}
	switch {
	case a.ApplicationCredentialSecret != "":
		return applicationCredential(a)
	case a.Token != "" && a.Password == "":
		return tokenAuth(a)
	}
	return passwordAuth(a)
}

// applicationCredential needs no scope: the credential has its project.
func applicationCredential(a *clouds.AuthInfo) (gophercloud.AuthOptions, error) {
	o := gophercloud.AuthOptions{
		ApplicationCredentialID: a.ApplicationCredentialID, ApplicationCredentialSecret: a.ApplicationCredentialSecret,
	}
	if a.ApplicationCredentialSecret == "" {
		return o, errors.New("application_credential_secret is missing")
	}
	if o.ApplicationCredentialID != "" {
		return o, nil
	}
	o.ApplicationCredentialName = a.ApplicationCredentialName
	if o.ApplicationCredentialName == "" {
		return o, errors.New("application_credential_id is missing")
	}
	return withUser(o, a)
}

// tokenAuth asks for a token of the project where one is named, else takes the
// token as it is.
func tokenAuth(a *clouds.AuthInfo) (gophercloud.AuthOptions, error) {
	if a.Token == "" {
		return gophercloud.AuthOptions{}, errors.New("token is missing")
	}
	return gophercloud.AuthOptions{TokenID: a.Token, Scope: scopeOf(a)}, nil
}

func passwordAuth(a *clouds.AuthInfo) (gophercloud.AuthOptions, error) {
	if a.Password == "" {
		return gophercloud.AuthOptions{}, errors.New("password is missing")
	}
	return withUser(gophercloud.AuthOptions{Password: a.Password, Scope: scopeOf(a)}, a)
}

// withUser adds the user, by id or by name in a domain.
func withUser(o gophercloud.AuthOptions, a *clouds.AuthInfo) (gophercloud.AuthOptions, error) {
	switch {
	case a.UserID != "":
		o.UserID = a.UserID
	case a.Username != "":
		o.Username = a.Username
		o.DomainID, o.DomainName = domain(a, a.UserDomainID, a.UserDomainName)
	default:
		return o, errors.New("username is missing")
	}
	return o, nil
}

// scopeOf gives the trust or project to act in, nil for what the user's default
// is.
func scopeOf(a *clouds.AuthInfo) *gophercloud.AuthScope {
	switch {
	case a.TrustID != "":
		return &gophercloud.AuthScope{TrustID: a.TrustID}
	case a.ProjectID != "":
		return &gophercloud.AuthScope{ProjectID: a.ProjectID}
	case a.ProjectName != "":
		s := &gophercloud.AuthScope{ProjectName: a.ProjectName}
		s.DomainID, s.DomainName = domain(a, a.ProjectDomainID, a.ProjectDomainName)
		return s
	}
	return nil
}

// domain gives id or name of a domain, never both.
func domain(a *clouds.AuthInfo, id, name string) (string, string) {
	switch {
	case id != "":
		return id, ""
	case name != "":
		return "", name
	case a.DomainID != "":
		return a.DomainID, ""
	case a.DomainName != "":
		return "", a.DomainName
	}
	return first(a.DefaultDomain, defaultDomain), ""
}

// secrets gives what no error may repeat.
func (c credential) secrets() []string {
	return []string{c.auth.Password, c.auth.ApplicationCredentialSecret, c.auth.TokenID}
}
