package heat

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/gophercloud/gophercloud/v2"
)

// session is who the client speaks as; *gophercloud.ProviderClient is one.
type session interface {
	// Token gives the present token, "" for none.
	Token() string
	// Reauthenticate makes Token give another one than previous, or leaves it
	// when it cannot be renewed. Concurrent calls are merged.
	Reauthenticate(ctx context.Context, previous string) error
}

// Client speaks to one Heat endpoint as one project. It keeps no state of its
// own, so it is safe for concurrent use; it never retries, and only the
// caller's contexts bound its calls in time.
type Client struct {
	base    string // endpoint without the last slash
	project string
	agent   string
	headers map[string]string
	session session
	http    *http.Client
}

// New makes a client on a gophercloud service client: its endpoint, its session
// (one renewal and replay after a 401, as gophercloud does) and its HTTP client,
// which is copied so that redirects are refused. sc stays the caller's.
func New(sc *gophercloud.ServiceClient) *Client {
	c := newClient(sc.ResourceBaseURL(), sc.ProviderClient, &sc.HTTPClient)
	c.headers = sc.MoreHeaders
	return c
}

// NewWithToken makes a client on one token that is never renewed: a 401 is the
// caller's to handle. A nil hc means an HTTP client on the default transport.
func NewWithToken(endpoint, token string, hc *http.Client) *Client {
	if hc == nil {
		hc = &http.Client{}
	}
	return newClient(endpoint, fixedToken(token), hc)
}

func newClient(endpoint string, s session, hc *http.Client) *Client {
	own := *hc
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	base := strings.TrimRight(endpoint, "/")
	return &Client{base: base, project: projectOf(base), agent: UserAgent(), session: s, http: &own}
}

// WithProject gives a client that keeps only project's rows. It is needed only
// where the endpoint does not end in the project's id, as Heat's own does.
func (c *Client) WithProject(id string) *Client {
	own := *c
	own.project = id
	return &own
}

// WithUserAgent gives a client that names itself so; the default is
// heatsync/<version of the build>.
func (c *Client) WithUserAgent(product string) *Client {
	own := *c
	own.agent = product
	return &own
}

// Project gives the id of the project whose stacks the client shows.
func (c *Client) Project() string { return c.project }

// Endpoint gives the URL all calls are below, without a last slash.
func (c *Client) Endpoint() string { return c.base }

// projectOf reads the project from .../v1/<project id>, as Heat's endpoints end.
func projectOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if n := len(parts); n >= 2 && parts[n-2] == "v1" {
		return parts[n-1]
	}
	return ""
}

// fixedToken is a session that cannot be renewed.
type fixedToken string

func (t fixedToken) Token() string                                { return string(t) }
func (t fixedToken) Reauthenticate(context.Context, string) error { return nil }

// UserAgent gives how heatsync names itself to servers: heatsync/<version>, the
// version as the module's build recorded it, else devel.
func UserAgent() string { return defaultAgent() }

var defaultAgent = sync.OnceValue(func() string {
	const module = "github.com/heatsync/heatsync"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "heatsync/devel"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Version != "" && m.Version != "(devel)" {
			return "heatsync/" + strings.TrimPrefix(m.Version, "v")
		}
	}
	return "heatsync/devel"
})

// Ref names one stack for good: both halves, because a lookup by one of them
// answers a redirect, which the client refuses.
type Ref struct{ Name, ID string }

var errHalfRef = errors.New("a stack is addressed by name and id, one is missing")

// path gives /stacks/<name>/<id> and what is below it.
func (r Ref) path(below ...string) (string, error) {
	if r.Name == "" || r.ID == "" {
		return "", errHalfRef
	}
	p := "/stacks/" + url.PathEscape(r.Name) + "/" + url.PathEscape(r.ID)
	for _, b := range below {
		p += "/" + url.PathEscape(b)
	}
	return p, nil
}
