package agent

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/heatsync/heatsync/internal/version"
	"github.com/heatsync/heatsync/reconcile"
)

// Replayed is what a replay found.
type Replayed struct {
	Fleet   string
	Version string // that recorded
	Events  int
	Differ  int // events after which this program commands something else
}

// replayer is an engine that a recording is told to.
type replayer interface {
	Handle(reconcile.Event) reconcile.Output
}

// Replay tells a recording to an engine and writes each event with the commands
// and findings it leads to. Where these differ from what was recorded it says so;
// between two versions that may be meant. A recording cut off in its last line,
// as a crash leaves it, is replayed up to there. A panic of the engine, as a damaged
// state can bring it on, is an error, and out has where it was.
func Replay(in io.Reader, out io.Writer) (done Replayed, err error) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(out, "%s", debug.Stack())
			err = fmt.Errorf("the engine panicked after %d events: %q; the recording is damaged, or this is worth a report", done.Events, fmt.Sprint(p))
		}
	}()
	r := bufio.NewReaderSize(in, 1<<20)
	head, engine, err := replayHead(r)
	if err != nil {
		return Replayed{}, err
	}
	done = Replayed{Fleet: head.Fleet, Version: head.Version}
	fmt.Fprintf(out, "fleet %s, recorded by heatsync %s, replayed by %s\n", head.Fleet, head.Version, version.String())
	for n := 2; ; n++ {
		text, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) == 0 && errors.Is(err, io.EOF) {
			return done, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return done, fmt.Errorf("line %d: %w", n, err)
		}
		var line recordLine
		if e := json.Unmarshal(text, &line); e != nil {
			if errors.Is(err, io.EOF) {
				fmt.Fprintln(out, "the last line is cut off")
				return done, nil
			}
			return done, fmt.Errorf("line %d: %w", n, e)
		}
		same, e := replayLine(out, engine, line)
		if e != nil {
			return done, fmt.Errorf("line %d: %w", n, e)
		}
		done.Events++
		if !same {
			done.Differ++
		}
	}
}

func replayHead(r *bufio.Reader) (recordHead, replayer, error) {
	text, err := r.ReadBytes('\n')
	var head recordHead
	if err == nil {
		err = json.Unmarshal(text, &head)
	}
	if err != nil || head.Heatsync == 0 {
		return head, nil, errors.New("this is not a recording of heatsync")
	}
	if head.Heatsync != recordVersion {
		return head, nil, fmt.Errorf("the recording is of form %d, this program reads %d", head.Heatsync, recordVersion)
	}
	if head.Snapshot == nil {
		return head, reconcile.New(), nil
	}
	engine, err := reconcile.Restore(head.Snapshot)
	if err != nil {
		return head, nil, fmt.Errorf("the recording's first line: %w", err)
	}
	return head, engine, nil
}

func replayLine(out io.Writer, engine replayer, line recordLine) (same bool, err error) {
	ev, err := line.event()
	if err != nil {
		return false, err
	}
	got := engine.Handle(ev)
	sum, err := sumOf(got.Commands)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "%s %s\n", ev.When().UTC().Format(time.RFC3339Nano), line.Event)
	for _, f := range got.Findings {
		fmt.Fprintf(out, "  found %s", f.Kind)
		for _, a := range attrsOf(f) {
			fmt.Fprintf(out, " %s", a)
		}
		fmt.Fprintln(out)
	}
	for _, c := range got.Commands {
		data, err := json.Marshal(c)
		if err != nil {
			return false, err
		}
		fmt.Fprintf(out, "  command %s %s\n", nameOf(c), data)
	}
	if sum != line.Sum {
		fmt.Fprintf(out, "  DIFFERS: recorded were %d commands (%s), these are %d (%s)\n", line.Commands, line.Sum, len(got.Commands), sum)
	}
	return sum == line.Sum, nil
}
