package demo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// event is a line of the agent's log, which is made from the engine's findings.
type event struct {
	Time    time.Time `json:"time"`
	Level   string    `json:"level"`
	Msg     string    `json:"msg"`
	Cluster string    `json:"cluster"`
	Outcome string    `json:"outcome"`
	Code    string    `json:"code"`
	Step    string    `json:"step"`
	Message string    `json:"message"`
	Remedy  string    `json:"remedy"`
	Err     string    `json:"err"`
	Changes []string  `json:"changes"`
}

// about says in words what the event tells of, "" for what people need not see.
func (e event) about() string {
	switch e.Msg {
	case "cluster settled":
		return joined(": ", "settled", cmp.Or(e.Message, "the cloud holds what Git asks"))
	case "cluster waiting", "cluster held", "cluster retrying", "cluster stalled":
		if e.Code == "observe" {
			return ""
		}
		return e.Outcome + " (" + e.Code + "): " + joined("; ", e.Message, e.Remedy)
	case "step begun":
		return "step: " + e.Step
	case "drift seen":
		return "drift: " + joined(": ", e.Message, strings.Join(e.Changes, ", "))
	case "cluster gone":
		return "gone: " + e.Message
	case "guard", "orphan", "two stacks for one cluster":
		return e.Msg + ": " + e.Message
	case "fault":
		return joined(": ", "fault", e.Message)
	}
	if e.Level == "ERROR" {
		return joined(": ", e.Msg, e.Err)
	}
	return ""
}

func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), by)
}

// events takes the agent's log, line by line. It is safe for concurrent use.
type events struct {
	file io.Writer   // gets the log as it is
	tell func(event) // may be nil; called for one event at a time
	mu   sync.Mutex
	rest []byte // a line that has not ended
	seen []event
	step map[string]string // by cluster: the step that was told last
}

var _ io.Writer = (*events)(nil)

func (s *events) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.file.Write(p)
	s.rest = append(s.rest, p...)
	for {
		line, rest, whole := bytes.Cut(s.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		var e event
		if json.Unmarshal(line, &e) == nil {
			s.take(e)
		}
		s.rest = rest
	}
}

// maxSeen bounds what is remembered; the oldest half goes.
const maxSeen = 10_000

func (s *events) take(e event) {
	if len(s.seen) >= maxSeen {
		s.seen = slices.Delete(s.seen, 0, maxSeen/2)
	}
	s.seen = append(s.seen, e)
	if s.step == nil {
		s.step = map[string]string{}
	}
	again := e.Msg == "cluster waiting" && e.Message == s.step[e.Cluster] // for the step just told
	if e.Step != "" {
		s.step[e.Cluster] = e.Step
	}
	if s.tell != nil && !again {
		s.tell(e)
	}
}

// since gives the events from a time on.
func (s *events) since(t time.Time) []event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []event
	for _, e := range s.seen {
		if !e.Time.Before(t) {
			out = append(out, e)
		}
	}
	return out
}
