package driverhost

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

const (
	keptLines  = 200     // of stderr, for the report of a crash
	panicLines = 20      // after its head
	lineBytes  = 8 << 10 // of one line; the rest is dropped
	logRate    = 50      // lines a second into the log, so that a flood stays the driver's own trouble
	logBurst   = 500
)

// journal takes a driver's stderr: it keeps the last lines and passes them to the
// log. It never blocks.
type journal struct {
	log     *slog.Logger
	limiter *rate.Limiter

	mu      sync.Mutex
	last    []string // a ring once it is full
	next    int
	panics  []string // the first panic, from its head
	dropped int      // lines that did not get into the log
}

func newJournal(log *slog.Logger) *journal {
	return &journal{log: log, limiter: rate.NewLimiter(logRate, logBurst)}
}

func (j *journal) line(text string) {
	j.mu.Lock()
	if len(j.last) < keptLines {
		j.last = append(j.last, text)
	} else {
		j.last[j.next] = text
		j.next = (j.next + 1) % keptLines
	}
	head := strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ")
	if len(j.panics) < panicLines && (head || len(j.panics) > 0) {
		j.panics = append(j.panics, text)
	}
	inPanic := len(j.panics) > 0
	j.mu.Unlock()
	j.pass(text, inPanic)
}

// pass logs a line, at its own level if it is a log line already. A panic stands
// in the report of the crash.
func (j *journal) pass(text string, inPanic bool) {
	if !j.limiter.Allow() {
		j.mu.Lock()
		j.dropped++
		j.mu.Unlock()
		return
	}
	j.mu.Lock()
	dropped := j.dropped
	j.dropped = 0
	j.mu.Unlock()
	if dropped > 0 {
		j.log.Warn("the driver logs too much, lines were dropped", "dropped", dropped)
	}
	if level, message, attrs, ok := logLine(text); ok {
		j.log.LogAttrs(context.Background(), level, message, attrs...)
		return
	}
	level := slog.LevelInfo
	if inPanic {
		level = slog.LevelDebug
	}
	j.log.Log(context.Background(), level, text)
}

// tail gives the last lines, oldest first, and the panic if there was one.
func (j *journal) tail() (lines, panics []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append(slices.Clone(j.last[j.next:]), j.last[:j.next]...), slices.Clone(j.panics)
}

// logLine reads a line of slog's JSON handler or of hclog's.
func logLine(text string) (slog.Level, string, []slog.Attr, bool) {
	var fields map[string]any
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &fields) != nil {
		return 0, "", nil, false
	}
	message, ok := take(fields, "msg", "@message")
	word, _ := take(fields, "level", "@level")
	take(fields, "time", "@timestamp")
	var level slog.Level
	if !ok || word == "" {
		return 0, "", nil, false
	}
	if err := level.UnmarshalText([]byte(word)); err != nil {
		level = slog.LevelDebug // hclog's trace
	}
	var attrs []slog.Attr
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		attrs = append(attrs, slog.Any(key, fields[key]))
	}
	return level, message, attrs, true
}

func take(fields map[string]any, names ...string) (string, bool) {
	for _, name := range names {
		if text, ok := fields[name].(string); ok {
			delete(fields, name)
			return text, true
		}
	}
	return "", false
}
