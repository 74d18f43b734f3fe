package heatsim

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// createStack is POST /stacks.
func (c *Cloud) createStack(k *call) (*answer, error) {
	r, err := readRequest(k)
	if err != nil {
		return nil, err
	}
	if r.raw["converge"] != nil {
		return nil, badRequest("Unknown argument converge")
	}
	if data, ok := r.raw["adopt_stack_data"].(string); ok && !strings.Contains(data, `"template"`) {
		return nil, badRequest("Invalid adopt data: 'template'")
	}
	if r.raw["adopt_stack_data"] != nil {
		return nil, refuse(http.StatusBadRequest, "NotSupported", "Stack Adopt is not supported.")
	}
	s, err := c.newStack(k, r)
	if err != nil {
		return nil, err
	}
	if k.token.restricted {
		// Keystone refuses the trust.
		return nil, refuse(http.StatusInternalServerError, "RemoteError", "")
	}
	c.stacks[s.id] = s
	c.commit(k, s, r)
	path := stackPath(s)
	a := reply(http.StatusCreated, map[string]any{"stack": map[string]any{
		"id": s.id, "links": []any{map[string]any{"href": k.base + path, "rel": "self"}},
	}})
	a.header.Set("Location", k.base+path)
	return a, nil
}

// newStack checks a create in Heat's order and makes the row.
func (c *Cloud) newStack(k *call, r *stackRequest) (*stack, error) {
	if r.raw["stack_name"] == nil {
		return nil, badRequest("No stack name specified")
	}
	if err := nameRule(r.name); err != nil {
		return nil, err
	}
	if r.raw["template"] == nil && r.raw["template_url"] == nil {
		return nil, badRequest("No template specified")
	}
	if err := c.quota(k); err != nil {
		return nil, err
	}
	if err := c.nameFree(k, r.name); err != nil {
		return nil, err
	}
	d, err := c.define(r, nil)
	if err != nil {
		return nil, err
	}
	s := &stack{
		id: c.uuid(), name: r.name, project: k.proj, owner: k.token.user.Name, created: c.now.Truncate(time.Second),
		action: "CREATE", status: "IN_PROGRESS", reason: "Stack CREATE started",
		disableRollback: true, def: d, resources: map[string]*resource{}, late: k.late,
	}
	s.apply(r)
	return s, c.verify(d, probe(d, s.name, s.id, k.proj.id), 0)
}

func (s *stack) apply(r *stackRequest) {
	if r.timeout != nil {
		s.timeoutMinutes, s.timeoutSet = *r.timeout, true
	}
	if r.rollback != nil {
		s.disableRollback = *r.rollback
	}
}

func (c *Cloud) quota(k *call) error {
	limit := c.opts.MaxStacks
	if limit < 0 || k.token.user.Admin || len(k.proj.index.byCreate.items) < limit {
		return nil
	}
	return refuse(http.StatusBadRequest, "RequestLimitExceeded",
		"Request limit exceeded: You have reached the maximum stacks per tenant, "+strconv.Itoa(limit)+". Please delete some stacks.")
}

// overlap is how close two creates must come to miss each other's row: on
// Heat 22 and later insert and re-check share a transaction.
const overlap = 10 * time.Millisecond

func (c *Cloud) nameFree(k *call, name string) error {
	for _, s := range k.proj.index.byName[fold(name)] {
		if (k.late || s.late) && c.now.Sub(s.committed) < overlap && c.missesRow() {
			continue
		}
		return refuse(http.StatusConflict, "StackExists", "The Stack ("+name+") already exists.")
	}
	return nil
}

// missesRow: always since Heat 22, in one of fifty before.
func (c *Cloud) missesRow() bool { return c.opts.Release >= 22 || c.rand.IntN(50) == 0 }

// commit stores a new stack as its engine's health allows and starts it.
func (c *Cloud) commit(k *call, s *stack, r *stackRequest) {
	s.committed = c.now
	tags := r.tags
	if !r.tagsGiven {
		tags = nil
	}
	switch k.effect.Engine {
	case EngineDiesAtRow:
		s.project.index.add(s)
		return
	case EngineTagsLate:
		c.after(k.effect.CommitAfter, func() {
			if s.tags == nil && s.updated.IsZero() {
				s.tags, s.rendered = tags, nil
			}
		})
	default:
		s.tags = tags
	}
	s.project.index.add(s)
	if k.effect.Engine == EngineDiesAfter {
		return
	}
	c.start(&traversal{stack: s, action: "CREATE", def: s.def})
}

// updateStack is PUT and PATCH.
func (c *Cloud) updateStack(k *call, s *stack) (*answer, error) {
	r, err := readRequest(k)
	if err != nil {
		return nil, err
	}
	patch := k.method == http.MethodPatch
	if !patch && r.raw["template"] == nil && r.raw["template_url"] == nil {
		return nil, badRequest("No template specified")
	}
	if err := c.updatable(s); err != nil {
		return nil, err
	}
	d, err := c.nextDefinition(k, s, r)
	if err != nil {
		return nil, err
	}
	accepted := c.byAccept(k, http.StatusAccepted, "Accepted", "The request is accepted for processing.\n\n")
	switch k.effect.Engine {
	case EngineDrops:
		return accepted, nil
	case EngineDiesAtRow, EngineDiesAfter:
		c.acceptUpdate(s, r, d, patch)
		s.run.over = true
		return accepted, nil
	}
	c.acceptUpdate(s, r, d, patch)
	return accepted, nil
}

func (c *Cloud) acceptUpdate(s *stack, r *stackRequest, d *definition, patch bool) {
	s.apply(r)
	s.def = d
	if r.tagsGiven {
		s.tags = r.tags
	} else if !patch {
		s.tags = nil
	}
	c.touch(s)
	c.start(&traversal{stack: s, action: "UPDATE", def: d, converge: r.converge})
}

// updatable refuses updates of stacks that are deleted, suspended or, with
// the legacy engine, busy.
func (c *Cloud) updatable(s *stack) error {
	switch {
	case !s.live():
		return noSuchStack(s.name + "/" + s.id)
	case s.action == "SUSPEND":
		return refuse(http.StatusBadRequest, "NotSupported", "Updating a stack when it is suspended is not supported.")
	case s.action == "DELETE":
		return refuse(http.StatusBadRequest, "NotSupported", "Updating a stack when it is deleting is not supported.")
	}
	return c.idle(s)
}

func (c *Cloud) idle(s *stack) error {
	if c.opts.LegacyEngine && s.inProgress() {
		return refuse(http.StatusConflict, "ActionInProgress", "Stack "+s.name+" already has an action ("+s.action+") in progress.")
	}
	return nil
}

// nextDefinition checks what an update asks for.
func (c *Cloud) nextDefinition(k *call, s *stack, r *stackRequest) (*definition, error) {
	var over *definition
	if k.method == http.MethodPatch {
		over = s.def
	}
	d, err := c.define(r, over)
	if err != nil {
		return nil, err
	}
	var changed []string
	for _, name := range hot.Keys(d.values) {
		p, old := d.template.Parameters[name], s.def.values[name]
		if p.Immutable && s.def.template.Parameters[name] != nil && !hot.Equal(old, d.values[name]) {
			changed = append(changed, name)
		}
	}
	if len(changed) > 0 {
		list := changed[0]
		for _, n := range changed[1:] {
			list += ", " + n
		}
		return nil, refuse(http.StatusBadRequest, "ImmutableParameterModified",
			"The following parameters are immutable and may not be updated: "+list)
	}
	return d, c.verify(d, probe(d, s.name, s.id, s.project.id), 0)
}

// deleteStack is DELETE; it may be repeated while the stack is there.
func (c *Cloud) deleteStack(k *call, s *stack) (*answer, error) {
	if !s.live() {
		return nil, noSuchStack(s.name + "/" + s.id)
	}
	if s.action == "DELETE" && s.status == "COMPLETE" {
		if !c.opts.LegacyEngine { // heat.engine.service.delete_stack tries the soft deletion again
			c.after(0, func() { c.bury(s) })
		}
		return nil, noSuchStack(s.name + "/" + s.id)
	}
	if k.effect.Engine == EngineDiesAfter || k.effect.Engine == EngineDiesAtRow {
		c.touch(s)
		c.setState(s, "DELETE", "IN_PROGRESS", "Stack DELETE started")
		if s.run != nil {
			s.run.over = true
		}
		return reply(http.StatusNoContent, nil), nil
	}
	if !c.opts.LegacyEngine {
		c.touch(s)
	}
	c.deleteTree(s, nil)
	return reply(http.StatusNoContent, nil), nil
}
