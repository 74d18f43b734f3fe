package spec

import (
	"fmt"
	"testing"
)

func TestLocate(t *testing.T) {
	s := setOf("f.yaml", aFleet, "t.yaml", aTemplate+"  labels:\n    kube_tag: v1\n    a.b: c\n  masterFlavor: m1\n", "c.yaml", aCluster+`  masterCount: 1
  nodeCount: 3
  flavor: m2
  labels: {etcd_volume_size: 20}
  timeout: 20m
  nodeGroups:
  - name: cpu
  - name: gpu
    flavor: g1
    nodeTaints:
    - {key: a, effect: NoExecute}
`)
	r, _ := s.Cluster("payments")
	if r.State != OK {
		t.Fatal(texts(s.Diagnostics()))
	}
	for _, test := range []struct{ field, want string }{
		{"labels.etcd_volume_size", "c.yaml:9:30"},
		{"spec.labels.etcd_volume_size", "c.yaml:9:30"},
		{"labels.kube_tag", "t.yaml:8:15"},
		{"labels.a.b", "t.yaml:9:10"},
		{"labels.unknown", "c.yaml:9:11"},
		{"image", "t.yaml:6:10"},
		{"flavor", "c.yaml:8:11"},
		{"template", "c.yaml:5:13"},
		{"timeoutMinutes", "c.yaml:10:12"},
		{"nodeGroups[1].flavor", "c.yaml:14:13"},
		{"nodeGroups[0].flavor", "c.yaml:8:11"},
		{"nodeGroups[1].nodeTaints[0].effect", "c.yaml:16:24"},
		{"nodeGroups[1].nodeCount", "c.yaml:13:5"},
		{"groups[3].flavor", "c.yaml:14:13"},
		{"groups[gpu].flavor", "c.yaml:14:13"},
		{"groups[2].labels.kube_tag", "t.yaml:8:15"},
		{"groups[0].nodeCount", "c.yaml:6:16"},
		{"groups[default-master].flavor", "t.yaml:10:17"},
		{"groups[default-worker].nodeCount", "c.yaml:7:14"},
		{"groups[1].flavor", "c.yaml:8:11"},
		{"groups[9].flavor", "c.yaml:8:11"},
		{"groups[99].nodeCount", "c.yaml:12:3"},
		{"networkDriver", "c.yaml:3:18"},
		{"", "c.yaml:3:18"},
		{"[", "c.yaml:3:18"},
		{"..", "c.yaml:3:18"},
		{"groups[", "c.yaml:12:3"},
	} {
		path, line, column := r.Locate(test.field)
		if got := fmt.Sprintf("%s:%d:%d", path, line, column); got != test.want {
			t.Errorf("Locate(%q) = %s, want %s", test.field, got, test.want)
		}
	}
}

func TestLocateOfFrozenClusterIsItsName(t *testing.T) {
	s := setOf("c.yaml", aCluster+"  labels: {\n")
	r, _ := s.Cluster("payments")
	if path, line, _ := r.Locate("labels.a"); path != "c.yaml" || line != 3 {
		t.Errorf("got %s:%d", path, line)
	}
	if path, line, _ := (Resolved{}).Locate("labels.a"); path != "" || line != 0 {
		t.Errorf("a zero Resolved has a place: %s:%d", path, line)
	}
}
