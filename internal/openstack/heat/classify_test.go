package heat_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// The calls a row of the tables makes.
func create(ctx context.Context, c *heat.Client, t *testing.T) error {
	_, err := c.Create(ctx, "prod--pay", mustTags(t), heat.Spec{
		Template: []byte(`{}`), Parameters: map[string]any{"password": "pw-canary", "keys": []string{"key-canary"}}, Sensitive: []string{"password", "keys", "none"},
	})
	return err
}

func update(ctx context.Context, c *heat.Client, t *testing.T) error {
	return c.Update(ctx, ref, mustTags(t), heat.Spec{Template: []byte(`{}`)})
}

func list(ctx context.Context, c *heat.Client, _ *testing.T) error {
	_, err := c.List(ctx, heat.Query{})
	return err
}

func show(ctx context.Context, c *heat.Client, _ *testing.T) error {
	_, err := c.Show(ctx, ref, false)
	return err
}

// TestClassify has a row for each thing Heat, Keystone's middleware or a proxy
// can answer.
func TestClassify(t *testing.T) {
	type call func(context.Context, *heat.Client, *testing.T) error
	for _, tc := range []struct {
		name   string
		call   call
		status int
		body   string
		header string // Retry-After
		want   heat.Fault
		remedy string // a piece of it
	}{
		{
			"quota of stacks", create, 400, fault("RequestLimitExceeded", "Request limit exceeded: You have reached the maximum stacks per tenant, 512. Please delete some stacks."), "",
			heat.Fault{Code: heat.Quota, Who: heat.Operator, Sent: heat.Answered},
			"max_stacks_per_tenant",
		},
		{
			"body too big", create, 400, fault("RequestLimitExceeded", "Request limit exceeded: JSON body size (1100000 bytes) exceeds maximum allowed size (1048576 bytes)."), "",
			heat.Fault{Code: heat.TooBig, Who: heat.Author, Sent: heat.Answered},
			"max_json_body_size",
		},
		{
			"template too big", create, 400, fault("RequestLimitExceeded", "Request limit exceeded: Template size (530000 bytes) exceeds maximum allowed size (524288 bytes)."), "",
			heat.Fault{Code: heat.TooBig, Who: heat.Author, Sent: heat.Answered},
			"max_template_size",
		},
		{
			"resources in a stack", create, 400, fault("RequestLimitExceeded", "Request limit exceeded: Maximum resources per stack exceeded."), "",
			heat.Fault{Code: heat.Quota, Who: heat.Operator, Sent: heat.Answered},
			"max_resources_per_stack",
		},
		{
			"name taken", create, 409, fault("StackExists", "The Stack (prod--pay) already exists."), "",
			heat.Fault{Code: heat.Conflict, Who: heat.Nobody, Sent: heat.Answered, Transient: true},
			"look the name up",
		},
		{
			"busy", update, 409, fault("ActionInProgress", "Stack x already has an action (UPDATE) in progress."), "",
			heat.Fault{Code: heat.Conflict, Who: heat.Nobody, Sent: heat.Answered, Transient: true},
			"wait",
		},
		{
			"update while deleting", update, 400, fault("NotSupported", "Updating a stack when it is deleting is not supported."), "",
			heat.Fault{Code: heat.Conflict, Who: heat.Nobody, Sent: heat.Answered, Transient: true},
			"gone",
		},
		{
			"update while suspended", update, 400, fault("NotSupported", "Updating a stack when it is suspended is not supported."), "",
			heat.Fault{Code: heat.Conflict, Who: heat.Operator, Sent: heat.Answered, Transient: true},
			"resume",
		},
		{
			"abandon forbidden", update, 400, fault("NotSupported", "Stack Abandon is not supported."), "",
			heat.Fault{Code: heat.Config, Who: heat.Operator, Sent: heat.Answered},
			"does not allow",
		},
		{
			"gone", show, 404, fault("EntityNotFound", "The Stack (prod--pay) could not be found."), "",
			heat.Fault{Code: heat.NotFound, Who: heat.Nobody, Sent: heat.Answered, Transient: true},
			"look the name up",
		},
		{
			"not Heat's 404", list, 404, "<html><title>404 Not Found</title></html>", "",
			heat.Fault{Code: heat.Config, Who: heat.Operator, Sent: heat.Answered, Transient: true},
			"catalogue",
		},
		{
			"wrong template", create, 400, fault("StackValidationFailed", `Property error: resources.a.properties: Unknown Property b`), "",
			heat.Fault{Code: heat.Config, Who: heat.Author, Sent: heat.Answered},
			"correct",
		},
		{
			"image missing", create, 400, fault("StackValidationFailed", `Parameter 'image' is invalid: Error validating value 'fcos': The Image (fcos) could not be found.`), "",
			heat.Fault{Code: heat.Dependency, Who: heat.Author, Sent: heat.Answered},
			"image",
		},
		{
			"no such resource type", create, 400, fault("StackValidationFailed", `The Resource Type (OS::No::Such) could not be found.`), "",
			heat.Fault{Code: heat.Config, Who: heat.Author, Sent: heat.Answered},
			"correct",
		},
		{
			"glance down while validating", create, 400, fault("StackValidationFailed", `Error validating value 'x': Unable to establish connection to http://glance`), "",
			heat.Fault{Code: heat.Dependency, Who: heat.Cloud, Sent: heat.Answered, Transient: true},
			"did not answer",
		},
		{
			"unknown parameter", create, 400, fault("UnknownUserParameter", "The Parameter (x) was not defined in template."), "",
			heat.Fault{Code: heat.Config, Who: heat.Author, Sent: heat.Answered},
			"correct",
		},
		{
			"immutable parameter", update, 400, fault("ImmutableParameterModified", "The following parameters are immutable: net"), "",
			heat.Fault{Code: heat.Config, Who: heat.Author, Sent: heat.Answered},
			"take the change back",
		},
		{
			"no such service", create, 400, fault("ResourceTypeUnavailable", "HEAT-E99001 Service magnum is not available"), "",
			heat.Fault{Code: heat.Dependency, Who: heat.Operator, Sent: heat.Answered},
			"lacks the service",
		},
		{
			"two networks of a name", create, 400, fault("PhysicalResourceNameAmbiguity", "Multiple physical resources were found with name (n)."), "",
			heat.Fault{Code: heat.Dependency, Who: heat.Author, Sent: heat.Answered},
			"by its id",
		},
		{
			"no credentials for the trust", create, 400, fault("MissingCredentialError", "Missing required credential: X-Auth-User"), "",
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered},
			"unrestricted",
		},
		{
			"token refused", list, 401, `{"error":{"code":401,"title":"Unauthorized","message":"The request you have made requires authentication."}}`, "",
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered, Transient: true},
			"credentials",
		},
		{
			"no right to read", list, 403, fault("Forbidden", "You are not authorized to use stacks:index."), "",
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered},
			"role reader",
		},
		{
			"no right to write", create, 403, fault("Forbidden", "You are not authorized to use stacks:create."), "",
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered},
			"role member",
		},
		{
			"another project", list, 403, fault("InvalidTenant", "Searching Tenant a from Tenant b forbidden."), "",
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered},
			"another project",
		},
		{
			"restricted application credential", create, 500, fault("RemoteError", ""), "",
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Maybe, Transient: true},
			"--unrestricted",
		},
		{
			"engine exception on an update", update, 500, fault("RemoteError", ""), "",
			heat.Fault{Code: heat.Internal, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"heat-engine",
		},
		{
			"engine too slow", create, 500, fault("MessagingTimeout", "Timed out waiting for a reply to message ID 1"), "",
			heat.Fault{Code: heat.Timeout, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"RabbitMQ",
		},
		{
			"database", update, 500, fault("DBConnectionError", "lost"), "",
			heat.Fault{Code: heat.Internal, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"heat-engine",
		},
		{
			"rate limit", list, 429, "Too Many", "7",
			heat.Fault{Code: heat.RateLimit, Who: heat.Cloud, Sent: heat.Answered, Transient: true, RetryAfter: 7 * time.Second},
			"slows down",
		},
		{
			"proxy's body limit", create, 413, "<html><title>413 Request Entity Too Large</title>", "",
			heat.Fault{Code: heat.TooBig, Who: heat.Operator, Sent: heat.Answered},
			"proxy",
		},
		{
			"no backend", create, 503, "<html><TITLE>503 Service Unavailable</TITLE>", "120",
			heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Maybe, Transient: true, RetryAfter: 2 * time.Minute},
			"back",
		},
		{
			"bad gateway", update, 502, "<html>", "",
			heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"back",
		},
		{
			"gateway timeout", create, 504, "", "",
			heat.Fault{Code: heat.Timeout, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"rpc_response_timeout",
		},
		{
			"redirect", update, 302, "", "",
			heat.Fault{Code: heat.Config, Who: heat.Operator, Sent: heat.Answered, Transient: true},
			"catalogue",
		},
		{
			"sign-in page", list, 200, "<html><title>Sign in</title></html>", "",
			heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"not Heat's",
		},
		{
			"cut list", list, 200, `{"stacks":[{"id":"a"`, "",
			heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"cut",
		},
		{
			"create without an id", create, 201, `{}`, "",
			heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Maybe, Transient: true},
			"cut",
		},
		{
			"unknown type", update, 400, fault("SomethingNew", "no"), "",
			heat.Fault{Code: heat.Config, Who: heat.Author, Sent: heat.Answered},
			"correct",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := answer(tc.status, tc.body, "Retry-After", tc.header, "Location", "http://user:pw-canary@other.test/v1/x?token=pw-canary")
			err := tc.call(t.Context(), clientOf(t, h), t)
			if err == nil {
				t.Fatal("no error")
			}
			got := heat.Classify(err)
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(heat.Fault{}, "Remedy")); diff != "" {
				t.Errorf("fault (-want +got):\n%s\nerror: %v", diff, err)
			}
			if !strings.Contains(got.Remedy, tc.remedy) {
				t.Errorf("remedy %q does not say %q", got.Remedy, tc.remedy)
			}
			if strings.ContainsAny(err.Error(), "\n\r") || strings.Contains(err.Error(), "canary") {
				t.Errorf("error text %q", err)
			}
		})
	}
}

// TestUnanswered has the ways a request can get no answer, over real sockets.
func TestUnanswered(t *testing.T) {
	refused := func(t *testing.T) *heat.Client {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		return heat.NewWithToken("http://"+l.Addr().String()+"/v1/"+project, token, &http.Client{Transport: &http.Transport{}})
	}
	cut := func(t *testing.T) *heat.Client {
		return served(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		})
	}
	nameless := func(*testing.T) *heat.Client {
		dial := func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "heat.test", IsNotFound: true}}
		}
		return heat.NewWithToken("http://heat.test/v1/"+project, token, &http.Client{Transport: &http.Transport{DialContext: dial}})
	}
	untrusted := func(t *testing.T) *heat.Client {
		s := httptest.NewUnstartedServer(answer(200, "{}"))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		return heat.NewWithToken(s.URL+"/v1/"+project, token, &http.Client{Transport: &http.Transport{}})
	}
	silent := func(t *testing.T) *heat.Client {
		return served(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		})
	}
	held := func(*testing.T) *heat.Client {
		return heat.NewWithToken("http://heat.test/v1/"+project, token, &http.Client{Transport: failing{notSent{}}})
	}
	strange := func(*testing.T) *heat.Client {
		return heat.NewWithToken("http://heat.test/v1/"+project, token, &http.Client{Transport: failing{errors.New("strange")}})
	}
	for _, tc := range []struct {
		name   string
		client func(*testing.T) *heat.Client
		limit  time.Duration // of the call's context; negative means it is over
		want   heat.Fault
	}{
		{"connection refused", refused, 0, heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.NotSent, Transient: true}},
		{"no such host", nameless, 0, heat.Fault{Code: heat.Unavailable, Who: heat.Operator, Sent: heat.NotSent, Transient: true}},
		{"unknown authority", untrusted, 0, heat.Fault{Code: heat.Config, Who: heat.Operator, Sent: heat.NotSent}},
		{"cut before the answer", cut, 0, heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Maybe, Transient: true}},
		{"no answer in time", silent, 2 * time.Second, heat.Fault{Code: heat.Timeout, Who: heat.Cloud, Sent: heat.Maybe, Transient: true}},
		{"over before it began", silent, -1, heat.Fault{Code: heat.Timeout, Who: heat.Cloud, Sent: heat.NotSent, Transient: true}},
		{"held back by a limiter", held, 0, heat.Fault{Code: heat.Internal, Who: heat.Nobody, Sent: heat.NotSent, Transient: true}},
		{"unknown cause", strange, 0, heat.Fault{Code: heat.Internal, Who: heat.Nobody, Sent: heat.Maybe, Transient: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, client := t.Context(), tc.client(t)
			if tc.limit != 0 {
				var stop context.CancelFunc
				ctx, stop = context.WithTimeout(ctx, tc.limit)
				defer stop()
			}
			err := create(ctx, client, t)
			if diff := cmp.Diff(tc.want, heat.Classify(err), cmpopts.IgnoreFields(heat.Fault{}, "Remedy")); diff != "" {
				t.Errorf("fault (-want +got):\n%s\nerror: %v", diff, err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("error text %q", err)
			}
		})
	}
}

// served gives a client over a real socket.
func served(t *testing.T, h http.HandlerFunc) *heat.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return heat.NewWithToken(s.URL+"/v1/"+project, token, s.Client())
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

type notSent struct{}

func (notSent) Error() string { return "kept back" }
func (notSent) NotSent() bool { return true }

func TestSentinels(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		kind   string
		text   string
		want   error
	}{
		{"not found", 404, "EntityNotFound", "x", heat.ErrNotFound},
		{"exists", 409, "StackExists", "x", heat.ErrExists},
		{"busy", 409, "ActionInProgress", "x", heat.ErrBusy},
		{"deleting", 400, "NotSupported", "Updating a stack when it is deleting is not supported.", heat.ErrBusy},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := update(t.Context(), clientOf(t, answer(tc.status, fault(tc.kind, tc.text))), t)
			for _, s := range []error{heat.ErrNotFound, heat.ErrExists, heat.ErrBusy} {
				if got := errors.Is(err, s); got != (s == tc.want) {
					t.Errorf("errors.Is(%v, %v) = %v", err, s, got)
				}
			}
		})
	}
	if f := heat.Classify(nil); f != (heat.Fault{}) {
		t.Errorf("Classify(nil) = %v", f)
	}
}

// TestCanaries: whatever the other side repeats, no secret comes into an error.
func TestCanaries(t *testing.T) {
	for _, body := range []string{
		fault("StackValidationFailed", "Parameter 'password' is invalid: pw-canary, keys [key-canary] [\"key-canary\"], token "+token),
		`{"error":{"message":"token ` + token + `"}}`,
		"<html><title>who are you, " + token + " pw-canary</title><body>" + token,
	} {
		for _, status := range []int{400, 401, 500, 502} {
			err := create(t.Context(), clientOf(t, answer(status, body)), t)
			if err == nil || strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "pw-canary") || strings.Contains(err.Error(), `["key-canary"]`) {
				t.Errorf("error text %q", err)
			}
		}
	}
}

// TestTooBig: what Heat would refuse for its size is not sent.
func TestTooBig(t *testing.T) {
	c := clientOf(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") })
	_, err := c.Create(t.Context(), "a", mustTags(t), heat.Spec{Template: []byte(`{}`), Files: map[string]string{"f": strings.Repeat("x", heat.MaxBody)}})
	var big *heat.TooBigError
	if !errors.As(err, &big) || big.Size <= heat.MaxBody {
		t.Fatalf("error %v", err)
	}
	if f := heat.Classify(err); f.Code != heat.TooBig || f.Ambiguous() || f.Code.Outcome() != heat.Config {
		t.Errorf("fault %+v", f)
	}
}

// TestNoTags: a PUT that would erase the tags cannot be sent.
func TestNoTags(t *testing.T) {
	c := clientOf(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") })
	if err := c.Update(t.Context(), ref, heat.Tags{}, heat.Spec{Template: []byte(`{}`)}); err == nil {
		t.Error("sent without tags")
	}
	if err := c.Update(t.Context(), heat.Ref{Name: "a"}, mustTags(t), heat.Spec{Template: []byte(`{}`)}); err == nil {
		t.Error("sent without an id")
	}
	if err := c.Update(t.Context(), ref, mustTags(t), heat.Spec{}); err == nil {
		t.Error("sent without a template")
	}
	for _, bad := range [][]string{nil, {""}, {"a,b"}, {strings.Repeat("x", 81)}} {
		if _, err := heat.NewTags(bad...); err == nil {
			t.Errorf("tags %q taken", bad)
		}
	}
}
