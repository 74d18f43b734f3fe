package heat

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What callers act on, for errors.Is.
var (
	// ErrNotFound: no such stack, or one purged; a soft-deleted stack is shown
	// with DELETE_COMPLETE instead.
	ErrNotFound = errors.New("not found")
	// ErrExists: a live stack of that name is there (or one whose row is not
	// gone yet).
	ErrExists = errors.New("name taken")
	// ErrBusy: another action on the stack is in the way for now.
	ErrBusy = errors.New("action in progress")
)

// Error is an answer of Heat, or of a proxy before it, that is not success.
// Its text is the same for the same problem: the request id is a field only.
type Error struct {
	Status     int           // HTTP status
	Type       string        // Heat's error.type, "" when the answer was not Heat's JSON
	Message    string        // Heat's error.message, or the title of a proxy's page; one line, "" when missing
	RequestID  string        // X-Openstack-Request-Id
	Method     string        // HTTP method
	Path       string        // below the endpoint, without the query
	RetryAfter time.Duration // what the answer asked for, 0 for nothing
}

func (e *Error) Error() string {
	text := "heat answered " + strconv.Itoa(e.Status)
	if e.Type == "" {
		text = strings.TrimSpace("the server answered " + strconv.Itoa(e.Status) + " " + http.StatusText(e.Status))
	} else {
		text += " " + e.Type
	}
	if e.Message == "" {
		return text + " without a message"
	}
	return text + ": " + e.Message
}

// Is makes errors.Is work for [ErrNotFound], [ErrExists] and [ErrBusy].
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound && e.Type != ""
	case ErrExists:
		return e.Type == "StackExists"
	case ErrBusy:
		return e.Type == "ActionInProgress" || (e.Type == "NotSupported" && strings.Contains(e.Message, "deleting"))
	}
	return false
}

// SendError is a request that got no answer.
type SendError struct {
	Method string
	Path   string
	Err    error

	begun bool
}

func (e *SendError) Error() string {
	if e.begun {
		return "no answer from heat: " + e.Err.Error()
	}
	return "heat was not reached: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }

// ReplyError is an answer that says success and cannot be read: cut, too long,
// or not Heat's JSON. A write that ends in one was taken.
type ReplyError struct {
	Method string
	Path   string
	Status int
	Err    error
}

func (e *ReplyError) Error() string { return "unreadable answer from heat: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *ReplyError) Unwrap() error { return e.Err }

// RenewError says that Heat refused the token and no new one was to be had. The
// request was not carried out.
type RenewError struct{ Err error }

func (e *RenewError) Error() string {
	return "heat refused the token and it could not be renewed: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *RenewError) Unwrap() error { return e.Err }

// TooBigError says that a request was not sent because Heat would refuse it for
// its size (max_json_body_size, 1 MiB by default).
type TooBigError struct{ Size, Limit int } // bytes

func (e *TooBigError) Error() string {
	return fmt.Sprintf("the request body has %d bytes, heat takes %d", e.Size, e.Limit)
}

// Fault makes TooBigError a [Faulter].
func (e *TooBigError) Fault() Fault {
	return Fault{
		Code: TooBig, Who: Author, Sent: NotSent,
		Remedy: "make files and parameters smaller: template, files and environment share one request",
	}
}

// maxMessage bounds a message in bytes: enough to say what is wrong.
const maxMessage = 2048

// maxType bounds an error type in bytes; Heat's are class names.
const maxType = 100

// refusal makes the *Error for resp. Neither the token nor what r hides appears
// in it.
func refusal(r call, resp *http.Response) *Error {
	text, _ := readAll(resp, MaxErrorReply)
	hide := r.hidden(resp.Request.Header.Get("X-Auth-Token"))
	e := &Error{
		Status: resp.StatusCode, Method: r.method, Path: r.path,
		RequestID:  resp.Header.Get("X-Openstack-Request-Id"),
		RetryAfter: retryAfter(resp.Header),
	}
	var told struct {
		Error struct {
			Type    string  `json:"type"`
			Message *string `json:"message"`
			Title   string  `json:"title"` // Keystone's middleware
		} `json:"error"`
	}
	switch {
	case json.Unmarshal(text, &told) == nil && (told.Error.Type != "" || told.Error.Message != nil):
		e.Type = cut(oneLine(redact(told.Error.Type, hide)), maxType)
		if told.Error.Message != nil {
			e.Message = *told.Error.Message
		}
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Message = "redirect to " + origin(resp.Header.Get("Location"))
	default:
		e.Message = pageTitle(text, hide)
	}
	e.Message = oneLine(redact(e.Message, hide))
	return e
}

var titles = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageTitle quotes of a page only its title: the rest is a proxy's affair.
func pageTitle(text []byte, hide []string) string {
	if m := titles.FindSubmatch(text); m != nil {
		return strconv.Quote(oneLine(redact(html.UnescapeString(string(m[1])), hide)))
	}
	return ""
}

// notJSON says what came instead of JSON.
func notJSON(text []byte, err error, hide []string) error {
	if title := pageTitle(text, hide); title != "" {
		return fmt.Errorf("a page titled %s instead of JSON", title)
	}
	return err
}

// origin gives scheme and host of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "another address"
	}
	return u.Scheme + "://" + u.Host
}

// oneLine folds blanks and cuts to maxMessage bytes.
func oneLine(text string) string {
	return cut(strings.Join(strings.Fields(text), " "), maxMessage)
}

// cut shortens text to at most n bytes, between characters. What is cut off is
// not kept alive.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return strings.Clone(text[:n])
}

// redact blots the given texts out, as they are and as JSON spells them. Very
// short ones stay: they would blot out half the message and give away nothing.
func redact(text string, hide []string) string {
	for _, h := range hide {
		if len(h) < 4 {
			continue
		}
		text = strings.ReplaceAll(text, h, "***")
		if spelt, err := json.Marshal(h); err == nil {
			text = strings.ReplaceAll(text, string(spelt[1:len(spelt)-1]), "***")
		}
	}
	return text
}

// quiet gives err, or an error over it whose text is one line and repeats none of
// the secrets. What was read can tell them as well as what was sent.
func quiet(err error, hide []string) error {
	if err == nil {
		return nil
	}
	if text := oneLine(redact(err.Error(), hide)); text != err.Error() {
		return &quieted{text, err}
	}
	return err
}

type quieted struct {
	text string
	err  error
}

func (e *quieted) Error() string { return e.text }

// Unwrap gives the cause, for errors.Is: its own text is not for people.
func (e *quieted) Unwrap() error { return e.err }

// longestWait bounds what an answer can ask for: a day of silence is a mistake.
const longestWait = 24 * time.Hour

// retryAfter reads the header's seconds, or its date against the answer's own.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil && s > 0 {
		return time.Duration(min(s, int(longestWait/time.Second))) * time.Second
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(0, until.Sub(now)), longestWait)
}

// Scrub gives an error of one line whose text repeats none of the secrets. The
// original is not wrapped: its text would still be there.
func Scrub(err error, secrets ...string) error {
	return errors.New(oneLine(redact(err.Error(), secrets)))
}

// Cause strips the address that net/http puts around the cause of a failed
// request.
func Cause(err error) error { return bare(err) }
