package heatstack

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Renders keeps what one template made of clusters, by all of the input: where
// the same few clusters are rendered a million times over, in simulations. All
// drivers that share one are of the same [Template]. It is safe for concurrent
// use; the zero value is empty and ready.
//
// A template has to be pure, so nothing but time depends on what is kept; now
// and then one is rendered anew all the same, and if that gives another stack
// the render panics.
type Renders struct {
	mu   sync.Mutex
	held map[string]*rendered
	hits uint64
}

const (
	maxRenders    = 2048 // kept; then it begins anew
	renderedAgain = 64   // of so many hits one is rendered anew
)

// WithRenders has a driver look for its renders in m first. For simulations: a
// driver that is a process of its own renders each time, so that Apply sees a
// template that is not pure.
func WithRenders(m *Renders) Option {
	return func(d *stackDriver) { d.renders = m }
}

// of gives what render makes of in. What it gives is the caller's, down to the
// maps, which are shared.
func (m *Renders) of(in driver.RenderInput, render func(driver.RenderInput) *rendered) *rendered {
	if m == nil {
		return render(in)
	}
	text, err := json.Marshal(in)
	if err != nil {
		return render(in)
	}
	m.mu.Lock()
	r := m.held[string(text)]
	again := false
	if r != nil {
		m.hits++
		again = m.hits%renderedAgain == 0
	}
	m.mu.Unlock()
	if r == nil || again {
		fresh := render(driver.RenderInput{Cluster: own(in.Cluster), Secrets: in.Secrets})
		if again && !r.same(fresh) {
			panic(fmt.Sprintf("the template of driver %q made two stacks of cluster %q: it is not pure", r.about.Name, r.cluster.Name))
		}
		r = fresh
		m.keep(string(text), r)
	}
	out := *r
	out.diagnostics = slices.Clip(r.diagnostics)
	return &out
}

func (m *Renders) keep(text string, r *rendered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil || len(m.held) >= maxRenders {
		m.held = map[string]*rendered{}
	}
	m.held[text] = r
}

// same tells whether two renders are of one stack.
func (r *rendered) same(o *rendered) bool {
	return r.digest == o.digest && reflect.DeepEqual(r.diagnostics, o.diagnostics) && reflect.DeepEqual(r.template, o.template) &&
		reflect.DeepEqual(r.files, o.files) && reflect.DeepEqual(r.stack.Files, o.stack.Files) && maps.Equal(r.params, o.params)
}

// own gives a cluster that shares nothing that its owner may change.
func own(c driver.Cluster) driver.Cluster {
	c.Labels, c.DNSNameservers, c.NodeGroups = maps.Clone(c.Labels), slices.Clone(c.DNSNameservers), slices.Clone(c.NodeGroups)
	for i := range c.NodeGroups {
		g := &c.NodeGroups[i]
		g.Labels, g.NodeLabels, g.NodeTaints = maps.Clone(g.Labels), maps.Clone(g.NodeLabels), slices.Clone(g.NodeTaints)
		g.NodesToRemove = slices.Clone(g.NodesToRemove)
		if g.MaxNodeCount != nil {
			most := *g.MaxNodeCount
			g.MaxNodeCount = &most
		}
	}
	return c
}
