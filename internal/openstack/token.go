package openstack

import (
	"context"
	"log/slog"
	"time"
)

// Token is a Keystone token on its way to a driver. Printed or logged it shows
// only how long it lives.
type Token struct {
	Value     string
	ExpiresAt time.Time     // by Keystone's clock
	Remaining time.Duration // when StepToken returned, by our monotonic clock
}

// String leaves the token out.
func (t Token) String() string { return "token (" + t.Remaining.Round(time.Second).String() + " left)" }

// GoString leaves the token out.
func (t Token) GoString() string { return t.String() }

// LogValue leaves the token out.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// StepToken gives a token that lives at least life, a fresh one when the present
// one does not. Where Keystone's tokens are shorter than that, the token is as
// good as new, and Remaining says how long it lives. Concurrent calls share one
// request. An error is an *Error, or ctx's.
func (c *Cloud) StepToken(ctx context.Context, life time.Duration) (Token, error) {
	held := c.provider.Token() // not always the session's: other services' clients renew that too
	g := c.session.current()
	if g.left(c.session.keystone.now()) < attainable(life, g.life) {
		if err := c.provider.Reauthenticate(ctx, held); err != nil {
			return Token{}, err
		}
		g = c.session.current()
	}
	return Token{Value: g.value, ExpiresAt: g.expires, Remaining: g.left(c.session.keystone.now())}, nil
}

// attainable gives the remaining life worth asking Keystone for: not more than
// nine tenths of what its tokens live, lest each step asks anew.
func attainable(wanted, whole time.Duration) time.Duration {
	return min(wanted, whole-whole/10)
}
