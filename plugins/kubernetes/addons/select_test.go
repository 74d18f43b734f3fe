package addons

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

func input(labels map[string]string) Input {
	return Input{
		Cluster: "blue", Kubernetes: "v1.36.6", NetworkDriver: flannel, VolumeDriver: "cinder",
		PodCIDR: "10.100.0.0/16", ServiceCIDR: "10.254.0.0/16", DNSServiceIP: "10.254.0.10", DNSDomain: "cluster.local",
		Labels: labels, ExternalNetwork: "public",
	}
}

func names(s Selection) []string {
	var out []string
	for _, a := range s.Addons {
		out = append(out, a.Name)
	}
	return out
}

func value(t *testing.T, s Selection, addon, name string) string {
	t.Helper()
	for _, a := range s.Addons {
		if a.Name == addon {
			return a.Values[name]
		}
	}
	t.Fatalf("%s is not among %v", addon, names(s))
	return ""
}

func TestSelectByDefault(t *testing.T) {
	got, found := Select(input(nil))
	want := []string{"flannel", "cloud-controller", "coredns", "cinder-csi", "metrics-server", "node-problem-detector"}
	if diff := cmp.Diff(want, names(got)); diff != "" || len(found) > 0 {
		t.Error(diff, found)
	}
}

func TestSelectByLabels(t *testing.T) {
	for _, test := range []struct {
		labels map[string]string
		adds   []string
		leaves []string
	}{
		{labels: map[string]string{"cinder_csi_enabled": "off"}, leaves: []string{"cinder-csi"}},
		{labels: map[string]string{"cloud_provider_enabled": "0"}, leaves: []string{"cloud-controller", "cinder-csi"}},
		{labels: map[string]string{"metrics_server_enabled": "No"}, leaves: []string{"metrics-server"}},
		{labels: map[string]string{"npd_enabled": "false"}, leaves: []string{"node-problem-detector"}},
		{labels: map[string]string{"kube_dashboard_enabled": "TRUE"}, adds: []string{"dashboard"}},
		{labels: map[string]string{"keystone_auth_enabled": "yes"}, adds: []string{"keystone-auth"}},
		{labels: map[string]string{"monitoring_enabled": "1"}, adds: []string{"prometheus", "prometheus-adapter"}},
		{labels: map[string]string{"monitoring_enabled": "1", "prometheus_adapter_enabled": "no"}, adds: []string{"prometheus"}, leaves: []string{"prometheus-adapter"}},
		{labels: map[string]string{"ingress_controller": "Traefik"}, adds: []string{"ingress-traefik"}},
		{labels: map[string]string{"ingress_controller": "nginx"}, adds: []string{"ingress-nginx"}},
		{labels: map[string]string{"ingress_controller": "octavia"}, adds: []string{"ingress-octavia"}},
		{labels: map[string]string{"auto_healing_enabled": "true"}, adds: []string{"draino"}},
		{labels: map[string]string{"auto_healing_enabled": "true", "auto_healing_controller": "magnum-auto-healer"}, leaves: []string{"draino"}},
		{labels: map[string]string{"pod_security_standard": "baseline"}, adds: []string{"pod-security"}},
		{labels: map[string]string{"post_install_manifest_url": "https://example.org/all.yaml"}, adds: []string{"post-install"}},
		{labels: map[string]string{"monitoring_enabled": "1", "monitoring_ingress_enabled": "1", "ingress_controller": "nginx"}, adds: []string{"prometheus-ingress"}},
	} {
		got, _ := Select(input(test.labels))
		for _, name := range test.adds {
			if !got.Has(name) {
				t.Errorf("%v: %s is not selected", test.labels, name)
			}
		}
		for _, name := range test.leaves {
			if got.Has(name) {
				t.Errorf("%v: %s is selected", test.labels, name)
			}
		}
	}
}

// Each label that names the tag of an image changes the value of some image.
func TestTagLabelsReachAnImage(t *testing.T) {
	for _, l := range Labels() {
		if !strings.HasSuffix(l.Name, "_tag") || l.Deprecated != "" {
			continue
		}
		reached := false
		for _, base := range everySelection() {
			base.Labels = maps.Clone(base.Labels)
			base.Labels[l.Name] = "v0.0.0-marked"
			got, _ := Select(base)
			for _, a := range got.Addons {
				for _, v := range a.Values {
					reached = reached || strings.HasSuffix(v, ":v0.0.0-marked")
				}
			}
		}
		if !reached {
			t.Errorf("%s reaches no image", l.Name)
		}
	}
}

// Every label that is not deprecated does something: it changes the selection, or
// is said to do nothing where it stands.
func TestLabelsHaveAnEffect(t *testing.T) {
	others := map[string]string{
		"flannel_network_cidr": "it is the pods' network, which comes in as PodCIDR", "calico_ipv4pool": "likewise", "cilium_ipv4pool": "likewise",
		"flannel_network_subnetlen": "it is a setting of the controller manager", "auto_scaling_enabled": "the driver refuses it",
	}
	different := map[string]string{
		"flannel_backend": "udp", "calico_ipv4pool_ipip": "Always", "cilium_tunnel": "geneve", "ingress_controller": "octavia",
		"auto_healing_controller": "magnum-auto-healer", "pod_security_standard": "restricted", "post_install_manifest_url": "https://example.org/x",
	}
	for _, l := range Labels() {
		if l.Deprecated != "" || others[l.Name] != "" {
			continue
		}
		changed := false
		for _, in := range everySelection() {
			before, _ := Select(in)
			base := in
			base.Labels = maps.Clone(in.Labels)
			base.Labels[l.Name] = "77"
			switch {
			case different[l.Name] != "":
				base.Labels[l.Name] = different[l.Name]
			case l.Type == "bool":
				base.Labels[l.Name] = strconv.FormatBool(!newSettings(in).on(l.Name))
			}
			after, _ := Select(base)
			changed = changed || !cmp.Equal(before, after)
		}
		if !changed {
			t.Errorf("%s changes nothing", l.Name)
		}
	}
}

// everySelection is inputs that together select every add-on.
func everySelection() []Input {
	var out []Input
	for _, network := range []string{flannel, calico, cilium} {
		for _, ingress := range []string{"", "traefik", "nginx", "octavia"} {
			in := input(map[string]string{"ingress_controller": ingress})
			in.NetworkDriver = network
			out = append(out, in)
			more := in
			more.Labels = map[string]string{
				"ingress_controller": ingress, "monitoring_enabled": "true", "monitoring_ingress_enabled": "true", "kube_dashboard_enabled": "true",
				"keystone_auth_enabled": "true", "auto_healing_enabled": "true", "pod_security_standard": "baseline",
				"post_install_manifest_url": "https://example.org/more.yaml", "monitoring_storage_class_name": "fast", "grafana_admin_passwd": `a"b: ${C}`,
				"cluster_basic_auth_secret": "users",
			}
			out = append(out, more)
		}
	}
	return out
}

func TestEverySelectionIsEvery(t *testing.T) {
	got := map[string]bool{}
	for _, in := range everySelection() {
		s, _ := Select(in)
		for _, n := range names(s) {
			got[n] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(Names())), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Error(diff)
	}
}

func TestImagesStandFlatBelowThePrefix(t *testing.T) {
	in := input(map[string]string{"post_install_manifest_url": "https://example.org/x"})
	in.NetworkDriver, in.ImagePrefix = calico, "registry.example.org/k8s/"
	got, _ := Select(in)
	if v := value(t, got, calico, "CALICO_NODE_IMAGE"); v != "registry.example.org/k8s/node:"+versions.Default().Images(in.Kubernetes)["calico_tag"] {
		t.Error(v)
	}
	if v := value(t, got, "post-install", "KUBECTL_IMAGE"); v != "registry.example.org/k8s/kubectl:v1.36.6" {
		t.Error(v)
	}
}

func TestFindings(t *testing.T) {
	for _, test := range []struct {
		name   string
		labels map[string]string
		change func(*Input)
		want   string // severity, path and code; "" for none
	}{
		{"nothing", nil, nil, ""},
		{"a network driver of yore", nil, func(in *Input) { in.NetworkDriver = "weave" }, "error networkDriver network-driver-unknown"},
		{"a label of another network driver", map[string]string{"calico_tag": "v3"}, nil, "warning labels.calico_tag label-unused"},
		{"too small a network", map[string]string{"flannel_network_subnetlen": "16"}, nil, "error labels.flannel_network_subnetlen label-conflict"},
		{"Cinder without the cloud", map[string]string{"cloud_provider_enabled": "false"}, nil, "error labels.cloud_provider_enabled label-conflict"},
		{"Cinder without CSI", map[string]string{"cinder_csi_enabled": "false"}, nil, "warning labels.cinder_csi_enabled label-unused"},
		{"CSI without Cinder", map[string]string{"cinder_csi_enabled": "true"}, func(in *Input) { in.VolumeDriver = "" }, "warning labels.cinder_csi_enabled label-unused"},
		{"an adapter of nothing", map[string]string{"prometheus_adapter_enabled": "true"}, nil, "warning labels.prometheus_adapter_enabled label-unused"},
		{"a password", map[string]string{"monitoring_enabled": "true", "grafana_admin_passwd": "x"}, nil, "warning labels.grafana_admin_passwd secret-in-user-data"},
		{"ingresses without controller", map[string]string{"monitoring_enabled": "true", "monitoring_ingress_enabled": "true"}, nil, "warning labels.monitoring_ingress_enabled label-unused"},
		{"ingresses open to all", map[string]string{"monitoring_enabled": "true", "monitoring_ingress_enabled": "true", "ingress_controller": "traefik"}, nil, "warning labels.monitoring_ingress_enabled open-to-all"},
		{"basic auth with traefik", map[string]string{"monitoring_enabled": "true", "monitoring_ingress_enabled": "true", "ingress_controller": "traefik", "cluster_basic_auth_secret": "x"}, nil, "error labels.cluster_basic_auth_secret label-conflict"},
		{"nginx", map[string]string{"ingress_controller": "nginx"}, nil, "warning labels.ingress_controller project-ended"},
		{"octavia without the cloud", map[string]string{"ingress_controller": "octavia", "cloud_provider_enabled": "false"}, func(in *Input) { in.VolumeDriver = "" }, "error labels.ingress_controller label-conflict"},
		{"Keystone without the cloud", map[string]string{"keystone_auth_enabled": "true", "cloud_provider_enabled": "false"}, func(in *Input) { in.VolumeDriver = "" }, "error labels.keystone_auth_enabled label-conflict"},
		{"the dashboard", map[string]string{"kube_dashboard_enabled": "true"}, nil, "warning labels.kube_dashboard_enabled project-ended"},
		{"draino", map[string]string{"auto_healing_enabled": "true"}, nil, "warning labels.auto_healing_enabled project-ended"},
		{"the other healer", map[string]string{"auto_healing_enabled": "true", "auto_healing_controller": "magnum-auto-healer"}, nil, "error labels.auto_healing_controller label-conflict"},
		{"a manifest without TLS", map[string]string{"post_install_manifest_url": "http://example.org/x"}, nil, "warning labels.post_install_manifest_url not-encrypted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := input(test.labels)
			if test.change != nil {
				test.change(&in)
			}
			_, found := Select(in)
			var got []string
			for _, d := range found {
				got = append(got, d.Severity.String()+" "+d.Path+" "+d.Code)
				if d.Summary == "" || d.Remedy == "" {
					t.Errorf("%+v", d)
				}
			}
			if strings.Join(got, "; ") != test.want {
				t.Errorf("got %v, want %s", found, test.want)
			}
		})
	}
}
