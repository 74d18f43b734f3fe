package spec

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// clusterOf resolves the minimal cluster with text added to its spec.
func clusterOf(t *testing.T, template, cluster string) *Cluster {
	t.Helper()
	s := setOf("f.yaml", aFleet, "t.yaml", aTemplate+template, "c.yaml", aCluster+cluster)
	r, _ := s.Cluster("payments")
	if r.State != OK {
		t.Fatal(texts(s.Diagnostics()))
	}
	return r.Cluster
}

func TestHashCoversWhatIsBuilt(t *testing.T) {
	plain := clusterOf(t, "", "").Hash()
	for _, test := range []struct {
		name              string
		template, cluster string
		same              bool
	}{
		{"lifecycle", "", "  lifecycle: Suspended\n", true},
		{"a comment above", "", "  # hello\n", true},
		{"a default written out", "  serverType: vm\n", "  nodeCount: 1\n", true},
		{"an empty list", "", "  nodeGroups: []\n  labels: {}\n", true},
		{"a label", "", "  labels: {a: b}\n", false},
		{"a template's label", "  labels: {a: b}\n", "", false},
		{"a group", "", "  nodeGroups: [{name: a}]\n", false},
		{"a flag", "  tlsDisabled: true\n", "", false},
		{"the stack to adopt", "", "  adopt: {stack: a}\n", false},
		{"the timeout", "", "  timeout: 61m\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := clusterOf(t, test.template, test.cluster).Hash(); (got == plain) != test.same {
				t.Errorf("hash %s, plain %s, want same: %v", got, plain, test.same)
			}
		})
	}
}

// TestHashIsStable pins the hash: a change of it makes every cached render and
// every recording of an older release worthless, so it has to be meant.
func TestHashIsStable(t *testing.T) {
	const want = "8a92ddd73697381fe0123ae66643ca411c31b670f9441dad0a968a875f7311a8"
	if got := clusterOf(t, "  labels: {b: 1, a: 2}\n", "").Hash(); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

func TestClusterSurvivesJSON(t *testing.T) {
	s := NewSet("prod")
	for path, text := range fixtures(t) {
		s.Apply([]*File{Parse(path, text)}, nil)
	}
	for _, name := range s.Names() {
		r, _ := s.Cluster(name)
		if r.State != OK {
			continue
		}
		data, err := json.Marshal(r.Cluster)
		if err != nil {
			t.Fatal(err)
		}
		var back Cluster
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*r.Cluster, back); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, test := range []struct {
		name              string
		template, cluster string
		want              map[string]string // of the cluster
		group             map[string]string // of the group, nil for none
	}{
		{"none", "", "", nil, nil},
		{"the template's", "  labels: {a: 1}\n", "", map[string]string{"a": "1"}, nil},
		{"merged", "  labels: {a: 1, b: 2}\n", "  labels: {b: 3, c: 4}\n", map[string]string{"a": "1", "b": "3", "c": "4"}, nil},
		{"not merged", "  labels: {a: 1}\n", "  labels: {b: 3}\n  mergeLabels: false\n", map[string]string{"b": "3"}, nil},
		{"emptied", "  labels: {a: 1}\n", "  mergeLabels: false\n", nil, nil},
		{"as written", "", "  labels: {a: 1.50, b: true, c: 0x1f, d: 2026-01-01, e: \"\", f: yes, g: 1e3}\n", map[string]string{
			"a": "1.50", "b": "true", "c": "0x1f", "d": "2026-01-01", "e": "", "f": "yes", "g": "1e3",
		}, nil},
		{
			"group merged", "  labels: {a: 1}\n", "  labels: {b: 2}\n  nodeGroups: [{name: g, labels: {b: 3}}]\n",
			map[string]string{"a": "1", "b": "2"},
			map[string]string{"a": "1", "b": "3"},
		},
		{
			"group not merged", "  labels: {a: 1}\n", "  nodeGroups: [{name: g, labels: {b: 3}, mergeLabels: false}]\n",
			map[string]string{"a": "1"},
			map[string]string{"b": "3"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clusterOf(t, test.template, test.cluster)
			if diff := cmp.Diff(test.want, c.Labels); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
			if test.group == nil {
				return
			}
			if diff := cmp.Diff(test.group, c.Groups[2].Labels); diff != "" {
				t.Errorf("group's labels (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergeKeys(t *testing.T) {
	c := clusterOf(t, "", `  nodeGroups:
  - &a {name: a, flavor: big, nodeCount: 2}
  - {<<: *a, name: b}
  - {<<: [*a, {image: i}], name: c, flavor: small}
  labels: {a: &v text, b: *v}
`)
	want := []NodeGroup{
		{Name: "a", Role: "worker", Flavor: "big", Image: c.Image, NodeCount: 2, Labels: c.Labels},
		{Name: "b", Role: "worker", Flavor: "big", Image: c.Image, NodeCount: 2, Labels: c.Labels},
		{Name: "c", Role: "worker", Flavor: "small", Image: "i", NodeCount: 2, Labels: c.Labels},
	}
	if diff := cmp.Diff(want, c.Groups[2:]); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if c.Labels["b"] != "text" {
		t.Errorf("labels: %v", c.Labels)
	}
}
