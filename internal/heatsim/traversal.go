package heatsim

import (
	"slices"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// traversal is one walk over a stack's resources: first those the definition
// asks for, each after what it depends on, then the deletion of what is left
// over, in the opposite order. A newer traversal of the stack ends it.
type traversal struct {
	stack    *stack
	action   string
	def      *definition // nil: nothing is to stay
	converge bool        // look at the physical resources first
	open     int
	over     bool
	onEnd    func(failure string) // after the state is set; nil for a root
}

type node struct {
	waits int
	then  []*node
	work  func(done func(failure string))
}

// start begins a traversal and sets the stack IN_PROGRESS.
func (c *Cloud) start(t *traversal) {
	s := t.stack
	if s.run != nil {
		s.run.over = true
	}
	s.run = t
	c.setState(s, t.action, "IN_PROGRESS", "Stack "+t.action+" started")
	c.limitTime(t)
	c.after(0, func() { c.forward(t) })
}

// siteTimeout is stack_action_timeout.
const siteTimeout = time.Hour

func (c *Cloud) limitTime(t *traversal) {
	if t.stack.parent != nil {
		return
	}
	limit := siteTimeout
	if t.stack.timeoutMinutes > 0 {
		limit = time.Duration(t.stack.timeoutMinutes) * time.Minute
	}
	c.after(limit, func() {
		// Heat does not look at the time while a backend keeps it waiting.
		if t.over || t.stack.hangs() {
			return
		}
		t.stack.stop(c, t.action+" aborted (timed out)", "Timed out")
		c.fail(t, "Timed out")
	})
}

// hangs says whether a backend that never answers holds one of the resources.
func (s *stack) hangs() bool {
	for _, r := range s.all() {
		if (r.job != nil && r.job.hangs) || (r.child != nil && r.child.hangs()) {
			return true
		}
	}
	return false
}

// all are the present and the leaving resources, in order.
func (s *stack) all() []*resource {
	list := make([]*resource, 0, len(s.resources)+len(s.leaving))
	for _, name := range hot.Keys(s.resources) {
		list = append(list, s.resources[name])
	}
	return append(list, s.leaving...)
}

// stop aborts the work under way in a tree; hanging work stays.
func (s *stack) stop(c *Cloud, why, stackWhy string) {
	for _, r := range s.all() {
		if r.child != nil && r.child.inProgress() {
			r.child.stop(c, why, stackWhy)
			if r.child.run != nil {
				r.child.run.over = true
			}
			c.setState(r.child, r.child.action, "FAILED", stackWhy)
		}
		if r.job != nil && !r.job.hangs {
			r.job = nil
			c.setResource(r, r.action, "FAILED", why)
		}
	}
}

// forward plans the nodes of the definition's resources.
func (c *Cloud) forward(t *traversal) {
	if t.over {
		return
	}
	var wanted []*hot.Resource
	var scope *hot.Scope
	if t.def != nil {
		scope = c.scope(t.stack, t.def)
		for _, name := range hot.Keys(t.def.template.Resources) {
			r := t.def.template.Resources[name]
			on, err := scope.Enabled(r.Condition)
			if err != nil {
				c.fail(t, err.Error())
				return
			}
			if on {
				wanted = append(wanted, r)
			}
		}
	}
	nodes := map[string]*node{}
	for _, r := range wanted {
		nodes[r.Name] = &node{work: func(done func(string)) { c.settle(t, r, done) }}
	}
	for _, r := range wanted {
		deps, err := scope.Depends(r)
		if err != nil {
			c.fail(t, err.Error())
			return
		}
		for _, d := range deps {
			nodes[r.Name].waits++
			nodes[d].then = append(nodes[d].then, nodes[r.Name])
		}
	}
	for _, name := range hot.Keys(t.stack.resources) {
		if nodes[name] == nil {
			t.stack.leaving = append(t.stack.leaving, t.stack.resources[name])
			delete(t.stack.resources, name)
		}
	}
	c.walk(t, values(nodes), func() { c.clean(t) })
}

func values(m map[string]*node) []*node {
	list := make([]*node, 0, len(m))
	for _, name := range hot.Keys(m) {
		list = append(list, m[name])
	}
	return list
}

// walk runs nodes as they become free, and then next.
func (c *Cloud) walk(t *traversal, nodes []*node, next func()) {
	t.open = len(nodes)
	if t.open == 0 {
		next()
		return
	}
	var run func(n *node)
	run = func(n *node) {
		if t.over {
			return
		}
		n.work(func(failure string) {
			switch {
			case t.over:
				return
			case failure != "":
				c.fail(t, failure)
				return
			}
			t.open--
			for _, after := range n.then {
				if after.waits--; after.waits == 0 {
					c.after(0, func() { run(after) })
				}
			}
			if t.open == 0 {
				next()
			}
		})
	}
	for _, n := range nodes {
		if n.waits == 0 {
			c.after(0, func() { run(n) })
		}
	}
}

// clean deletes what is left over: dependents before what they depend on.
func (c *Cloud) clean(t *traversal) {
	items := slices.Clone(t.stack.leaving)
	nodes := make([]*node, len(items))
	for i, r := range items {
		nodes[i] = &node{work: func(done func(string)) { c.removeResource(t, r, done) }}
	}
	for i, r := range items {
		for j, other := range items {
			if i != j && r.name != other.name && slices.Contains(other.deps, r.name) {
				nodes[i].waits++
				nodes[j].then = append(nodes[j].then, nodes[i])
			}
		}
	}
	c.walk(t, nodes, func() { c.finish(t) })
}

func (c *Cloud) finish(t *traversal) {
	t.over = true
	s := t.stack
	if t.action == "DELETE" {
		c.setState(s, "DELETE", "COMPLETE", "Stack DELETE completed successfully")
		c.after(c.opts.Durations.Purge, func() { c.bury(s) })
	} else {
		s.good = t.def
		// An action may have put its own state over ours meanwhile.
		if s.action == t.action && s.inProgress() {
			c.setState(s, t.action, "COMPLETE", "Stack "+t.action+" completed successfully")
		}
	}
	if t.onEnd != nil {
		t.onEnd("")
	}
}

// bury makes the row soft-deleted: its name is free again.
func (c *Cloud) bury(s *stack) {
	if !s.live() || c.stacks[s.id] != s {
		return
	}
	s.project.index.remove(s, true)
	s.deleted = c.now.Truncate(time.Second)
	s.rendered = nil
	if s.parent != nil {
		// Nobody can ask for a deleted member again but by its id.
		s.resources, s.def, s.good = nil, &definition{template: s.def.template}, nil
	}
}

func (c *Cloud) fail(t *traversal, failure string) {
	if t.over {
		return
	}
	t.over = true
	s := t.stack
	if s.action == t.action && s.inProgress() {
		c.setState(s, t.action, "FAILED", failure)
	}
	if s.parent == nil && !s.disableRollback && (t.action == "CREATE" || t.action == "UPDATE") {
		c.rollBack(s)
		return
	}
	if t.onEnd != nil {
		t.onEnd(failure)
	}
}

// rollBack returns to the last definition that was reached, or to nothing.
// Tags stay as they are.
func (c *Cloud) rollBack(s *stack) {
	if s.good != nil {
		s.def = s.good
	}
	c.touch(s)
	c.start(&traversal{stack: s, action: "ROLLBACK", def: s.good})
}
