package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// verdict is what one round says of its cluster. A round that asked something
// keeps what was said before, unless that is no longer true.
type verdict struct {
	said
	next  time.Time // look again then; zero: at the next event
	asked bool      // a command is on its way; its answer brings the next round
}

// subject is all that one round looks at.
type subject struct {
	c      *cluster
	demand demand
	owned  owned
	want   *spec.Cluster // nil but for Present, Suspended and Absent
	driver *driverState  // nil until it is picked
	fleet  spec.Fleet
}

// rounds gives every touched cluster its round, in the order of their names.
func (e *Engine) rounds() {
	for len(e.touched) > 0 {
		names := slices.Sorted(maps.Keys(e.touched))
		e.touched = map[string]bool{}
		for _, name := range names {
			if c := e.clusters[name]; c != nil {
				e.round(c)
			}
		}
		e.freeRollout()
		e.turnGuards()
	}
}

// round looks at one cluster's whole state, takes at most one next step, and
// says how things stand.
func (e *Engine) round(c *cluster) {
	if c.Open != nil {
		return
	}
	fleet, _ := e.fleet()
	s := &subject{c: c, demand: e.demanded(c.Name), owned: e.owner(c.Name), fleet: fleet}
	s.want = s.demand.resolved.Cluster
	delete(e.guards.waiting, c.Name)
	if key := s.demand.key(); c.Retry.Key != key {
		c.Retry = retry{Key: key}
	}
	e.follow(s)
	v := e.decide(s)
	if !v.asked && v.next.IsZero() {
		v.next = e.looksAgain(s)
	}
	e.say(s, v)
	e.look(c, v.next)
	e.guards.count(c, s.demand, s.owned)
}

// decide is the round: what Git asks first, then what the cloud shows.
func (e *Engine) decide(s *subject) verdict {
	c := s.c
	if e.source.revision == "" || !e.cloud.whole {
		return e.unobserved()
	}
	if s.owned.kind == ownDouble {
		return e.double(s)
	}
	if c.Confirm {
		if v, ok := e.confirm(s); ok {
			return v
		}
	}
	switch s.demand.kind {
	case demandNone:
		if s.owned.kind != ownOne {
			if v, ok := e.unborn(s); ok {
				return v
			}
			if r := c.Run; r != nil && !r.Hangs {
				return waiting(r.code(), r.Title)
			}
			return e.lookUp(s, c.Known) // nothing is left to wait for: its answer ends it
		}
		return e.orphan(s)
	case demandUnreadable:
		return verdict{said: said{Outcome: Held, Code: HeldUnreadable, Who: Author, Message: s.demand.why, Remedy: s.demand.remedy}}
	case demandSuspended:
		return e.suspended(s)
	case demandAbsent:
		return e.absent(s)
	default:
		return e.present(s)
	}
}

// orphan is said of a stack of ours that no document names. While a file cannot be
// read, that file may be the one that does: to ask the cluster away would be too early.
func (e *Engine) orphan(s *subject) verdict {
	said := said{
		Outcome: Held, Code: HeldOrphan, Who: Author,
		Message: fmt.Sprintf("stack %q is ours and no document names this cluster", s.owned.row.Name),
		Remedy:  "bring the document back, or write it with lifecycle: Absent to have the stack deleted",
	}
	if text := e.source.unreadableText(); text != "" {
		said.Message += "; " + text
		said.Remedy = "mend what cannot be read: it may name this cluster"
	}
	return verdict{said: said}
}

// unobserved is said of every cluster until the source has been read and an
// inventory has been read whole: nothing is known, so nothing is done.
func (e *Engine) unobserved() verdict {
	if f := e.source.fault; e.source.revision == "" && f != nil {
		return verdict{said: said{Outcome: Retrying, Code: f.Code, Who: f.Who, Message: f.Summary, Remedy: f.Remedy, Until: e.source.next}}
	}
	if f := e.cloud.inventory.Fault; f != nil {
		return verdict{said: said{Outcome: Retrying, Code: f.Code, Who: f.Who, Message: f.Summary, Remedy: f.Remedy, Until: e.cloud.inventory.Next}}
	}
	message := "the source and the first inventory are being read"
	if reads := e.firstReads(); len(reads) > 0 {
		message = firstText(reads) + " is waited for"
	}
	return verdict{said: said{Outcome: Waiting, Code: WaitObserve, Who: Nobody, Message: message}}
}

func (e *Engine) double(s *subject) verdict {
	ids := make([]string, 0, len(s.owned.all))
	for _, r := range s.owned.all {
		ids = append(ids, r.ID)
	}
	return verdict{said: said{
		Outcome: Stalled, Code: FaultConflict, Who: Operator,
		Message: fmt.Sprintf("two stacks are this cluster: %q", ids),
		Remedy:  "find out which one is in use and delete the other by hand; neither is written to",
	}}
}

func (e *Engine) suspended(s *subject) verdict {
	message := "lifecycle is Suspended"
	if s.owned.kind == ownOne {
		message += ", the stack is " + s.owned.row.Status.String()
	}
	return verdict{said: said{Outcome: Held, Code: HeldSuspended, Who: Author, Message: message, Remedy: "set lifecycle: Present to go on"}}
}

// confirm looks up name and id, because an earlier look may have missed something.
func (e *Engine) confirm(s *subject) (verdict, bool) {
	id := s.c.Known
	if s.owned.kind == ownOne || s.owned.kind == ownUntagged {
		id = s.owned.row.ID
	}
	return e.lookUp(s, id), true
}

// lookUp asks for the cluster's own name, and for the stack of that id under the
// name it has: Heat knows no id under another.
func (e *Engine) lookUp(s *subject, id string) verdict {
	names := []string{e.stackName(s.c.Name)}
	for _, row := range []live.Row{s.owned.row, e.cloud.rows[id].Row} {
		if (s.owned.kind == ownOne || row.ID == id) && row.Name != "" && !slices.Contains(names, row.Name) {
			names = append(names, row.Name)
		}
	}
	return e.ask(s, open{Kind: openLook, Names: names, Stack: id}, func(n uint64) Command {
		return Look{ID: n, Cluster: s.c.Name, Names: names, StackID: id}
	})
}

// ask sends one command, unless the cluster's pace forbids it.
func (e *Engine) ask(s *subject, o open, build func(id uint64) Command) verdict {
	c := s.c
	if c.Retry.blocked(e.now) && (o.Kind == openDo || c.Retry.Step != stepFailed) {
		return e.pacing(c)
	}
	e.nextID++
	o.ID, o.Asked = e.nextID, e.now
	c.Open = &o
	e.opens[o.ID] = c.Name
	e.command(build(o.ID))
	return verdict{asked: true}
}

// pacing says why nothing is tried now.
func (e *Engine) pacing(c *cluster) verdict {
	f := c.Retry.Fault
	v := verdict{said: said{Outcome: Retrying, Code: f.Code, Who: f.Who, Message: f.Summary, Remedy: f.Remedy, Until: c.Retry.Next}, next: c.Retry.Next}
	if c.Retry.stalls() {
		v.Outcome = Stalled
	}
	return v
}

// say tells the outcome and reports it when it is another than before.
func (e *Engine) say(s *subject, v verdict) {
	c := s.c
	if v.asked {
		if c.Said.Outcome != "" && (c.Said.Outcome != Settled || s.stands()) {
			return
		}
		v.said = said{Outcome: Waiting, Code: WaitObserve, Who: Nobody, Message: "being planned"}
	}
	if v.Outcome == Settled {
		c.SettledRevision = e.source.revision
	}
	v.Message, v.Remedy = spec.Plain(v.Message), spec.Plain(v.Remedy) // they quote what people wrote
	was := c.Said
	v.Since = was.Since
	if was.Outcome != v.Outcome || was.Code != v.Code {
		v.Since = e.now
		delete(e.guards.outcomes[was.Outcome], c.Name)
		set(e.guards.outcomes[v.Outcome], c.Name, true)
		e.find(Finding{
			Kind: kindOf(s, v.said), Cluster: c.Name, Outcome: v.Outcome, Code: v.Code, Who: v.Who,
			Message: v.Message, Remedy: v.Remedy, Revision: e.source.revision,
		})
	}
	c.Said = v.said
}

// stands tells whether a cluster that was settled is so until an answer says
// otherwise.
func (s *subject) stands() bool {
	switch s.demand.kind {
	case demandPresent:
		return s.c.Settled.SpecHash == s.demand.resolved.Hash
	case demandAbsent:
		return !s.owned.exists()
	}
	return true
}

// kindOf gives an orphan and a double findings of their own kind: they are alerted.
func kindOf(s *subject, said said) FindingKind {
	switch {
	case said.Outcome == Held && said.Code == HeldOrphan:
		return FoundOrphan
	case said.Outcome == Stalled && s.owned.kind == ownDouble:
		return FoundDuplicate
	}
	return FoundOutcome
}

// parts asks for those parts of a stack's present state that have not been read.
func (e *Engine) readParts(s *subject, row live.Row, parts []live.Part) verdict {
	return e.ask(s, open{Kind: openParts, Key: mark(row)}, func(n uint64) Command {
		return s.withNodes(ReadParts{ID: n, Cluster: s.c.Name, Name: row.Name, StackID: row.ID, Parts: parts}, row)
	})
}

// has gives what was read of this state of the stack.
func (c *cluster) has(row live.Row) live.Parts {
	if c.Parts.Row != mark(row) {
		c.Parts = partsOf{Row: mark(row)}
	}
	return c.Parts.Parts
}

func lacking(have live.Parts, need []live.Part) []live.Part {
	var out []live.Part
	for _, p := range need {
		if !slices.Contains(have.Read, p) {
			out = append(out, p)
		}
	}
	return out
}

// stalled is a verdict that a person must act on.
func stalled(code Code, who Who, message, remedy string) verdict {
	return verdict{said: said{Outcome: Stalled, Code: code, Who: who, Message: message, Remedy: remedy}}
}

func waiting(code Code, message string) verdict {
	return verdict{said: said{Outcome: Waiting, Code: code, Who: Nobody, Message: message}}
}

func held(code Code, who Who, message, remedy string) verdict {
	return verdict{said: said{Outcome: Held, Code: code, Who: who, Message: message, Remedy: remedy}}
}

// question is what a driver is asked to plan.
type question struct {
	intent  plan.Intent
	row     *live.Row
	deep    bool
	recover bool
}

// secrets are what the plan is to be made with: for a stack that goes, what is
// there.
func (q question) secrets(s *subject) []SecretID {
	if q.intent == plan.Absent {
		return s.c.Secrets.IDs
	}
	return s.secrets()
}

func (q question) secretsKey(s *subject) string {
	if q.intent == plan.Absent {
		return ""
	}
	return s.secretsKey()
}

func (q question) key(s *subject) string {
	row := ""
	if q.row != nil {
		row = mark(*q.row)
	}
	return fmt.Sprintf("%s|%s|%s%s|%v|%v|%s", q.intent, s.demand.resolved.Hash, s.driver.Driver.SHA256, q.secretsKey(s), q.deep, q.recover, row)
}

// planFor gives the driver's plan, or the verdict of a round that has to ask for
// it first.
func (e *Engine) planFor(s *subject, q question) (*plan.Plan, verdict) {
	c, key := s.c, q.key(s)
	if c.Plan.Key != key {
		c.Plan = plannedFor{Key: key}
		return nil, e.askPlan(s, q)
	}
	if len(c.Plan.Need) == 0 {
		if c.Plan.Asked == 0 {
			return nil, e.askPlan(s, q)
		}
		return &c.Plan.Plan, verdict{}
	}
	if q.row != nil {
		if lack := lacking(c.has(*q.row), c.Plan.Need); len(lack) > 0 {
			return nil, e.readParts(s, *q.row, lack)
		}
	}
	if c.Plan.Asked > 3 {
		f := Fault{Code: FaultDriver, Who: Operator, Summary: fmt.Sprintf("driver %q asks again for parts it was given", s.driver.Driver.Name), Remedy: "report it to the driver's author"}
		c.Plan = plannedFor{}
		e.failed(c, "plan", f)
		return nil, e.pacing(c)
	}
	return nil, e.askPlan(s, q)
}

func (e *Engine) askPlan(s *subject, q question) verdict {
	c := s.c
	var parts live.Parts
	if q.row != nil {
		parts = c.has(*q.row)
	}
	v := e.ask(s, open{Kind: openPlan, Key: c.Plan.Key}, func(n uint64) Command {
		return AskPlan{ID: n, Cluster: c.Name, Driver: s.driver.Driver.Name, Intent: q.intent, Spec: s.want, Row: q.row, Parts: parts, Deep: q.deep, Recover: q.recover, Secrets: q.secrets(s)}
	})
	if v.asked {
		c.Plan.Asked++
	}
	return v
}
