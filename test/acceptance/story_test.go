package acceptance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// story is one fleet on one cloud, with its repository and its agent.
type story struct {
	cloud *cloud
	fleet string
	repo  *repository
	host  *gitHost
	agent *agent
	head  string // revision pushed last
}

// begin sets the stage: an empty repository on a Git host, and an agent that
// follows it but is not started. Its stacks go with the test.
func begin(t *testing.T, c *cloud) *story {
	t.Helper()
	s := stage(t, c)
	s.host = s.repo.serve(t)
	s.follow(t, "0s")
	return s
}

// stage is a story whose agent has no config yet.
func stage(t *testing.T, c *cloud) *story {
	t.Helper()
	var raw [4]byte
	if _, err := rand.Read(raw[:]); err != nil {
		t.Fatal(err)
	}
	s := &story{cloud: c, fleet: fleetPrefix + hex.EncodeToString(raw[:]), repo: newRepository(t)}
	t.Cleanup(func() { s.deleteAll(t) })
	s.agent = newAgent(t)
	return s
}

// follow has the agent follow the repository over smart HTTP; more are further
// lines of its config.
func (s *story) follow(t *testing.T, settleIn string, more ...string) {
	t.Helper()
	git := fmt.Sprintf("    git: {url: %q, branch: main, interval: %s}", s.host.url(), s.cloud.pace.source)
	writeFile(t, s.agent.dir, "heatsync.yaml", s.configure(git, settleIn)+strings.Join(more, ""))
}

// push commits, as a person would.
func (s *story) push(t *testing.T, message string, changes files) {
	t.Helper()
	s.head = s.repo.push(t, message, changes)
}

// What the agent's API tells, as far as stories look at it.
type (
	fleetStatus struct {
		Name        string
		Revision    string
		SourceError *fault
		CloudError  *fault
		Clusters    []clusterStatus
	}
	clusterStatus struct {
		Name, Driver                     string
		Stack                            struct{ Name, ID, Status string }
		Outcome, Code, Message, Who      string
		Remedy                           string
		SettledRevision, PlannedRevision string
		APIAddress                       string
		Nodes                            struct{ Desired, Live int }
		Health                           string
		HealthReasons                    map[string]string
	}
	fault struct{ Code, Who, Summary, Remedy string }
)

func (c clusterStatus) word() string { return strings.TrimSuffix(c.Outcome+" "+c.Code, " ") }

// status asks the agent.
func (s *story) status(ctx context.Context) (fleetStatus, error) {
	var all struct{ Fleets []fleetStatus }
	if err := s.agent.get(ctx, "/api/v1/clusters", &all); err != nil {
		return fleetStatus{}, err
	}
	for _, f := range all.Fleets {
		if f.Name == s.fleet {
			return f, nil
		}
	}
	return fleetStatus{}, fmt.Errorf("the agent has no fleet %s", s.fleet)
}

func (f fleetStatus) cluster(name string) clusterStatus {
	for _, c := range f.Clusters {
		if c.Name == name {
			return c
		}
	}
	return clusterStatus{Outcome: "unknown"}
}

// wait looks again and again until look is content, and fails when the cloud's
// patience is over, telling what was seen last.
func (s *story) wait(t *testing.T, what string, look func() (seen string, done bool)) {
	t.Helper()
	deadline := time.Now().Add(s.cloud.pace.patience)
	tick := time.NewTicker(s.cloud.pace.poll)
	defer tick.Stop()
	for {
		seen, done := look()
		if done {
			return
		}
		if s.agent.died() {
			t.Fatal("the agent has ended by itself")
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: no %s; last seen: %s", s.cloud.pace.patience, what, seen)
		}
		<-tick.C
	}
}

// waitFleet waits for a status of the revision pushed last.
func (s *story) waitFleet(t *testing.T, what string, good func(fleetStatus) bool) {
	t.Helper()
	s.wait(t, what, func() (string, bool) {
		f, err := s.status(t.Context())
		if err != nil {
			return err.Error(), false
		}
		return f.String(), f.Revision == s.head && good(f)
	})
}

// is waits until the clusters have the outcome (and code) at the newest revision.
func (s *story) is(t *testing.T, word string, clusters ...string) {
	t.Helper()
	s.waitFleet(t, fmt.Sprintf("%s of %v at %.8s", word, clusters, s.head), func(f fleetStatus) bool {
		return !slices.ContainsFunc(clusters, func(name string) bool { return f.cluster(name).word() != word })
	})
}

func (f fleetStatus) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "at %.8s", f.Revision)
	for _, e := range []*fault{f.SourceError, f.CloudError} {
		if e != nil {
			fmt.Fprintf(&b, " (%s: %s)", e.Code, e.Summary)
		}
	}
	for _, c := range f.Clusters {
		fmt.Fprintf(&b, "\n  %s: %s, stack %s %s: %s", c.Name, c.word(), c.Stack.Name, c.Stack.Status, c.Message)
	}
	return b.String()
}

// nothingToDo plans afresh, in a process of its own.
func (s *story) nothingToDo(t *testing.T) {
	t.Helper()
	if out, code := s.agent.command(t, "plan"); code != 0 {
		t.Errorf("heatsync plan ends with %d:\n%s", code, out)
	}
}

// plan plans afresh and gives the titles of the first steps, by cluster.
func (s *story) plan(t *testing.T) (output string, pending map[string]string) {
	t.Helper()
	output, _ = s.agent.command(t, "plan", "-o", "json")
	var report struct {
		Fleets []struct {
			Clusters []struct {
				Name  string
				Steps []struct{ Title string }
			}
		}
	}
	if err := json.Unmarshal([]byte(output), &report); err != nil {
		t.Fatalf("heatsync plan -o json: %v in\n%s", err, output)
	}
	pending = map[string]string{}
	for _, f := range report.Fleets {
		for _, c := range f.Clusters {
			if len(c.Steps) > 0 {
				pending[c.Name] = c.Steps[0].Title
			}
		}
	}
	return output, pending
}
