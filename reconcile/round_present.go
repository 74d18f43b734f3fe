package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// present is the round of a cluster that should be there.
func (e *Engine) present(s *subject) verdict {
	if s.owned.kind == ownForeign && s.want.Adopt == nil {
		return stalled(FaultConflict, Operator,
			fmt.Sprintf("stack %q (%s) has this cluster's name and is not ours", s.owned.row.Name, s.owned.row.ID),
			"rename the cluster, or remove the other stack; to take it over use adopt")
	}
	if v, ok := e.misadopted(s); ok {
		return v
	}
	if v, ok := e.pick(s); !ok {
		return v
	}
	if v, ok := e.knowSecrets(s); !ok {
		return v
	}
	key := s.demand.resolved.Hash + " " + s.driver.Driver.SHA256 + s.secretsKey()
	if v, ok := e.render(s, key); !ok {
		return v
	}
	switch s.owned.kind {
	case ownOne:
		return e.alive(s)
	case ownUntagged:
		if s.want.Adopt != nil {
			return e.adopt(s)
		}
		return e.claim(s, e.alive)
	default:
		if s.want.Adopt != nil {
			return e.adopt(s)
		}
		return e.create(s)
	}
}

// pick chooses the driver: the one the document names, else the one that serves
// its COE, distro and server type.
func (e *Engine) pick(s *subject) (verdict, bool) {
	w := s.want
	name := w.Driver
	if name == "" {
		serving := e.serving(w)
		switch len(serving) {
		case 0:
			return e.noDriver(w.COE, w.Distro, string(w.ServerType)), false
		case 1:
			name = serving[0]
		default:
			return stalled(FaultConfig, Author, fmt.Sprintf("drivers %q all serve coe %q, distro %q, server type %q", serving, w.COE, w.Distro, w.ServerType), "name one with driver:"), false
		}
	}
	if made := s.owned.row.Marks().Driver; s.owned.kind == ownOne && made != "" && made != name {
		return stalled(FaultConflict, Author, fmt.Sprintf("stack %q was made by driver %q; driver %q does not plan it", s.owned.row.Name, made, name),
			"set driver: "+made+", or have the cluster deleted and made anew"), false
	}
	if v, ok := e.engage(s, name); !ok {
		return v, false
	}
	return verdict{}, true
}

// serving names the drivers that serve a cluster, sorted.
func (e *Engine) serving(w *spec.Cluster) []string {
	var names []string
	for n, d := range e.drivers {
		if slices.ContainsFunc(d.Driver.Targets, func(t Target) bool { return t.serves(w.COE, w.Distro, string(w.ServerType)) }) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// engage puts the named driver into the subject if it is up.
func (e *Engine) engage(s *subject, name string) (verdict, bool) {
	d := e.drivers[name]
	switch {
	case d == nil && e.young():
		return e.describing(), false
	case d == nil:
		return stalled(FaultDriver, Operator, fmt.Sprintf("driver %q is not installed", name), "install heatsync-driver-"+name+" and pin it with heatsync driver lock"), false
	case d.Fault != nil:
		return verdict{said: said{Outcome: Retrying, Code: FaultDriver, Who: d.Fault.Who, Message: d.Fault.Summary, Remedy: d.Fault.Remedy}}, false
	}
	s.driver = d
	return verdict{}, true
}

// young tells whether drivers may still be on their way up.
func (e *Engine) young() bool { return e.now.Before(e.begun.Add(driversUpIn)) }

// driversUpIn is how long after the start a driver may be missing unsaid.
const driversUpIn = 2 * time.Second

func (e *Engine) describing() verdict {
	v := waiting(WaitObserve, "the drivers are being started")
	v.next = e.begun.Add(driversUpIn)
	return v
}

func (e *Engine) noDriver(coe, distro, serverType string) verdict {
	if e.young() {
		return e.describing()
	}
	for _, name := range slices.Sorted(maps.Keys(e.drivers)) {
		d := e.drivers[name]
		if d.Fault != nil && len(d.Driver.Targets) == 0 {
			return verdict{said: said{Outcome: Retrying, Code: FaultDriver, Who: d.Fault.Who, Message: d.Fault.Summary, Remedy: d.Fault.Remedy}}
		}
	}
	return stalled(FaultDriver, Operator, fmt.Sprintf("no driver serves coe %q, distro %q, server type %q", coe, distro, serverType), "install a driver that does (heatsync driver list), or correct the template")
}

// render has the driver say what the cluster's stack would be, once for each
// spec and executable.
func (e *Engine) render(s *subject, key string) (verdict, bool) {
	c := s.c
	if c.Render.Key != key {
		return e.ask(s, open{Kind: openRender, Key: key}, func(n uint64) Command {
			return AskRender{ID: n, Cluster: c.Name, Driver: s.driver.Driver.Name, Spec: s.want, Secrets: s.secrets()}
		}), false
	}
	if d, bad := plan.FirstError(c.Render.Diagnostics); bad {
		return e.refusal(s, d), false
	}
	if n, most := c.Render.Resources, e.settings.MaxResources; most > 0 && n > most {
		return stalled(FaultConfig, Author, fmt.Sprintf("the stack would have at least %d resources and Heat takes %d (cloud.maxResources)", n, most), "ask for fewer nodes, or have the cloud's limit raised"), false
	}
	return verdict{}, true
}

// refusal turns a driver's diagnostic into the author's words, with its place.
func (e *Engine) refusal(s *subject, d plan.Diagnostic) verdict {
	if d.Code == plan.DriverBroken {
		return stalled(FaultDriver, Operator, inDriver(s.driver.Driver.Name, d.Summary), d.Remedy)
	}
	if d.Code == plan.OtherSecrets {
		return e.heldForSecrets(s, d)
	}
	path, line, col := s.demand.resolved.Locate(d.Path)
	place := ""
	if path != "" {
		place = fmt.Sprintf("%s:%d:%d: ", path, line, col)
	}
	if d.Path != "" {
		place += s.demand.resolved.Written(d.Path) + ": "
	}
	return stalled(FaultConfig, Author, place+d.Summary, d.Remedy)
}

// inDriver begins what a driver says with its name, once: heatstack does so itself,
// for those who read its words without the engine.
func inDriver(name, says string) string {
	prefix := fmt.Sprintf("driver %q: ", name)
	return prefix + strings.TrimPrefix(says, prefix)
}

// claim makes sure that a stack of our name without tags is ours: Heat stores
// the description before the row, and the tags after it.
func (e *Engine) claim(s *subject, then func(*subject) verdict) verdict {
	row := s.owned.row
	parts := s.c.has(row)
	if lack := lacking(parts, []live.Part{live.PartShow}); len(lack) > 0 {
		return e.readParts(s, row, lack)
	}
	if parts.Description != live.Description(e.settings.Fleet, s.c.Name) {
		s.c.Stranger = mark(row)
		s.owned = e.owner(s.c.Name)
		e.guards.count(s.c, s.demand, s.owned)
		return e.decide(s)
	}
	return then(s)
}

// misadopted stalls a cluster whose stack is not the one its document speaks of:
// an adopted stack keeps its template, so it must never be written to as one of
// our own, nor another's parameters be put into it.
func (e *Engine) misadopted(s *subject) (verdict, bool) {
	row, a := s.owned.row, s.want.Adopt
	switch {
	case s.owned.kind != ownOne:
	case a == nil && !strings.EqualFold(row.Name, e.stackName(s.c.Name)):
		return stalled(FaultConfig, Author, fmt.Sprintf("stack %q (%s) was adopted, and the document no longer says so", row.Name, row.ID),
			"bring adopt: {stack: "+row.Name+"} back; to have the cluster made anew have it deleted first"), true
	case a != nil && !strings.EqualFold(row.Name, a.Stack) && row.ID != a.Stack:
		return stalled(FaultConfig, Author, fmt.Sprintf("this cluster has stack %q (%s), and adopt names %q", row.Name, row.ID, a.Stack),
			"name the stack it has, or have the cluster deleted first"), true
	}
	return verdict{}, false
}

// rival names another cluster that could be the stack's, or asks for it too.
func (e *Engine) rival(row live.Row, name string) string {
	if own, ok := e.clusterOf(row.Name); ok && own != name && e.wanted(own) {
		return own
	}
	for _, key := range []string{strings.ToLower(row.Name), row.ID} {
		for _, other := range e.source.adopting[key] {
			if other != name && e.demanded(other).kind != demandAbsent {
				return other
			}
		}
	}
	return ""
}

// adopt takes over an existing stack: a change of tags alone. It never creates.
func (e *Engine) adopt(s *subject) verdict {
	if v, ok := e.unseen(s); ok {
		return v
	}
	stack := s.want.Adopt.Stack
	rows := e.rowsOf(e.cloud.byName[strings.ToLower(stack)])
	if k, ok := e.cloud.rows[stack]; ok && len(rows) == 0 {
		rows = []live.Row{k.Row}
	}
	switch {
	case len(rows) == 0:
		return stalled(FaultConfig, Author, fmt.Sprintf("there is no stack %q to adopt", stack), "correct adopt.stack, or leave adopt out to have the cluster made")
	case len(rows) > 1:
		return stalled(FaultConflict, Operator, fmt.Sprintf("there are %d stacks %q", len(rows), stack), "name the one to adopt by its id")
	}
	row := rows[0]
	if m := row.Marks(); (m.Marked || m.Fleet != "" || m.Cluster != "") && !m.Owns(e.settings.Fleet, s.c.Name) {
		return stalled(FaultConflict, Author, fmt.Sprintf("stack %q belongs to cluster %q of fleet %q", stack, m.Cluster, m.Fleet), "adopt another stack, or end the other claim first")
	}
	if other := e.rival(row, s.c.Name); other != "" {
		return stalled(FaultConfig, Author, fmt.Sprintf("stack %q is cluster %q's too, by its name or its adopt", stack, other), "have one cluster adopt it")
	}
	if !row.Status.Proven() {
		return stalled(FaultConflict, Operator, fmt.Sprintf("stack %q is %s: only CREATE_COMPLETE and UPDATE_COMPLETE can be adopted", stack, row.Status), "bring the stack into order first")
	}
	p, v := e.planFor(s, question{intent: plan.Adopt, row: &row})
	if p == nil {
		return v
	}
	return e.carry(s, question{intent: plan.Adopt, row: &row}, *p)
}
