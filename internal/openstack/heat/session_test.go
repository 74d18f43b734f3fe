package heat_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gophercloud/gophercloud/v2"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// serviceClient gives gophercloud's client over handler, in place.
func serviceClient(handler http.HandlerFunc, renew func(context.Context, *gophercloud.ProviderClient) error) *gophercloud.ServiceClient {
	p := &gophercloud.ProviderClient{TokenID: "old", HTTPClient: http.Client{Transport: inPlace{handler}}}
	p.UseTokenLock()
	if renew != nil {
		p.ReauthFunc = func(ctx context.Context) error { return renew(ctx, p) }
	}
	return &gophercloud.ServiceClient{ProviderClient: p, Endpoint: "https://heat.test/v1/" + project + "/", Type: "orchestration"}
}

// TestRenewal: a 401 costs one renewal and one replay with the same body.
func TestRenewal(t *testing.T) {
	var s seen
	sc := serviceClient(func(w http.ResponseWriter, r *http.Request) {
		s.note(r)
		if r.Header.Get("X-Auth-Token") == "old" {
			answer(401, "")(w, r)
			return
		}
		answer(201, `{"stack":{"id":"x"}}`)(w, r)
	}, func(_ context.Context, p *gophercloud.ProviderClient) error {
		p.SetToken("new") //nolint:staticcheck // a token without its answer is enough here
		return nil
	})
	if err := create(t.Context(), heat.New(sc), t); err != nil {
		t.Fatal(err)
	}
	if len(s.requests) != 2 {
		t.Fatalf("%d requests, want 2", len(s.requests))
	}
	if diff := cmp.Diff(s.requests[0].body, s.requests[1].body); diff != "" || s.requests[1].body == "" {
		t.Errorf("replayed body:\n%s", diff)
	}
}

func TestRenewalRefused(t *testing.T) {
	for _, tc := range []struct {
		name  string
		renew func(context.Context, *gophercloud.ProviderClient) error
		want  heat.Fault
		asked int
	}{
		{"no renewal", nil, heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered, Transient: true}, 1},
		{
			"renewal fails", func(context.Context, *gophercloud.ProviderClient) error { return errors.New("no") },
			heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered, Transient: true},
			1,
		},
		{
			"keystone is cut off", func(context.Context, *gophercloud.ProviderClient) error { return io.ErrUnexpectedEOF },
			heat.Fault{Code: heat.Unavailable, Who: heat.Cloud, Sent: heat.Answered, Transient: true},
			1,
		},
		{"the new token is refused too", func(_ context.Context, p *gophercloud.ProviderClient) error {
			p.SetToken("new") //nolint:staticcheck // as above
			return nil
		}, heat.Fault{Code: heat.Auth, Who: heat.Operator, Sent: heat.Answered, Transient: true}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s seen
			sc := serviceClient(func(w http.ResponseWriter, r *http.Request) {
				s.note(r)
				answer(401, "")(w, r)
			}, tc.renew)
			got := heat.Classify(create(t.Context(), heat.New(sc), t))
			got.Remedy = ""
			if diff := cmp.Diff(tc.want, got); diff != "" || len(s.requests) != tc.asked {
				t.Errorf("%d requests, fault (-want +got):\n%s", len(s.requests), diff)
			}
		})
	}
}
