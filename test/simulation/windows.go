package simulation

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// window is a time in which requests of one kind meet one kind of trouble.
type window struct {
	fleet  *fleet // nil: all
	until  time.Time
	kind   string
	of     string // which requests: "", read, list, write, create, update, delete, token
	chance float64
	rand   *rand.Rand
}

// troubles are the kinds, each as a function of chance.
var troubles = map[string]func(*rand.Rand) trouble{
	"connection refused":      func(*rand.Rand) trouble { return trouble{noRoute: true} },
	"cut before send":         func(*rand.Rand) trouble { return trouble{Effect: heatsim.CutBefore()} },
	"cut after commit":        func(*rand.Rand) trouble { return trouble{Effect: heatsim.CutAfter()} },
	"timeout, done":           func(*rand.Rand) trouble { return trouble{Effect: heatsim.Timeout(true)} },
	"timeout, not done":       func(*rand.Rand) trouble { return trouble{Effect: heatsim.Timeout(false)} },
	"late commit":             func(r *rand.Rand) trouble { return trouble{Effect: heatsim.LateCommit(upTo(r, 170*time.Second))} },
	"500":                     func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusInternalServerError)} },
	"502 page":                func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusBadGateway)} },
	"503":                     func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusServiceUnavailable)} },
	"504":                     func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusGatewayTimeout)} },
	"401":                     func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusUnauthorized)} },
	"403":                     func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusForbidden)} },
	"404 page":                func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusNotFound)} },
	"409":                     func(*rand.Rand) trouble { return trouble{Effect: heatsim.Refuse(http.StatusConflict)} },
	"429":                     func(r *rand.Rand) trouble { return trouble{Effect: heatsim.RateLimit(upTo(r, time.Minute))} },
	"sign-in page":            func(*rand.Rand) trouble { return trouble{Effect: heatsim.SignInPage()} },
	"truncated":               func(*rand.Rand) trouble { return trouble{Effect: heatsim.Truncate()} },
	"repeated page":           func(*rand.Rand) trouble { return trouble{Effect: heatsim.RepeatPage()} },
	"slow":                    func(r *rand.Rand) trouble { return trouble{delay: upTo(r, 400*time.Second)} },
	"tags late":               func(r *rand.Rand) trouble { return trouble{Effect: heatsim.TagsLate(upTo(r, 30*time.Second))} },
	"update dropped":          func(*rand.Rand) trouble { return trouble{Effect: heatsim.DropUpdate()} },
	"engine dies before":      func(*rand.Rand) trouble { return trouble{Effect: heatsim.EngineDeath(heatsim.EngineDiesBefore)} },
	"engine dies at the row":  func(*rand.Rand) trouble { return trouble{Effect: heatsim.EngineDeath(heatsim.EngineDiesAtRow)} },
	"engine dies after":       func(*rand.Rand) trouble { return trouble{Effect: heatsim.EngineDeath(heatsim.EngineDiesAfter)} },
	"row dropped from a list": func(r *rand.Rand) trouble { return trouble{page: editRows(r, dropRow)} },
	"row twice in a list":     func(r *rand.Rand) trouble { return trouble{page: editRows(r, doubleRow)} },
}

// upTo gives a time up to d, of whole seconds and at least one.
func upTo(r *rand.Rand, d time.Duration) time.Duration {
	return time.Second * time.Duration(1+r.Int64N(int64(d/time.Second)))
}

// trouble decides what a request meets.
func (w *world) trouble(p *parcel) trouble {
	for _, x := range w.windows {
		if !x.until.After(w.now) || x.fleet != nil && x.fleet != p.r.of.fleet || !p.is(x.of) || x.rand.Float64() >= x.chance {
			continue
		}
		t := troubles[x.kind](x.rand)
		if !t.fits(p) {
			continue
		}
		w.count("fault: " + x.kind)
		w.note(p.r.of.id, "meets "+x.kind+" at "+p.method+" "+p.path)
		return t
	}
	return trouble{}
}

// fits tells whether a trouble can befall a request: what cannot is not met.
func (t trouble) fits(p *parcel) bool {
	switch {
	case t.page != nil:
		return p.is("list")
	case t.delay > 0:
		return !p.identity() // which is carried out at once
	}
	switch t.Engine {
	case heatsim.EngineFine:
		return true
	case heatsim.EngineTagsLate:
		return p.is("create")
	case heatsim.EngineDrops:
		return p.is("update")
	}
	return p.writes()
}

// is tells whether a request is of a kind.
func (p *parcel) is(kind string) bool {
	below := strings.Count(strings.Trim(p.path, "/"), "/")
	stack := strings.HasPrefix(p.path, "/stacks")
	switch kind {
	case "token":
		return p.identity()
	case "read":
		return !p.identity() && !p.writes()
	case "list":
		return p.method == http.MethodGet && p.path == "/stacks"
	case "write":
		return p.writes()
	case "create":
		return p.method == http.MethodPost && p.path == "/stacks"
	case "update":
		return stack && (p.method == http.MethodPut || p.method == http.MethodPatch) && below == 2
	case "delete":
		return stack && p.method == http.MethodDelete
	}
	return !p.identity()
}

// editRows makes a page editor of a function over a list's rows.
func editRows(r *rand.Rand, edit func([]json.RawMessage, int) []json.RawMessage) func(*http.Response) (*http.Response, error) {
	return func(resp *http.Response) (*http.Response, error) {
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		var page map[string]json.RawMessage
		var rows []json.RawMessage
		if json.Unmarshal(text, &page) == nil && json.Unmarshal(page["stacks"], &rows) == nil && len(rows) > 0 {
			page["stacks"], _ = json.Marshal(edit(rows, r.IntN(len(rows))))
			text, _ = json.Marshal(page)
		}
		resp.Body = io.NopCloser(bytes.NewReader(text))
		resp.ContentLength = int64(len(text))
		return resp, nil
	}
}

func dropRow(rows []json.RawMessage, i int) []json.RawMessage {
	return append(append([]json.RawMessage(nil), rows[:i]...), rows[i+1:]...)
}

func doubleRow(rows []json.RawMessage, i int) []json.RawMessage {
	return append(append([]json.RawMessage(nil), rows[:i+1]...), rows[i:]...)
}
