package reconcile

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/reconcile/spec"
)

// snapshot is the engine's whole state, as a recording begins with it. What can
// be derived (indexes, sets, turns) is made anew.
type snapshot struct {
	Now      time.Time `json:"now"`
	Settings Settings  `json:"settings"`
	Started  bool      `json:"started"`
	Paused   bool      `json:"paused,omitempty"`
	NextID   uint64    `json:"nextID"`
	WakeAt   time.Time `json:"wakeAt,omitzero"`
	SettleIn time.Time `json:"settleUntil,omitzero"`
	Begun    time.Time `json:"begun,omitzero"`
	Cloud    string    `json:"cloud,omitempty"`
	Moved    bool      `json:"moved,omitempty"`
	Late     bool      `json:"late,omitempty"`

	Revision string              `json:"revision,omitempty"`
	Former   string              `json:"former,omitempty"`
	Files    []SourceFile        `json:"files,omitempty"`
	Names    map[string][]string `json:"names,omitempty"`
	Frozen   map[string]string   `json:"frozen,omitempty"`
	Source   laneState           `json:"source"`

	Rows      []knownRow `json:"rows,omitempty"`
	Whole     bool       `json:"whole,omitempty"`
	Inventory laneState  `json:"inventory"`
	Recent    laneState  `json:"recent"`
	Progress  laneState  `json:"progress"`

	Drivers  map[string]*driverState `json:"drivers,omitempty"`
	Clusters []*cluster              `json:"clusters,omitempty"`
	Hints    map[string]ClusterHint  `json:"hints,omitempty"`
	Approved []string                `json:"approved,omitempty"`
	Holding  map[Code]bool           `json:"holding,omitempty"`
	Waiting  []string                `json:"waiting,omitempty"`
	Cursor   string                  `json:"cursor,omitempty"`
	TourNext time.Time               `json:"tourNext,omitzero"`
	TourEnd  time.Time               `json:"tourEnd,omitzero"`
}

// Snapshot gives the whole state as JSON. The same state gives the same bytes.
func (e *Engine) Snapshot() ([]byte, error) {
	s := snapshot{
		Now: e.now, Settings: e.settings, Started: e.started, Paused: e.paused, NextID: e.nextID, WakeAt: e.wakeAt, SettleIn: e.settleUntil,
		Begun: e.begun, Cloud: e.cloudID, Moved: e.moved, Late: e.late,
		Revision: e.source.revision, Former: e.source.former, Names: e.source.names, Frozen: e.source.frozen,
		Source: laneState{Open: e.source.open, Next: e.source.next, Last: e.source.last, Attempt: e.source.attempt, Fault: e.source.fault},
		Whole:  e.cloud.whole, Inventory: e.cloud.inventory, Recent: e.cloud.recent, Progress: e.cloud.progress,
		Drivers: e.drivers, Hints: e.hints, Approved: slices.Sorted(maps.Keys(e.guards.approved)), Holding: e.guards.holding,
		Waiting: slices.Sorted(maps.Keys(e.guards.waiting)),
		Cursor:  e.tour.cursor, TourNext: e.tour.next, TourEnd: e.tour.ended,
	}
	for _, path := range slices.Sorted(maps.Keys(e.source.files)) {
		s.Files = append(s.Files, SourceFile{Path: path, Data: e.source.files[path]})
	}
	for _, id := range slices.Sorted(maps.Keys(e.cloud.rows)) {
		s.Rows = append(s.Rows, e.cloud.rows[id])
	}
	for _, name := range slices.Sorted(maps.Keys(e.clusters)) {
		s.Clusters = append(s.Clusters, e.clusters[name])
	}
	return json.Marshal(s)
}

// Restore makes an engine of a snapshot.
func Restore(data []byte) (*Engine, error) {
	var s snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	e := New()
	e.now, e.settings, e.started, e.paused = s.Now, s.Settings, s.Started, s.Paused
	e.nextID, e.wakeAt, e.settleUntil, e.hints = s.NextID, s.WakeAt, s.SettleIn, s.Hints
	e.begun, e.cloudID, e.moved, e.late = s.Begun, s.Cloud, s.Moved, s.Late
	e.restoreSource(s)
	e.cloud.whole, e.cloud.inventory, e.cloud.recent, e.cloud.progress = s.Whole, s.Inventory, s.Recent, s.Progress
	for _, r := range s.Rows {
		e.cloud.put(e.settings.Fleet, r)
	}
	maps.Copy(e.drivers, s.Drivers)
	e.tour.cursor, e.tour.next, e.tour.ended = s.Cursor, s.TourNext, s.TourEnd
	for _, name := range s.Approved {
		e.guards.approved[name] = true
	}
	for _, name := range s.Waiting {
		e.guards.waiting[name] = true
	}
	maps.Copy(e.guards.holding, s.Holding)
	for _, c := range s.Clusters {
		e.restoreCluster(c)
	}
	return e, nil
}

func (e *Engine) restoreSource(s snapshot) {
	src := &e.source
	src.set = spec.NewSet(s.Settings.Fleet)
	src.revision, src.former = s.Revision, s.Former
	src.open, src.next, src.last, src.attempt, src.fault = s.Source.Open, s.Source.Next, s.Source.Last, s.Source.Attempt, s.Source.Fault
	var files []*spec.File
	for _, f := range s.Files {
		src.files[f.Path] = f.Data
		files = append(files, e.parse(f.Path, f.Data))
	}
	src.set.Apply(files, nil)
	src.unread = src.unreadableText()
	maps.Copy(src.names, s.Names)
	maps.Copy(src.frozen, s.Frozen)
	for _, name := range src.set.Names() {
		e.readopt(name)
	}
}

func (e *Engine) restoreCluster(c *cluster) {
	e.clusters[c.Name] = c
	e.tour.add(c.Name)
	if c.Open != nil {
		e.opens[c.Open.ID] = c.Name
	}
	if next := c.Next; !next.IsZero() {
		c.Next = time.Time{}
		e.look(c, next)
	}
	e.guards.count(c, e.demanded(c.Name), e.owner(c.Name))
	if c.Said.Outcome != "" {
		e.guards.outcomes[c.Said.Outcome][c.Name] = true
	}
}
