package carry

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

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
	// consoleLines is how many lines are asked for, consoleTold how many are told.
	consoleLines = 200
	consoleTold  = 3
	// consoleLine bounds a line that is told, in characters.
	consoleLine = 240
	// consoleKept is how long what was read of a console, or that it could not be,
	// stands: health is asked for each minute.
	consoleKept = 10 * time.Minute
	// mostConsoles bounds what is kept; then it begins anew.
	mostConsoles = 10_000
	// consolePatience bounds the request: a cause is nice to have.
	consolePatience = 10 * time.Second
	// consoleReason is where it stands among the reasons of a health.
	consoleReason = "console"
	// consoleMark begins what a driver's own boot script says.
	consoleMark = "heatsync: "
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

// lastSaid is the end of a console on one line: what a boot script of a driver says
// where there is any of it, else whatever came last.
func lastSaid(text string) string {
	var all, marked []string
	for line := range strings.Lines(text) {
		line = readable(line)
		if line == "" {
			continue
		}
		all = append(all, line)
		if i := strings.Index(line, consoleMark); i >= 0 {
			marked = append(marked, line[i+len(consoleMark):])
		}
	}
	if len(marked) > 0 {
		all = marked
	}
	all = all[max(0, len(all)-consoleTold):]
	for i, line := range all {
		all[i] = clipped(hidden(line))
	}
	return strings.Join(all, " | ")
}

var escape = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")

// readable takes what moves a cursor out of a line.
func readable(line string) string {
	line = escape.ReplaceAllString(strings.ToValidUTF8(line, ""), "")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, line))
}

// secretly are the shapes that secrets have on a console: a kubeadm token, what
// follows a telling word, and any long run of base64 or hex.
var secretly = []struct {
	shape *regexp.Regexp
	put   string
}{
	{regexp.MustCompile(`\b[a-z0-9]{6}\.[a-z0-9]{16}\b`), "<hidden>"},
	{regexp.MustCompile(`(?i)(passw(?:or)?d|secret|token|key)(["']?\s*[=:]\s*)\S+`), "$1$2<hidden>"},
	{regexp.MustCompile(`[A-Za-z0-9+/=_]{40,}`), "<hidden>"},
}

func hidden(line string) string {
	for _, s := range secretly {
		line = s.shape.ReplaceAllString(line, s.put)
	}
	return line
}

func clipped(line string) string {
	if r := []rune(line); len(r) > consoleLine {
		return string(r[:consoleLine]) + "…"
	}
	return line
}
