package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// documentGen draws one document; names are few, so that duplicates, missing
// templates and name clashes are common.
func documentGen() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		name := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "name")
		text := rapid.SampledFrom([]string{aFleet, aTemplate, aTemplate, aCluster, aCluster, aCluster}).Draw(t, "kind")
		text = strings.NewReplacer("{name: prod}", "{name: "+name+"}", "{name: payments}", "{name: "+name+"}", "{name: k8s}", "{name: t"+name+"}",
			"template: k8s", "template: t"+rapid.SampledFrom([]string{"a", "b"}).Draw(t, "template")).Replace(text)
		if strings.Contains(text, "spec:") {
			text += rapid.SampledFrom([]string{"", "", "", "  flavor: m1\n", "  masterLbEnabled: true\n", "  flavr: x\n", "  labels: {a: 1, b: x}\n", "  labels: {\n", "\tx\n"}).Draw(t, "extra")
		}
		if strings.Contains(text, "kind: Cluster\n") {
			text += rapid.SampledFrom([]string{"", "", "  masterCount: 3\n", "  lifecycle: Absent\n", "  lifecycle: Suspended\n", "  nodeGroups: [{name: g}]\n"}).Draw(t, "more")
		}
		return text
	})
}

// spread draws files that hold the documents in some order.
func spread(t *rapid.T, documents []string, label string) []*File {
	documents = rapid.Permutation(documents).Draw(t, label+" order")
	texts := map[string]string{}
	for _, d := range documents {
		path := fmt.Sprintf("%d.yaml", rapid.IntRange(0, 3).Draw(t, label+" file"))
		if texts[path] != "" {
			texts[path] += "---\n"
		}
		texts[path] += d
	}
	var files []*File
	for path, text := range texts {
		files = append(files, Parse(path, []byte(text)))
	}
	slices.SortFunc(files, func(a, b *File) int { return strings.Compare(a.Path, b.Path) })
	return rapid.Permutation(files).Draw(t, label+" files")
}

// meaning is what a set says with places left out.
type meaning struct {
	Clusters map[string]string
	Fleet    Fleet
	FleetOK  bool
	Codes    map[Code]int
}

func meaningOf(s *Set) meaning {
	m := meaning{Clusters: map[string]string{}, Codes: map[Code]int{}}
	for _, name := range s.Names() {
		r, _ := s.Cluster(name)
		m.Clusters[name] = fmt.Sprintf("%s %s %s", r.State, r.Hash, lifecycleOf(r))
	}
	fleet, wrong := s.Fleet()
	m.Fleet, m.FleetOK = fleet, len(wrong) == 0
	for _, d := range s.Diagnostics() {
		m.Codes[d.Code]++
	}
	return m
}

func TestSetDependsOnDocumentsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		documents := rapid.SliceOfN(documentGen(), 0, 10).Draw(t, "documents")
		one, two := NewSet(""), NewSet("")
		one.Apply(spread(t, documents, "one"), nil)
		for _, f := range spread(t, documents, "two") {
			two.Apply([]*File{f}, nil)
		}
		if diff := cmp.Diff(meaningOf(one), meaningOf(two)); diff != "" {
			t.Fatalf("the same documents in other files mean something else:\n%s", diff)
		}
	})
}

// TestApplyEqualsFreshSet changes a set step by step and holds it, after each, to
// a set made of the same files at once; the delta must name what changed and no more.
func TestApplyEqualsFreshSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, files := NewSet("a"), map[string]*File{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			changed := spread(t, rapid.SliceOfN(documentGen(), 0, 5).Draw(t, "documents"), "step")
			removed := rapid.SliceOfN(rapid.SampledFrom([]string{"0.yaml", "1.yaml", "2.yaml", "9.yaml"}), 0, 2).Draw(t, "removed")
			before := map[string]Resolved{}
			for _, name := range s.Names() {
				before[name], _ = s.Cluster(name)
			}
			fleet, fleetWrong := s.Fleet()
			delta := s.Apply(changed, removed)
			for _, path := range removed {
				delete(files, path)
			}
			for _, f := range changed {
				files[f.Path] = f
			}
			var all []*File
			for _, f := range files {
				all = append(all, f)
			}
			fresh := NewSet("a")
			fresh.Apply(all, nil)
			if diff := cmp.Diff(texts(fresh.Diagnostics()), texts(s.Diagnostics())); diff != "" {
				t.Fatalf("diagnostics (-fresh +applied):\n%s", diff)
			}
			if diff := cmp.Diff(fresh.Names(), s.Names()); diff != "" {
				t.Fatalf("names (-fresh +applied):\n%s", diff)
			}
			var want Delta
			for _, name := range fresh.Names() {
				a, _ := fresh.Cluster(name)
				b, _ := s.Cluster(name)
				if !a.same(b) || a.Path != b.Path || a.Line != b.Line || a.Column != b.Column {
					t.Fatalf("cluster %s: fresh %+v, applied %+v", name, a, b)
				}
				if old, was := before[name]; !was || !old.same(a) {
					want.Clusters = append(want.Clusters, name)
				}
				delete(before, name)
			}
			for name := range before {
				want.Clusters = append(want.Clusters, name)
			}
			slices.Sort(want.Clusters)
			now, nowWrong := fresh.Fleet()
			want.Fleet = now != fleet || !slices.Equal(nowWrong, fleetWrong)
			if diff := cmp.Diff(want, delta); diff != "" {
				t.Fatalf("delta (-want +got):\n%s", diff)
			}
		}
	})
}
