package heatsim

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// job is work under way on one resource.
type job struct {
	hangs   bool // a backend that never answers
	dead    bool // its engine died
	waiters []func()
}

// settle brings one resource to what def says: creates it, changes it in
// place, replaces it or leaves it alone.
func (c *Cloud) settle(t *traversal, def *hot.Resource, done func(string)) {
	if t.over {
		return
	}
	s := t.stack
	r := s.resources[def.Name]
	if r != nil && r.job != nil {
		switch {
		case r.job.dead:
			r.job = nil
			c.setResource(r, r.action, "FAILED", "Worker went down during resource "+r.action)
		case r.child != nil && !r.child.hangs():
			c.cancelChild(r)
		default:
			r.job.waiters = append(r.job.waiters, func() { c.settle(t, def, done) })
			return
		}
	}
	scope := c.scope(s, t.def)
	props, err := scope.Properties(def)
	if err == nil {
		err = c.lateCheck(t.def, def, props)
	}
	if err != nil {
		done("Resource " + verb(r) + " failed: " + typed(err) + "resources." + def.Name + ": " + err.Error())
		return
	}
	deps, _ := scope.Depends(def)
	if r == nil {
		c.create(t, def, props, deps, done)
		return
	}
	r.deps = deps
	switch change := c.compare(t, r, def, props); change {
	case replaced:
		s.leaving = append(s.leaving, r)
		delete(s.resources, def.Name)
		c.create(t, def, props, deps, done)
	case updated:
		c.update(t, r, def, props, done)
	default:
		r.def = def
		done("")
	}
}

func verb(r *resource) string {
	if r == nil {
		return "CREATE"
	}
	return "UPDATE"
}

func typed(err error) string {
	if h, ok := err.(*hot.Error); ok {
		return h.Type + ": "
	}
	return ""
}

// lateCheck finds what could not be seen before the references had values.
func (c *Cloud) lateCheck(d *definition, def *hot.Resource, props map[string]any) error {
	sc := schemas[d.kind(def.Type)]
	if sc == nil {
		return nil
	}
	return c.checkProperties("resources."+def.Name, sc, props)
}

func (c *Cloud) cancelChild(r *resource) {
	action := r.child.action
	r.child.stop(c, action+" aborted (user triggered cancel)", "Stack "+action+" cancelled")
	if r.child.run != nil {
		r.child.run.over = true
	}
	c.setState(r.child, action, "FAILED", "Stack "+action+" cancelled")
	r.job = nil
	c.setResource(r, r.action, "FAILED", "resources."+r.name+": Stack "+action+" cancelled")
}

func (c *Cloud) create(t *traversal, def *hot.Resource, props map[string]any, deps []string, done func(string)) {
	r := &resource{
		stack: t.stack, name: def.Name, typ: def.Type, kind: t.def.kind(def.Type), id: c.uuid(),
		def: def, props: props, deps: deps, data: map[string]any{},
	}
	r.metadata, _ = c.scope(t.stack, t.def).Resolve(def.Metadata)
	t.stack.resources[def.Name] = r
	if r.isNested() {
		c.createChild(t, r, done)
		return
	}
	c.allocate(r)
	c.perform(r, "CREATE", c.createTime(r), done)
}

func (c *Cloud) createTime(r *resource) time.Duration {
	if d, ok := c.opts.Durations.ByType[r.kind]; ok {
		return d
	}
	return c.opts.Durations.Create + testWait(r, "create")
}

// testWait is what an OS::Heat::TestResource is asked to take.
func testWait(r *resource, action string) time.Duration {
	if r.kind != "OS::Heat::TestResource" {
		return 0
	}
	secs, _ := toNumber(r.props["wait_secs"])
	if by, ok := r.props["action_wait_secs"].(map[string]any); ok {
		if n, ok := toNumber(by[action]); ok {
			secs = n
		}
	}
	return time.Duration(max(secs, 0) * float64(time.Second))
}

// perform works on a resource for d and then says how it went.
func (c *Cloud) perform(r *resource, action string, d time.Duration, done func(string)) {
	j := &job{}
	r.job = j
	c.setResource(r, action, "IN_PROGRESS", "state changed")
	failure := c.failure(r, action)
	if failure == neverAnswers {
		j.hangs = true
		return
	}
	if failure == "" && action == "CREATE" && c.waits(r, j, done) {
		return
	}
	c.after(d, func() { c.end(r, j, failure, done) })
}

// end finishes a job unless somebody else already did.
func (c *Cloud) end(r *resource, j *job, failure string, done func(string)) {
	if r.job != j || j.dead {
		return
	}
	r.job = nil
	if failure != "" {
		c.setResource(r, r.action, "FAILED", failure)
		done("Resource " + r.action + " failed: " + failure)
	} else {
		c.setResource(r, r.action, "COMPLETE", "state changed")
		done("")
	}
	for _, w := range j.waiters {
		w()
	}
}

func (c *Cloud) update(t *traversal, r *resource, def *hot.Resource, props map[string]any, done func(string)) {
	before := r.props
	r.def, r.typ, r.props = def, def.Type, props
	r.metadata, _ = c.scope(t.stack, t.def).Resolve(def.Metadata)
	if r.isNested() {
		c.updateChild(t, r, before, done)
		return
	}
	if p := c.physical[r.physical]; p != nil {
		c.describe(r, p)
	}
	c.perform(r, "UPDATE", c.opts.Durations.Update+testWait(r, "update"), done)
}

// removeResource deletes a leaving resource and what it stands for.
func (c *Cloud) removeResource(t *traversal, r *resource, done func(string)) {
	if t.over {
		return
	}
	if r.job != nil {
		switch {
		case r.job.hangs:
			r.job.waiters = append(r.job.waiters, func() { c.removeResource(t, r, done) })
			return
		case r.child != nil && r.child.hangs():
			// The child's own deletion waits as well.
		}
		r.job = nil
	}
	gone := func(failure string) {
		if failure == "" {
			c.vanish(r)
		}
		done(failure)
	}
	switch {
	case r.def != nil && r.def.DeletionPolicy == "retain":
		c.setResource(r, "DELETE", "COMPLETE", "state changed")
		gone("")
	case r.child != nil && r.child.live():
		c.deleteChild(r, gone)
	default:
		c.perform(r, "DELETE", c.opts.Durations.Delete+testWait(r, "delete"), gone)
	}
}

func (c *Cloud) vanish(r *resource) {
	r.stack.leaving = slices.DeleteFunc(r.stack.leaving, func(o *resource) bool { return o == r })
	if r.def == nil || r.def.DeletionPolicy != "retain" {
		c.release(r)
	}
}

type change int

const (
	unchanged change = iota
	updated
	replaced
)

// compare decides what an update does to a resource, by its type's schema.
func (c *Cloud) compare(t *traversal, r *resource, def *hot.Resource, props map[string]any) change {
	if t.def.kind(def.Type) != r.kind {
		return replaced
	}
	if r.isNested() {
		// A stack check that failed leaves it to the members, mark unhealthy
		// replaces the whole.
		marked := r.state() == "CHECK_FAILED" && (r.child == nil || r.child.state() != "CHECK_FAILED")
		if marked || r.child == nil || !r.child.live() {
			return replaced
		}
		return updated
	}
	if r.status == "FAILED" && !c.repairable(r) {
		return replaced
	}
	p := c.physical[r.physical]
	if t.converge && (p == nil || p.Gone) {
		return replaced
	}
	if r.kind == "OS::Heat::UpdateWaitConditionHandle" {
		return replaced
	}
	return c.difference(r.kind, r.props, props, r.status == "FAILED" || !hot.Equal(r.def.Metadata, def.Metadata))
}

// repairable are failures after which a type is worked on in place: the
// physical resource stands, only an update of it failed.
func (c *Cloud) repairable(r *resource) bool {
	if r.action == "CREATE" || r.action == "CHECK" {
		return false
	}
	p := c.physical[r.physical]
	return (r.kind == "OS::Nova::Server" || strings.HasPrefix(r.kind, "OS::Neutron::")) && p != nil && !p.Gone
}

// difference compares resolved properties.
func (c *Cloud) difference(kind string, before, after map[string]any, otherwise bool) change {
	sc := schemas[kind]
	result := unchanged
	if otherwise {
		result = updated
	}
	if sc == nil {
		if !hot.Equal(any(before), any(after)) {
			return updated
		}
		return result
	}
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, name := range hot.Keys(names) {
		p := sc.Properties[name]
		if p == nil || same(p, before[name], after[name]) {
			continue
		}
		if !changesInPlace(kind, name, p, before, after) {
			return replaced
		}
		result = updated
	}
	return result
}

// same compares values with the property's default in place of none.
func same(p *property, a, b any) bool {
	if a == nil {
		a = p.Default
	}
	if b == nil {
		b = p.Default
	}
	if p.Type == "String" && a != nil && b != nil {
		return hot.Text(a) == hot.Text(b)
	}
	return hot.Equal(a, b)
}

func changesInPlace(kind, name string, p *property, before, after map[string]any) bool {
	policy := func(key string) string {
		v, _ := after[key].(string)
		return v
	}
	switch {
	case kind == "OS::Heat::TestResource" && name == "value":
		replace, _ := hot.Bool(after["update_replace"])
		return !replace
	case kind != "OS::Nova::Server":
		return p.Update
	case name == "image":
		return policy("image_update_policy") != "REPLACE"
	case name == "flavor":
		return policy("flavor_update_policy") != "REPLACE"
	case name == "user_data":
		return policy("user_data_update_policy") == "IGNORE"
	}
	return p.Update
}
