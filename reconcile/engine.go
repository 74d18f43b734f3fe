package reconcile

import (
	"time"

	"github.com/heatsync/heatsync/reconcile/spec"
)

// Output is what the engine answers an event with, in a fixed order.
type Output struct {
	Commands []Command
	Findings []Finding
}

// Engine keeps one fleet. It is not safe for concurrent use; one goroutine owns
// it. What it returns may be kept, and must not be changed.
type Engine struct {
	now      time.Time
	settings Settings
	started  bool
	paused   bool
	nextID   uint64

	parse    func(path string, data []byte) *spec.File
	source   source
	cloud    cloud
	drivers  map[string]*driverState
	clusters map[string]*cluster
	guards   guards
	tour     tour
	wakes    wakes // clusters by the time of their next look

	cloudID     string
	begun       time.Time // when Started came
	late        bool      // it was told that a first reading does not come
	moved       bool      // the hints are of another project
	settleUntil time.Time // creates of a start without hints wait until then
	hints       map[string]ClusterHint
	wakeAt      time.Time         // last WakeAt told
	opens       map[uint64]string // open commands to clusters
	touched     map[string]bool
	out         Output
}

// driverState is a driver, up or lost.
type driverState struct {
	Driver Driver `json:"driver"`
	Fault  *Fault `json:"fault,omitempty"` // not nil: lost
}

// New returns an engine that waits for Started.
func New() *Engine {
	return &Engine{
		parse:    spec.Parse,
		source:   newSource(),
		cloud:    newCloud(),
		drivers:  map[string]*driverState{},
		clusters: map[string]*cluster{},
		guards:   newGuards(),
		opens:    map[uint64]string{},
		touched:  map[string]bool{},
	}
}

// ParseWith has files parsed by parse, which has to give what [spec.Parse] gives:
// for simulations, in which the same few files are read a million times over.
func (e *Engine) ParseWith(parse func(path string, data []byte) *spec.File) { e.parse = parse }

// Handle takes one event and answers with what to do and what was found. Events
// before Started are passed over. An event whose time lies before the last one's
// counts as having that time: the engine's clock never steps back.
func (e *Engine) Handle(ev Event) Output {
	e.out = Output{}
	if t := ev.When(); t.After(e.now) {
		e.now = t
	}
	if start, ok := ev.(Started); ok {
		e.start(start)
	}
	if !e.started {
		return e.out
	}
	e.take(ev)
	e.tellLate()
	e.wake()
	e.settle()
	e.rounds()
	e.schedule()
	out := e.out
	e.out = Output{}
	return out
}

// take changes what is known by one event.
func (e *Engine) take(ev Event) {
	switch ev := ev.(type) {
	case SettingsChanged:
		e.settingsChanged(ev.Settings)
	case Revision:
		e.revision(ev)
	case Unchanged:
		e.unchanged()
	case SourceFailed:
		e.sourceFailed(ev.Fault)
	case Listed:
		e.listed(ev)
	case Looked:
		e.looked(ev)
	case PartsRead:
		e.partsRead(ev)
	case Described:
		e.described(ev.Driver)
	case DriverLost:
		e.driverLost(ev.Name, ev.Fault)
	case Rendered:
		e.rendered(ev)
	case Planned:
		e.planned(ev)
	case StepEnded:
		e.stepEnded(ev)
	case HealthRead:
		e.healthRead(ev)
	case SecretsRead:
		e.secretsRead(ev)
	case SecretsDone:
		e.secretsDone(ev)
	case Moment:
		e.wakeAt = time.Time{} // one that comes early is asked for again
	case Asked:
		e.asked(ev.Ask)
	}
}

func (e *Engine) start(s Started) {
	e.settings, e.started, e.begun = s.Settings, true, e.now
	e.source.set = spec.NewSet(s.Settings.Fleet)
	e.source.next, e.cloud.inventory.Next = e.now, e.now
	if s.Hints == nil || !s.Hints.Clean {
		e.settleUntil = e.now.Add(s.Settings.SettleIn)
	}
	if s.Hints != nil {
		e.paused, e.hints = s.Hints.Paused, s.Hints.Clusters
		e.moved = s.Hints.Cloud != "" && s.Cloud != "" && s.Hints.Cloud != s.Cloud
	}
	if e.cloudID = s.Cloud; e.moved {
		e.hints = nil
	}
	e.cloud.recent.Next = e.now.Add(s.Settings.Poll.Recent)
}

func (e *Engine) settingsChanged(s Settings) {
	e.settings = s
	e.touchAll()
	e.source.next, e.cloud.inventory.Next, e.cloud.recent.Next = e.now, e.now, e.now
}

// touch puts a cluster on the list of those that get a round for this event.
func (e *Engine) touch(name string) { e.touched[name] = true }

func (e *Engine) touchAll() {
	for name := range e.clusters {
		e.touch(name)
	}
}

func (e *Engine) command(c Command) { e.out.Commands = append(e.out.Commands, c) }

func (e *Engine) find(f Finding) {
	f.Time = e.now
	e.out.Findings = append(e.out.Findings, f)
}
