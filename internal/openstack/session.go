package openstack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gophercloud/gophercloud/v2"
)

// renewLimit bounds one renewal. It runs apart from the call that began it, for
// others wait for it too.
const renewLimit = 60 * time.Second

// session is the present token of a cloud and its renewal. It is safe for
// concurrent use.
type session struct {
	keystone *keystone

	mu    sync.Mutex
	grant grant
}

func (s *session) current() grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grant
}

// open gets the first token; it takes the trouble to tell a wrong project from a
// wrong password.
func (s *session) open(ctx context.Context) error {
	g, err := s.keystone.ask(ctx)
	if errors.Is(err, &Error{Problem: WrongCredentials}) && s.keystone.knows(ctx) {
		return &Error{
			Problem: UnknownProject,
			Text:    fmt.Sprintf("keystone knows %s but not project %q, or the user has no role on it", s.keystone.who(), s.keystone.project()),
		}
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grant = g
	return nil
}

// renew gets another token of the same project and hands it to p. gophercloud
// calls it once for all requests that were refused together.
func (s *session) renew(ctx context.Context, p *gophercloud.ProviderClient) error {
	if !s.keystone.credential.renewable {
		return &Error{Problem: TokenEnded, Text: "the token of clouds.yaml has run out"}
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
	defer stop()
	g, err := s.keystone.ask(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.project != s.grant.project {
		return &Error{Problem: UnknownProject, Text: fmt.Sprintf("the project is another now: id %q was %q", g.project, s.grant.project)}
	}
	s.grant = g
	return p.SetTokenAndAuthResult(g)
}
