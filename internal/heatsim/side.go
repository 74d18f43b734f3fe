package heatsim

import (
	"path"
	"slices"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// ResourceFault makes work on resources fail or hang. Empty fields match all.
type ResourceFault struct {
	Type   string // resource type
	Name   string // path.Match pattern over the resource's name
	Stack  string // path.Match pattern over the root stack's name
	Action string // CREATE, UPDATE, DELETE, CHECK
	Reason string // as Heat would show it
	Hangs  bool   // the backend never answers
	Times  int    // 0: every time

	hits int
}

const neverAnswers = "\x00hangs"

// failure is what a resource's work ends in: "", neverAnswers, or the reason.
func (c *Cloud) failure(r *resource, action string) string {
	for _, f := range c.broken {
		if !f.matches(r, action) || (f.Times > 0 && f.hits >= f.Times) {
			continue
		}
		f.hits++
		if f.Hangs {
			return neverAnswers
		}
		return f.Reason
	}
	p := c.physical[r.physical]
	if action == "UPDATE" && p != nil && p.Gone {
		return "NotFound: resources." + r.name + ": The resource " + r.physical + " could not be found. (HTTP 404)"
	}
	if fail, _ := hot.Bool(r.props["fail"]); fail && r.kind == "OS::Heat::TestResource" && action != "DELETE" && action != "CHECK" {
		return "ValueError: resources." + r.name + ": Test Resource failed " + r.name
	}
	return ""
}

func (f *ResourceFault) matches(r *resource, action string) bool {
	glob := func(pattern, s string) bool {
		ok, err := path.Match(pattern, s)
		return pattern == "" || (err == nil && ok)
	}
	return (f.Type == "" || f.Type == r.kind || f.Type == r.typ) && (f.Action == "" || f.Action == action) &&
		glob(f.Name, r.name) && glob(f.Stack, r.stack.root().name)
}

// Break adds a resource fault; Mend drops them all. Work that hangs stays so.
func (c *Cloud) Break(f ResourceFault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = append(c.broken, &f)
	c.changes++
}

// Mend drops all resource faults.
func (c *Cloud) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = nil
	c.changes++
}

// KillEngine ends all work under way without a trace: stacks stay
// IN_PROGRESS until an update or a delete takes them over. The legacy engine,
// started anew, calls them FAILED (service.reset_stack_status).
func (c *Cloud) KillEngine() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	c.changes++
	for _, id := range hot.Keys(c.stacks) { // event ids are drawn on the way
		s := c.stacks[id]
		if s.run != nil {
			s.run.over = true
		}
		for _, r := range s.all() {
			if r.job != nil {
				r.job.dead, r.job.hangs, r.job.waiters = true, false, nil
			}
		}
		if c.opts.LegacyEngine && s.live() && s.inProgress() {
			c.setState(s, s.action, "FAILED", "Engine went down during stack "+s.action)
		}
	}
	c.waiting = nil
}

// Vanish deletes a physical resource behind Heat's back and says whether it
// was there.
func (c *Cloud) Vanish(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.physical[id]
	if p == nil || p.Gone {
		return false
	}
	c.changes++
	p.Gone = true
	return true
}

// Settle carries out what is due and says when the next thing is; the zero
// time when nothing is.
func (c *Cloud) Settle() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	if len(c.agenda.items) == 0 {
		return time.Time{}
	}
	return c.agenda.items[0].at
}

// Stack is a copy of a stack's whole state, for tests.
type Stack struct {
	ID, Name, Project, Parent      string
	Action, Status, Reason         string
	Description, Owner             string
	Created, Updated, DeletionTime time.Time
	Tags                           []string
	Parameters                     map[string]string // in clear
	Files                          map[string]string
	Resources                      []Resource
}

// State is ACTION_STATUS.
func (s Stack) State() string { return s.Action + "_" + s.Status }

// Resource is a copy of one resource's state.
type Resource struct {
	Name, Type, Physical, Child string
	State, Reason               string
	Properties                  map[string]any
}

// Changes counts what may have changed a stack: as long as it gives the same
// number, so do Stacks and Stack.
func (c *Cloud) Changes() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	return c.changes
}

// Stacks are copies of a project's stacks by creation, deleted and nested
// ones only when asked for. An empty project means all.
func (c *Cloud) Stacks(project string, deletedToo, nestedToo bool) []Stack {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	var found []*stack
	for _, s := range c.stacks {
		if (project == "" || s.project.name == project) && (deletedToo || s.live()) && (nestedToo || s.parent == nil) && !s.hidden {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b *stack) int {
		if createdBefore(a, b) {
			return -1
		}
		return 1
	})
	out := make([]Stack, len(found))
	for i, s := range found {
		out[i] = s.copy()
	}
	return out
}

// Stack is a copy of one stack by id, deleted or not.
func (c *Cloud) Stack(id string) (Stack, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	s := c.stacks[id]
	if s == nil || s.hidden {
		return Stack{}, false
	}
	return s.copy(), true
}

func (s *stack) copy() Stack {
	out := Stack{
		ID: s.id, Name: s.name, Project: s.project.name, Action: s.action, Status: s.status, Reason: s.reason,
		Description: s.def.template.Description, Owner: s.owner, Created: s.created, Updated: s.updated, DeletionTime: s.deleted,
		Tags: slices.Clone(s.tags), Parameters: map[string]string{}, Files: s.def.files,
	}
	if s.parent != nil {
		out.Parent = s.parent.id
	}
	for name, v := range s.def.values {
		out.Parameters[name] = s.def.template.Parameters[name].Shown(v)
	}
	for _, r := range s.all() {
		res := Resource{Name: r.name, Type: r.typ, Physical: r.physical, State: r.state(), Reason: r.reason, Properties: r.props}
		if r.child != nil {
			res.Child = r.child.id
		}
		out.Resources = append(out.Resources, res)
	}
	return out
}

// CountByName counts a project's live root stacks of a name, letter case aside.
func (c *Cloud) CountByName(project, name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	p := c.projects[project]
	if p == nil {
		return 0
	}
	n := 0
	for _, s := range p.index.byName[fold(name)] {
		if s.parent == nil {
			n++
		}
	}
	return n
}

// Physicals are copies of what exists in the other services, by id; of one
// type unless typ is empty.
func (c *Cloud) Physicals(typ string) []Physical {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	var out []Physical
	for _, id := range slices.Sorted(mapKeys(c.physical)) {
		if p := c.physical[id]; (typ == "" || p.Type == typ) && !p.Gone {
			out = append(out, Physical{ID: p.ID, Type: p.Type, Project: p.Project, Stack: p.Stack, Name: p.Name})
		}
	}
	return out
}

// SignalWaits plays the nodes of a stack's tree: every wait condition still
// open gets all its signals. An empty id means all stacks.
func (c *Cloud) SignalWaits(stackID string, success bool) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	c.changes++
	status := "SUCCESS"
	if !success {
		status = "FAILURE"
	}
	n := 0
	for _, w := range slices.Clone(c.waiting) {
		if stackID != "" && w.resource.stack.root().id != stackID {
			continue
		}
		for i := len(w.source.order); i < w.want; i++ {
			c.take(w.source, map[string]any{"status": status, "reason": "node", "data": ""})
			n++
		}
	}
	c.catchUp()
	return n
}

// ProjectID is the id of a project, empty when there is none.
func (c *Cloud) ProjectID(name string) string {
	if p := c.projects[name]; p != nil {
		return p.id
	}
	return ""
}

// AuthURL is where Keystone answers, below base.
func AuthURL(base string) string { return base + "/identity/v3" }
