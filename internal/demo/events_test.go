package demo

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

const agentLog = `{"time":"2026-11-21T12:00:00Z","level":"INFO","msg":"revision in force","fleet":"demo","revision":"0123"}
{"time":"2026-11-21T12:00:01Z","level":"INFO","msg":"step begun","fleet":"demo","cluster":"web","step":"create stack demo--web"}
{"time":"2026-11-21T12:00:01Z","level":"INFO","msg":"cluster waiting","cluster":"web","outcome":"waiting","code":"create","message":"create stack demo--web"}
{"time":"2026-11-21T12:00:02Z","level":"INFO","msg":"cluster waiting","cluster":"ci","outcome":"waiting","code":"observe","message":"reading"}
not JSON
{"time":"2026-11-21T12:00:03Z","level":"WARN","msg":"cluster held","cluster":"shop","outcome":"held","code":"unreadable","message":"shop.yaml:6:3: unknown field","remedy":"did you mean nodeCount?"}
`

func TestEvents(t *testing.T) {
	var out, log bytes.Buffer
	s := &screen{out: &out}
	e := &events{file: &log, tell: func(e event) { s.event(time.Second, e) }}
	for _, part := range strings.SplitAfter(agentLog, ",") { // lines come in pieces
		if _, err := io.WriteString(e, part); err != nil {
			t.Fatal(err)
		}
	}
	want := "    1.0s  web   step: create stack demo--web\n" +
		"    1.0s  shop  held (unreadable): shop.yaml:6:3: unknown field; did you mean nodeCount?\n"
	if out.String() != want {
		t.Errorf("shown:\n%swant:\n%s", out.String(), want)
	}
	if log.String() != agentLog {
		t.Errorf("the log file holds\n%s", log.String())
	}
	if n := len(e.since(time.Date(2026, 11, 21, 12, 0, 2, 0, time.UTC))); n != 2 {
		t.Errorf("%d events since the third, want 2", n)
	}
}

func TestScreen(t *testing.T) {
	tests := []struct {
		name            string
		terminal, color bool
		want            string
	}{
		{"a log file", false, false, "1/8  Title\n  FAIL stacks: gone\n"},
		{"a terminal without colours", true, false, "1/8  Title\n3.0s\r\x1b[K  FAIL stacks: gone\n"},
		{"a terminal", true, true, "\x1b[1m1/8  Title\x1b[0m\n\x1b[2m3.0s\x1b[0m\r\x1b[K  \x1b[31mFAIL\x1b[0m stacks: gone\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			s := &screen{out: &out, terminal: tt.terminal, color: tt.color}
			s.step(1, 8, "Title", "")
			s.progress("3.0s")
			s.check(Check{Name: "stacks", Detail: "gone"})
			if got := strings.TrimPrefix(out.String(), "\n"); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
