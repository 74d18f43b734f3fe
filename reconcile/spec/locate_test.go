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
  - name: gpu
    flavor: g1
    nodeTaints:
    - {key: a, effect: NoExecute}
  - name: cpu
`)
	r, _ := s.Cluster("payments")
	if r.State != OK {
		t.Fatal(texts(s.Diagnostics()))
	}
	for _, test := range []struct{ field, want, written string }{
		{"labels.etcd_volume_size", "c.yaml:9:30", "spec.labels.etcd_volume_size"},
		{"spec.labels.etcd_volume_size", "c.yaml:9:30", "spec.labels.etcd_volume_size"},
		{"labels.kube_tag", "t.yaml:8:15", "spec.labels.kube_tag"},
		{"labels.a.b", "t.yaml:9:10", "spec.labels.a.b"},
		{"labels.unknown", "c.yaml:9:11", "spec.labels.unknown"},
		{"image", "t.yaml:6:10", "spec.image"},
		{"flavor", "c.yaml:8:11", "spec.flavor"},
		{"template", "c.yaml:5:13", "spec.template"},
		{"timeoutMinutes", "c.yaml:10:12", "spec.timeout"},
		{"spec.nodeGroups[0].flavor", "c.yaml:13:13", "spec.nodeGroups[0].flavor"},
		{"spec.nodeGroups[1].flavor", "c.yaml:16:5", "spec.nodeGroups[1].flavor"},
		{"spec.nodeGroups[gpu].flavor", "c.yaml:13:13", "spec.nodeGroups[0].flavor"},
		{"nodeGroups[3].flavor", "c.yaml:13:13", "spec.nodeGroups[0].flavor"},
		{"nodeGroups[2].flavor", "c.yaml:8:11", "spec.flavor"},
		{"nodeGroups[2].role", "c.yaml:16:5", "spec.nodeGroups[1].role"},
		{"groups[2].labels.kube_tag", "t.yaml:8:15", "spec.labels.kube_tag"},
		{"groups[gpu].flavor", "c.yaml:13:13", "spec.nodeGroups[0].flavor"},
		{"nodeGroups[3].nodeTaints[0].effect", "c.yaml:15:24", "spec.nodeGroups[0].nodeTaints[0].effect"},
		{"nodeGroups[0].nodeCount", "c.yaml:6:16", "spec.masterCount"},
		{"nodeGroups[default-master].flavor", "t.yaml:10:17", "spec.masterFlavor"},
		{"nodeGroups[default-worker].nodeCount", "c.yaml:7:14", "spec.nodeCount"},
		{"nodeGroups[1].flavor", "c.yaml:8:11", "spec.flavor"},
		{"nodeGroups[default-worker].nodesToRemove", "c.yaml:3:18", "spec.nodesToRemove"},
		{"nodeGroups[1]", "c.yaml:7:14", "spec.nodeCount"},
		{"nodeGroups[99].nodeCount", "c.yaml:12:3", "spec.nodeGroups[].nodeCount"},
		{"dnsNameservers", "c.yaml:3:18", "spec.dnsNameserver"},
		{"dockerVolumeSizeGiB", "c.yaml:3:18", "spec.dockerVolumeSize"},
		{"networkDriver", "c.yaml:3:18", "spec.networkDriver"},
		{"", "c.yaml:3:18", ""},
		{"[", "c.yaml:3:18", "spec["},
		{"..", "c.yaml:3:18", ""},
		{"groups[", "c.yaml:12:3", "spec.nodeGroups[]"},
	} {
		path, line, column := r.Locate(test.field)
		if got := fmt.Sprintf("%s:%d:%d", path, line, column); got != test.want {
			t.Errorf("Locate(%q) = %s, want %s", test.field, got, test.want)
		}
		if got := r.Written(test.field); got != test.written {
			t.Errorf("Written(%q) = %q, want %q", test.field, got, test.written)
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
