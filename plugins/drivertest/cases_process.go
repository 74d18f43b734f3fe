package drivertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/heatsync/heatsync/plugins/driver"
)

var processCases = []Case{
	{ID: "DRV-PROC-001", Says: "Killed before Heat has carried out its create, the driver makes the one stack when it is asked again.", way: process, run: func(b *bench) { killedInCreate(b, false) }},
	{ID: "DRV-PROC-002", Says: "Killed after Heat has carried out its create, the driver finds the one stack when it is asked again.", way: process, run: func(b *bench) { killedInCreate(b, true) }},
	{ID: "DRV-PROC-003", Says: "Killed while it updates, the driver reaches the same end when it is asked again.", way: process, run: killedInUpdate},
	{ID: "DRV-PROC-004", Says: "Neither token nor secret is in the process's arguments or environment.", way: process, run: nothingInTheProcess},
	{ID: "DRV-PROC-005", Says: "The program ends when its lifeline, stdin, does.", way: process, run: func(b *bench) {
		b.check(b.driver().hangUp(), "end the lifeline")
	}},
	{ID: "DRV-PROC-006", Says: "The program's file is called heatsync-driver-<name>, as Describe calls the driver.", way: process, run: func(b *bench) {
		want := driver.FilePrefix + b.describe().Name
		if file := filepath.Base(b.subject.(program).path); file != want {
			b.fail("the file is called %q and Describe says %q: the agent runs it only as %q", file, b.describe().Name, want)
		}
	}},
}

// interrupted applies, and kills the driver before or after Heat has carried out
// the write. It leaves a fresh driver.
func (b *bench) interrupted(in driver.ApplyInput, carriedOut bool) {
	doomed := b.driver()
	var killed atomic.Bool
	b.heat().watch(func(_ context.Context, now bool) bool {
		if now == carriedOut && killed.CompareAndSwap(false, true) {
			doomed.kill()
		}
		return !killed.Load()
	})
	if _, err := doomed.client.Apply(b.ctx, in, nil); err == nil || !killed.Load() {
		b.fail("the driver was to die in the middle of its step (killed: %v, error: %v)", killed.Load(), err)
	}
	b.heat().watch(nil)
	b.heat().sim.Settle()
	b.run = nil
}

func killedInCreate(b *bench, carriedOut bool) {
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	b.interrupted(in, carriedOut)
	if b.row() == nil {
		in = b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	}
	r := b.accepted(in)
	if row := b.settled(); row == nil || row.ID != r.StackID {
		b.fail("accepted as %q, the stack is %+v", r.StackID, row)
	}
	if n := len(b.heat().sim.Stacks("", true, false)); n != 1 {
		b.fail("%d stacks were made", n)
	}
	b.nothingToDo("a create that was killed")
}

func killedInUpdate(b *bench) {
	b.created()
	b.change()
	b.interrupted(b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false)), true)
	for range 3 {
		p := b.plan(driver.IntentPresent, true)
		if len(p.Steps) == 0 {
			break
		}
		b.accepted(b.step(driver.IntentPresent, p))
		b.settled()
	}
	b.nothingToDo("an update that was killed")
}

func nothingInTheProcess(b *bench) {
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	pid, seen := b.driver().pid, &safeText{}
	b.heat().watch(func(context.Context, bool) bool {
		for _, file := range []string{"cmdline", "environ"} {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err != nil {
				continue // told below, if it stays so
			}
			_, _ = seen.Write(text)
		}
		return true
	})
	b.accepted(in)
	b.heat().watch(nil)
	said := seen.String()
	if said == "" {
		b.fail("nobody looked into the process: no write was sent, or there is no /proc")
	}
	if leak(said) >= 0 || strings.Contains(said, b.heat().token) {
		b.fail("the token or a secret is in the process's arguments or environment")
	}
}
