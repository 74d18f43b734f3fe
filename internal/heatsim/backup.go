package heatsim

import (
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// Backup is Heat's database at one moment: stacks, resources, events. What
// other services hold is not in it.
type Backup struct{ stacks map[string]*stack }

// Backup copies the database.
func (c *Cloud) Backup() Backup {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	return Backup{cloneStacks(c.stacks)}
}

// Restore puts a backup in place of the database. Work under way is lost as
// if the engine had died; servers, networks and tokens stay as they are now.
// A backup may be restored several times.
func (c *Cloud) Restore(b Backup) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	c.changes++
	for _, s := range c.stacks {
		if s.run != nil {
			s.run.over = true
		}
		for _, r := range s.all() {
			r.job = nil
		}
	}
	c.waiting = nil
	c.stacks = cloneStacks(b.stacks)
	for _, p := range c.projects {
		p.index = newStackIndex()
	}
	for _, id := range hot.Keys(c.stacks) {
		s := c.stacks[id]
		switch {
		case s.live():
			s.project.index.add(s)
		case s.parent == nil:
			s.project.index.deleted.add(s)
		}
		for _, r := range s.all() {
			if p := c.physical[r.physical]; p != nil {
				p.resource = r
			}
		}
	}
	for _, p := range c.projects {
		for _, same := range p.index.byName {
			slices.SortFunc(same, func(a, b *stack) int {
				if createdBefore(a, b) {
					return -1
				}
				return 1
			})
		}
	}
}

// cloneStacks copies stacks and resources with the links between them; what
// was being worked on has lost its engine.
func cloneStacks(from map[string]*stack) map[string]*stack {
	to := make(map[string]*stack, len(from))
	for id, s := range from {
		n := *s
		n.run, n.rendered, n.events = nil, nil, slices.Clone(s.events)
		to[id] = &n
	}
	for id, s := range from {
		n := to[id]
		if s.parent != nil {
			n.parent = to[s.parent.id]
		}
		n.resources = make(map[string]*resource, len(s.resources))
		for name, r := range s.resources {
			n.resources[name] = cloneResource(r, n, to)
		}
		n.leaving = nil
		for _, r := range s.leaving {
			n.leaving = append(n.leaving, cloneResource(r, n, to))
		}
	}
	return to
}

func cloneResource(r *resource, s *stack, stacks map[string]*stack) *resource {
	n := *r
	n.stack, n.data, n.signals, n.order = s, maps.Clone(r.data), maps.Clone(r.signals), slices.Clone(r.order)
	if r.child != nil {
		n.child = stacks[r.child.id]
	}
	if r.job != nil {
		n.job = &job{dead: true}
	}
	return &n
}

// Purge drops soft-deleted rows whose deletion is older than age, as the
// operator's purge job does: they answer 404 from then on. It says how many.
func (c *Cloud) Purge(age time.Duration) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	c.changes++
	n := 0
	for id, s := range c.stacks {
		if s.live() || c.now.Sub(s.deleted) < age {
			continue
		}
		if s.parent == nil {
			s.project.index.deleted.remove(s)
		}
		s.hidden = true
		delete(c.stacks, id)
		n++
	}
	return n
}
