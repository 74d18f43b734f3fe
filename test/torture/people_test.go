package torture

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	maxDeletes = 3 // of the Fleet document
	maxAbsent  = 2 // asked away at once by people
)

// people commit. One goroutine at a time is people.
type people struct {
	w      *world
	random *rand.Rand
	names  []string // of all clusters there may be

	now, before tree
	habits      map[string]int // how often each was followed

	mu      sync.Mutex
	commits []commit
}

// commit is one revision with the times its push began and was done.
type commit struct {
	Revision    string
	Tree        tree
	Begun, Done time.Time
}

var colours = []string{"red", "green", "blue", "white", "black", "grey", "brown", "pink"}

func newPeople(w *world, random *rand.Rand, clusters int) *people {
	p := &people{w: w, random: random, habits: map[string]int{}, now: tree{Clusters: map[string]document{}, Finish: "matt"}}
	for i := range clusters {
		p.names = append(p.names, fmt.Sprintf("c%03d", i))
	}
	for _, name := range p.names[:clusters*3/4] {
		p.now.Clusters[name] = p.fresh()
	}
	for _, name := range w.guests {
		p.now.Clusters[name] = p.fresh()
	}
	p.before = p.now.clone()
	return p
}

func (p *people) fresh() document {
	return document{Lifecycle: "Present", Colour: p.colour(), Size: p.random.IntN(9), Folder: "clusters"}
}

func (p *people) colour() string { return colours[p.random.IntN(len(colours))] }

// some picks a cluster that is written and is what is asked for, "" for none.
func (p *people) some(is func(document) bool) string {
	var fit []string
	for _, name := range p.names {
		if d, there := p.now.Clusters[name]; there && is(d) {
			fit = append(fit, name)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return fit[p.random.IntN(len(fit))]
}

func readable(d document) bool  { return !d.Broken && d.Lifecycle != "Absent" }
func isPresent(d document) bool { return !d.Broken && d.Lifecycle == "Present" }

// edit changes the document of one such cluster.
func (p *people) edit(is func(document) bool, change func(*document)) bool {
	name := p.some(is)
	if name == "" {
		return false
	}
	d := p.now.Clusters[name]
	change(&d)
	p.now.Clusters[name] = d
	return true
}

// habit is one thing that people do to a tree; do tells whether there was anything
// to do it to.
type habit struct {
	name   string
	weight int
	do     func(p *people) bool
}

var habits = []habit{
	{"colour", 40, func(p *people) bool { return p.edit(readable, func(d *document) { d.Colour = p.colour() }) }},
	{"size", 20, func(p *people) bool { return p.edit(readable, func(d *document) { d.Size = (d.Size + 1) % 10 }) }},
	{"suspend", 8, func(p *people) bool { return p.edit(isPresent, func(d *document) { d.Lifecycle = "Suspended" }) }},
	{"release", 8, func(p *people) bool {
		return p.edit(func(d document) bool { return d.Lifecycle == "Suspended" && !d.Broken }, func(d *document) { d.Lifecycle = "Present" })
	}},
	{"break", 5, func(p *people) bool { return p.edit(readable, func(d *document) { d.Broken = true }) }},
	{"mend", 7, func(p *people) bool {
		return p.edit(func(d document) bool { return d.Broken }, func(d *document) { d.Broken = false })
	}},
	{"move the file", 5, func(p *people) bool {
		return p.edit(readable, func(d *document) { d.Folder = fmt.Sprintf("team-%d", p.random.IntN(3)) })
	}},
	{"vanish", 6, (*people).vanish},
	{"create or bring back", 16, (*people).create},
	{"ask away", 10, (*people).askAway},
	{"drop what is gone", 10, (*people).dropGone},
	{"template", 2, func(p *people) bool {
		p.now.Finish = map[string]string{"matt": "gloss", "gloss": "matt"}[p.now.Finish]
		return true
	}},
	{"revert", 6, func(p *people) bool { p.now = p.before.clone(); return true }},
}

func (p *people) vanish() bool {
	name := p.some(isPresent)
	delete(p.now.Clusters, name)
	return name != ""
}

func (p *people) create() bool {
	missing := slices.DeleteFunc(slices.Clone(p.names), func(name string) bool { _, there := p.now.Clusters[name]; return there })
	if len(missing) == 0 {
		return false
	}
	p.now.Clusters[missing[p.random.IntN(len(missing))]] = p.fresh()
	return true
}

func (p *people) askAway() bool {
	asked := 0
	for _, d := range p.now.Clusters {
		if d.Lifecycle == "Absent" {
			asked++
		}
	}
	return asked < maxAbsent && p.edit(readable, func(d *document) { d.Lifecycle = "Absent" })
}

// dropGone takes away the file of a cluster that was asked away and is gone, or
// wants it again.
func (p *people) dropGone() bool {
	name := p.some(func(d document) bool { return d.Lifecycle == "Absent" })
	if name == "" || !p.w.surelyGone(name) {
		return false
	}
	if p.random.IntN(2) == 0 {
		p.now.Clusters[name] = p.fresh()
	} else {
		delete(p.now.Clusters, name)
	}
	return true
}

// follow follows one to three habits and pushes the result. A Fleet document that
// cannot be read is mended by the next commit.
func (p *people) follow() error {
	p.w.truce.RLock()
	defer p.w.truce.RUnlock()
	last := p.now.clone()
	p.now.NoFleet = false
	for range 1 + p.random.IntN(3) {
		if h := p.pick(); h.do(p) {
			p.habits[h.name]++
		}
	}
	if !last.NoFleet && p.random.IntN(25) == 0 {
		p.now.NoFleet = true
		p.habits["break the Fleet document"]++
	}
	p.before = last
	return p.push("as people do")
}

func (p *people) pick() habit {
	sum := 0
	for _, h := range habits {
		sum += h.weight
	}
	n := p.random.IntN(sum)
	for _, h := range habits {
		if n -= h.weight; n < 0 {
			return h
		}
	}
	panic("not reached")
}

// finish mends all that is broken, for the quiet. What is suspended, vanished or
// asked away stays so, and one more each of the first two is.
func (p *people) finish() error {
	p.edit(isPresent, func(d *document) { d.Lifecycle, d.Colour = "Suspended", "ignored" })
	p.vanish()
	p.now.NoFleet = false
	for name, d := range maps.Clone(p.now.Clusters) {
		d.Broken = false
		p.now.Clusters[name] = d
	}
	return p.push("peace")
}

// giveUp leaves strangers their names.
func (p *people) giveUp() error {
	for _, name := range p.w.guests {
		delete(p.now.Clusters, name)
	}
	return p.push("strangers have these names")
}

// push pushes what is written now. A commit is known before the first agent can
// have it.
func (p *people) push(message string) error {
	c := commit{Tree: p.now.clone(), Begun: time.Now()}
	p.mu.Lock()
	p.commits = append(p.commits, c)
	i := len(p.commits) - 1
	p.mu.Unlock()
	revision, err := p.w.repo.push(message, c.Tree.files(p.w.fleet, p.w.cloud.pace.seconds))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commits[i].Revision, p.commits[i].Done = revision, time.Now()
	return err
}

// about has people commit until ctx ends.
func (p *people) about(ctx context.Context, every time.Duration) error {
	for rest(ctx, time.Duration(p.random.Int64N(int64(2*every)))) {
		if err := p.follow(); err != nil {
			return err
		}
	}
	return nil
}

// history gives all commits so far.
func (p *people) history() []commit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.commits)
}

// last is the newest commit.
func (p *people) last() commit {
	all := p.history()
	return all[len(all)-1]
}
