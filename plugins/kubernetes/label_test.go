package kubernetes_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// other has a value for each label that differs from its default, and what its
// cluster has besides, so that the label has an effect.
var other = map[string]struct {
	value string
	with  func(*driver.Cluster)
}{
	"fixed_subnet_cidr":             {value: "10.7.0.0/24"},
	"service_cluster_ip_range":      {value: "10.96.0.0/16"},
	"dns_service_ip":                {value: "10.254.0.53"},
	"dns_cluster_domain":            {value: "example.internal"},
	"master_lb_allowed_cidrs":       {value: "192.0.2.0/24"},
	"ssh_allowed_cidrs":             {value: "192.0.2.0/24"},
	"master_lb_floating_ip_enabled": {"false", balanced},
	"octavia_provider":              {"octavia", balanced},
	"octavia_lb_algorithm":          {"SOURCE_IP", balanced},
	"octavia_lb_healthcheck":        {value: "false"},
	"nodes_affinity_policy":         {value: "anti-affinity"},
	"generation":                    {value: "2"},
	"boot_volume_size":              {value: "20"},
	"boot_volume_type":              {"fast", set("boot_volume_size", "20")},
	"docker_volume_type":            {"fast", func(c *driver.Cluster) { c.DockerVolumeSizeGiB = 20 }},
	"etcd_volume_size":              {value: "20"},
	"volumes_policy":                {"delete", cinder},
	"etcd_volume_type":              {"fast", set("etcd_volume_size", "20")},
	"kube_tag":                      {"v1.33.6", set("kubelet_sha256", sum(1))},
	"container_infra_prefix":        {value: "registry.example.org/mirror/"},
	"container_runtime":             {value: "docker"},
	"cgroup_driver":                 {value: "cgroupfs"},
	"selinux_mode":                  {"enforcing", func(c *driver.Cluster) { c.Distro = "fedora-coreos" }},
	"containerd_version":            {"2.1.99", set("containerd_tarball_sha256", sum(7))},
	"runc_version":                  {"2.1.99", set("runc_sha256", sum(7))},
	"cni_plugins_version":           {"2.1.99", set("cni_plugins_sha256", sum(7))},
	"crictl_version":                {"2.1.99", set("crictl_sha256", sum(7))},
	"admission_control_list":        {value: "AlwaysPullImages"},
	"kubelet_options":               {value: "--v=4"},
	"kubeapi_options":               {value: "--v=4"},
	"kubecontroller_options":        {value: "--v=4"},
	"kubescheduler_options":         {value: "--v=4"},
	"kubeproxy_options":             {value: "--v=4"},
	"feature_gates":                 {value: "Foo=true"},

	"calico_ipv4pool":               {"10.64.0.0/16", network("calico")},
	"calico_ipv4pool_ipip":          {"Always", network("calico")},
	"calico_ipv4pool_nat":           {"false", network("calico")},
	"calico_tag":                    {"v9.9.9", network("calico")},
	"cilium_ipv4pool":               {"10.64.0.0/16", network("cilium")},
	"cilium_tunnel":                 {"geneve", network("cilium")},
	"cilium_tag":                    {"v9.9.9", network("cilium")},
	"flannel_network_cidr":          {value: "10.64.0.0/16"},
	"flannel_network_subnetlen":     {value: "25"},
	"flannel_backend":               {value: "host-gw"},
	"cinder_csi_enabled":            {"false", cinder},
	"cinder_csi_plugin_tag":         {"v9.9.9", cinder},
	"csi_attacher_tag":              {"v9.9.9", cinder},
	"csi_provisioner_tag":           {"v9.9.9", cinder},
	"csi_snapshotter_tag":           {"v9.9.9", cinder},
	"csi_resizer_tag":               {"v9.9.9", cinder},
	"csi_node_driver_registrar_tag": {"v9.9.9", cinder},
	"csi_liveness_probe_tag":        {"v9.9.9", cinder},
	"k8s_keystone_auth_tag":         {"v9.9.9", set("keystone_auth_enabled", "true")},
	"kube_dashboard_tag":            {"v9.9.9", set("kube_dashboard_enabled", "true")},
	"metrics_scraper_tag":           {"v9.9.9", set("kube_dashboard_enabled", "true")},

	"monitoring_retention_days":     {"7", monitored},
	"monitoring_retention_size":     {"7", monitored},
	"monitoring_interval_seconds":   {"7", monitored},
	"monitoring_storage_class_name": {"fast", monitored},
	"monitoring_ingress_enabled":    {"true", all(monitored, set("ingress_controller", "nginx"))},
	"cluster_basic_auth_secret":     {"users", all(monitored, set("ingress_controller", "nginx", "monitoring_ingress_enabled", "true"))},
	"cluster_root_domain_name":      {"example.org", all(monitored, set("ingress_controller", "nginx", "monitoring_ingress_enabled", "true"))},
	"grafana_admin_passwd":          {"secret", monitored},
	"prometheus_operator_tag":       {"v9.9.9", monitored},
	"prometheus_tag":                {"v9.9.9", monitored},
	"grafana_tag":                   {"v9.9.9", monitored},
	"node_exporter_tag":             {"v9.9.9", monitored},
	"kube_state_metrics_tag":        {"v9.9.9", monitored},
	"prometheus_adapter_enabled":    {"false", monitored},
	"prometheus_adapter_tag":        {"v9.9.9", monitored},
	"prometheus_adapter_configmap":  {"rules", monitored},

	"ingress_controller":             {value: "traefik"},
	"ingress_controller_role":        {"edge", set("ingress_controller", "traefik")},
	"traefik_ingress_controller_tag": {"v9.9.9", set("ingress_controller", "traefik")},
	"nginx_ingress_controller_tag":   {"v9.9.9", set("ingress_controller", "nginx")},
	"octavia_ingress_controller_tag": {"v9.9.9", set("ingress_controller", "octavia")},
	"auto_healing_controller":        {value: "magnum-auto-healer"},
	"pod_security_standard":          {value: "baseline"},
	"system_pods_initial_delay":      {value: "60"},
	"system_pods_timeout":            {value: "9"},
}

func balanced(c *driver.Cluster)  { c.MasterLBEnabled = true }
func cinder(c *driver.Cluster)    { c.VolumeDriver = "cinder" }
func monitored(c *driver.Cluster) { set("monitoring_enabled", "true")(c) }

func network(name string) func(*driver.Cluster) {
	return func(c *driver.Cluster) { c.NetworkDriver = name }
}

// valueFor is another value of a label that has none of its own in the table.
func valueFor(l driver.Label) string {
	switch {
	case l.Type == driver.LabelBool && l.Default == "true":
		return "false"
	case l.Type == driver.LabelBool:
		return "true"
	case l.Type == driver.LabelURL:
		return "https://mirror.example.org/file"
	case l.Type == driver.LabelInt:
		return "7"
	case strings.HasSuffix(l.Name, "sha256"):
		return sum(7)
	}
	return "v9.9.9"
}

// guideLabels are testdata/guide-labels.
func guideLabels(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/guide-labels")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(comment.ReplaceAllString(string(text), ""))
}

var comment = regexp.MustCompile(`(?m)^#.*$`)

// TestEveryLabel changes each label and tells what became another: a parameter
// that resources read, a file on nodes, or a diagnostic. A label that only makes
// its own parameter another is taken and ignored. The schema has the guide's labels
// at least.
func TestEveryLabel(t *testing.T) {
	known := map[string]bool{}
	for _, l := range newDriver().Describe().Labels {
		known[l.Name] = true
	}
	for _, name := range guideLabels(t) {
		if !known[name] {
			fmt.Printf("%-32s ->\n", name)
			t.Errorf("label %s of the guide is not in the schema", name)
		}
	}
	plain := outcome(t, blue())
	for _, l := range newDriver().Describe().Labels {
		o := other[l.Name]
		if o.value == "" {
			o.value = valueFor(l)
		}
		c, before := blue(), plain
		if o.with != nil {
			o.with(&c)
			before = outcome(t, c)
		}
		set(l.Name, o.value)(&c)
		found := difference(before, outcome(t, c), l.Name)
		fmt.Printf("%-32s -> %s\n", l.Name, found)
		if found == "" {
			t.Errorf("label %s = %q changes nothing", l.Name, o.value)
		}
	}
	for name := range other {
		if !known[name] {
			t.Errorf("there is no label %s", name)
		}
	}
}

// outcome is all that a cluster becomes: parameters, the files of what nodes boot,
// what is looked for when it is deleted, diagnostics.
func outcome(t *testing.T, c driver.Cluster) map[string]string {
	t.Helper()
	out := map[string]string{}
	r := newDriver().Render(driver.RenderInput{Cluster: c, Secrets: secrets()})
	for _, d := range r.Diagnostics {
		out["diagnostic "+d.String()] = "told"
	}
	told := kubernetes.Told()
	for name, v := range r.Parameters {
		if !told[name] {
			out["parameter "+name] = v
		}
	}
	for _, what := range cleaned(t, c) {
		out["cleaning "+what] = "asked"
	}
	stack, _ := kubernetes.Rendered(options(), c)
	for _, name := range stack.Recorded {
		for path, text := range unpacked(t, stack.Files[name]) {
			out[name+" "+path] = text
		}
	}
	return out
}

func difference(before, after map[string]string, label string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if before[key] == after[key] {
			continue
		}
		if strings.HasPrefix(key, "diagnostic ") && !strings.Contains(key, label) {
			continue // of another label
		}
		out = append(out, key)
	}
	return strings.Join(out, "; ")
}
