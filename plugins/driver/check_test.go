package driver

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	about := Description{
		Name: "toy",
		Attributes: []Attribute{
			{Name: "flavor", Required: true, Doc: "flavor of the server"},
			{Name: "image"},
			{Name: "nodeCount"},
			{Name: "floatingIpEnabled"},
		},
		Labels: []Label{
			{Name: "toy_tag", Type: LabelSemver, Doc: "which toy"},
			{Name: "size", Type: LabelInt, Allowed: []string{"1", "2"}},
			{Name: "colour", Pattern: "red|blue"},
			{Name: "password", Pattern: "[a-z]+", Sensitive: true},
			{Name: "old", Deprecated: "means nothing since 1.2; use toy_tag"},
			{Name: "net", Type: LabelCIDR},
			{Name: "url", Type: LabelURL},
			{Name: "on", Type: LabelBool},
			{Name: "part", Type: LabelFloat},
		},
	}
	valid := func(change func(*Cluster)) Cluster {
		c := Cluster{Fleet: "prod", Name: "a", COE: "docker", Flavor: "m1", FloatingIPEnabled: true, NodeGroups: []NodeGroup{
			{Name: "default-master", NodeCount: 1, IsDefault: true}, {Name: "default-worker", NodeCount: 1, IsDefault: true},
		}}
		change(&c)
		return c
	}
	label := func(name, value string) Cluster {
		return valid(func(c *Cluster) { c.Labels = map[string]string{name: value} })
	}
	type finding struct{ Code, Path, Summary, Remedy string }

	for _, tt := range []struct {
		name    string
		cluster Cluster
		want    []finding
	}{
		{"fine", valid(func(*Cluster) {}), nil},
		{"a required attribute is missing", valid(func(c *Cluster) { c.Flavor = "" }), []finding{
			{"attribute-missing", "flavor", `flavor is not set; driver "toy" needs it`, "set it in the cluster or its template: flavor of the server"},
		}},
		{"nothing is required of an adopted stack", valid(func(c *Cluster) { c.Flavor, c.AdoptedStack = "", "old" }), nil},
		{"an attribute without effect", valid(func(c *Cluster) { c.VolumeDriver = "cinder" }), []finding{
			{"attribute-unknown", "volumeDriver", `volumeDriver has no effect in driver "toy"`, "remove it, or choose a driver that knows it"},
		}},
		{"a discovery that nobody asks", valid(func(c *Cluster) { c.DiscoveryURL = "https://discovery.test/1" }), []finding{
			{"attribute-unknown", "discoveryUrl", `discoveryUrl has no effect in driver "toy"`, "remove it, or choose a driver that knows it"},
		}},
		{"more masters than the driver can", valid(func(c *Cluster) { c.NodeGroups[0].NodeCount = 3 }), []finding{
			{"attribute-unknown", "masterCount", `masterCount has no effect in driver "toy"`, "remove it, or choose a driver that knows it"},
		}},
		{"a count that the driver knows", valid(func(c *Cluster) { c.NodeGroups[1].NodeCount = 3 }), nil},
		{"nodes to remove, by a driver that removes none by name", valid(func(c *Cluster) { c.NodeGroups[1].NodesToRemove = []string{"w-1"} }), []finding{
			{"attribute-unknown", "nodeGroups[1].nodesToRemove", `nodesToRemove has no effect in driver "toy"`, "remove it, or choose a driver that knows it"},
		}},
		{"groups beyond the default ones", valid(func(c *Cluster) {
			c.NodeGroups = append(c.NodeGroups, NodeGroup{Name: "gpu", NodeLabels: map[string]string{"a": "b"}})
		}), []finding{
			{"attribute-unknown", "nodeGroups[2]", `nodeGroups has no effect in driver "toy"`, "remove it, or choose a driver that knows it"},
			{"attribute-unknown", "nodeGroups[2].nodeLabels", `nodeLabels has no effect in driver "toy"`, "remove it, or choose a driver that knows it"},
		}},
		{"an unknown label, nearly right", label("toy_tga", "v1.2.3"), []finding{
			{"label-unknown", "labels.toy_tga", `driver "toy" knows no label "toy_tga"`, `did you mean "toy_tag"?`},
		}},
		{"an unknown label, like nothing", label("kubernetes_version", "1"), []finding{
			{"label-unknown", "labels.kubernetes_version", `driver "toy" knows no label "kubernetes_version"`, "remove it; the driver's page lists the labels"},
		}},
		{"a group's label, once though inherited", valid(func(c *Cluster) {
			c.Labels = map[string]string{"size": "9"}
			c.NodeGroups[1].Labels = map[string]string{"size": "9", "colour": "green"}
		}), []finding{
			{"label-invalid", "labels.size", `label "size": "9" is none of 1, 2`, ""},
			{"label-invalid", "nodeGroups[1].labels.colour", `label "colour": "green" does not match red|blue`, ""},
		}},
		{"a pattern holds the whole value", label("colour", "redder"), []finding{
			{"label-invalid", "labels.colour", `label "colour": "redder" does not match red|blue`, ""},
		}},
		{"a sensitive value is not repeated", label("password", "S3CRET"), []finding{
			{"label-invalid", "labels.password", `label "password": the value does not match [a-z]+`, ""},
		}},
		{"a deprecated label", label("old", "x"), []finding{
			{"label-deprecated", "labels.old", `label "old" is deprecated`, "means nothing since 1.2; use toy_tag"},
		}},
		{"no version", label("toy_tag", "latest"), []finding{
			{"label-invalid", "labels.toy_tag", `label "toy_tag": "latest" is not a version such as v1.34.2`, "which toy"},
		}},
		{"no number", label("part", "0x1p2"), []finding{{"label-invalid", "labels.part", `label "part": "0x1p2" is not a number`, ""}}},
		{"no bool", label("on", "maybe"), []finding{{"label-invalid", "labels.on", `label "on": "maybe" is not true or false`, ""}}},
		{"no URL", label("url", "example.org"), []finding{{"label-invalid", "labels.url", `label "url": "example.org" is not an absolute URL`, ""}}},
		{"no network", label("net", "10.0.0.1"), []finding{{"label-invalid", "labels.net", `label "net": "10.0.0.1" is not a network such as 10.100.0.0/16`, ""}}},
		{"all types are fine", valid(func(c *Cluster) {
			c.Labels = map[string]string{"toy_tag": "v1.34.2", "size": "2", "colour": "red", "net": "10.0.0.0/8", "url": "https://a/b", "on": "True", "part": "1e-3"}
		}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []finding
			for _, d := range Check(about, tt.cluster) {
				got = append(got, finding{d.Code, d.Path, d.Summary, d.Remedy})
				if want := d.Code != "label-deprecated"; want != (d.Severity == SeverityError) {
					t.Errorf("%s has severity %d", d.Code, d.Severity)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
