package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// setOf applies files, given as path, text, path, text, to a new set.
func setOf(files ...string) *Set {
	s := NewSet("prod")
	s.Apply(filesOf(files...), nil)
	return s
}

func filesOf(files ...string) []*File {
	var all []*File
	for i := 0; i < len(files); i += 2 {
		all = append(all, Parse(files[i], []byte(files[i+1])))
	}
	return all
}

func named(text, from, to string) string { return strings.ReplaceAll(text, from, to) }

func TestMergedRules(t *testing.T) {
	for _, test := range []struct {
		name              string
		template, cluster string // added to the minimal documents' specs
		want              []string
	}{
		{"nothing wrong", "", "", nil},
		{"masters without load balancer", "", "  masterCount: 3\n", []string{
			`c.yaml:6:16: spec.masterCount: 3 masters need masterLbEnabled (set masterLbEnabled: true here or in the template)`,
		}},
		{"load balancer of the template", "  masterLbEnabled: true\n", "  masterCount: 3\n", nil},
		{"load balancer of the cluster", "", "  masterCount: 3\n  masterLbEnabled: true\n", nil},
		{"load balancer taken away", "  masterLbEnabled: true\n", "  masterCount: 3\n  masterLbEnabled: false\n", []string{
			`c.yaml:6:16: spec.masterCount: 3 masters need masterLbEnabled (set masterLbEnabled: true here or in the template)`,
		}},
		{"subnet without network", "", "  fixedSubnet: s\n", []string{
			`c.yaml:6:16: spec.fixedSubnet: needs fixedNetwork (name the network that the subnet is in)`,
		}},
		{"subnet of the template without network", "  fixedSubnet: s\n", "", []string{
			`t.yaml:7:16: spec.fixedSubnet: cluster "payments": needs fixedNetwork (name the network that the subnet is in)`,
		}},
		{"subnet in the template, network in the cluster", "  fixedSubnet: s\n", "  fixedNetwork: n\n", nil},
		{"bare metal with its subnet", "  serverType: bm\n  fixedSubnet: s\n", "", nil},
		{"bare metal without subnet", "  serverType: bm\n", "", []string{
			`t.yaml:7:15: spec.serverType: cluster "payments": bm needs fixedSubnet: no network can be made for bare metal (name the subnet the servers are in)`,
		}},
		{"devicemapper without volume", "  dockerStorageDriver: devicemapper\n", "", []string{
			`t.yaml:7:24: spec.dockerStorageDriver: cluster "payments": devicemapper needs a volume of at least 3 GiB for every group, and "default-master" has 0 (set dockerVolumeSize)`,
		}},
		{"devicemapper with a small volume", "  dockerStorageDriver: devicemapper\n  dockerVolumeSize: 2\n", "", []string{
			`t.yaml:8:21: spec.dockerVolumeSize: cluster "payments": devicemapper needs a volume of at least 3 GiB for every group, and "default-master" has 2 (set dockerVolumeSize)`,
		}},
		{"devicemapper, the cluster's value wins", "  dockerStorageDriver: devicemapper\n  dockerVolumeSize: 2\n", "  dockerVolumeSize: 3\n", nil},
		{"devicemapper, the cluster's value loses it", "  dockerStorageDriver: devicemapper\n  dockerVolumeSize: 3\n", "  dockerVolumeSize: 0\n", []string{
			`c.yaml:6:21: spec.dockerVolumeSize: devicemapper needs a volume of at least 3 GiB for every group, and "default-master" has 0 (set dockerVolumeSize)`,
		}},
		{"devicemapper in a group", "  dockerStorageDriver: devicemapper\n  dockerVolumeSize: 3\n", "  nodeGroups:\n  - {name: a}\n  - {name: b, dockerVolumeSize: 2}\n", []string{
			`c.yaml:8:33: spec.nodeGroups[1].dockerVolumeSize: devicemapper needs a volume of at least 3 GiB for every group, and "b" has 2 (set dockerVolumeSize)`,
		}},
		{"overlay2 takes any volume", "  dockerStorageDriver: overlay2\n  dockerVolumeSize: 1\n", "", nil},
		{"absent is held to nothing", "", "  masterCount: 3\n  fixedSubnet: s\n  lifecycle: Absent\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := setOf("f.yaml", aFleet, "t.yaml", aTemplate+test.template, "c.yaml", aCluster+test.cluster)
			if diff := cmp.Diff(test.want, texts(s.Diagnostics())); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			r, _ := s.Cluster("payments")
			if frozen := r.State == Unreadable; frozen != (len(test.want) > 0) {
				t.Errorf("state is %s", r.State)
			}
			if diff := cmp.Diff(test.want, texts(r.Diagnostics)); diff != "" {
				t.Errorf("the cluster's diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFrozen(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"unknown template", []string{"t.yaml", named(aTemplate, "k8s", "k9s-prod"), "c.yaml", named(aCluster, "k8s", "k8s-prod")}, []string{
			`c.yaml:5:13: spec.template: there is no ClusterTemplate "k8s-prod" (did you mean k9s-prod?)`,
		}},
		{"broken template", []string{"t.yaml", aTemplate + "  flavr: x\n", "c.yaml", aCluster}, []string{
			`c.yaml:5:13: spec.template: ClusterTemplate "k8s" has errors, the first: t.yaml:7:3: spec.flavr: unknown field "flavr" (did you mean flavor?)`,
			`t.yaml:7:3: spec.flavr: unknown field "flavr" (did you mean flavor?)`,
		}},
		{"template that is no YAML", []string{"t.yaml", aTemplate + "  labels: {\n", "c.yaml", aCluster}, []string{
			`c.yaml:5:13: spec.template: ClusterTemplate "k8s" has errors, the first: t.yaml:7:3: not YAML: did not find expected node content`,
			`t.yaml:7:3: not YAML: did not find expected node content`,
		}},
		{"two templates", []string{"t.yaml", aTemplate + "---\n" + aTemplate, "c.yaml", aCluster}, []string{
			`c.yaml:5:13: spec.template: ClusterTemplate "k8s" is written 2 times, first in t.yaml:3`,
			`t.yaml:3:18: metadata.name: ClusterTemplate "k8s" is written 2 times: also in t.yaml:10 (keep one of them)`,
			`t.yaml:10:18: metadata.name: ClusterTemplate "k8s" is written 2 times: also in t.yaml:3 (keep one of them)`,
		}},
		{"two clusters in two files", []string{"t.yaml", aTemplate, "c.yaml", aCluster, "d.yaml", "# moved\n" + aCluster}, []string{
			`c.yaml:3:18: metadata.name: Cluster "payments" is written 2 times: also in d.yaml:4 (keep one of them)`,
			`d.yaml:4:18: metadata.name: Cluster "payments" is written 2 times: also in c.yaml:3 (keep one of them)`,
		}},
		{"three clusters, one asked away", []string{"t.yaml", aTemplate, "c.yaml", aCluster + "---\n" + aCluster + "---\n" + aCluster + "  lifecycle: Absent\n"}, []string{
			`c.yaml:3:18: metadata.name: Cluster "payments" is written 3 times: also in c.yaml:9 and 1 more (keep one of them)`,
			`c.yaml:9:18: metadata.name: Cluster "payments" is written 3 times: also in c.yaml:3 and 1 more (keep one of them)`,
			`c.yaml:15:18: metadata.name: Cluster "payments" is written 3 times: also in c.yaml:3 and 1 more (keep one of them)`,
		}},
		{"one of two is broken", []string{"t.yaml", aTemplate, "c.yaml", aCluster, "d.yaml", aCluster + "\tx\n"}, []string{
			`c.yaml:3:18: metadata.name: Cluster "payments" is written 2 times: also in d.yaml:3 (keep one of them)`,
			`d.yaml:3:18: metadata.name: Cluster "payments" is written 2 times: also in c.yaml:3 (keep one of them)`,
			`d.yaml:6:1: not YAML: found a tab character that violates indentation (indent with spaces: YAML does not allow tabs there)`,
		}},
		{"no YAML", []string{"t.yaml", aTemplate, "c.yaml", aCluster + "  labels: [\n"}, []string{
			`c.yaml:6:3: not YAML: did not find expected node content`,
		}},
		{"not UTF-8", []string{"t.yaml", aTemplate, "c.yaml", aCluster + "  flavor: \xff\n"}, []string{
			`c.yaml:6:11: not UTF-8 (save the file as UTF-8)`,
		}},
		{"a marker forgotten", []string{"t.yaml", aTemplate, "c.yaml", named(aCluster, "payments", "other") + aCluster}, []string{
			`c.yaml:6:1: apiVersion: "apiVersion" stands twice in this mapping, first in line 1 (keep one of them)`,
			`c.yaml:7:1: kind: "kind" stands twice in this mapping, first in line 2 (keep one of them)`,
			`c.yaml:8:1: metadata: "metadata" stands twice in this mapping, first in line 3 (keep one of them)`,
			`c.yaml:9:1: spec: "spec" stands twice in this mapping, first in line 4 (keep one of them)`,
		}},
		{"asked away with an error", []string{"c.yaml", aCluster + "  lifecycle: Absent\n  flavr: x\n"}, []string{
			`c.yaml:7:3: spec.flavr: unknown field "flavr" (did you mean flavor?)`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := setOf(append([]string{"f.yaml", aFleet}, test.files...)...)
			r, ok := s.Cluster("payments")
			if !ok || r.State != Unreadable || r.Cluster != nil || r.Hash != "" || len(r.Diagnostics) == 0 {
				t.Errorf("the cluster is not frozen: %v %+v", ok, r)
			}
			if diff := cmp.Diff(test.want, texts(s.Diagnostics())); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAbsentNeedsNoTemplate(t *testing.T) {
	s := setOf("f.yaml", aFleet, "c.yaml", aCluster+"  lifecycle: Absent\n")
	r, _ := s.Cluster("payments")
	if r.State != OK || len(s.Diagnostics()) > 0 {
		t.Fatalf("state %s: %v", r.State, texts(s.Diagnostics()))
	}
	if diff := cmp.Diff(&Cluster{Name: "payments", Lifecycle: Absent}, r.Cluster); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
}

func TestFleet(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		want  Fleet
		wrong []string
	}{
		{"defaults", []string{"f.yaml", aFleet}, Fleet{"prod", Correct, 1, Rollout{5}}, nil},
		{"all written", []string{"f.yaml", aFleet + "spec: {drift: report, maxDeletes: 0, rollout: {maxConcurrent: 1}}\n"}, Fleet{"prod", Report, 0, Rollout{1}}, nil},
		{"none", []string{"t.yaml", aTemplate}, Fleet{}, []string{
			`there is no Fleet document (write one: apiVersion heatsync/v1, kind Fleet, metadata.name prod)`,
		}},
		{"two", []string{"f.yaml", aFleet, "g.yaml", aFleet}, Fleet{}, []string{
			`f.yaml:3:18: metadata.name: there are 2 Fleet documents, another in g.yaml:3 (keep one of them)`,
			`g.yaml:3:18: metadata.name: there are 2 Fleet documents, another in f.yaml:3 (keep one of them)`,
		}},
		{"another's", []string{"f.yaml", named(aFleet, "prod", "test")}, Fleet{}, []string{
			`f.yaml:3:18: metadata.name: the fleet is called "test" here and "prod" in the agent's configuration (use one name in both)`,
		}},
		{"broken", []string{"f.yaml", aFleet + "spec: {drift: maybe}\n"}, Fleet{}, []string{
			`f.yaml:4:15: spec.drift: "maybe" must be one of correct, report`,
		}},
		{"no YAML", []string{"f.yaml", aFleet + "spec: {\n"}, Fleet{}, []string{
			`f.yaml:4:1: not YAML: did not find expected node content`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, wrong := setOf(test.files...).Fleet()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("fleet (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.wrong, texts(wrong)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDelta(t *testing.T) {
	template, one, two := aTemplate, aCluster, named(aCluster, "payments", "other")
	start := []string{"f.yaml", aFleet, "t.yaml", template, "one.yaml", one, "two.yaml", two}
	for _, test := range []struct {
		name    string
		changed []string
		removed []string
		want    Delta
	}{
		{"nothing", nil, nil, Delta{}},
		{"a comment", []string{"one.yaml", "# hello\n" + one}, nil, Delta{}},
		{"a comment in the template", []string{"t.yaml", "# hello\n" + template}, nil, Delta{}},
		{"a file renamed", []string{"uno.yaml", one}, []string{"one.yaml"}, Delta{}},
		{"a field", []string{"one.yaml", one + "  nodeCount: 2\n"}, nil, Delta{Clusters: []string{"payments"}}},
		{"a default written out", []string{"one.yaml", one + "  nodeCount: 1\n"}, nil, Delta{}},
		{"the lifecycle", []string{"one.yaml", one + "  lifecycle: Suspended\n"}, nil, Delta{Clusters: []string{"payments"}}},
		{"the template", []string{"t.yaml", template + "  flavor: m1\n"}, nil, Delta{Clusters: []string{"other", "payments"}}},
		{"a template breaks", []string{"t.yaml", template + "  x: y\n"}, nil, Delta{Clusters: []string{"other", "payments"}}},
		{"a template goes", nil, []string{"t.yaml"}, Delta{Clusters: []string{"other", "payments"}}},
		{"another template comes", []string{"u.yaml", named(template, "k8s", "k9s")}, nil, Delta{}},
		{"a cluster goes", nil, []string{"two.yaml"}, Delta{Clusters: []string{"other"}}},
		{"a cluster comes", []string{"three.yaml", named(one, "payments", "third")}, nil, Delta{Clusters: []string{"third"}}},
		{"a cluster breaks", []string{"two.yaml", two + "  ["}, nil, Delta{Clusters: []string{"other"}}},
		{"a cluster doubles", []string{"three.yaml", one}, nil, Delta{Clusters: []string{"payments"}}},
		{"the fleet", []string{"f.yaml", aFleet + "spec: {drift: report}\n"}, nil, Delta{Fleet: true}},
		{"the fleet goes", nil, []string{"f.yaml"}, Delta{Fleet: true}},
		{"a file that never was goes", nil, []string{"nobody.yaml"}, Delta{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := setOf(start...)
			if diff := cmp.Diff(test.want, s.Apply(filesOf(test.changed...), test.removed)); diff != "" {
				t.Errorf("delta (-want +got):\n%s", diff)
			}
		})
	}
}
