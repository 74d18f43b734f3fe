package drivertest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/plugins/driver"
)

var applyCases = []Case{
	{ID: "DRV-APPLY-001", Says: "The same create twice makes one stack, and both say it was accepted, with its id.", run: func(b *bench) {
		in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
		first := b.accepted(in)
		b.heat().sim.Settle()
		second := b.accepted(in)
		if row := b.row(); row == nil || first.StackID != row.ID || second.StackID != row.ID {
			b.fail("accepted as %q and %q, the stack is %+v", first.StackID, second.StackID, row)
		}
	}},
	{ID: "DRV-APPLY-002", Says: "A step sends one write: a create a POST, an update a PUT, a delete a DELETE.", run: oneWrite},
	{ID: "DRV-APPLY-003", Says: "Every POST and PUT carries the complete list of tags, as it was given.", run: tagsWhole},
	{ID: "DRV-APPLY-004", Says: "A step whose precondition does not hold is stale, and nothing is written.", run: staleWritesNothing},
	{ID: "DRV-APPLY-005", Says: "A create over a stack that is somebody else's is stale, and nothing is written.", run: func(b *bench) {
		in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
		b.foreign()
		b.untouched(driver.Stale, in)
	}},
	{ID: "DRV-APPLY-006", Says: "A step whose digest is not what the cluster renders to is stale, and nothing is written.", run: func(b *bench) {
		in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
		b.change()
		in.Cluster = b.cluster
		b.untouched(driver.Stale, in)
	}},
	{ID: "DRV-APPLY-007", Says: "Deleting a stack that is gone is accepted.", run: deleteGone},
	{ID: "DRV-APPLY-008", Says: "A write that may have been taken (cut connection, 502, timeout) is ambiguous, and is sent once only.", run: ambiguousOnce},
	{ID: "DRV-APPLY-009", Says: "A write that Heat refuses (401, 403, 429) is refused, with a fault that says who should do what.", run: refusedClearly},
	{ID: "DRV-APPLY-010", Says: "A failed read before the write is refused: nothing was sent.", run: func(b *bench) {
		in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
		b.heat().faults.Add(heatsim.Rule{Method: http.MethodGet, Effect: heatsim.CutBefore()})
		b.untouched(driver.Refused, in)
	}},
	{ID: "DRV-APPLY-011", Says: "A redirect is not followed: a redirected write would become a read.", run: func(b *bench) {
		in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
		b.heat().faults.Add(heatsim.Rule{Method: http.MethodPost, Effect: heatsim.Refuse(http.StatusFound)})
		if r := b.apply(in); r.Verdict == driver.Accepted {
			b.fail("a redirect was taken for success: %+v", r)
		}
	}},
	{ID: "DRV-APPLY-012", Says: "A call that is cancelled ends soon, and is not accepted.", run: cancelledEnds},
	{ID: "DRV-APPLY-013", Says: "Every server with user_data says its user_data_update_policy: Heat's own answer is to replace it.", run: bootTextsSayWhat},
}

func bootTextsSayWhat(b *bench) {
	b.created()
	for _, s := range b.heat().sim.Stacks("", false, true) {
		for _, r := range s.Resources {
			if r.Type == "OS::Nova::Server" && r.Properties["user_data"] != nil && r.Properties["user_data_update_policy"] == nil {
				b.fail("server %s of stack %s has user_data and no user_data_update_policy, so an edit of that text replaces it: write IGNORE, or REPLACE where that is meant", r.Name, s.Name)
			}
		}
	}
}

func oneWrite(b *bench) {
	c := b.heat()
	expect := func(method, what string) {
		mark := c.mark()
		intent := driver.IntentPresent
		if what == "delete" {
			intent = driver.IntentAbsent
		}
		b.accepted(b.step(intent, b.plan(intent, false)))
		if w := c.writes(mark); len(w) != 1 || w[0].method != method {
			b.fail("the %s sent %v, want one %s", what, methods(w), method)
		}
		b.heat().sim.Settle()
	}
	expect(http.MethodPost, "create")
	b.change()
	expect(http.MethodPut, "update")
	expect(http.MethodDelete, "delete")
}

func methods(requests []request) []string {
	out := []string{}
	for _, r := range requests {
		out = append(out, r.method+" "+r.path)
	}
	return out
}

func tagsWhole(b *bench) {
	b.created()
	b.change()
	want := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	b.accepted(want)
	for _, r := range b.heat().writes(0) {
		if r.method != http.MethodPost && r.method != http.MethodPut {
			continue
		}
		text, _ := r.body["tags"].(string)
		sent := strings.Split(text, ",")
		if len(sent) != len(want.Tags) || !slices.Equal(sent[:len(sent)-1], want.Tags[:len(want.Tags)-1]) || digestTag(sent) == "" {
			b.fail("%s carries the tags %q, want all of %q", r.method, sent, want.Tags)
		}
	}
	row := b.settled()
	if got, all := slices.Sorted(slices.Values(row.Tags)), slices.Sorted(slices.Values(want.Tags)); !slices.Equal(got, all) {
		b.fail("the stack carries the tags %q, want %q", got, all)
	}
}

func staleWritesNothing(b *bench) {
	b.created()
	b.change()
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	for name, change := range map[string]func(*driver.Precondition){
		"id":           func(p *driver.Precondition) { p.ID = "00000000-0000-4000-8000-000000000000" },
		"status":       func(p *driver.Precondition) { p.Status = "UPDATE_FAILED" },
		"digest":       func(p *driver.Precondition) { p.Digest = "1-00000000000000000000000000000000" },
		"updated_time": func(p *driver.Precondition) { p.Updated = time.Unix(1_000_000_000, 0).UTC() },
		"absent":       func(p *driver.Precondition) { *p = driver.Precondition{Absent: true} },
	} {
		other := in
		change(&other.Precondition)
		mark := b.heat().mark()
		r := b.apply(other)
		if w := b.heat().writes(mark); r.Verdict != driver.Stale || len(w) != 0 {
			b.fail("planned over another %s: verdict %d (%s) after %v, want stale and no write", name, r.Verdict, r.Fault.Summary, methods(w))
		}
	}
}

// untouched applies and expects that verdict and no write.
func (b *bench) untouched(want driver.Verdict, in driver.ApplyInput) {
	mark := b.heat().mark()
	r := b.apply(in)
	if w := b.heat().writes(mark); r.Verdict != want || len(w) != 0 {
		b.fail("verdict %d (%s) after %v, want %d and no write", r.Verdict, r.Fault.Summary, methods(w), want)
	}
}

// foreign makes a stack of the cluster's name that is not ours.
func (b *bench) foreign() {
	err := b.heat().send(http.MethodPost, "/stacks", map[string]any{
		"stack_name": b.name(), "template": map[string]any{"heat_template_version": "2018-08-31"},
	}, nil)
	b.check(err, "make a stack of somebody else's")
	b.heat().sim.Settle()
}

func deleteGone(b *bench) {
	b.created()
	in := b.step(driver.IntentAbsent, b.plan(driver.IntentAbsent, false))
	in.Cluster = driver.Cluster{Fleet: b.cluster.Fleet, Name: b.cluster.Name}
	for range 2 {
		b.accepted(in)
		b.heat().sim.Settle()
	}
	if row := b.row(); row != nil {
		b.fail("the delete was accepted, and the stack is %s", row.Status)
	}
}

func ambiguousOnce(b *bench) {
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	for name, e := range map[string]heatsim.Effect{
		"cut before":  heatsim.CutBefore(),
		"truncated":   {Skip: true, Answer: heatsim.AnswerTruncated},
		"timeout":     heatsim.Timeout(false),
		"bad gateway": heatsim.Refuse(http.StatusBadGateway),
	} {
		b.heat().faults.Clear()
		b.heat().faults.Add(heatsim.Rule{Method: http.MethodPost, Effect: e})
		mark := b.heat().mark()
		r := b.apply(in)
		if w := b.heat().writes(mark); r.Verdict != driver.Ambiguous || len(w) != 1 {
			b.fail("%s: verdict %d (%s) after %v, want ambiguous after one write", name, r.Verdict, r.Fault.Summary, methods(w))
		}
	}
}

func refusedClearly(b *bench) {
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests} {
		b.heat().faults.Clear()
		b.heat().faults.Add(heatsim.Rule{Method: http.MethodPost, Effect: heatsim.Refuse(status)})
		r := b.apply(in)
		if r.Verdict != driver.Refused {
			b.fail("%d: verdict %d (%s), want refused", status, r.Verdict, r.Fault.Summary)
		}
		if f := r.Fault; f.Code == "" || f.Who == "" || f.Summary == "" || strings.Contains(f.Summary, "\n") {
			b.fail("%d: the fault does not say in one line what is wrong and who should act: %+v", status, f)
		}
	}
}

func cancelledEnds(b *bench) {
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	ctx, cancel := context.WithCancel(b.ctx)
	b.heat().watch(func(call context.Context, carriedOut bool) bool {
		cancel()
		if !carriedOut {
			select { // Heat is slow: it answers only those who wait
			case <-call.Done():
			case <-time.After(patience):
			}
		}
		return true
	})
	ended := make(chan driver.Result, 1)
	go func() {
		r, _ := b.driver().client.Apply(ctx, in, nil) // an error is not accepted either
		ended <- r
	}()
	select {
	case r := <-ended:
		if r.Verdict == driver.Accepted {
			b.fail("a call that was cancelled before Heat answered was accepted")
		}
	case <-time.After(2 * patience):
		b.fail("a call that was cancelled did not end within %s", 2*patience)
	}
}
