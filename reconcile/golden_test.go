package reconcile

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

var update = flag.Bool("update", false, "rewrite want.plan of the golden plans")

// liveStack is one stack of a story's live.yaml. Of a stack whose holds is "as
// asked", digest and content are what desired/ renders; digest AS is that digest.
type liveStack struct {
	Name        string   `json:"name"`
	Cluster     string   `json:"cluster,omitempty"` // carries our tags for this cluster
	Fleet       string   `json:"fleet,omitempty"`   // in the tags; "" is the story's own
	Driver      string   `json:"driver,omitempty"`
	Status      string   `json:"status"`
	Reason      string   `json:"reason,omitempty"`
	Holds       string   `json:"holds,omitempty"`  // content, "as asked" for what desired/ asks
	Digest      string   `json:"digest,omitempty"` // in the tag; "" is that of holds
	Description string   `json:"description,omitempty"`
	Tags        []string `json:"tags,omitempty"` // instead of ours
}

// TestGoldenPlans holds what the engine makes of desired/ and live.yaml against
// want.plan. The title of each story is its comment.
func TestGoldenPlans(t *testing.T) {
	stories, err := filepath.Glob("testdata/plans/*.txtar")
	if err != nil || len(stories) < 10 {
		t.Fatalf("%d stories, %v", len(stories), err)
	}
	for _, path := range stories {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { goldenPlan(t, path) })
	}
}

func goldenPlan(t *testing.T, path string) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.files = map[string]string{}
	w.run(time.Minute)
	var stacks []liveStack
	var want *txtar.File
	for i, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "desired/"); ok {
			w.file(name, string(f.Data))
		}
		if f.Name == "live.yaml" {
			if err := yaml.UnmarshalStrict(f.Data, &stacks); err != nil {
				t.Fatal(err)
			}
		}
		if f.Name == "want.plan" {
			want = &a.Files[i]
		}
	}
	w.start(func(s *Settings) { s.ReadOnly = true }, nil)
	digests := map[string]string{}
	for _, name := range w.e.source.set.Names() {
		if d := w.e.demanded(name); d.resolved.Cluster != nil {
			digests[name] = w.digest(d.resolved.Cluster)
		}
	}
	for _, s := range stacks {
		w.place(s, digests)
	}
	w.restart(func(s *Settings) { s.ReadOnly = true }, nil).run(time.Minute)
	for _, c := range w.e.clusters {
		c.Deep.Now = c.Said.Outcome == Settled
		w.e.touch(c.Name)
	}
	w.run(15 * time.Minute)
	got := planText(w.e.Status())
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(want.Data), got); d != "" {
		t.Errorf("plan (-want +got):\n%s", d)
	}
	w.wrote()
}

// place puts one stack of live.yaml into the world.
func (w *world) place(s liveStack, digests map[string]string) {
	holds := s.Holds
	if holds == "as asked" {
		holds = digests[s.Cluster]
	}
	digest := s.Digest
	if digest == "AS" {
		digest = digests[s.Cluster]
	}
	if digest == "" {
		digest = holds
	}
	tags := s.Tags
	if s.Cluster != "" && tags == nil {
		m := live.Marks{Marked: true, Fleet: s.Fleet, Cluster: s.Cluster, Driver: s.Driver, Digest: digest}
		if m.Fleet == "" {
			m.Fleet = "prod"
		}
		if m.Driver == "" {
			m.Driver = "docker"
		}
		tags = m.Tags()
	}
	id := w.make(s.Name, tags, holds, s.Description)
	st := w.stacks[id]
	st.row.Status, st.row.Reason, st.params, st.ends = live.ParseStatus(s.Status), s.Reason, holds, time.Time{}
}

// planText writes a fleet's plan as the stories hold it.
func planText(f FleetStatus) string {
	var b strings.Builder
	if f.SourceError != nil {
		fmt.Fprintf(&b, "source: %s %s: %s\n", f.SourceError.Code, f.SourceError.Who, f.SourceError.Summary)
	}
	for _, c := range f.Clusters {
		fmt.Fprintf(&b, "%s: %s", c.Name, c.Outcome)
		if c.Code != "" {
			fmt.Fprintf(&b, " %s", c.Code)
		}
		if c.Who != "" && c.Who != Nobody {
			fmt.Fprintf(&b, " (%s)", c.Who)
		}
		if c.Message != "" {
			fmt.Fprintf(&b, ": %s", c.Message)
		}
		b.WriteString("\n")
		if c.Remedy != "" {
			fmt.Fprintf(&b, "    remedy: %s\n", c.Remedy)
		}
		if c.Plan == nil {
			continue
		}
		changes := slices.Clone(c.Plan.Changes)
		for _, ch := range changes {
			drift := ""
			if ch.Drift {
				drift = ", drift"
			}
			fmt.Fprintf(&b, "    change %s (%s%s)\n", ch.Path, ch.Effect, drift)
		}
		for _, s := range c.Plan.Steps {
			fmt.Fprintf(&b, "    step %s: %s (%s)\n", s.Kind, s.Title, cmpOr(s.Disruption))
		}
	}
	return b.String()
}

func cmpOr(e plan.Effect) plan.Effect {
	if e == "" {
		return plan.None
	}
	return e
}
