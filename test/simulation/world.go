package simulation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

// world is all of one run. It belongs to one goroutine.
type world struct {
	scenario Scenario
	now      time.Time
	agenda   agenda
	running  *routine
	idle     []*thread
	rand     *rand.Rand // latencies and other chances nobody plans

	clouds    []*cloud
	fleets    []*fleet
	processes []*process
	windows   []*window
	calm      bool // the faults are over
	site      *site
	vault     *vault

	counts  Counts
	log     *eventLog
	broken  *Violation // the first promise that was broken
	written int        // requests that write
	said    int        // outcomes that were told
	asked   int        // all requests to Heat and Keystone
	tokens  map[string]bool
	next    uint64  // routine
	heard   int     // events
	most    float64 // of an agent's budget that was used in ten minutes
}

// beginning is when every run begins.
var beginning = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// cloud is one OpenStack with one project per fleet.
type cloud struct {
	sim    *heatsim.Cloud
	heat   http.RoundTripper // in place
	next   heatsim.Effect    // of the request that is being delivered
	backup *heatsim.Backup

	restored time.Time // when its database became an older one
}

// fleet is one repository kept on one project by one agent, or by mistake two.
type fleet struct {
	name    string
	project string
	cloud   *cloud
	repo    *repository
	people  *people
	names   []string             // of all clusters it may ever have
	doubles map[string]time.Time // clusters that people gave a second stack, or two agents did
	ever    map[string]bool      // clusters of which an agent saw a stack
	seen    *sight               // the last look at the project
}

// simClock is the run's clock as heatsim reads it. It has no Sleep: delays are
// played by the wire.
type simClock struct{ w *world }

// Now implements heatsim.Clock.
func (c simClock) Now() time.Time { return c.w.now }

func (w *world) time() time.Time { return w.now }

func (w *world) after(d time.Duration, do func()) { w.agenda.put(w.now.Add(d), do) }

// latency gives how long something takes that takes d as a rule.
func (w *world) latency(d time.Duration) time.Duration {
	return d/2 + time.Duration(w.rand.Int64N(int64(d)+1))
}

// until plays everything that is due by a time, and stops at the first broken
// promise.
func (w *world) until(t time.Time) {
	for w.broken == nil {
		next, ok := w.agenda.take(t)
		if !ok {
			w.now = t
			return
		}
		if next.at.After(w.now) {
			w.now = next.at
		}
		next.do()
	}
}

// count counts one more of something a report tells of.
func (w *world) count(what string) { w.counts.add(what) }

// fail notes the first broken promise.
func (w *world) fail(promise, format string, args ...any) {
	if w.broken == nil {
		w.broken = &Violation{Promise: promise, At: w.now.Sub(beginning), Text: fmt.Sprintf(format, args...)}
		w.note("BROKEN", promise+": "+w.broken.Text)
	}
}

// note writes a line of the log.
func (w *world) note(who, what string) {
	if w.log != nil {
		w.log.line(w.now.Sub(beginning), who, what)
	}
}

func newWorld(s Scenario, log *eventLog) *world {
	w := &world{scenario: s, now: beginning, rand: rand.New(rand.NewPCG(s.Seed, 0x77)), counts: Counts{}, log: log, tokens: map[string]bool{}}
	w.site, w.vault = newSite(w), newVault(w)
	shared := (*cloud)(nil)
	for i, f := range s.Fleets {
		c := shared
		if c == nil || !s.OneCloud {
			c = w.newCloud(uint64(i))
			shared = c
		}
		w.addFleet(f, c)
	}
	return w
}

func (w *world) newCloud(salt uint64) *cloud {
	c := &cloud{}
	o := w.scenario.Cloud
	o.Clock, o.Seed, o.Endpoint = simClock{w}, w.scenario.Seed^salt, cloudURL
	o.MaxEvents, o.Templates = 4, &templates
	var projects []string
	for _, f := range w.scenario.Fleets {
		projects = append(projects, projectOf(f.Name))
	}
	o.Users = []heatsim.User{{Name: agentUser, Password: "pw", Projects: projects}, {Name: humanUser, Password: "pw", Projects: projects}}
	o.Faults = heatsim.FaultFunc(func(heatsim.Exchange) heatsim.Effect { e := c.next; c.next = heatsim.Effect{}; return e })
	c.sim = heatsim.New(o)
	c.heat = c.sim.RoundTripper()
	w.clouds = append(w.clouds, c)
	return c
}

// templates are those of all clouds of the process.
var templates heatsim.Templates

const (
	cloudURL  = "http://cloud.example"
	agentUser = "agent"
	humanUser = "human"
)

func projectOf(fleet string) string { return "project-" + fleet }

// manyClusters is more than a small fleet ever has, and as many as maxCreates lets
// through at once by default.
const manyClusters = 20

func (w *world) addFleet(s FleetShape, c *cloud) {
	t := newTree(w.scenario.drivers())
	t.Deletes, t.Rollout, t.Report = s.MaxDeletes, s.Rollout, s.Report
	f := &fleet{
		name: s.Name, project: projectOf(s.Name), cloud: c, names: s.Clusters,
		doubles: map[string]time.Time{}, ever: map[string]bool{},
	}
	if len(s.Clusters) > manyClusters {
		w.count("fleet of many clusters")
	}
	f.repo = newRepository(s.Name, t)
	f.people = newPeople(w, f)
	w.fleets = append(w.fleets, f)
}

// settings of one fleet's agents.
func (s FleetShape) settings() reconcile.Settings {
	d := reconcile.DefaultSettings(s.Name)
	d.Poll = s.Poll
	d.MaxCreates = s.MaxCreates
	d.ReadOnly = s.ReadOnly
	return d
}

// tokenIn gives a token that a text holds, "" for none.
func (w *world) tokenIn(text string) string {
	for t := range w.tokens {
		if strings.Contains(text, t) {
			return t
		}
	}
	return ""
}

// secretIn names the token or the secret whose value a text holds, as it is or as
// JSON writes it, "" for none.
func (w *world) secretIn(text string) string {
	if t := w.tokenIn(text); t != "" {
		return "token " + t
	}
	for o, set := range w.vault.sets {
		for _, v := range set.Versions {
			quoted, _ := json.Marshal(string(v.Value))
			if strings.Contains(text, string(v.Value)) || strings.Contains(text, string(quoted[1:len(quoted)-1])) {
				return fmt.Sprintf("the value of %s of %s/%s", v.Name, o.Fleet, o.Cluster)
			}
		}
	}
	return ""
}

// restored takes notice that a cloud's database is an older one.
func (w *world) restored(c *cloud) {
	c.restored = w.now
	w.count("database restored")
}
