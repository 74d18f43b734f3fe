package spec

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// minimal documents that the tests build on.
const (
	aTemplate = `apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: k8s}
spec:
  coe: kubernetes
  image: fedora-coreos-42
`
	aCluster = `apiVersion: heatsync/v1
kind: Cluster
metadata: {name: payments}
spec:
  template: k8s
`
	aFleet = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: prod}
`
)

// texts gives diagnostics as people read them.
func texts(ds []Diagnostic) []string {
	var all []string
	for _, d := range ds {
		all = append(all, d.String())
	}
	return all
}

// TestAliasesAreBounded gives documents that are small as text and huge once
// their aliases are followed: reading stops at the bound.
func TestAliasesAreBounded(t *testing.T) {
	labels := strings.Repeat("k: v, ", 2000)
	for _, test := range []struct{ name, groups string }{
		{"a group again and again", "  - &g {name: a, nodeLabels: {" + labels + "}}\n" + strings.Repeat("  - *g\n", 20000)},
		{"merged again and again", "  - &g {name: a, " + labels + "}\n" + strings.Repeat("  - <<: *g\n", 15000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, err := decode([]byte("apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: a}\nspec:\n  template: k8s\n  nodeGroups:\n" + test.groups))
			if err != nil {
				t.Fatal(err)
			}
			r := &reader{path: "a.yaml"}
			r.document(root)
			if most := 2*maxNodesRead + 2000; r.nodes <= maxNodesRead || r.nodes > most {
				t.Errorf("%d keys and values were visited, want a few more than %d", r.nodes, maxNodesRead)
			}
		})
	}
}

func TestResolveMergesTemplateAndCluster(t *testing.T) {
	text := strings.Join([]string{aTemplate + "  labels: {kube_tag: v1.34.2, a: \"1\"}\n  masterLbEnabled: true\n", aCluster + `  masterCount: 3
  nodeCount: 8
  nodesToRemove: [w-1, 6a1e]
  nodeGroups:
  - {name: gpu, flavor: g1.large, nodeCount: 2, nodesToRemove: [g-0], minNodeCount: 0, maxNodeCount: 4, labels: {a: 1.50}}
  labels: {etcd_volume_size: 20, a: yes}
  timeout: 1h30m
  adopt: {stack: payments-x7f}
`, aFleet}, "---\n")
	s := NewSet("prod")
	delta := s.Apply([]*File{Parse("all.yaml", []byte(text))}, nil)
	if diff := cmp.Diff(Delta{Clusters: []string{"payments"}, Fleet: true}, delta); diff != "" {
		t.Errorf("delta (-want +got):\n%s", diff)
	}
	if ds := s.Diagnostics(); len(ds) > 0 {
		t.Fatal(texts(ds))
	}
	r, _ := s.Cluster("payments")
	labels := map[string]string{"kube_tag": "v1.34.2", "etcd_volume_size": "20", "a": "yes"}
	want := &Cluster{
		Name: "payments", Lifecycle: Present, COE: "kubernetes", ServerType: VM, Image: "fedora-coreos-42",
		NetworkDriver: "flannel", MasterLBEnabled: true, FloatingIPEnabled: true, Labels: labels,
		Groups: []NodeGroup{
			{Name: "default-master", Role: "master", Image: "fedora-coreos-42", NodeCount: 3, Labels: labels},
			{Name: "default-worker", Role: "worker", Image: "fedora-coreos-42", NodeCount: 8, NodesToRemove: []string{"w-1", "6a1e"}, Labels: labels},
			{
				Name: "gpu", Role: "worker", Flavor: "g1.large", Image: "fedora-coreos-42", NodeCount: 2, NodesToRemove: []string{"g-0"}, MaxNodeCount: 4,
				Labels: map[string]string{"kube_tag": "v1.34.2", "etcd_volume_size": "20", "a": "1.50"},
			},
		},
		TimeoutMinutes: 90, Adopt: &Adopt{Stack: "payments-x7f"},
	}
	if diff := cmp.Diff(want, r.Cluster); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	fleet, _ := s.Fleet()
	if diff := cmp.Diff(Fleet{Name: "prod", Drift: Correct, MaxDeletes: 1, Rollout: Rollout{MaxConcurrent: 5}}, fleet); diff != "" {
		t.Errorf("fleet (-want +got):\n%s", diff)
	}
}

func TestTooManyDocuments(t *testing.T) {
	f := Parse("a.yaml", []byte(strings.Repeat("---\n", MaxDocuments)+aCluster))
	if diff := cmp.Diff([]string{`a.yaml:1:1: the file has 20001 documents, at most 20000 are read (split it)`}, texts(f.Diagnostics)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"payments"}, f.Mentioned); diff != "" {
		t.Errorf("mentioned (-want +got):\n%s", diff)
	}
}

// TestMentioned names the clusters that a broken file freezes.
func TestMentioned(t *testing.T) {
	for _, test := range []struct {
		name string
		text string
		want []string
	}{
		{"a good file", aCluster, nil},
		{"an unknown field", aCluster + "  flavr: x\n", []string{"payments"}},
		{"one good, one broken", aCluster + "---\n" + named(aCluster, "payments", "other") + "  [\n", []string{"other"}},
		{"a template", aTemplate + "  [\n", nil},
		{"the fleet", aFleet + "  [\n", nil},
		{"quotes", "kind: \"Cluster\"\nmetadata:\n  # whose?\n  \"name\": 'payments'\nspec: [\n", []string{"payments"}},
		{"one line", `{"kind": "Cluster", "metadata": {"name": "payments"}, "spec": {` + "\n", []string{"payments"}},
		{"a kind with a slip", "kind: Clustr\nmetadata: {name: payments}\n", []string{"payments"}},
		{"no kind yet", "metadata: {name: payments}\nspec: [\n", []string{"payments"}},
		{"kind at the end", "metadata: {name: payments}\nspec: [\nkind: Cluster\n", []string{"payments"}},
		{"node groups are no clusters", aCluster + "  nodeGroups: [{name: gpu\n", []string{"payments"}},
		{"another program's", "apiVersion: v1\nkind: Secret\nmetadata: {name: payments}\n", nil},
		{"a name that no cluster can have", "kind: Cluster\nmetadata: {name: Pay_ments}\nspec: [\n", nil},
		{"a byte that is not UTF-8", aCluster + "---\n" + named(aCluster, "payments", "other") + "# \xff\n", []string{"other", "payments"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Parse("a.yaml", []byte(test.text)).Mentioned); diff != "" {
				t.Errorf("mentioned (-want +got):\n%s", diff)
			}
		})
	}
}

// What the source cuts off behind the limit, and what stands for a file in Git LFS,
// is refused as one file, with its reason.
func TestFilesThatAreNotWhole(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"over the limit", bytes.Repeat([]byte("#\n"), MaxFile/2+1), "the file has more than 16777216 bytes"},
		{"in LFS", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), "a Git LFS pointer, not the file itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Parse("a.yaml", tt.data)
			if !f.Broken || len(f.Diagnostics) != 1 || f.Diagnostics[0].Summary != tt.want || f.Diagnostics[0].Line != 1 {
				t.Errorf("%+v", f.Diagnostics)
			}
		})
	}
}
