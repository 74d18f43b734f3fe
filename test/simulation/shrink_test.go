package simulation

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// badEnd is a promise that is broken on purpose, once the faults are over: it takes
// an edit and a death.
var badEnd = check{name: "bad", event: func(w *world, _ *agent, _ reconcile.Event, _ reconcile.Output) string {
	if w.calm && w.counts["act: agent killed"] > 0 && w.counts["act: edit"] > 0 {
		return "it was edited and it died"
	}
	return ""
}}

// aBroken gives the first scenario of many acts and two fleets that breaks a promise.
func aBroken(t *testing.T, size Size) (Scenario, *Violation) {
	t.Helper()
	for seed := uint64(1); seed < 200; seed++ {
		s := Make(seed, size)
		if len(s.Fleets) < 2 || len(s.Acts) < 15 {
			continue
		}
		if v := Run(s).Violation; v != nil {
			return s, v
		}
	}
	t.Fatal("no seed breaks the promise")
	return Scenario{}, nil
}

// A story is shrunk to what it takes, and what is left is played again by the words
// of its command and by a file, to the same log.
func TestShrink(t *testing.T) {
	with(t, badEnd)
	whole, v := aBroken(t, Small)
	if v.Promise != badEnd.name {
		t.Fatalf("another promise is broken: %v", v)
	}
	small, r := Shrink(whole, v.Promise, 400)
	if r.Violation == nil || r.Violation.Promise != v.Promise {
		t.Fatalf("what is left breaks %v, not %s", r.Violation, v.Promise)
	}
	var kinds []string
	for _, a := range small.Acts {
		kinds = append(kinds, string(a.Kind))
	}
	if slices.Sort(kinds); !slices.Equal(kinds, []string{"agent killed", "edit"}) {
		t.Errorf("%d acts were shrunk to %v", len(whole.Acts), kinds)
	}
	if small.Busy >= whole.Busy {
		t.Errorf("the busy time is %v, and was %v", small.Busy, whole.Busy)
	}
	if slices.ContainsFunc(small.Fleets, func(f FleetShape) bool { return len(f.Clusters) > 1 }) || len(small.Fleets) > 1 {
		t.Errorf("fleets %+v are left of %+v for %v", small.Fleets, whole.Fleets, small.Acts)
	}

	cut, err := ParseCut(whole.CutTo(small).String())
	if err != nil {
		t.Fatal(err)
	}
	again, err := whole.Keep(cut)
	if err != nil || !reflect.DeepEqual(again, small) {
		t.Errorf("keep %v gives\n%+v, %v, want\n%+v", cut, again, err, small)
	}
	file := filepath.Join(t.TempDir(), "case.json")
	if err := small.Save(file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	want := RunLogged(small, nil, true)
	for name, s := range map[string]Scenario{"by its words": again, "by its file": loaded} {
		if got := RunLogged(s, nil, true); got.Hash != want.Hash || !reflect.DeepEqual(got.Violation, r.Violation) {
			t.Errorf("%s: log %s, %v, want log %s, %v", name, got.Hash, got.Violation, want.Hash, r.Violation)
		}
	}
}

// Nothing is left out where no shorter story breaks the same promise, and a promise
// that is kept has none.
func TestShrinkKeepsWhatItTakes(t *testing.T) {
	whole := Make(1, Small)
	if s, r := Shrink(whole, "bad", 10); r.Violation != nil || !reflect.DeepEqual(s, whole) {
		t.Errorf("a seed that breaks nothing was shrunk: %v", r.Violation)
	}
	with(t, badEnd)
	whole, _ = aBroken(t, Small)
	if s, _ := Shrink(whole, "another promise", 10); !reflect.DeepEqual(s, whole) {
		t.Error("a story of another promise was shrunk")
	}
	runs := 0
	with(t, check{name: "count", event: func(_ *world, _ *agent, ev reconcile.Event, _ reconcile.Output) string {
		if _, ok := ev.(reconcile.Started); ok {
			runs++
		}
		return ""
	}})
	if _, r := Shrink(whole, "bad", 0); r.Violation == nil {
		t.Error("with no tries the story is gone")
	}
	once := runs
	if runs = 0; once == 0 {
		t.Fatal("no run was counted")
	}
	if Shrink(whole, "bad", 3); runs > 4*once {
		t.Errorf("three tries took %d starts, one run takes %d", runs, once)
	}
}

// What a seed makes is the same scenario once it was written down and read.
func TestSavedCaseIsTheSame(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.json")
	for name, size := range map[string]Size{"small": Small, "large": Large, "dense": Dense, "nodes": Nodes} {
		for seed := uint64(1); seed <= 3; seed++ {
			s := Make(seed, size)
			if err := s.Save(file); err != nil {
				t.Fatal(err)
			}
			loaded, err := Load(file)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := RunLogged(s, nil, true).Hash, RunLogged(loaded, nil, true).Hash; a != b {
				t.Errorf("%s, seed %d: log %s, and %s of its file", name, seed, a, b)
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.json")
	for name, text := range map[string]string{
		"no JSON":       "case",
		"no such kind":  `{"Fleets": [{}], "Acts": [{"Kind": "earthquake"}]}`,
		"no such fleet": `{"Fleets": [{}], "Acts": [{"Kind": "edit", "Fleet": 1}]}`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(file); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
	if _, err := Load(file + "-gone"); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestCut(t *testing.T) {
	s := Scenario{
		Fleets: []FleetShape{{Name: "prod", Clusters: []string{"c1", "c2"}}, {Name: "test", Clusters: []string{"c1"}}},
		Acts:   []Act{{At: 1, Kind: doKill}, {At: 2, Kind: doKill, Fleet: 1}, {At: 3, Kind: doStop}},
		Busy:   time.Hour,
	}
	for _, tt := range []struct {
		text string
		acts []int
		busy time.Duration
		left string // clusters
	}{
		{"0,2", []int{0, 2}, time.Hour, "c1,c2/c1"},
		{"0,1,2/12m30s", []int{0, 1, 2}, 750 * time.Second, "c1,c2/c1"},
		{"0/1s/c2", []int{0}, time.Second, "c2"},
		{"none/1h0m0s/c1,c2/c1", nil, time.Hour, "c1,c2/c1"},
	} {
		c, err := ParseCut(tt.text)
		if err != nil || c.String() != tt.text || !slices.Equal(c.Acts, tt.acts) {
			t.Errorf("%s: %+v, %v, written %q", tt.text, c, err, c)
			continue
		}
		got, err := s.Keep(c)
		var left []string
		for _, f := range got.Fleets {
			left = append(left, strings.Join(f.Clusters, ","))
		}
		if err != nil || got.Busy != tt.busy || strings.Join(left, "/") != tt.left || len(got.Acts) != len(tt.acts) {
			t.Errorf("%s keeps %+v, %v", tt.text, got, err)
		}
	}
	for _, text := range []string{"", "x", "3", "-1", "0,0", "0/x", "0/-1s", "0/1s/c3", "1/1s/c1", "0/1s/c1/c1/c1"} {
		c, err := ParseCut(text)
		if err == nil {
			_, err = s.Keep(c)
		}
		if err == nil || !strings.HasPrefix(err.Error(), "keep ") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if len(s.Fleets[0].Clusters) != 2 || len(s.Acts) != 3 {
		t.Errorf("the scenario itself was cut: %+v", s)
	}
}

// What a run of nightly size has to meet is known where its size has one.
func TestNever(t *testing.T) {
	for name, size := range map[string]Size{"small": Small, "nodes": Nodes, "large": Large} {
		all := Never(nil, size)
		if len(all) == 0 || size.Nightly() == 0 || !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
			t.Errorf("%s: of %d seeds %q is wanted", name, size.Nightly(), all)
		}
		met := Counts{}
		for _, what := range all[1:] {
			met.add(what)
		}
		if got := Never(met, size); !slices.Equal(got, all[:1]) {
			t.Errorf("%s: all but %q were met, never met is %q", name, all[0], got)
		}
	}
}
