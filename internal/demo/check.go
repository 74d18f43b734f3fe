package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/reconcile"
)

// sight is everything the checks of a step look at, at one moment.
type sight struct {
	revision string // the commit the agent must have, "" before the first
	status   reconcile.FleetStatus
	stacks   map[string]stack
	servers  int                 // in Nova, whoever they belong to
	written  map[string][]string // stack -> the agent's requests since the step began
	before   map[string]stack    // when the step began
	events   []event             // since the step began
}

// checks look at one sight after a step. They are pure.
func checks(w expectation, s sight) []Check {
	out := []Check{checkRevision(s), checkClusters(w, s)}
	if w.says != "" {
		out = append(out, checkSays(w.says, s.status))
	}
	if w.drift != "" {
		out = append(out, checkDrift(w.drift, s.events))
	}
	out = append(out, checkStacks(w, s), checkServers(w, s), checkNodes(w, s.status), checkStored(s))
	return append(out, checkTouched(w, s), checkOthers(s))
}

func passed(cs []Check) bool {
	return !slices.ContainsFunc(cs, func(c Check) bool { return !c.OK })
}

func verdict(name, right string, wrong []string) Check {
	if len(wrong) == 0 {
		return Check{Name: name, OK: true, Detail: right}
	}
	return Check{Name: name, Detail: strings.Join(wrong, "; ")}
}

func checkRevision(s sight) Check {
	if s.status.SourceError != nil {
		return Check{Name: "revision", Detail: s.status.SourceError.Summary}
	}
	if s.status.Revision != s.revision {
		return Check{Name: "revision", Detail: fmt.Sprintf("the agent has %.7s, not %.7s", s.status.Revision, s.revision)}
	}
	return Check{Name: "revision", OK: true, Detail: fmt.Sprintf("the agent has %.7s", s.revision)}
}

func checkClusters(w expectation, s sight) Check {
	var wrong, right []string
	left := maps.Clone(w.clusters)
	for _, c := range s.status.Clusters {
		want, known := left[c.Name]
		delete(left, c.Name)
		is := shown{c.Outcome, c.Code}
		switch {
		case !known:
			wrong = append(wrong, fmt.Sprintf("%s is shown (%s)", c.Name, is))
		case is != want:
			wrong = append(wrong, fmt.Sprintf("%s is %s, not %s: %s", c.Name, is, want, c.Message))
		default:
			right = append(right, fmt.Sprintf("%s %s", c.Name, is))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		wrong = append(wrong, name+" is not shown")
	}
	return verdict("status", strings.Join(right, ", "), wrong)
}

// checkNodes wants the API to count the servers that each stack has, but those of
// a control plane.
func checkNodes(w expectation, f reconcile.FleetStatus) Check {
	var wrong []string
	for _, c := range f.Clusters {
		if n, there := w.servers[c.Name]; there && c.Nodes.Live != n-w.masters[c.Name] {
			wrong = append(wrong, fmt.Sprintf("%s is said to have %d nodes, not %d", c.Name, c.Nodes.Live, n-w.masters[c.Name]))
		}
	}
	return verdict("nodes", "the API says so too", wrong)
}

func (s shown) String() string {
	if s.code == "" {
		return string(s.outcome)
	}
	return fmt.Sprintf("%s (%s)", s.outcome, s.code)
}

func checkSays(text string, f reconcile.FleetStatus) Check {
	for _, c := range f.Clusters {
		if strings.Contains(c.Message, text) {
			return Check{Name: "reason", OK: true, Detail: c.Message}
		}
	}
	return Check{Name: "reason", Detail: fmt.Sprintf("no cluster's message has %q", text)}
}

func checkDrift(cluster string, events []event) Check {
	for _, e := range events {
		if e.Msg == "drift seen" && e.Cluster == cluster {
			return Check{Name: "drift", OK: true, Detail: cluster + ": noticed: " + strings.Join(e.Changes, ", ")}
		}
	}
	return Check{Name: "drift", Detail: "nothing was noticed on " + cluster}
}

func checkStacks(w expectation, s sight) Check {
	var wrong, right []string
	left := maps.Clone(s.stacks)
	delete(left, strangers)
	for _, c := range slices.Sorted(maps.Keys(w.servers)) {
		name := stackOf(c)
		is, there := left[name]
		delete(left, name)
		switch {
		case !there:
			wrong = append(wrong, name+" is not there")
		case is.Status != "COMPLETE":
			wrong = append(wrong, name+" is "+is.State())
		default:
			right = append(right, name+" "+is.State())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		wrong = append(wrong, name+" is there ("+left[name].State()+")")
	}
	return verdict("stacks", strings.Join(right, ", "), wrong)
}

func stackOf(cluster string) string { return fleet + "--" + cluster }

func checkServers(w expectation, s sight) Check {
	want := map[string]int{strangers: 1}
	total := 1
	for c, n := range w.servers {
		want[stackOf(c)] = n
		total += n
	}
	got := map[string]int{}
	for name, st := range s.stacks {
		got[name] = len(st.servers)
	}
	var wrong []string
	if !maps.Equal(got, want) {
		wrong = append(wrong, fmt.Sprintf("%s, wanted: %s", counts(got), counts(want)))
	}
	if s.servers != total {
		wrong = append(wrong, fmt.Sprintf("%d servers exist, not %d", s.servers, total))
	}
	return verdict("servers", fmt.Sprintf("%s; none besides", counts(w.servers)), wrong)
}

func counts(of map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%s has %d", name, of[name]))
	}
	return strings.Join(parts, ", ")
}

// checkStored wants what Heat stores to be what Git says, whoever wrote it.
func checkStored(s sight) Check {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(s.stacks)) {
		if ports, has := s.stacks[name].Parameters[meddledParameter]; has && !samePorts(ports) {
			wrong = append(wrong, fmt.Sprintf("%s of %s is %s", meddledParameter, name, ports))
		}
	}
	return verdict("parameters", meddledParameter+" is "+rightPorts+" everywhere", wrong)
}

func samePorts(stored string) bool {
	return strings.NewReplacer(`"`, "", "'", "", "[", "", "]", "", " ", "").Replace(stored) == rightPorts
}

func checkTouched(w expectation, s sight) Check {
	var wrong, right []string
	want := map[string]bool{}
	for _, c := range w.touched {
		want[stackOf(c)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.written)) {
		requests := strings.Join(s.written[name], " ")
		switch {
		case !want[name]:
			wrong = append(wrong, fmt.Sprintf("%s was written to (%s)", name, requests))
		case len(s.written[name]) > 1:
			wrong = append(wrong, fmt.Sprintf("%s was written to more than once (%s)", name, requests))
		default:
			right = append(right, requests+" "+name)
		}
		delete(want, name)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		wrong = append(wrong, name+" was not written to")
	}
	if len(right) == 0 {
		right = []string{"none"}
	}
	return verdict("writes", strings.Join(right, ", ")+"; nothing else by the agent", wrong)
}

// checkOthers wants every stack that was not written to, the stranger's before
// all, to be the one it was, unchanged; and one that was, to be the same still,
// with the servers it had.
func checkOthers(s sight) Check {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(s.before)) {
		was := s.before[name]
		is, there := s.stacks[name]
		written := len(s.written[name]) > 0
		switch {
		case !there && !written:
			wrong = append(wrong, name+" is gone")
		case !there:
		case is.ID != was.ID:
			wrong = append(wrong, name+" is another stack than before")
		case !written && !(is.Updated.Equal(was.Updated) && slices.Equal(is.Tags, was.Tags)):
			wrong = append(wrong, name+" has changed")
		case !subset(was.servers, is.servers):
			wrong = append(wrong, name+" has lost a server it had")
		}
	}
	if _, there := s.stacks[strangers]; !there {
		wrong = append(wrong, strangers+" is gone")
	}
	return verdict("others", strangers+", another team's stack, is as it was; no stack and no server was replaced", wrong)
}

func subset(of, in []string) bool {
	return !slices.ContainsFunc(of, func(id string) bool { return !slices.Contains(in, id) })
}
