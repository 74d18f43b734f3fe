package heatsim

import (
	"net/http"
	"time"
)

// isNested says whether the resource is a stack of its own.
func (r *resource) isNested() bool { return nestedType(r.kind) || r.kind == groupType }

// childDefinition is what a nested resource's stack is to be.
func (c *Cloud) childDefinition(d *definition, r *resource) (*definition, error) {
	if r.kind == groupType {
		return c.groupDefinition(d, r)
	}
	return c.nestedDefinition(d, r.kind, r.props, false)
}

func (c *Cloud) createChild(t *traversal, r *resource, done func(string)) {
	j := &job{}
	r.job = j
	c.setResource(r, "CREATE", "IN_PROGRESS", "state changed")
	if failure := c.failure(r, "CREATE"); failure == neverAnswers {
		j.hangs = true
		return
	} else if failure != "" {
		c.after(0, func() { c.end(r, j, failure, done) })
		return
	}
	def, err := c.childDefinition(t.def, r)
	if err != nil {
		failure := typed(err) + "resources." + r.name + ": " + err.Error()
		c.after(0, func() { c.end(r, j, failure, done) })
		return
	}
	parent := t.stack
	child := &stack{
		id: c.uuid(), name: parent.name + "-" + r.name + "-" + c.shortID(), project: parent.project,
		owner: parent.owner, parent: parent, via: r.name, created: c.now.Truncate(time.Second),
		disableRollback: true, def: def, resources: map[string]*resource{}, depth: parent.depth + 1,
		action: "CREATE", status: "IN_PROGRESS",
	}
	if len(child.name) > 255 {
		child.name = child.name[len(child.name)-255:]
	}
	c.stacks[child.id] = child
	child.project.index.add(child)
	r.child, r.physical = child, child.id
	c.start(&traversal{stack: child, action: "CREATE", def: def, onEnd: c.childEnd(r, j, done)})
}

// childEnd hands a child's end to its resource. Work on a child that was
// cancelled meanwhile is nobody's any more.
func (c *Cloud) childEnd(r *resource, j *job, done func(string)) func(string) {
	return func(failure string) {
		if failure != "" {
			failure = "resources." + r.name + ": " + failure
		}
		c.after(0, func() { c.end(r, j, failure, done) })
	}
}

func (c *Cloud) updateChild(t *traversal, r *resource, before map[string]any, done func(string)) {
	j := &job{}
	r.job = j
	c.setResource(r, "UPDATE", "IN_PROGRESS", "state changed")
	if failure := c.failure(r, "UPDATE"); failure == neverAnswers {
		j.hangs = true
		return
	} else if failure != "" {
		c.after(0, func() { c.end(r, j, failure, done) })
		return
	}
	if r.kind == groupType {
		c.noteRemovals(r)
	}
	def, err := c.childDefinition(t.def, r)
	if err != nil {
		failure := typed(err) + "resources." + r.name + ": " + err.Error()
		c.after(0, func() { c.end(r, j, failure, done) })
		return
	}
	steps := []*definition{def}
	var pause time.Duration
	if r.kind == groupType {
		steps, pause, err = c.roll(r, before, def)
		if err != nil {
			c.after(0, func() { c.end(r, j, err.Error(), done) })
			return
		}
	}
	c.updateInSteps(r, j, steps, pause, t.converge, c.childEnd(r, j, done))
}

// updateInSteps runs one update of the child after the other.
func (c *Cloud) updateInSteps(r *resource, j *job, steps []*definition, pause time.Duration, converge bool, end func(string)) {
	child := r.child
	child.def = steps[0]
	c.touch(child)
	c.start(&traversal{stack: child, action: "UPDATE", def: steps[0], converge: converge, onEnd: func(failure string) {
		if failure != "" || len(steps) == 1 {
			end(failure)
			return
		}
		c.after(pause, func() {
			if r.job == j && !j.dead {
				c.updateInSteps(r, j, steps[1:], pause, converge, end)
			}
		})
	}})
}

func (c *Cloud) deleteChild(r *resource, gone func(string)) {
	j := &job{}
	r.job = j
	c.setResource(r, "DELETE", "IN_PROGRESS", "state changed")
	failure := c.failure(r, "DELETE")
	if failure == neverAnswers {
		j.hangs = true
		return
	}
	if failure != "" {
		c.after(0, func() { c.end(r, j, failure, gone) })
		return
	}
	c.deleteTree(r.child, c.childEnd(r, j, gone))
}

// deleteTree stops a stack's work and deletes its resources.
func (c *Cloud) deleteTree(s *stack, onEnd func(string)) {
	if s.run != nil {
		s.run.over = true
	}
	s.stop(c, s.action+" aborted (user triggered cancel)", "Stack "+s.action+" cancelled")
	c.start(&traversal{stack: s, action: "DELETE", onEnd: onEnd})
}

// size counts the resources of a tree.
func (s *stack) size() int {
	n := len(s.resources)
	for _, r := range s.resources {
		if r.child != nil {
			n += r.child.size()
		}
	}
	return n
}

// nameRule is what Heat asks of a stack name.
func nameRule(name string) error {
	if name == "" {
		return badRequest("No stack name specified")
	}
	ok := len(name) <= 255
	for i, ch := range name {
		letter := ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z'
		other := ch >= '0' && ch <= '9' || ch == '_' || ch == '.' || ch == '-'
		ok = ok && (letter || (i > 0 && other))
	}
	if !ok {
		return refuse(http.StatusBadRequest, "StackValidationFailed", "Invalid stack name "+name+
			" must contain only alphanumeric or \"_-.\" characters, must start with alpha and must be 255 characters or less.")
	}
	return nil
}
