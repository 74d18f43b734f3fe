package simulation

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// site is what runs on the servers of all clusters of a run: nodes with pods that
// leave when they are asked to, and what clusters made in the cloud beside their
// stacks. Nothing but a driver looks at it, and the checks.
type site struct {
	w       *world
	emptyAt map[string]time.Time // by server: of those that are being emptied
	cleanAt map[string]time.Time // by stack: of those that are being cleaned
	stuck   map[string]time.Time // by cluster: until then no pod leaves and nothing goes
	mute    map[string]time.Time // by cluster: until then its API does not answer
}

func newSite(w *world) *site {
	return &site{w: w, emptyAt: map[string]time.Time{}, cleanAt: map[string]time.Time{}, stuck: map[string]time.Time{}, mute: map[string]time.Time{}}
}

// place is a cluster's key.
func place(fleet, cluster string) string { return fleet + "/" + cluster }

func (s *site) silent(c driver.Cluster) bool { return s.w.now.Before(s.mute[place(c.Fleet, c.Name)]) }

// empty asks a server's pods to leave, once, and tells whether they have left.
func (s *site) empty(c driver.Cluster, server string) bool {
	return s.leaves(s.emptyAt, c, server, 90*time.Second)
}

// clean asks what a stack's cluster made to go, once, and tells whether it is gone.
func (s *site) clean(c driver.Cluster, stack string) bool {
	return s.leaves(s.cleanAt, c, stack, 40*time.Second)
}

func (s *site) leaves(when map[string]time.Time, c driver.Cluster, id string, takes time.Duration) bool {
	at, asked := when[id]
	if until := s.stuck[place(c.Fleet, c.Name)]; !asked || at.After(s.w.now) && until.After(at) {
		at = until
		if now := s.w.now.Add(s.w.latency(takes)); now.After(at) {
			at = now
		}
		when[id] = at
	}
	return !at.After(s.w.now)
}

// isEmpty tells whether nothing runs on a server any more.
func (s *site) isEmpty(server string) bool {
	at, asked := s.emptyAt[server]
	return asked && !at.After(s.w.now)
}

// isClean tells whether a stack's cluster has nothing left beside it.
func (s *site) isClean(stack string) bool {
	at, asked := s.cleanAt[stack]
	return asked && !at.After(s.w.now)
}

// node is a server as its cluster knows it.
func (s *site) node(server string) driver.Node {
	n := driver.Node{Name: "node-" + server, ServerID: server, Group: crewGroup, Ready: true, Pods: 3}
	if at, asked := s.emptyAt[server]; asked {
		n.Cordoned, n.DrainSince = true, at
	}
	if s.isEmpty(server) {
		n.Pods = 0
	}
	return n
}

// calm ends whatever keeps pods where they are.
func (s *site) calm() {
	clear(s.mute)
	clear(s.stuck)
	for _, when := range []map[string]time.Time{s.emptyAt, s.cleanAt} {
		for id, at := range when {
			if at.After(s.w.now) {
				when[id] = s.w.now
			}
		}
	}
}

// serversOf reads the output that names a group's servers.
func serversOf(output json.RawMessage) []string {
	members := map[string]string{}
	if json.Unmarshal(output, &members) != nil {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		out = append(out, members[name])
	}
	return out
}
