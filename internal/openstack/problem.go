package openstack

import (
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// Problem says why a cloud could not be opened, or its token not be renewed.
type Problem string

// The problems, each with its own sentence and its own remedy.
const (
	BadConfig        Problem = "bad-config"        // clouds.yaml or the environment is wrong
	WrongCredentials Problem = "wrong-credentials" // Keystone knows neither this user nor this secret
	UnknownProject   Problem = "unknown-project"   // the credentials are right, the project or the role is not
	NoProject        Problem = "no-project"        // the token belongs to no project
	TokenEnded       Problem = "token-ended"       // a token from clouds.yaml cannot be renewed
	NoKeystone       Problem = "no-keystone"       // what answers at auth_url is not Keystone v3
	KeystoneDown     Problem = "keystone-down"     // Keystone does not answer, or with a 5xx
	UnknownHost      Problem = "unknown-host"      // no name server knows the host of auth_url
	NotHTTPS         Problem = "not-https"         // what answers at auth_url speaks http alone
	Untrusted        Problem = "untrusted"         // Keystone's certificate is not trusted
	Restricted       Problem = "restricted"        // an application credential that may make no other
	NoEndpoint       Problem = "no-endpoint"       // the catalogue has no such service, region or interface
)

// Error is a cloud that cannot be used. Its text is one line and has no secret.
type Error struct {
	Problem Problem
	Text    string // what is wrong, with names
	Err     error  // the cause, nil where Text says it all
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Text + ": " + e.Err.Error()
	}
	return e.Text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is work with an *Error that has only a Problem.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Text == "" && t.Problem == e.Problem
}

// Fault makes Error a heat.Faulter.
func (e *Error) Fault() heat.Fault {
	f, ok := faults[e.Problem]
	if !ok {
		f = heat.Fault{Code: heat.Internal, Who: heat.Nobody, Transient: true}
	}
	f.Sent = heat.NotSent
	return f
}

var faults = map[Problem]heat.Fault{
	BadConfig:        {Code: heat.Config, Who: heat.Operator, Remedy: "correct clouds.yaml or the OS_* variables"},
	WrongCredentials: {Code: heat.Auth, Who: heat.Operator, Remedy: "correct user, password or application credential in clouds.yaml"},
	UnknownProject:   {Code: heat.Auth, Who: heat.Operator, Remedy: "correct project and its domain in clouds.yaml, or give the user a role on the project"},
	NoProject:        {Code: heat.Config, Who: heat.Operator, Remedy: "name project_name and project_domain_name in clouds.yaml"},
	TokenEnded:       {Code: heat.Auth, Who: heat.Operator, Remedy: "put a fresh token into clouds.yaml, or better an application credential"},
	NoKeystone:       {Code: heat.Config, Who: heat.Operator, Remedy: "correct auth_url: it ends in /v3 as a rule"},
	KeystoneDown:     {Code: heat.Unavailable, Who: heat.Cloud, Transient: true, Remedy: "bring Keystone, or the way to it, back"},
	UnknownHost:      {Code: heat.Unavailable, Who: heat.Operator, Transient: true, Remedy: "correct the host in auth_url, or have it resolved here"},
	NotHTTPS:         {Code: heat.Config, Who: heat.Operator, Remedy: "have keystone serve TLS, or write http:// in auth_url if the way to it is safe"},
	Untrusted:        {Code: heat.Config, Who: heat.Operator, Remedy: "name the CA of the cloud (cacert in clouds.yaml)"},
	Restricted:       {Code: heat.Auth, Who: heat.Operator, Remedy: "give the agent an application credential made with --unrestricted, or a user and password"},
	NoEndpoint:       {Code: heat.Config, Who: heat.Operator, Remedy: "correct region_name and interface in clouds.yaml, or have Heat registered in the catalogue"},
}

var _ heat.Faulter = (*Error)(nil)
