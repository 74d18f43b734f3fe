package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// world carries an engine's commands out against a cloud of values, on a clock
// of its own, in one goroutine. It stands for agent, driver, Git and Heat.
type world struct {
	t    reporter
	e    *Engine
	now  time.Time
	wake time.Time
	todo []Command

	files    map[string]string
	told     map[string]string // files as the engine last heard
	commit   int
	former   string // the revision that the present one does not descend from
	sourceIs *Fault

	stacks  map[string]*stack // by id
	nextID  int
	toldRow map[string]string
	took    time.Duration // of each action of Heat
	fail    string        // reason with which actions end, "" is well
	legacy  bool          // Heat's legacy engine: a delete leaves updated_time alone
	onDo    func(Do) *StepEnded
	onParts func(*live.Parts)
	listIs  *Fault
	lookIs  *Fault
	lost    map[string]bool    // stacks that lists leave out, by id
	hold    func(Command) bool // nil, or which commands are begun and answered later
	held    []Command

	store   map[string][]SecretID // sets of secrets, by cluster
	storeIs *Fault

	driver    Driver
	resources int    // that every render has
	salt      string // changes every digest: a driver that renders otherwise
	effect    plan.Effect
	planAs    plan.StepKind // not "": what every step is planned as
	meddled   bool          // what hangs was begun by somebody else
	health    Health        // of every cluster, where the driver can tell
	drains    string        // not "": id of a drain before each update and delete
	findings  []Finding
	done      []string // the writes that reached Heat
	commands  map[string]int
	renderErr map[string]plan.Diagnostic
	tape      *tape       // nil: nothing is recorded
	through   func(Event) // nil, or what hears events in the engine's place
}

// reporter is a test, of the standard library or of rapid.
type reporter interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// stack is one stack of the world's cloud.
type stack struct {
	row    live.Row
	desc   string
	params string // what it holds: a digest
	ends   time.Time
	next   string // params when the action ends
	sealed []SecretID
	dead   bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, e: New(), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), files: map[string]string{}, told: map[string]string{},
		stacks: map[string]*stack{}, toldRow: map[string]string{}, took: 20 * time.Second, commands: map[string]int{},
		driver:    Driver{Name: "docker", Version: "1.0.0", SHA256: "aa", Targets: []Target{{COE: "docker"}}},
		effect:    plan.InPlace,
		renderErr: map[string]plan.Diagnostic{}, store: map[string][]SecretID{},
	}
	w.file("fleet.yaml", fleetDoc("maxDeletes: 1"))
	w.file("template.yaml", templateDoc("base", ""))
	return w
}

func fleetDoc(spec string) string {
	return "apiVersion: heatsync/v1\nkind: Fleet\nmetadata: {name: prod}\nspec: {" + spec + "}\n"
}

func templateDoc(name, more string) string {
	return "apiVersion: heatsync/v1\nkind: ClusterTemplate\nmetadata: {name: " + name + "}\nspec: {coe: docker, distro: ubuntu, image: img, keypair: k, externalNetwork: public, flavor: small" + more + "}\n"
}

func clusterDoc(name, more string) string {
	return "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: " + name + "}\nspec: {template: base" + more + "}\n"
}

func (w *world) settings() Settings {
	s := DefaultSettings("prod")
	s.SettleIn = 0
	return s
}

// start begins with the settings, changed by f.
func (w *world) start(f func(*Settings), hints *Hints) *world {
	s := w.settings()
	if f != nil {
		f(&s)
	}
	w.send(Started{At: w.at(), Settings: s, Hints: hints})
	w.send(Described{At: w.at(), Driver: w.driver})
	return w
}

// restart is a death of the agent: the world goes on, the engine begins anew.
func (w *world) restart(f func(*Settings), hints *Hints) *world {
	w.e, w.todo, w.wake = New(), nil, time.Time{}
	w.told, w.toldRow = map[string]string{}, map[string]string{}
	return w.start(f, hints)
}

func (w *world) at() At { return At{w.now} }

func (w *world) file(path, text string) { w.files[path] = text }

func (w *world) clusters(names ...string) {
	for _, n := range names {
		w.file(n+".yaml", clusterDoc(n, ""))
	}
}

// push makes a commit of the files and has the engine look at it now.
func (w *world) push() *world {
	w.commit++
	w.send(w.readSource())
	return w
}

// send gives the engine one event and carries out what it asks until it is quiet.
func (w *world) send(ev Event) {
	w.t.Helper()
	w.handle(ev)
	for n := 0; len(w.todo) > 0; n++ {
		if n > 1000+20*len(w.files) {
			w.t.Fatalf("the engine asks without end: %T", w.todo[0])
		}
		c := w.todo[0]
		w.todo = w.todo[1:]
		if w.hold != nil && w.hold(c) {
			w.held = append(w.held, c)
			continue
		}
		if ev := w.carry(c); ev != nil {
			w.handle(ev)
		}
	}
}

// release answers the commands that were held back.
func (w *world) release() {
	w.t.Helper()
	held := w.held
	w.held, w.hold = nil, nil
	for _, c := range held {
		if ev := w.carry(c); ev != nil {
			w.send(ev)
		}
	}
}

// steps holds back what writes.
func steps(c Command) bool { _, ok := c.(Do); return ok }

func (w *world) handle(ev Event) {
	if w.through != nil {
		w.through(ev)
		return
	}
	out := w.e.Handle(ev)
	if w.tape != nil {
		w.tape.hear(w.t, ev, out)
	}
	w.take(out)
}

func (w *world) take(out Output) {
	w.findings = append(w.findings, out.Findings...)
	w.todo = append(w.todo, out.Commands...)
}

// run lets time pass, waking the engine when it asked to be.
func (w *world) run(d time.Duration) *world {
	w.t.Helper()
	end := w.now.Add(d)
	for n := 0; ; n++ {
		if n > 100000 {
			w.t.Fatal("the engine wakes without end")
		}
		next := w.wake
		if next.IsZero() || next.After(end) {
			break
		}
		if next.After(w.now) {
			w.now = next
		}
		w.heat()
		w.wake = time.Time{}
		w.send(Moment{w.at()})
		if !w.wake.IsZero() && !w.wake.After(next) {
			w.t.Fatalf("the engine asks to be woken at %v again", next)
		}
	}
	w.now = end
	w.heat()
	return w
}

// heat ends the actions whose time has come.
func (w *world) heat() {
	for id, s := range w.stacks {
		if s.dead || s.ends.IsZero() || s.ends.After(w.now) {
			continue
		}
		s.ends = time.Time{}
		if w.fail != "" {
			s.row.Status.State, s.row.Reason = live.Failed, w.fail
			continue
		}
		if s.row.Status.Action == live.Delete {
			delete(w.stacks, id)
			continue
		}
		s.row.Status.State, s.params = live.Complete, s.next
	}
}

func (w *world) carry(c Command) Event {
	w.commands[fmt.Sprintf("%T", c)]++
	switch c := c.(type) {
	case WakeAt:
		w.wake = c.Time
		return nil
	case ReadSource:
		return w.readSource()
	case List:
		return w.list(c)
	case Look:
		return w.look(c)
	case ReadParts:
		s := w.stacks[c.StackID]
		if s == nil {
			return PartsRead{At: w.at(), ID: c.ID, Fault: &Fault{Code: FaultConflict, Transient: true, Summary: "gone"}}
		}
		parts := live.Parts{StackID: c.StackID, Read: c.Parts, Status: s.row.Status, Updated: s.row.Updated, Description: s.desc, Parameters: map[string]string{"params": s.params}}
		if w.onParts != nil {
			w.onParts(&parts)
		}
		return PartsRead{At: w.at(), ID: c.ID, Parts: parts}
	case AskRender:
		if d, bad := w.renderErr[c.Cluster]; bad {
			return Rendered{At: w.at(), ID: c.ID, Diagnostics: []plan.Diagnostic{d}}
		}
		return Rendered{At: w.at(), ID: c.ID, Digest: w.digestWith(c.Spec, c.Secrets), Resources: w.resources}
	case AskPlan:
		return w.plan(c)
	case Do:
		return w.apply(c)
	case ReadHealth:
		return HealthRead{At: w.at(), ID: c.ID, Health: w.health, Reasons: map[string]string{"api": string(w.health)}}
	case ReadSecrets, MakeSecrets, DropSecrets:
		return w.secrets(c)
	}
	w.t.Fatalf("nobody carries out %T", c)
	return nil
}

func (w *world) digest(c *spec.Cluster) string {
	stack := *c
	stack.TimeoutMinutes = 0 // reaches no stack
	return "1-" + stack.Hash()[:30] + w.salt + "xx"[:2-len(w.salt)]
}

func (w *world) readSource() Event {
	if w.sourceIs != nil {
		return SourceFailed{At: w.at(), Fault: *w.sourceIs}
	}
	r := Revision{At: w.at(), ID: fmt.Sprintf("c%d", w.commit), Former: w.former}
	for _, path := range slices.Sorted(maps.Keys(w.files)) {
		if w.told[path] != w.files[path] {
			r.Changed = append(r.Changed, SourceFile{Path: path, Data: []byte(w.files[path])})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(w.told)) {
		if _, ok := w.files[path]; !ok {
			r.Removed = append(r.Removed, path)
		}
	}
	w.told = maps.Clone(w.files)
	return r
}

func (w *world) list(c List) Event {
	if w.listIs != nil {
		return Listed{At: w.at(), Lane: c.Lane, Fault: w.listIs}
	}
	ev := Listed{At: w.at(), Lane: c.Lane, Complete: c.Lane == LaneInventory}
	seen := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(w.stacks)) {
		if w.lost[id] || c.Lane == LaneInProgress && !slices.Contains(c.IDs, id) {
			continue
		}
		seen[id] = true
		if m := mark(w.stacks[id].row); w.toldRow[id] != m {
			w.toldRow[id] = m
			ev.Rows = append(ev.Rows, w.stacks[id].row)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.toldRow)) {
		if !seen[id] && (c.Lane == LaneInventory || slices.Contains(c.IDs, id)) {
			ev.Gone = append(ev.Gone, id)
			if c.Lane == LaneInventory {
				delete(w.toldRow, id)
			}
		}
	}
	return ev
}

// look finds a stack by its id under its own name alone, as Heat does.
func (w *world) look(c Look) Event {
	ev := Looked{At: w.at(), ID: c.ID, Fault: w.lookIs}
	if w.lookIs != nil {
		return ev
	}
	for _, id := range slices.Sorted(maps.Keys(w.stacks)) {
		if s := w.stacks[id]; slices.Contains(c.Names, s.row.Name) {
			ev.Rows = append(ev.Rows, s.row)
			w.toldRow[id] = "by a look" // a list tells it again
		}
	}
	return ev
}

// plan answers as a driver on heatstack would.
func (w *world) plan(c AskPlan) Event {
	ev := Planned{At: w.at(), ID: c.ID}
	step := func(kind plan.StepKind, effect plan.Effect) {
		if w.planAs != "" {
			kind = w.planAs
		}
		ev.Plan.Steps = []plan.Step{{ID: string(kind), Title: string(kind) + " " + c.Cluster, Kind: kind, Disruption: effect}}
		if w.drains != "" && (kind == plan.StepUpdate || kind == plan.StepDelete) {
			drain := plan.Step{ID: w.drains, Title: "drain " + c.Cluster, Kind: plan.StepDrain, Disruption: plan.Remove, Nodes: []plan.Node{{ServerID: "s"}}}
			ev.Plan.Steps = append([]plan.Step{drain}, ev.Plan.Steps...)
		}
	}
	switch {
	case c.Intent == plan.Absent:
		step(plan.StepDelete, plan.Remove)
		return ev
	case c.Intent == plan.Adopt:
		step(plan.StepAdopt, plan.None)
		return ev
	case c.Row == nil:
		step(plan.StepCreate, plan.Add)
		return ev
	}
	want := w.digestWith(c.Spec, c.Secrets)
	if c.Deep && !slices.Contains(c.Parts.Read, live.PartShow) {
		ev.Need = []live.Part{live.PartShow}
		return ev
	}
	ev.Plan.Digest = want
	if s := w.stacks[c.Row.ID]; s != nil && s.sealed != nil && !slices.Equal(s.sealed, c.Secrets) {
		ev.Plan.Diagnostics = []plan.Diagnostic{{Severity: plan.Error, Code: plan.OtherSecrets, Summary: "made with another set", Remedy: "restore it"}}
		return ev
	}
	if c.Deep && c.Parts.Parameters["params"] == want {
		return ev
	}
	ev.Plan.Changes = []plan.Change{{Path: "params", To: want, Effect: w.effect, Drift: c.Deep || c.Recover && w.meddled}}
	step(plan.StepUpdate, w.effect)
	return ev
}

func (w *world) apply(c Do) Event {
	if w.onDo != nil {
		if ev := w.onDo(c); ev != nil {
			ev.At, ev.ID = w.at(), c.ID
			return *ev
		}
	}
	return StepEnded{At: w.at(), ID: c.ID, Verdict: Accepted, StackID: w.write(c)}
}

// write is what Heat does with a step.
func (w *world) write(c Do) string {
	w.done = append(w.done, string(c.Step.Kind)+" "+c.Cluster)
	if c.Step.Kind == plan.StepCreate {
		id := w.make(c.StackName, c.Tags, c.Digest, live.Description("prod", c.Cluster))
		w.stacks[id].sealed = c.Secrets
		return id
	}
	s := w.stacks[c.StackID]
	if s == nil {
		w.t.Fatalf("a write to stack %q, which does not exist", c.StackID)
	}
	if c.Step.Kind == plan.StepDelete {
		s.row.Status = live.Status{Action: live.Delete, State: live.InProgress}
		if s.ends = w.now.Add(w.took); !w.legacy {
			s.row.Updated = w.now.Truncate(time.Second)
		}
		return c.StackID
	}
	s.row.Status = live.Status{Action: live.Update, State: live.InProgress}
	s.row.Updated, s.ends, s.row.Tags = w.now.Truncate(time.Second), w.now.Add(w.took), c.Tags
	s.next = c.Digest
	if c.Step.Kind == plan.StepAdopt {
		s.next = s.params
	}
	return c.StackID
}

func (w *world) make(name string, tags []string, params, desc string) string {
	w.nextID++
	id := fmt.Sprintf("s%03d", w.nextID)
	w.stacks[id] = &stack{
		row:  live.Row{ID: id, Name: name, Created: w.now, Tags: tags, Status: live.Status{Action: live.Create, State: live.InProgress}},
		next: params, desc: desc, ends: w.now.Add(w.took),
	}
	return id
}

// one gives the stack of a cluster.
func (w *world) one(cluster string) *stack {
	w.t.Helper()
	var found *stack
	for _, s := range w.stacks {
		if s.row.Name == "prod--"+cluster {
			if found != nil {
				w.t.Fatalf("cluster %q has two stacks", cluster)
			}
			found = s
		}
	}
	if found == nil {
		w.t.Fatalf("cluster %q has no stack", cluster)
	}
	return found
}

func (w *world) status(cluster string) ClusterStatus {
	w.t.Helper()
	for _, c := range w.e.Status().Clusters {
		if c.Name == cluster {
			return c
		}
	}
	w.t.Fatalf("no status of cluster %q", cluster)
	return ClusterStatus{}
}

// is checks outcomes: "web settled", "db held/orphan".
func (w *world) is(wants ...string) {
	w.t.Helper()
	for _, want := range wants {
		name, out, _ := strings.Cut(want, " ")
		s := w.status(name)
		got := string(s.Outcome)
		if strings.Contains(out, "/") {
			got += "/" + string(s.Code)
		}
		if got != out {
			w.t.Errorf("%s is %s/%s (%s), want %s", name, s.Outcome, s.Code, s.Message, out)
		}
	}
}

// wrote checks the writes since the last check.
func (w *world) wrote(want ...string) {
	w.t.Helper()
	got := slices.Sorted(slices.Values(w.done))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("writes %q, want %q", got, want)
	}
	w.done = nil
}

func (w *world) found(kind FindingKind, cluster string) bool {
	return slices.ContainsFunc(w.findings, func(f Finding) bool { return f.Kind == kind && (cluster == "" || f.Cluster == cluster) })
}
