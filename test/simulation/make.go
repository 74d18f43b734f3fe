package simulation

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

// Size bounds what Make makes.
type Size struct {
	Clusters int // at most, of all fleets
	Acts     int // at most
	Busy     time.Duration
	Tight    bool // things take long, and one call of a kind is made at a time
	Nodes    bool // clusters have nodes that are emptied, and secrets
}

// The sizes. Neither has fewer kinds of fault than the other.
var (
	Small = Size{Clusters: 5, Acts: 20, Busy: 40 * time.Minute}
	Large = Size{Clusters: 50, Acts: 60, Busy: 6 * time.Hour}
)

// Nodes is small, and its clusters are mostly such as have nodes and secrets.
var Nodes = Size{Clusters: 5, Acts: 30, Busy: time.Hour, Nodes: true}

// maker makes one scenario.
type maker struct {
	*rand.Rand
	size Size
	s    Scenario
}

// Make makes the scenario of a seed.
func Make(seed uint64, size Size) Scenario {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 0x5ce0a410)), size: size, s: Scenario{Seed: seed}}
	m.shape()
	m.cloud()
	m.tighten()
	m.firstCommits()
	m.bursts()
	slices.SortStableFunc(m.s.Acts, func(a, b Act) int { return int(a.At - b.At) })
	m.s.Busy = m.s.Acts[len(m.s.Acts)-1].At + m.upTo(5*time.Minute)
	return m.s
}

func (m *maker) chance(p float64) bool { return m.Float64() < p }

func (m *maker) upTo(d time.Duration) time.Duration { return upTo(m.Rand, d) }

func (m *maker) shape() {
	fleets := 1
	if m.chance(0.15) {
		fleets = 2
	}
	m.s.Nodes = m.size.Nodes
	m.s.OneCloud = m.chance(0.5)
	m.s.Concurrency = 1 + m.IntN(8)
	m.s.Clean = m.chance(0.7)
	for i := range fleets {
		f := FleetShape{
			Name: pick(i, "prod", "test"), MaxDeletes: 1 + m.IntN(3), Rollout: 1 + m.IntN(4), MaxCreates: pick(m.IntN(4), 20, 20, 3, 100),
			Report: m.chance(0.05), ReadOnly: m.chance(0.03), Poll: m.poll(),
		}
		most := m.size.Clusters / fleets
		n := 1 + m.IntN(most)
		if m.chance(0.7) {
			n = 1 + m.IntN(min(most, 4))
		}
		for j := range n {
			f.Clusters = append(f.Clusters, fmt.Sprintf("c%d", j+1))
		}
		m.s.Fleets = append(m.s.Fleets, f)
	}
}

func (m *maker) poll() reconcile.Poll {
	p := reconcile.DefaultSettings("").Poll
	p.DeepEvery = pick(m.IntN(3), 2*time.Second, 20*time.Second, time.Minute)
	p.InProgress = pick(m.IntN(2), 5*time.Second, 20*time.Second)
	p.Recent = pick(m.IntN(2), 30*time.Second, 2*time.Minute)
	p.Quiet = 4 * time.Minute
	return p
}

func (m *maker) cloud() {
	m.s.Cloud = heatsim.Options{
		Release: pick(m.IntN(3), 19, 19, 22), LegacyEngine: m.chance(0.1),
		TokenLife: pick(m.IntN(8), 4*time.Hour, 4*time.Hour, 4*time.Hour, time.Hour, time.Hour, time.Hour, 20*time.Minute, 5*time.Minute),
		MaxStacks: pick(m.IntN(8), 0, 0, 0, 0, 0, 0, 0, 3),
		Durations: heatsim.Durations{
			Create: m.upTo(30 * time.Second), Update: m.upTo(20 * time.Second), Delete: m.upTo(20 * time.Second), Check: m.upTo(10 * time.Second),
			Purge: pick(m.IntN(2), 0, 5*time.Second), Boot: time.Second,
		},
		AutoSignal: true,
	}
}

// firstCommits fill the fleets early on, so that later acts find something.
func (m *maker) firstCommits() {
	for i, f := range m.s.Fleets {
		for _, name := range f.Clusters {
			if m.chance(0.8) {
				m.add(Act{At: m.upTo(time.Minute), Kind: doCreate, Fleet: i, Cluster: name, N: m.IntN(100), Text: m.driver()})
			}
		}
	}
}

func (m *maker) driver() string {
	if m.size.Nodes && m.chance(0.8) {
		return crew
	}
	switch n := m.IntN(20); {
	case n == 0:
		return dock
	case n == 1:
		return safe
	}
	return box
}

func (m *maker) add(a Act) { m.s.Acts = append(m.s.Acts, a) }

// weighted are the kinds of acts with their weights.
var weighted = []struct {
	kind   Kind
	weight int
}{
	{doCreate, 6},
	{doEdit, 14},
	{doSuspend, 3},
	{doPresent, 6},
	{doAbsent, 7},
	{doManyAbsent, 1},
	{doVanish, 4},
	{doMove, 2},
	{doRename, 2},
	{doBreak, 3},
	{doMendFile, 3},
	{doTwice, 2},
	{doTemplate, 3},
	{doFleetDoc, 3},
	{doRevert, 4},
	{doForce, 2},
	{doEmpty, 1},
	{doAdopt, 2},
	{doGit, 3},
	{doPatch, 6},
	{doUntag, 3},
	{doHandDelete, 4},
	{doHandAct, 4},
	{doForeign, 2},
	{doResource, 2},
	{doScale, 2},
	{doSecond, 1},
	{doFaults, 30},
	{doEngine, 4},
	{doBroken, 5},
	{doBackup, 2},
	{doRestore, 2},
	{doPurge, 1},
	{doKill, 10},
	{doStop, 3},
	{doSkew, 1},
	{doFull, 2},
	{doTwo, 1},
	{doDriver, 8},
	{doAsk, 3},
}

var allWeight = func() int {
	n := 0
	for _, w := range weighted {
		n += w.weight
	}
	return n
}()

func (m *maker) kind() Kind {
	n := m.IntN(allWeight)
	for _, w := range weighted {
		if n -= w.weight; n < 0 {
			return w.kind
		}
	}
	return doEdit
}

// bursts spread the acts over a few times at which much happens at once: what
// meets nothing else proves little.
func (m *maker) bursts() {
	left := 2 + m.IntN(m.size.Acts-1)
	at := m.upTo(2 * time.Minute)
	for left > 0 && at < m.size.Busy {
		for range min(left, 1+m.IntN(8)) {
			m.anAct(at + m.upTo(2*time.Minute))
			left--
		}
		at += m.upTo(10 * time.Minute)
	}
}

// adopted is the cluster that acts may adopt a stack for: it has none of its own.
const adopted = "taken"

// failures are what Heat says of a failed resource; "" is one that hangs.
var failures = []string{
	"Quota exceeded for resources: ['server']", "No valid host was found", "", "it broke", "Image stock could not be found",
	"Timed out waiting for a reply", "HTTP 503: service unavailable", "HTTP 403 forbidden", "the port is in use",
}

// handActions are the actions that people ask Heat for.
var handActions = []string{"check", "suspend", "resume", "cancel_update"}

// anAct makes one act at a time.
func (m *maker) anAct(at time.Duration) {
	i := m.IntN(len(m.s.Fleets))
	names := m.s.Fleets[i].Clusters
	a := Act{
		At: at, Kind: m.kind(), Fleet: i, Cluster: names[m.IntN(len(names))], N: m.IntN(1000),
		For: m.upTo(5 * time.Minute),
	}
	m.crewAct(&a)
	switch a.Kind {
	case doCreate:
		a.Text = m.driver()
	case doAdopt:
		if !slices.Contains(names, adopted) {
			m.s.Fleets[i].Clusters = append(names, adopted)
		}
		a.Cluster = adopted
	case doTemplate:
		a.Text = pick(m.IntN(3), box, box, dock)
		if m.size.Nodes {
			a.Text = crew
		}
	case doGit:
		a.Text = string(gitTroubles[m.IntN(len(gitTroubles))])
		a.For = m.upTo(20 * time.Minute)
	case doHandAct:
		a.Text = handActions[m.IntN(len(handActions))]
	case doFaults:
		m.faults(&a)
	case doBroken:
		a.Text = failures[m.IntN(len(failures))]
		a.For = m.upTo(40 * time.Minute)
	case doDriver:
		a.Text = pick(m.IntN(6), "killed", "killed", "hung", "slow", "lies", "replaced")
	case doAsk:
		a.Text = string(pick(m.IntN(4), reconcile.Resync, reconcile.Pause, reconcile.Approve, reconcile.Approve))
	}
	if a.Kind == doCreate || a.Kind == doEdit {
		a.For = 0
	}
	m.add(a)
}

var troubleNames = slices.Sorted(maps.Keys(troubles))

// faults makes a window of faults: short and dense, or long and thin.
func (m *maker) faults(a *Act) {
	a.Cluster = ""
	a.Text = troubleNames[m.IntN(len(troubleNames))]
	a.Chance = pick(m.IntN(3), 0.1, 0.4, 1)
	a.At = max(a.At-m.upTo(90*time.Second), 0) // before what it is to meet
	if a.Chance < 0.2 {
		a.For = m.upTo(20 * time.Minute)
	}
	if m.chance(0.3) {
		a.At = m.upTo(3 * time.Minute) // while the first stacks are made
	}
}
