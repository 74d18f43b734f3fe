package reconcile

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// history is a world in which everything may happen: commits, people who meddle,
// answers that come late or never, faults and crashes. After every event the
// promises that must always hold are checked; at its end, with the faults over,
// those that must hold in the end.
type history struct {
	*world
	rt     *rapid.T
	mirror *Engine // restored of a snapshot, heard all since
	late   []late  // creates whose answer was lost: Heat may still take them
	paused bool
	ro     bool
	double map[string]bool // clusters to which a person made a second stack
	fault  Verdict         // of the next steps, "" for none
	taken  bool            // a faulty step is taken nonetheless
	slow   bool            // answers are held back
	calm   bool            // the faults are over
}

type late struct {
	do    Do
	until time.Time
}

var names = []string{"a", "b", "c", "d"}

func newHistory(t *testing.T, rt *rapid.T) *history {
	h := &history{world: newWorld(t), rt: rt, double: map[string]bool{}}
	h.t = rt
	h.file("fleet.yaml", fleetDoc("maxDeletes: 1, rollout: {maxConcurrent: 2}"))
	h.onDo = h.step
	h.hold = func(c Command) bool {
		if _, wake := c.(WakeAt); wake {
			return false
		}
		// who carries a step out asks whether it is still wanted: one that is not ends Stale
		if do, ok := c.(Do); !ok || h.e.Wants(do) {
			h.check(c)
		}
		return h.slow && !h.calm && rapid.Bool().Draw(rt, "held back")
	}
	return h
}

func (h *history) settingsNow(s *Settings) {
	s.SettleIn, s.ReadOnly, s.MaxCreates = 210*time.Second, h.ro, 3
	s.Poll.DeepEvery, s.Poll.Source, s.Poll.Recent = 3*time.Minute, 5*time.Minute, 2*time.Minute
}

// step is what becomes of one step at Heat.
func (h *history) step(c Do) *StepEnded {
	if !h.e.Wants(c) {
		return &StepEnded{Verdict: Stale, Fault: &Fault{Code: FaultConflict, Who: Nobody, Transient: true, Summary: "not wanted any more"}}
	}
	if v := h.stale(c); v != nil {
		return v
	}
	f := &Fault{Code: FaultUnavailable, Who: Cloud, Transient: true, Summary: "no answer"}
	switch h.fault {
	case "":
		return &StepEnded{Verdict: Accepted, StackID: h.write(c)}
	case Accepted: // and lost
		if c.Step.Kind == plan.StepCreate || c.Step.Kind == plan.StepDelete {
			return &StepEnded{Verdict: Accepted, StackID: h.write(c)}
		}
		return &StepEnded{Verdict: Accepted, StackID: c.StackID}
	case Ambiguous:
		switch {
		case c.Step.Kind == plan.StepCreate && rapid.Bool().Draw(h.rt, "late"):
			h.late = append(h.late, late{c, h.now.Add(180 * time.Second)})
		case h.taken:
			h.write(c)
		}
		return &StepEnded{Verdict: Ambiguous, Fault: f}
	}
	return &StepEnded{Verdict: h.fault, Fault: f}
}

// stale holds a step to what was planned, as every driver does before it writes.
func (h *history) stale(c Do) *StepEnded {
	no := &StepEnded{Verdict: Stale, Fault: &Fault{Code: FaultConflict, Who: Nobody, Transient: true, Summary: "the stack is another by now"}}
	if c.Step.Kind == plan.StepCreate {
		for _, s := range h.stacks {
			if s.row.Name == c.StackName {
				return no
			}
		}
		return nil
	}
	s := h.stacks[c.StackID]
	if s == nil {
		if c.Step.Kind == plan.StepDelete {
			return &StepEnded{Verdict: Accepted, StackID: c.StackID}
		}
		return no
	}
	p := c.Precondition
	if s.row.Status != p.Status || s.row.Marks().Digest != p.Digest || !s.row.Updated.Equal(p.Updated) {
		return no
	}
	return nil
}

// check is what must hold of every command when the engine gives it.
func (h *history) check(c Command) {
	do, ok := c.(Do)
	if !ok {
		return
	}
	h.rt.Helper()
	name, doc := do.Cluster, h.told[do.Cluster+".yaml"]
	has := func(s string) bool { return strings.Contains(doc, s) }
	fail := func(why string) {
		h.rt.Fatalf("%s of %s (%s): %s\n%s", do.Step.Kind, name, do.StackID, why, doc)
	}
	switch {
	case h.paused:
		fail("P1: the fleet is paused")
	case h.ro:
		fail("P1: the fleet is read-only")
	case doc == "":
		fail("P4: no document names it")
	case strings.Contains(h.told["fleet.yaml"], "kind: ["):
		fail("P1: there is no Fleet document")
	case has("kind: ["):
		fail("P1: its file is broken")
	case has("Suspended"):
		fail("P5: it is suspended")
	case has("Absent") != (do.Step.Kind == plan.StepDelete):
		fail("P2: that is not what is asked")
	}
	if do.Step.Kind == plan.StepDelete {
		h.checkGuard(fail)
	}
	if do.Step.Kind == plan.StepCreate {
		h.checkCreate(do, fail)
		return
	}
	if o := h.e.owner(name); o.kind == ownDouble {
		fail("P3: two stacks are known")
	}
	s := h.stacks[do.StackID]
	if s == nil {
		return // gone by now: the driver finds out
	}
	m := s.row.Marks()
	ours := m.Fleet == "prod" && m.Cluster == name || s.desc == live.Description("prod", name) && m == live.Marks{}
	if !ours && do.Step.Kind != plan.StepAdopt && h.knows(s) {
		fail("P4: the stack is not ours")
	}
}

// knows tells whether the engine has the stack's present state.
func (h *history) knows(s *stack) bool {
	r, ok := h.e.cloud.rows[s.row.ID]
	return ok && mark(r.Row) == mark(s.row)
}

func (h *history) checkGuard(fail func(string)) {
	asked := 0
	for _, n := range names {
		if !strings.Contains(h.told[n+".yaml"], "Absent") {
			continue
		}
		if slices.ContainsFunc(slices.Collect(maps.Values(h.stacks)), func(s *stack) bool {
			m := s.row.Marks()
			return m.Marked && m.Fleet == "prod" && m.Cluster == n
		}) {
			asked++
		}
	}
	allowed := 1
	for _, n := range []int{2, 4} {
		if strings.Contains(h.told["fleet.yaml"], fmt.Sprintf("maxDeletes: %d", n)) {
			allowed = n
		}
	}
	if asked > allowed {
		fail(fmt.Sprintf("P2: %d are asked away, maxDeletes is %d", asked, allowed))
	}
}

func (h *history) checkCreate(do Do, fail func(string)) {
	for _, c := range h.held {
		if d, ok := c.(Do); ok && d.Cluster == do.Cluster && d.Step.Kind == plan.StepCreate {
			fail("P3: another create is in flight")
		}
	}
	for _, l := range h.late {
		if l.do.Cluster == do.Cluster && l.until.After(h.now) {
			fail("P3: another create may still be taken")
		}
	}
	for _, s := range h.stacks {
		m := s.row.Marks()
		if m.Marked && m.Fleet == "prod" && m.Cluster == do.Cluster && h.knows(s) {
			fail("P3: it has a stack")
		}
	}
}

// invariants are what must hold after every event.
func (h *history) invariants() {
	h.rt.Helper()
	open := 0
	for _, c := range h.e.clusters {
		if c.Open != nil {
			open++
			if h.e.opens[c.Open.ID] != c.Name {
				h.rt.Fatalf("the command %d of %s is not among those open", c.Open.ID, c.Name)
			}
		}
	}
	if open != len(h.e.opens) {
		h.rt.Fatalf("%d commands are open, %d are kept", open, len(h.e.opens))
	}
	if n := len(h.e.wakes); n > 2000 {
		h.rt.Fatalf("%d turns wait for their time", n)
	}
	for _, set := range []map[string]bool{h.e.guards.asked, h.e.guards.missing, h.e.guards.vanished, h.e.guards.rolling, h.e.guards.waiting, h.e.guards.approved} {
		for n := range set {
			if h.e.clusters[n] == nil {
				h.rt.Fatalf("a guard counts %q, which is gone", n)
			}
		}
	}
	for _, n := range names {
		made := 0
		for _, s := range h.stacks {
			if s.row.Name == "prod--"+n {
				made++
			}
		}
		if made > 1 && !h.double[n] {
			h.rt.Fatalf("P3: %s has %d stacks", n, made)
		}
	}
}

// hear gives an event to the engine and to the one restored of its snapshot: both
// must answer the same.
func (h *history) hear(ev Event) {
	h.rt.Helper()
	if h.mirror == nil {
		snap, err := h.e.Snapshot()
		if err == nil {
			h.mirror, err = Restore(snap)
		}
		if err != nil {
			h.rt.Fatal(err)
		}
		if again, _ := h.mirror.Snapshot(); !bytes.Equal(snap, again) {
			h.rt.Fatalf("a restored engine has another snapshot:\n%s\n%s", snap, again)
		}
	}
	line, err := EncodeEvent(ev)
	if err != nil {
		h.rt.Fatal(err)
	}
	ev, err = DecodeEvent(line)
	if err != nil {
		h.rt.Fatal(err)
	}
	got := h.mirror.Handle(ev)
	out := h.e.Handle(ev)
	if a, b := fmt.Sprintf("%#v", commandLines(out)), fmt.Sprintf("%#v", commandLines(got)); a != b {
		h.rt.Fatalf("%T: a restored engine answers otherwise:\n%s\n%s", ev, a, b)
	}
	if a, b := fmt.Sprintf("%+v", bare(out.Findings)), fmt.Sprintf("%+v", bare(got.Findings)); a != b {
		h.rt.Fatalf("%T: a restored engine finds otherwise:\n%s\n%s", ev, a, b)
	}
	h.take(out)
	h.invariants()
}

// bare leaves out pointers, which differ.
func bare(fs []Finding) []Finding {
	out := slices.Clone(fs)
	for i := range out {
		out[i].Step = nil
	}
	return out
}

func commandLines(out Output) []string {
	var lines []string
	for _, c := range out.Commands {
		line, _ := EncodeCommand(c)
		lines = append(lines, string(line))
	}
	return lines
}

// happen is one thing that happens.
func (h *history) happen() {
	rt := h.rt
	name := rapid.SampledFrom(names).Draw(rt, "name")
	switch rapid.SampledFrom([]string{
		"commit", "commit", "commit", "fleet", "meddle", "meddle", "fault", "lists", "source", "driver",
		"slow", "answer", "answer", "restart", "ask", "settings", "time", "time", "time", "time", "upgrade",
	}).Draw(rt, "what") {
	case "commit":
		h.commitTo(name)
		h.push()
	case "fleet":
		h.file("fleet.yaml", rapid.SampledFrom([]string{
			fleetDoc("maxDeletes: 1, rollout: {maxConcurrent: 2}"), fleetDoc("maxDeletes: 2"), "kind: [\n", fleetDoc("drift: report"),
		}).Draw(rt, "fleet"))
		h.push()
	case "meddle":
		h.meddle(name)
	case "fault":
		h.fault = rapid.SampledFrom([]Verdict{"", Accepted, Ambiguous, Refused, Stale}).Draw(rt, "verdict")
		h.taken = rapid.Bool().Draw(rt, "taken")
		h.fail = rapid.SampledFrom([]string{"", "quota exceeded"}).Draw(rt, "reason")
		h.took = rapid.SampledFrom([]time.Duration{20 * time.Second, 20 * time.Second, 3 * time.Hour}).Draw(rt, "took")
	case "lists":
		h.listIs = nil
		if rapid.Bool().Draw(rt, "fail") {
			h.listIs = &Fault{Code: FaultUnavailable, Who: Cloud, Transient: true, Summary: "no answer"}
		}
		h.lost = map[string]bool{}
		for id := range h.stacks {
			h.lost[id] = rapid.Bool().Draw(rt, "lost")
		}
	case "source":
		h.sourceIs = nil
		if rapid.Bool().Draw(rt, "away") {
			h.sourceIs = &Fault{Code: FaultUnavailable, Who: Operator, Transient: true, Summary: "git is away"}
		}
	case "driver":
		if rapid.Bool().Draw(rt, "up") {
			h.send(Described{At: h.at(), Driver: h.driver})
		} else {
			h.send(DriverLost{At: h.at(), Name: "docker", Fault: Fault{Code: FaultDriver, Who: Operator, Transient: true, Summary: "crashed"}})
		}
	case "upgrade":
		h.salt = rapid.SampledFrom([]string{"", "y", "z"}).Draw(rt, "salt")
		h.effect = rapid.SampledFrom([]plan.Effect{plan.InPlace, plan.Replace}).Draw(rt, "effect")
		h.driver.Version = "1" + h.salt
		h.driver.SHA256 = "aa" + h.salt
		h.send(Described{At: h.at(), Driver: h.driver})
	case "slow":
		h.slow = rapid.Bool().Draw(rt, "slow")
	case "answer":
		h.answer()
	case "restart":
		h.die()
	case "ask":
		a := rapid.SampledFrom([]Ask{Pause, Resume, Approve, Resync}).Draw(rt, "ask")
		if a == Pause || a == Resume {
			h.paused = a == Pause
		}
		h.send(Asked{At: h.at(), Ask: a})
	case "settings":
		h.ro = rapid.Bool().Draw(rt, "readOnly")
		s := h.settings()
		h.settingsNow(&s)
		h.send(SettingsChanged{At: h.at(), Settings: s})
	default:
		h.pass(rapid.SampledFrom([]time.Duration{time.Second, 15 * time.Second, time.Minute, 4 * time.Minute, 20 * time.Minute, 2 * time.Hour}).Draw(rt, "time"))
	}
	h.invariants()
}

func (h *history) commitTo(name string) {
	file := name + ".yaml"
	switch k := rapid.SampledFrom([]string{"", "", ", flavor: big", ", flavor: huge", ", lifecycle: Suspended", "Absent", "gone", "broken", "adopt"}).Draw(h.rt, "document"); k {
	case "gone":
		delete(h.files, file)
	case "broken":
		h.file(file, "kind: [\n")
	case "Absent":
		h.file(file, absentDoc(name))
	case "adopt":
		h.file(file, clusterDoc(name, ", adopt: {stack: theirs}"))
	default:
		h.file(file, clusterDoc(name, k))
	}
}

// meddle is what people and Heat do to a stack behind our back.
func (h *history) meddle(name string) {
	rt := h.rt
	what := rapid.SampledFrom([]string{"params", "tags", "status", "delete", "double", "foreign"}).Draw(rt, "meddle")
	second := h.now.Truncate(time.Second)
	for _, id := range slices.Sorted(maps.Keys(h.stacks)) {
		s := h.stacks[id]
		if s.row.Name != "prod--"+name && s.row.Marks().Cluster != name {
			continue
		}
		switch what {
		case "params":
			s.params, s.row.Updated = "meddled", second
		case "tags":
			s.row.Tags, s.row.Updated = nil, second
		case "delete":
			delete(h.stacks, id)
		case "status":
			s.row.Status = live.Status{
				Action: rapid.SampledFrom([]live.Action{live.Create, live.Update, live.Delete, live.Rollback, live.Check, live.Suspend, live.Resume, live.Restore}).Draw(rt, "action"),
				State:  rapid.SampledFrom([]live.State{live.Complete, live.Failed, live.InProgress}).Draw(rt, "state"),
			}
			s.ends = time.Time{}
			if s.row.Status.Working() || s.row.Status == (live.Status{Action: live.Delete, State: live.Complete}) {
				s.ends, s.next = h.now.Add(h.took), s.params
			}
		case "double":
			if !h.double[name] {
				h.double[name] = true
				h.make(s.row.Name, s.row.Tags, s.params, s.desc)
			}
		}
		return
	}
	if what == "foreign" && len(h.stacks) < 8 {
		n := rapid.SampledFrom([]string{"theirs", "prod--" + name}).Draw(rt, "called")
		h.double[name] = true
		h.make(n, nil, "theirs", "a web shop")
	}
}

// answer answers one of the commands that were held back.
func (h *history) answer() {
	if len(h.held) == 0 {
		return
	}
	i := rapid.IntRange(0, len(h.held)-1).Draw(h.rt, "which")
	c := h.held[i]
	h.held = slices.Delete(h.held, i, i+1)
	if ev := h.carry(c); ev != nil {
		h.send(ev)
	}
}

// die kills the agent, or stops it well: steps under way are waited for then.
func (h *history) die() {
	hints := new(Hints)
	switch rapid.SampledFrom([]string{"well", "killed", "bare"}).Draw(h.rt, "death") {
	case "well":
		for _, c := range h.held {
			if do, ok := c.(Do); ok {
				ev := h.carry(do)
				h.mirror = nil
				out := h.e.Handle(ev) // nothing is carried out any more
				for _, c := range out.Commands {
					if d, ok := c.(Do); ok {
						h.check(d)
					}
				}
			}
		}
		*hints = h.e.Hints()
		hints.Clean = hints.Clean && h.openSteps() == 0
	case "killed":
		h.lose()
		*hints = h.e.Hints()
		hints.Clean = false
	case "bare":
		h.lose()
		hints, h.paused = nil, false
	}
	h.held, h.mirror = nil, nil
	h.restart(h.settingsNow, hints)
}

// openSteps counts steps that the engine gave out and that nobody will begin.
func (h *history) openSteps() int {
	n := 0
	for _, c := range h.todo {
		if _, ok := c.(Do); ok {
			n++
		}
	}
	return n
}

// lose leaves the steps under way to their fate: a create may still be taken.
func (h *history) lose() {
	for _, c := range h.held {
		if do, ok := c.(Do); ok && do.Step.Kind == plan.StepCreate {
			h.late = append(h.late, late{do, h.now.Add(180 * time.Second)})
		}
	}
}

// pass lets time go by; creates that were lost are taken in it, or never.
func (h *history) pass(d time.Duration) {
	h.rt.Helper()
	for _, l := range h.late {
		if l.until.After(h.now) && rapid.Bool().Draw(h.rt, "taken after all") {
			there := slices.ContainsFunc(slices.Collect(maps.Values(h.stacks)), func(s *stack) bool { return s.row.Name == l.do.StackName })
			if there && !h.double[l.do.Cluster] {
				h.rt.Fatalf("P3: a second stack for %s", l.do.Cluster)
			}
			h.write(l.do)
		}
	}
	h.late = nil
	h.run(d)
}

// end ends all faults, and gives the fleet time.
func (h *history) end() {
	h.rt.Helper()
	h.calm, h.slow = true, false
	for len(h.held) > 0 {
		h.answer()
	}
	h.fault, h.fail, h.took, h.listIs, h.lost, h.sourceIs = "", "", 20*time.Second, nil, nil, nil
	h.paused, h.ro = false, false
	h.file("fleet.yaml", fleetDoc("maxDeletes: 4, rollout: {maxConcurrent: 2}"))
	for id, s := range h.stacks {
		if s.row.Status.Working() && !s.ends.IsZero() {
			s.ends = h.now
		}
		_ = id
	}
	h.send(Described{At: h.at(), Driver: h.driver})
	s := h.settings()
	h.settingsNow(&s)
	h.send(SettingsChanged{At: h.at(), Settings: s})
	h.send(Asked{At: h.at(), Ask: Resume})
	h.send(Asked{At: h.at(), Ask: Resync})
	h.push()
	for range 3 {
		h.pass(90 * time.Minute)
		h.send(Asked{At: h.at(), Ask: Approve})
	}
	h.pass(2 * time.Hour)
}

func (h *history) checkEnd() {
	h.rt.Helper()
	h.commands, h.done = map[string]int{}, nil
	h.pass(time.Hour)
	for kind, n := range h.commands {
		if limit := map[string]int{"reconcile.List": 200, "reconcile.WakeAt": 2500, "reconcile.ReadSource": 121}[kind]; n > max(limit, 4*50) {
			var said []string
			for _, c := range h.e.Status().Clusters {
				said = append(said, fmt.Sprintf("%s %s/%s %s %s (%s)", c.Name, c.Outcome, c.Code, c.Stack.ID, c.Stack.Status, c.Message))
			}
			h.rt.Fatalf("%d times %s in a quiet hour; %q", n, kind, said)
		}
	}
	for _, c := range h.e.Status().Clusters {
		if c.Outcome == Settled {
			continue
		}
		if c.Outcome == Stalled || c.Outcome == Held {
			if c.Message == "" || c.Who == "" {
				h.rt.Fatalf("%s is %s/%s and says nothing", c.Name, c.Outcome, c.Code)
			}
			if legitimate[c.Code] {
				continue
			}
		}
		h.rt.Fatalf("P7: %s is %s/%s in the end: %s\n%s\n%+v", c.Name, c.Outcome, c.Code, c.Message, h.files[c.Name+".yaml"], c.Stack)
	}
	settled := map[string]bool{}
	for _, c := range h.e.Status().Clusters {
		settled[c.Name] = c.Outcome == Settled
	}
	h.done = nil
	h.mirror = nil
	h.restart(h.settingsNow, nil)
	h.pass(90 * time.Minute)
	for _, w := range h.done {
		if _, name, _ := strings.Cut(w, " "); settled[name] {
			h.rt.Fatalf("P7: after a restart there is still to do: %q", h.done)
		}
	}
}

// legitimate are the ends that a history can leave a cluster in for good.
var legitimate = map[Code]bool{
	HeldSuspended: true, HeldOrphan: true, HeldUnreadable: true,
	FaultConflict: true, FaultConfig: true,
}

func TestPromisesHoldOverAnyHistory(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		if err := f.Value.Set("40"); err != nil { // more by -rapid.checks
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		h := newHistory(t, rt)
		h.clusters("a", "b")
		h.through = h.hear
		h.start(h.settingsNow, nil)
		h.pass(10 * time.Minute)
		for range rapid.IntRange(1, 30).Draw(rt, "length") {
			h.happen()
		}
		h.end()
		h.checkEnd()
	})
}
