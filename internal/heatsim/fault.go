package heatsim

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Faults decides what happens to each request. It is asked once per request,
// before anything else, while the cloud is locked: it must not call the cloud.
type Faults interface{ Next(Exchange) Effect }

// Delay is a time on the cloud's clock.
type Delay = time.Duration

// Effect is what goes wrong with one request; the zero value is nothing.
// Parts combine: a create may lose its tags and its answer.
type Effect struct {
	Delay      Delay // before the request is carried out
	DelayAfter Delay // before it is answered

	// Skip: the request is never carried out. CommitAfter: it is carried out
	// that much later, after its answer.
	Skip        bool
	CommitAfter Delay

	Answer Answer
	Engine Engine

	// Status and Body replace the answer when Answer is AnswerStatus.
	Status int
	Body   string // not JSON: a proxy's page
	// RetryAfter is sent with Status, in whole seconds.
	RetryAfter time.Duration
}

// Answer is what becomes of a request's response.
type Answer int

// The ways an answer goes wrong.
const (
	AnswerWhole     Answer = iota
	AnswerCut              // the connection breaks instead
	AnswerTruncated        // it breaks in the middle of the body
	AnswerTimeout          // 500 MessagingTimeout from the API server
	AnswerStatus           // Status and Body instead
	AnswerRepeated         // the last answer to this path with any query (a caching proxy)
	AnswerDenied           // 401 or 403 in Keystone's or Heat's own words, by Status
)

// Engine is what goes wrong inside Heat during a write.
type Engine int

// The ways an engine fails.
const (
	EngineFine       Engine = iota
	EngineDiesBefore        // before anything is stored; the caller sees MessagingTimeout
	EngineDiesAtRow         // after the stack row, before its tags: IN_PROGRESS for ever
	EngineDiesAfter         // after row and tags: IN_PROGRESS for ever
	EngineTagsLate          // a create's tags are stored CommitAfter later
	EngineDrops             // an update loses the race: 202 and nothing done
)

// CutBefore breaks the connection before the request is sent or carried out.
func CutBefore() Effect { return Effect{Skip: true, Answer: AnswerCut} }

// CutAfter carries the request out and breaks the connection.
func CutAfter() Effect { return Effect{Answer: AnswerCut} }

// Timeout answers 500 MessagingTimeout: never done, or done all the same.
func Timeout(done bool) Effect { return Effect{Skip: !done, Answer: AnswerTimeout} }

// LateCommit answers 500 MessagingTimeout and carries the request out d later.
func LateCommit(d time.Duration) Effect { return Effect{CommitAfter: d, Answer: AnswerTimeout} }

// Refuse answers status without doing anything; 401 and 403 in the service's
// own words, others as a proxy's HTML page.
func Refuse(status int) Effect {
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return Effect{Skip: true, Answer: AnswerDenied, Status: status}
	}
	return Effect{
		Skip: true, Answer: AnswerStatus, Status: status,
		Body: "<html><head><title>" + http.StatusText(status) + "</title></head><body>proxy</body></html>",
	}
}

// RateLimit answers 429 with a Retry-After.
func RateLimit(after time.Duration) Effect {
	e := Refuse(http.StatusTooManyRequests)
	e.RetryAfter = after
	return e
}

// SignInPage answers 200 with a page of HTML, as a captive proxy does.
func SignInPage() Effect { return Refuse(http.StatusOK) }

// Truncate breaks the connection in the middle of the answer's body.
func Truncate() Effect { return Effect{Answer: AnswerTruncated} }

// RepeatPage gives an answer of before again: the page before of the same list, or
// what one stack showed when it was last asked for.
func RepeatPage() Effect { return Effect{Answer: AnswerRepeated} }

// Slow delays the request by d.
func Slow(d time.Duration) Effect { return Effect{Delay: d} }

// TagsLate stores a create's tags d after its row.
func TagsLate(d time.Duration) Effect { return Effect{Engine: EngineTagsLate, CommitAfter: d} }

// DropUpdate answers 202 to an update and does nothing.
func DropUpdate() Effect { return Effect{Engine: EngineDrops} }

// EngineDeath is one of the Engine constants that begin with EngineDies.
func EngineDeath(at Engine) Effect { return Effect{Engine: at, Answer: AnswerTimeout} }

type wire int

const (
	wireWhole wire = iota
	wireCut
	wireTruncated
)

func (e Effect) wire() wire {
	switch e.Answer {
	case AnswerCut:
		return wireCut
	case AnswerTruncated:
		return wireTruncated
	default:
		return wireWhole
	}
}

// meet carries a request out under its effect.
func (c *Cloud) meet(k *call) *answer {
	e := k.effect
	var done *answer
	switch {
	case e.Answer == AnswerRepeated:
		if last := c.repeated(k); last != nil {
			return last
		}
		done = c.carryOut(k)
	case e.Skip || e.Engine == EngineDiesBefore:
	case e.CommitAfter > 0 && e.Engine != EngineTagsLate:
		k.late = true
		c.after(e.CommitAfter, func() { c.carryOut(k) })
	default:
		done = c.carryOut(k)
	}
	if a := e.instead(k); a != nil {
		return a
	}
	if done == nil {
		done = heatError(http.StatusInternalServerError, "MessagingTimeout", "")
	}
	if k.method == http.MethodGet {
		c.kept[k.keptAs()] = done
	}
	return done
}

// repeated is the answer that a proxy kept of k, or nil. What one stack showed may
// be repeated whatever the request says. A list is repeated as the page before, when
// another page is asked for; its first page only when the request lets a cache
// answer (no Cache-Control: no-cache, RFC 9111 section 5.2.1.4).
func (c *Cloud) repeated(k *call) *answer {
	fresh := strings.Contains(k.header.Get("Cache-Control"), "no-cache")
	if k.isList() && fresh && !k.query.Has("marker") {
		return nil
	}
	return c.kept[k.keptAs()]
}

func (k *call) isList() bool { return strings.HasSuffix(k.path, "/stacks") }

// keptAs is what a proxy takes for the same: the path, and of a list all of the
// query but the marker.
func (k *call) keptAs() string {
	if !k.isList() {
		return k.path
	}
	same := maps.Clone(k.query)
	delete(same, "marker")
	return k.path + "?" + same.Encode()
}

// instead is the answer that replaces the true one, or nil.
func (e Effect) instead(k *call) *answer {
	switch {
	case e.Answer == AnswerTimeout || e.Engine == EngineDiesBefore:
		return heatError(http.StatusInternalServerError, "MessagingTimeout",
			"Timed out waiting for a reply to message ID 5f0f6c1d8d5c4a1f")
	case e.Answer == AnswerDenied && e.Status == http.StatusForbidden && k.parts[0] != "identity":
		return heatError(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
	case e.Answer == AnswerDenied:
		return keystoneError(e.Status)
	case e.Answer == AnswerStatus:
		a := &answer{status: e.Status, header: http.Header{"Content-Type": {"text/html"}}, body: []byte(e.Body)}
		if e.RetryAfter > 0 {
			a.header.Set("Retry-After", strconv.Itoa(int(e.RetryAfter/time.Second)))
		}
		return a
	default:
		return nil
	}
}
