package heatsim

import (
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// stack is one row of Heat's stack table and what hangs on it.
type stack struct {
	id, name string
	project  *project
	owner    string // user name
	parent   *stack // nil: a root stack
	via      string // the parent's resource that this stack is

	action, status, reason    string
	created, updated, deleted time.Time
	tags                      []string // nil: none
	timeoutMinutes            int      // 0: the site's default
	timeoutSet                bool
	disableRollback           bool
	committed                 time.Time // to the fraction, unlike created

	def       *definition
	good      *definition // what a rollback goes back to
	resources map[string]*resource
	leaving   []*resource // replaced or dropped, not yet deleted
	run       *traversal
	events    []*event
	hidden    bool // not in any index: purged
	late      bool // made by a call whose caller had given up
	depth     int
	rendered  []byte // list entry, while it holds
	base      string // the links' base of rendered
}

// definition is what a stack is asked to be: template, files, environment and
// the values its parameters get from them.
type definition struct {
	template *hot.Template
	files    map[string]string
	env      environment
	values   map[string]any
}

// live says whether the stack's name is taken.
func (s *stack) live() bool { return s.deleted.IsZero() }

func (s *stack) state() string { return s.action + "_" + s.status }

func (s *stack) inProgress() bool { return s.status == "IN_PROGRESS" }

func (s *stack) root() *stack {
	for s.parent != nil {
		s = s.parent
	}
	return s
}

// setState writes action, status and reason and keeps the index right.
func (c *Cloud) setState(s *stack, action, status, reason string) {
	indexed := s.parent == nil && s.live() && !s.hidden
	if indexed {
		s.project.index.forgetStatus(s)
	}
	s.action, s.status, s.reason = action, status, reason
	s.rendered = nil
	if indexed {
		s.project.index.noteStatus(s)
	}
	c.addEvent(s, &event{name: s.name, typ: "OS::Heat::Stack", physical: s.id, status: s.state(), reason: reason})
}

func (c *Cloud) touch(s *stack) {
	if s.parent == nil && s.live() && !s.hidden {
		s.project.index.byUpdate.remove(s)
	}
	s.updated = c.now.Truncate(time.Second)
	s.rendered = nil
	if s.parent == nil && s.live() && !s.hidden {
		s.project.index.byUpdate.add(s)
	}
}

// scope is what the stack's expressions see, with live resources.
func (c *Cloud) scope(s *stack, def *definition) *hot.Scope {
	params := make(map[string]any, len(def.values)+3)
	for k, v := range def.values {
		params[k] = v
	}
	params["OS::stack_name"], params["OS::stack_id"], params["OS::project_id"] = s.name, s.id, s.project.id
	return &hot.Scope{
		Template: def.template, Params: params, Files: def.files,
		Reference: func(name string) (any, error) {
			r := s.resources[name]
			if r == nil {
				return hot.Unknown{}, nil
			}
			return c.reference(r), nil
		},
		Attribute: func(name string, path []any) (any, error) {
			r := s.resources[name]
			if r == nil {
				return hot.Unknown{}, nil
			}
			return c.attributePath(r, path)
		},
	}
}

func fold(name string) string { return strings.ToLower(name) }

// resource is one resource of a stack.
type resource struct {
	stack    *stack
	name     string
	typ      string // as the template says
	kind     string // after the resource registry
	id       string // of the row
	physical string

	action, status, reason string
	created, updated       time.Time

	def      *hot.Resource
	props    map[string]any // resolved, as last applied
	metadata any
	deps     []string

	child *stack
	job   *job
	data  map[string]any // a type's own memory: value, skip list
	// signals received, by id; order keeps their arrival.
	signals map[string]map[string]any
	order   []string
}

func (r *resource) state() string { return r.action + "_" + r.status }

func (c *Cloud) setResource(r *resource, action, status, reason string) {
	r.action, r.status, r.reason = action, status, reason
	now := c.now.Truncate(time.Second)
	if r.created.IsZero() {
		r.created = now
	}
	r.updated = now
	c.addEvent(r.stack, &event{
		name: r.name, typ: r.typ, physical: r.physical, status: r.state(), reason: reason, props: r.props,
	})
}

type event struct {
	id       string
	at       time.Time
	name     string
	typ      string
	physical string
	status   string
	reason   string
	props    map[string]any
}

// purgeBatch is Heat's event_purge_batch_size.
const purgeBatch = 200

func (c *Cloud) addEvent(s *stack, e *event) {
	e.id, e.at = c.uuid(), c.now.Truncate(time.Second)
	if c.opts.MaxEvents > 0 && len(s.events) >= c.opts.MaxEvents {
		s.events = append([]*event(nil), s.events[min(purgeBatch, len(s.events)):]...)
	}
	s.events = append(s.events, e)
}
