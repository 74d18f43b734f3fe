package carry

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Consoles reads what servers of the project wrote last. [Project] does.
type Consoles interface {
	Console(ctx context.Context, server string, lines int) (string, error)
}

// ReadConsoles has the carrier look at the console that a driver names for a cluster
// that is not healthy. It is called before the first command.
func (c *Carrier) ReadConsoles(from Consoles) { c.consoles.from = from }

// Console implements Consoles.
func (p *Project) Console(ctx context.Context, server string, lines int) (string, error) {
	c, err := p.open(ctx)
	if err != nil {
		return "", err
	}
	return c.Console(ctx, server, lines)
}

const (
	// consoleLines is how many lines are asked for.
	consoleLines = 200
	// consoleKept is how long what was read of a console, or that it could not be,
	// stands: health is asked for each minute.
	consoleKept = 10 * time.Minute
	// mostConsoles bounds what is kept; then it begins anew.
	mostConsoles = 10_000
	// consolePatience bounds the request: a cause is nice to have.
	consolePatience = 10 * time.Second
	// consoleReason is where it stands among the reasons of a health.
	consoleReason = "console"
)

// consolesRead keeps what servers said last. It is safe for concurrent use.
type consolesRead struct {
	from Consoles // nil: nobody looks
	mu   sync.Mutex
	held map[string]consoleAt // by server
}

type consoleAt struct {
	read time.Time
	said string
}

// console adds what the named server said last to the reasons why a cluster is not
// healthy. A cloud that gives none takes nothing from the report.
func (c *Carrier) console(ctx context.Context, r *driver.HealthReport) {
	if c.consoles.from == nil || r.ConsoleServerID == "" || r.Health == driver.Healthy || r.Reasons[consoleReason] != "" {
		return
	}
	said := c.consoles.of(ctx, r.ConsoleServerID)
	if said == "" {
		return
	}
	if r.Reasons = maps.Clone(r.Reasons); r.Reasons == nil {
		r.Reasons = map[string]string{}
	}
	r.Reasons[consoleReason] = "server " + r.ConsoleServerID + " said last: " + said
}

// of gives what a server said last, "" where that cannot be had.
func (o *consolesRead) of(ctx context.Context, server string) string {
	o.mu.Lock()
	at, ok := o.held[server]
	o.mu.Unlock()
	if ok && time.Since(at.read) < consoleKept {
		return at.said
	}
	ctx, cancel := context.WithTimeout(ctx, consolePatience)
	defer cancel()
	text, err := o.from.Console(ctx, server, consoleLines)
	if err != nil {
		text = ""
	}
	at = consoleAt{time.Now(), lastSaid(text)}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil || len(o.held) >= mostConsoles {
		o.held = map[string]consoleAt{}
	}
	o.held[server] = at
	return at.said
}
