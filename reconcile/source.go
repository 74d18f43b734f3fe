package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile/spec"
)

// source is what is known of the Git side: the revision in force, and how the
// last reading went.
type source struct {
	revision string
	former   string // the one before, if the revision in force does not descend from it
	set      *spec.Set
	files    map[string][]byte   // bytes of every file in force, for snapshots
	names    map[string][]string // clusters that each file named when it could last be read
	frozen   map[string]string   // cluster to the broken file that used to name it
	unread   string              // what was told of files that cannot be read, "" for none
	adopting map[string][]string // stack name (lower-case) or id to the clusters that ask for it
	adopts   map[string]string   // cluster to the key of adopting that it is under

	fault   *Fault // the last reading failed
	open    bool
	next    time.Time
	last    time.Time // last success
	attempt int
}

func newSource() source {
	return source{
		set: spec.NewSet(""), files: map[string][]byte{}, names: map[string][]string{},
		frozen: map[string]string{}, adopting: map[string][]string{}, adopts: map[string]string{},
	}
}

// revision puts a whole new revision in force.
func (e *Engine) revision(r Revision) {
	s := &e.source
	var files []*spec.File
	for _, f := range r.Changed {
		files = append(files, e.parse(f.Path, f.Data))
		s.files[f.Path] = f.Data
	}
	for _, path := range r.Removed {
		delete(s.files, path)
		s.thaw(path, e.touch)
		delete(s.names, path)
	}
	delta := s.set.Apply(files, r.Removed)
	for _, f := range files {
		s.freeze(f, e.touch)
	}
	for _, name := range delta.Clusters {
		e.readopt(name)
		e.touch(name)
	}
	if delta.Fleet || s.revision == "" {
		e.touchAll()
	}
	e.sourceRead()
	if r.ID != s.revision {
		s.revision, s.former = r.ID, r.Former
		e.find(Finding{Kind: FoundRevision, Revision: r.ID, Message: fmt.Sprintf("%d files changed, %d removed, %d clusters concerned", len(r.Changed), len(r.Removed), len(delta.Clusters))})
		if notice := s.notice(); notice != "" {
			e.find(Finding{Kind: FoundRewritten, Who: Author, Message: notice, Remedy: "push that one again if nobody meant it", Revision: r.ID})
		}
	}
	e.tellUnreadable()
	if fault := e.fleetFault(); fault != nil {
		e.find(Finding{Kind: FoundFault, Code: fault.Code, Who: fault.Who, Message: fault.Summary, Remedy: fault.Remedy, Revision: r.ID})
	}
}

// notice says that the revision in force took others away: its content is taken
// as any other's, and what was lost with them may be missed.
func (s *source) notice() string {
	if s.former == "" {
		return ""
	}
	return fmt.Sprintf("history was rewritten: this revision does not descend from %s, the last good one before it", spec.Plain(s.former))
}

// freeze keeps the clusters of a file that can no longer be read: whatever the
// file named last is neither deleted nor updated, nor called an orphan.
func (s *source) freeze(f *spec.File, touch func(string)) {
	s.thaw(f.Path, touch)
	var names []string
	for _, d := range f.Documents {
		if d.Kind == spec.KindCluster && d.Name != "" {
			names = append(names, d.Name)
		}
	}
	if !f.Broken {
		s.names[f.Path] = names
		return
	}
	for _, name := range s.names[f.Path] {
		if !slices.Contains(names, name) {
			s.frozen[name] = f.Path
			touch(name)
		}
	}
	for _, name := range names {
		if !slices.Contains(s.names[f.Path], name) {
			s.names[f.Path] = append(s.names[f.Path], name)
		}
	}
}

func (s *source) thaw(path string, touch func(string)) {
	for _, name := range s.names[path] {
		if s.frozen[name] == path {
			delete(s.frozen, name)
			touch(name)
		}
	}
}

// readopt keeps the index of stacks that clusters ask to adopt. A cluster asks for
// one at most.
func (e *Engine) readopt(name string) {
	s := &e.source
	if key, ok := s.adopts[name]; ok {
		e.touchClaims(key)
		delete(s.adopts, name)
		s.adopting[key] = slices.DeleteFunc(s.adopting[key], func(n string) bool { return n == name })
		if len(s.adopting[key]) == 0 {
			delete(s.adopting, key)
		}
	}
	r, ok := s.set.Cluster(name)
	if ok && r.Cluster != nil && r.Cluster.Adopt != nil {
		key := strings.ToLower(r.Cluster.Adopt.Stack)
		s.adopts[name] = key
		s.adopting[key] = append(s.adopting[key], name)
		slices.Sort(s.adopting[key])
		e.touchClaims(key)
	}
}

// touchClaims touches all that ask for a stack, which one names by its name and
// another by its id.
func (e *Engine) touchClaims(stack string) {
	if k, ok := e.cloud.rows[stack]; ok {
		e.touchRow(k.Row)
	}
	for id := range e.cloud.byName[stack] {
		e.touchRow(e.cloud.rows[id].Row)
	}
}

func (e *Engine) unchanged() { e.sourceRead() }

func (e *Engine) sourceRead() {
	s := &e.source
	if s.fault != nil {
		e.find(Finding{Kind: FoundFault, Code: s.fault.Code, Message: "the source is readable again"})
	}
	s.open, s.fault, s.attempt, s.last = false, nil, 0, e.now
	s.next = e.now.Add(jitter(e.settings.Poll.Source, e.settings.Fleet, "source"))
}

// sourceFailed keeps the last good revision in force.
func (e *Engine) sourceFailed(f Fault) {
	s := &e.source
	if s.fault == nil || s.fault.Summary != f.Summary {
		e.find(Finding{Kind: FoundFault, Code: f.Code, Who: f.Who, Message: f.Summary, Remedy: f.Remedy, Revision: s.revision})
	}
	s.open, s.fault = false, &f
	s.attempt++
	s.next = e.now.Add(backoff(s.attempt, e.settings.Poll.Source, 10*time.Minute, e.settings.Fleet, "source"))
	if s.revision == "" {
		e.touchAll() // each says until when
	}
}

// fleet gives the policies in force, and what forbids every write: no Fleet
// document, two, or one that cannot be read.
func (e *Engine) fleet() (spec.Fleet, *Fault) {
	if e.source.revision == "" && len(e.source.files) == 0 {
		return spec.Fleet{}, &Fault{Code: FaultUnavailable, Who: Nobody, Summary: "the source has not been read yet"}
	}
	fleet, ds := e.source.set.Fleet()
	if len(ds) > 0 {
		return fleet, &Fault{Code: FaultConfig, Who: Author, Summary: placed(ds[0]), Remedy: spec.Plain(ds[0].Remedy)}
	}
	return fleet, nil
}

// placed gives a diagnostic with its place and without its remedy, which is
// shown beside it.
func placed(d spec.Diagnostic) string {
	d.Remedy = ""
	return d.String()
}

func (e *Engine) fleetFault() *Fault {
	_, fault := e.fleet()
	return fault
}

// demand is what the source asks of one cluster.
type demand struct {
	kind     demandKind
	resolved spec.Resolved
	why      string // of demandUnreadable
	remedy   string
}

// key names what is asked: another key is another want.
func (d demand) key() string { return fmt.Sprintf("%d %s", d.kind, d.resolved.Hash) }

type demandKind int

const (
	demandNone       demandKind = iota // no document speaks of it
	demandUnreadable                   // documents do, and cannot be understood
	demandSuspended
	demandAbsent
	demandPresent
)

// demanded tells what the source asks of a cluster.
func (e *Engine) demanded(name string) demand {
	r, ok := e.source.set.Cluster(name)
	switch {
	case !ok && e.source.frozen[name] != "":
		return demand{kind: demandUnreadable, why: e.source.frozenBy(e.source.frozen[name]), remedy: "mend the file"}
	case !ok:
		return demand{kind: demandNone}
	case r.State == spec.Unreadable || r.Cluster == nil:
		d := demand{kind: demandUnreadable, resolved: r}
		if len(r.Diagnostics) > 0 {
			d.why, d.remedy = placed(r.Diagnostics[0]), spec.Plain(r.Diagnostics[0].Remedy)
		}
		return d
	}
	kinds := map[spec.Lifecycle]demandKind{spec.Absent: demandAbsent, spec.Suspended: demandSuspended}
	if k, ok := kinds[r.Cluster.Lifecycle]; ok {
		return demand{kind: k, resolved: r}
	}
	return demand{kind: demandPresent, resolved: r}
}

// frozenBy says that a file which named a cluster cannot be read, and why.
func (s *source) frozenBy(path string) string {
	why := spec.Plain(path) + " named this cluster and cannot be read"
	if f := s.set.BrokenFile(path); f != nil {
		why += ": " + unreadableFile(f).String()
	}
	return why
}

func (e *Engine) wanted(name string) bool { return e.demanded(name).kind != demandNone }
