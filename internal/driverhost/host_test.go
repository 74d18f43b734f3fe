package driverhost

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

func TestADriverIsFoundStartedAndAsked(t *testing.T) {
	t.Setenv("OS_PASSWORD", "c4nary")
	t.Setenv("HTTPS_PROXY", "http://proxy:3128")
	f := newFolder(t, "toy")
	h := f.open(nil)
	d := handle(t, h, "toy")
	about, sum, err := d.Describe(t.Context())
	if err != nil || about.Name != "toy" || about.Version != "1.2.3" || sum != f.sum("toy") {
		t.Fatalf("%+v %s %v", about, sum, err)
	}
	change := <-h.Watch()
	if change.Description == nil || change.Name != "toy" || change.SHA256 != sum {
		t.Errorf("change: %+v", change)
	}
	got, err := d.Render(t.Context(), render("environment"))
	if err != nil {
		t.Fatal(err)
	}
	allowed := regexp.MustCompile(`^(PATH=/usr/bin:/bin|LANG=|TZ=UTC|SSL_CERT_|HTTPS?_PROXY=|https?_proxy=|NO_PROXY=|no_proxy=|HEATSYNC_DRIVER=|PLUGIN_)`)
	for _, variable := range strings.Split(got.Parameters["env"], "\x00") {
		if !allowed.MatchString(variable) {
			t.Errorf("the driver sees %s", variable)
		}
	}
	if strings.Contains(got.Parameters["env"], "c4nary") {
		t.Error("the driver sees a password of the agent's environment")
	}
	if got.Parameters["stdout"] != "/dev/stderr" {
		t.Errorf("prints go to %s", got.Parameters["stdout"])
	}
	cs := h.Candidates()
	if len(cs) != 1 || !cs[0].Running || cs[0].Version != "1.2.3" || !cs[0].Pinned {
		t.Errorf("candidates: %+v", cs)
	}
	if result := d.Apply(t.Context(), apply("fine"), nil); result != (driver.Result{Verdict: driver.Accepted, StackID: "stack-1"}) {
		t.Errorf("apply: %+v", result)
	}
	if _, err := d.CheckHealth(t.Context(), driver.HealthInput{}); !has(err, Unsupported) {
		t.Errorf("CheckHealth: %v", err)
	}
	if _, err := h.Driver("other"); !has(err, Missing) {
		t.Errorf("an unknown driver: %v", err)
	}
}

func has(err error, r Reason) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == r
}

// Each of these never becomes ready, and says why.
func TestDriversThatDoNotStart(t *testing.T) {
	for name, want := range map[string]struct {
		reason Reason
		text   string
	}{
		"exits":    {Handshake, `driver "exits": it ended at its start, exit status 3; it said "no such luck"`},
		"silent":   {Handshake, `driver "silent": not ready 2s after its start`},
		"future":   {Protocol, `driver "future": it speaks major 7 of the driver contract, this heatsync major 1 (upgrade heatsync, or install an older driver)`},
		"garbage":  {Handshake, `driver "garbage": it cannot be spoken to`},
		"misnamed": {NameMismatch, `driver "misnamed": it calls itself "toy" (name the file heatsync-driver-toy)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFolder(t, name).open(func(o *Options) {
				if name == "silent" { // the others get the time they need
					o.Timing.Start = 2 * time.Second
				}
				o.Timing.Backoff = time.Hour
				o.Timing.Longest = time.Hour
			})
			_, _, err := handle(t, h, name).Describe(t.Context())
			if !has(err, want.reason) || !strings.HasPrefix(err.Error(), want.text) {
				t.Errorf("got  %v\nwant %s: %s", err, want.reason, want.text)
			}
			if change := <-h.Watch(); change.Err == nil || change.Err.Reason != want.reason {
				t.Errorf("change: %+v", change)
			}
			if result := handle(t, h, name).Apply(t.Context(), apply("x"), nil); result.Verdict != driver.Refused {
				t.Errorf("apply: %+v", result)
			}
		})
	}
}

func TestNoiseBeforeTheHandshakeGoesToTheLog(t *testing.T) {
	log := &syncBuffer{}
	h := newFolder(t, "noisy").open(func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	if _, _, err := handle(t, h, "noisy").Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "loading config ...") {
		t.Errorf("the log lacks the noise: %.500s", log.String())
	}
}

func TestPrintsAndLogLinesGoToTheLog(t *testing.T) {
	log := &syncBuffer{}
	h := newFolder(t, "toy").open(func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	if _, err := handle(t, h, "toy").Render(t.Context(), render("print")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		return strings.Contains(log.String(), `msg="a stray print" driver=toy`) &&
			strings.Contains(log.String(), `level=INFO msg="a log line" driver=toy key=value`)
	})
}

// What goes wrong in one call stays there, or costs a restart; nothing hangs.
func TestCallsThatGoWrong(t *testing.T) {
	d := handle(t, newFolder(t, "toy").open(nil), "toy")
	hasty := *d // for the one call that nobody answers
	hasty.timing.Call = time.Second
	for _, tt := range []struct {
		cluster string
		reason  Reason
		text    string
	}{
		{"panic", Panicked, `Render failed inside: the driver panicked in Render: bad spec`},
		{"hang", Deadline, `Render gave no answer within 1s`},
		{"lie", BadReply, `its answer to Render breaks the contract: "nonsense" is no digest`},
		{"die", Crashed, `Render broke off: its process ended, exit status 7`},
		{"fatal", Crashed, `Render broke off: its process ended, exit status 2; it said "panic: all is lost`},
	} {
		asked := d
		if tt.reason == Deadline {
			asked = &hasty
		}
		_, err := asked.Render(t.Context(), render(tt.cluster))
		if !has(err, tt.reason) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: got %v, want %s: %s", tt.cluster, err, tt.reason, tt.text)
		}
		waitFor(t, func() bool { _, err := d.Render(t.Context(), render("fine")); return err == nil })
	}
	crashes := d.Crashes()
	if len(crashes) != 2 || crashes[0].Ending != "exit status 7" || len(crashes[1].Panic) == 0 {
		t.Errorf("crashes: %+v", crashes)
	}
	if len(crashes) > 0 && (len(crashes[0].Calls) > 1 || crashes[0].Version != "1.2.3") {
		t.Errorf("crash: %+v", crashes[0])
	}
}

func TestAStepThatBreaksIsAmbiguous(t *testing.T) {
	d := handle(t, newFolder(t, "toy").open(nil), "toy")
	hasty := *d // for the one step that nobody answers
	hasty.timing.Apply = time.Second
	for cluster, text := range map[string]string{
		"die":         "Apply broke off",
		"panic":       "panicked in Apply: bad spec",
		"hang":        "Apply gave no answer within 1s",
		"empty":       "an empty result",
		"verdict":     "the unknown verdict 77",
		"other-stack": `a result for the stack "other", asked was "stack-1"`,
	} {
		var lines []string
		asked := d
		if cluster == "hang" {
			asked = &hasty
		}
		got := asked.Apply(t.Context(), apply(cluster), func(line string) { lines = append(lines, line) })
		if got.Verdict != driver.Ambiguous || got.StackID != "stack-1" || got.Fault.Code != "driver" || !strings.Contains(got.Fault.Summary, text) {
			t.Errorf("%s: %+v", cluster, got)
		}
		if len(lines) != 1 && cluster != "die" { // that line may die with it
			t.Errorf("%s: progress %q", cluster, lines)
		}
		waitFor(t, func() bool { return d.Apply(t.Context(), apply("fine"), nil).Verdict == driver.Accepted })
	}
}

func TestAStoppedProcessIsFoundAndKilled(t *testing.T) {
	h := newFolder(t, "toy").open(func(o *Options) {
		o.Timing.Ping, o.Timing.Pong, o.Timing.Misses = 50*time.Millisecond, 50*time.Millisecond, 3
	})
	d := handle(t, h, "toy")
	if _, err := d.Render(t.Context(), render("stop")); !has(err, Hung) {
		t.Errorf("got %v", err)
	}
	waitFor(t, func() bool { _, err := d.Render(t.Context(), render("fine")); return err == nil })
	if crashes := d.Crashes(); len(crashes) == 0 || !crashes[0].Hung || crashes[0].Ending != "signal: killed" {
		t.Errorf("crashes: %+v", crashes)
	}
}

func TestAFloodStaysTheDriversOwnTrouble(t *testing.T) {
	log := &syncBuffer{}
	h := newFolder(t, "toy").open(func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	if _, err := handle(t, h, "toy").Render(t.Context(), render("flood")); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "flood"); n > 2*logBurst {
		t.Errorf("%d lines got into the log", n)
	}
}

func TestTooManyCrashesOpenTheCircuit(t *testing.T) {
	h := newFolder(t, "exits", "toy").open(nil)
	d := handle(t, h, "exits")
	waitFor(t, func() bool { _, _, err := d.Describe(t.Context()); return has(err, CircuitOpen) })
	if _, err := handle(t, h, "toy").Render(t.Context(), render("fine")); err != nil {
		t.Errorf("the other driver: %v", err)
	}
}

func TestOnlyWhatIsPinnedRuns(t *testing.T) {
	f := newFolder(t, "toy")
	f.install("stranger", "")
	f.write("text", []byte("hello"))
	f.write("foreign", append([]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16\x00"), make([]byte, 64)...))
	f.write("Bad_Name", []byte("hello"))
	f.install("twin", "")
	f.install("twin.old", "")
	f.write("toy", []byte("#!/bin/sh\n# not what was pinned\n"))
	h := f.open(nil)
	for name, want := range map[string]Reason{
		"stranger": NotPinned, "text": NotProgram, "foreign": WrongArch, "twin": Duplicate, "toy": WrongChecksum,
	} {
		if _, _, err := handle(t, h, name).Describe(t.Context()); !has(err, want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	for _, c := range h.Candidates() {
		if c.WillRun || c.Err == nil || strings.Contains(c.Err.Error(), "\n") {
			t.Errorf("candidate %+v", c)
		}
	}
	surveyed, err := Survey(f.dir, f.lock)
	if err != nil || len(surveyed) != 7 {
		t.Errorf("survey: %d candidates, %v", len(surveyed), err)
	}
	if _, err := WriteLock(f.dir, f.lock); err == nil {
		t.Error("a lock was written over all this")
	}
}

func TestANewPinTakesOverAndARemovedOneStops(t *testing.T) {
	f := newFolder(t, "toy")
	h := f.open(nil)
	d := handle(t, h, "toy")
	first := pidOf(t, d)
	old := f.sum("toy")

	// The file is another, the lock is not: what was pinned goes on, even through a crash.
	f.install("toy", "2")
	waitFor(t, func() bool { c := h.Candidates()[0]; return c.Err != nil && c.Err.Reason == WrongChecksum })
	if got := pidOf(t, d); got != first {
		t.Errorf("process %d went on as %d", first, got)
	}
	_, _ = d.Render(t.Context(), render("die"))
	waitFor(t, func() bool { _, sum, err := d.Describe(t.Context()); return err == nil && sum == old })

	// The new pin takes over; a step that runs may end.
	result := make(chan driver.Result)
	begun := make(chan struct{})
	go func() {
		result <- d.Apply(context.Background(), apply("slow"), func(string) { close(begun) })
	}()
	<-begun
	f.pin()
	waitFor(t, func() bool { _, sum, err := d.Describe(t.Context()); return err == nil && sum == f.sum("toy") })
	if r := <-result; r.Verdict != driver.Accepted {
		t.Errorf("the running step ended with %+v", r)
	}

	// No pin, no driver.
	if err := replace(f.lock, []byte("version: 1\ndrivers: []\n")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { _, _, err := d.Describe(t.Context()); return has(err, NotPinned) })

	// A broken lock changes nothing.
	f.pin()
	waitFor(t, func() bool { _, _, err := d.Describe(t.Context()); return err == nil })
	pid := pidOf(t, d)
	if err := replace(f.lock, []byte("version: [")); err != nil {
		t.Fatal(err)
	}
	h.reconcile()
	if got := pidOf(t, d); got != pid {
		t.Errorf("process %d became %d", pid, got)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	f := newFolder(t, "toy", "grandchild")
	h := f.open(nil)
	d := handle(t, h, "toy")
	pid := pidOf(t, d)
	if _, _, err := handle(t, h, "grandchild").Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	result := make(chan driver.Result)
	begun := make(chan struct{})
	go func() {
		result <- d.Apply(context.Background(), apply("wait"), func(string) { close(begun) })
	}()
	<-begun
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if r := <-result; r.Verdict != driver.Ambiguous || r.Fault.Summary != "told to stop" {
		t.Errorf("the running step ended with %+v, not in the driver's words", r)
	}
	if alive(pid) {
		t.Error("the driver is still there")
	}
	if _, err := d.Render(t.Context(), render("fine")); !has(err, Stopped) {
		t.Errorf("after Close: %v", err)
	}
	if _, open := <-h.Watch(); open {
		for range h.Watch() {
		}
	}
}

func TestCloseKillsAProcessThatIsStopped(t *testing.T) {
	f := newFolder(t, "toy")
	h := f.open(nil)
	d := handle(t, h, "toy")
	pid := pidOf(t, d)
	go func() { _, _ = d.Render(context.Background(), render("stop")) }()
	waitFor(t, func() bool {
		status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return bytes.Contains(status, []byte(") T "))
	})
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := h.Close(ctx); err != nil || alive(pid) {
		t.Errorf("alive: %v, %v", alive(pid), err)
	}
}

func pidOf(t *testing.T, d *Handle) int {
	t.Helper()
	got, err := d.Render(t.Context(), render("fine"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(got.Parameters["pid"])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func alive(pid int) bool {
	_, err := os.Stat("/proc/" + strconv.Itoa(pid))
	return err == nil
}

// waitFor polls for what has no event of its own.
func waitFor(t testing.TB, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to that")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A driver that is told to end, by others than its host, answers what runs first.
func TestADriverThatIsTerminatedAnswersFirst(t *testing.T) {
	d := handle(t, newFolder(t, "toy").open(nil), "toy")
	pid := pidOf(t, d)
	got := d.Apply(t.Context(), apply("slow"), func(string) { _ = syscall.Kill(pid, syscall.SIGTERM) })
	if got.Verdict != driver.Accepted {
		t.Errorf("the running step ended with %+v", got)
	}
	waitFor(t, func() bool { return !alive(pid) })
}
