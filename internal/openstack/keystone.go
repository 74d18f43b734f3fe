package openstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// grant is one answer of Keystone.
type grant struct {
	value   string        // the token
	life    time.Duration // from received on
	expires time.Time     // by Keystone's clock
	at      time.Time     // when the request was sent, by our monotonic clock
	project string
	user    string
	userID  string
	roles   []string
	catalog *tokens.ServiceCatalog
}

// ExtractTokenID implements gophercloud.AuthResult.
func (g grant) ExtractTokenID() (string, error) { return g.value, nil }

// left tells how long the token lives yet. Only our own clock's steps count, so
// a clock that is wrong or set does no harm.
func (g grant) left(now time.Time) time.Duration { return g.life - now.Sub(g.at) }

// keystone asks Keystone for tokens.
type keystone struct {
	credential credential
	client     *gophercloud.ServiceClient
	now        func() time.Time
}

func newKeystone(c credential, hc http.Client, agent string, now func() time.Time) *keystone {
	p := &gophercloud.ProviderClient{IdentityBase: strings.TrimSuffix(c.url, "v3/"), IdentityEndpoint: c.url, HTTPClient: hc}
	p.UseTokenLock()
	p.UserAgent.Prepend(agent)
	return &keystone{credential: c, client: &gophercloud.ServiceClient{ProviderClient: p, Endpoint: c.url, Type: "identity"}, now: now}
}

// ask gets a token. An error is an *Error.
func (k *keystone) ask(ctx context.Context) (grant, error) {
	g, err := k.token(ctx, k.credential.auth)
	if err != nil {
		return grant{}, k.refusal(err)
	}
	if g.project == "" {
		return grant{}, &Error{Problem: NoProject, Text: "keystone gave a token of no project"}
	}
	return g, nil
}

// knows tells whether the credentials stand without their project: Keystone
// answers a wrong password and an unknown project alike.
func (k *keystone) knows(ctx context.Context) bool {
	auth := k.credential.auth
	if auth.Scope == nil {
		return false
	}
	auth.Scope = nil
	_, err := k.token(ctx, auth)
	return err == nil
}

// token makes one request.
func (k *keystone) token(ctx context.Context, auth gophercloud.AuthOptions) (grant, error) {
	sent := k.now()
	if auth.TokenID != "" && auth.Scope == nil {
		return k.given(ctx, auth.TokenID, sent)
	}
	asked, err := request(auth)
	if err != nil {
		return grant{}, err
	}
	var raw json.RawMessage
	resp, err := k.client.Post(ctx, k.tokens(), asked, &raw, &gophercloud.RequestOpts{OmitHeaders: []string{"X-Auth-Token"}})
	if err != nil {
		return grant{}, err
	}
	g := grant{at: sent, value: resp.Header.Get("X-Subject-Token")}
	return g.filled(raw, resp.Header, sent)
}

// tokens is where Keystone makes and shows tokens.
func (k *keystone) tokens() string { return k.client.ServiceURL("auth", "tokens") }

// request gives the body that asks for a token.
func request(auth gophercloud.AuthOptions) (map[string]any, error) {
	scope, err := auth.ToTokenV3ScopeMap()
	if err != nil {
		return nil, err
	}
	return auth.ToTokenV3CreateMap(scope)
}

// given looks at a token that came from clouds.yaml: it vouches for itself.
func (k *keystone) given(ctx context.Context, value string, sent time.Time) (grant, error) {
	var raw json.RawMessage
	resp, err := k.client.Get(ctx, k.tokens(), &raw, &gophercloud.RequestOpts{
		MoreHeaders: map[string]string{"X-Auth-Token": value, "X-Subject-Token": value},
		OkCodes:     []int{http.StatusOK, http.StatusNonAuthoritativeInfo},
	})
	if err != nil {
		return grant{}, err
	}
	g := grant{at: sent, value: value}
	return g.filled(raw, resp.Header, sent)
}

// body is what is read of a token.
type body struct {
	ExpiresAt time.Time             `json:"expires_at"`
	IssuedAt  time.Time             `json:"issued_at"`
	Project   tokens.Project        `json:"project"`
	User      tokens.User           `json:"user"`
	Roles     []tokens.Role         `json:"roles"`
	Catalog   []tokens.CatalogEntry `json:"catalog"`
}

// filled reads the answer. gophercloud's own way there decodes it into maps,
// makes JSON of these and decodes that: a catalogue is long.
func (g grant) filled(raw []byte, h http.Header, sent time.Time) (grant, error) {
	var told struct {
		Token body `json:"token"`
	}
	b := &told.Token
	if err := json.Unmarshal(raw, &told); err != nil || g.value == "" || b.ExpiresAt.IsZero() {
		return grant{}, errNotKeystone
	}
	g.project, g.user, g.expires = b.Project.ID, b.User.Name, b.ExpiresAt
	g.userID = b.User.ID
	for _, r := range b.Roles {
		g.roles = append(g.roles, r.Name)
	}
	g.catalog = &tokens.ServiceCatalog{Entries: b.Catalog}
	g.life = b.ExpiresAt.Sub(b.serverTime(h, sent))
	return g, nil
}

// serverTime gives Keystone's own time: the answer's Date, else the token's
// issue, else when we asked.
func (b *body) serverTime(h http.Header, sent time.Time) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	if !b.IssuedAt.IsZero() {
		return b.IssuedAt
	}
	return sent
}

var errNotKeystone = errors.New("the answer is not a token")

// refusal tells what err of a token request means, without its secrets.
func (k *keystone) refusal(err error) *Error {
	var (
		answer gophercloud.ErrUnexpectedResponseCode
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &answer):
		return k.answered(answer)
	case errors.Is(err, errNotKeystone), errors.As(err, &syntax):
		return &Error{Problem: NoKeystone, Text: fmt.Sprintf("what answers at %s is not keystone", k.credential.url)}
	}
	cause := heat.Scrub(heat.Cause(err), k.credential.secrets()...)
	text := fmt.Sprintf("keystone at %s does not answer", k.credential.url)
	var dns *net.DNSError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return &Error{Problem: NotHTTPS, Text: fmt.Sprintf("what answers at %s speaks http, not https", k.credential.url)}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &Error{Problem: UnknownHost, Text: fmt.Sprintf("the host of keystone at %s cannot be found", k.credential.url)}
	}
	if heat.Classify(err).Code == heat.Config {
		return &Error{Problem: Untrusted, Text: fmt.Sprintf("the certificate of keystone at %s is not trusted", k.credential.url), Err: cause}
	}
	var op *net.OpError
	if !errors.As(err, &op) && !isNet(err) {
		return &Error{Problem: BadConfig, Text: "the credentials are not complete", Err: cause}
	}
	return &Error{Problem: KeystoneDown, Text: text, Err: cause}
}

// isNet tells a failed request from one that could not be put together.
func isNet(err error) bool {
	c := heat.Classify(err).Code
	return c == heat.Unavailable || c == heat.Timeout
}

// answered tells what an answer of Keystone that is not success means.
func (k *keystone) answered(e gophercloud.ErrUnexpectedResponseCode) *Error {
	message, isKeystone := keystoneMessage(e.Body)
	said := heat.Scrub(errors.New(message), k.credential.secrets()...)
	switch {
	case e.Actual >= 500 || e.Actual == http.StatusTooManyRequests:
		return &Error{Problem: KeystoneDown, Text: fmt.Sprintf("keystone at %s answered %d %s", k.credential.url, e.Actual, http.StatusText(e.Actual))}
	case !isKeystone || e.Actual >= 300 && e.Actual < 400:
		return &Error{Problem: NoKeystone, Text: fmt.Sprintf("what answers %d at %s is not keystone v3", e.Actual, k.credential.url)}
	case e.Actual == http.StatusUnauthorized && !k.credential.renewable:
		return &Error{Problem: TokenEnded, Text: "keystone does not take the token of clouds.yaml (any more)", Err: said}
	case e.Actual == http.StatusUnauthorized, e.Actual == http.StatusNotFound:
		return &Error{Problem: WrongCredentials, Text: "keystone does not take the credentials of " + k.who(), Err: said}
	case e.Actual == http.StatusForbidden:
		return &Error{Problem: UnknownProject, Text: "keystone forbids a token to " + k.who(), Err: said}
	}
	return &Error{Problem: BadConfig, Text: fmt.Sprintf("keystone answered %d", e.Actual), Err: said}
}

// who names the user without saying a secret.
func (k *keystone) who() string {
	a := k.credential.auth
	switch {
	case a.ApplicationCredentialID != "":
		return fmt.Sprintf("application credential %q", a.ApplicationCredentialID)
	case a.ApplicationCredentialName != "":
		return fmt.Sprintf("application credential %q", a.ApplicationCredentialName)
	}
	return fmt.Sprintf("user %q", first(a.Username, a.UserID))
}

// project names the project asked for.
func (k *keystone) project() string {
	s := k.credential.auth.Scope
	if s == nil {
		return ""
	}
	return first(s.ProjectName, s.ProjectID, s.TrustID)
}

// keystoneMessage reads an error answer; false means that it is none.
func keystoneMessage(body []byte) (string, bool) {
	var told struct {
		Error *struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &told) != nil || told.Error == nil {
		return "", false
	}
	return told.Error.Message, true
}
