package kubernetes

import (
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// addonNeeds are what labels of package addons need to have an effect, where it
// does not tell so itself.
var addonNeeds = func() map[string]*need {
	m := map[string]*need{}
	for _, l := range []struct {
		need   *need
		labels []string
	}{
		{withCloud, []string{"cloud_provider_tag"}},
		{withCinder, []string{
			"cinder_csi_plugin_tag", "csi_attacher_tag", "csi_provisioner_tag", "csi_snapshotter_tag", "csi_resizer_tag",
			"csi_node_driver_registrar_tag", "csi_liveness_probe_tag",
		}},
		{withFlag("keystone_auth_enabled"), []string{"k8s_keystone_auth_tag"}},
		{withFlag("kube_dashboard_enabled"), []string{"kube_dashboard_tag", "metrics_scraper_tag"}},
		{withFlag("metrics_server_enabled"), []string{"metrics_server_tag"}},
		{withFlag("npd_enabled"), []string{"node_problem_detector_tag"}},
		{withFlag("monitoring_enabled"), []string{
			"monitoring_retention_days", "monitoring_retention_size", "monitoring_interval_seconds", "monitoring_storage_class_name",
			"grafana_admin_passwd", "prometheus_operator_tag", "prometheus_tag", "grafana_tag", "node_exporter_tag",
			"kube_state_metrics_tag",
		}},
		{withBoth("monitoring_enabled", "prometheus_adapter_enabled"), []string{"prometheus_adapter_tag", "prometheus_adapter_configmap"}},
		{withFlag("monitoring_ingress_enabled"), []string{"cluster_basic_auth_secret", "cluster_root_domain_name"}},
		{withIngress("traefik", "nginx"), []string{"ingress_controller_role"}},
		{withIngress("traefik"), []string{"traefik_ingress_controller_tag"}},
		{withIngress("nginx"), []string{"nginx_ingress_controller_tag"}},
		{withIngress("octavia"), []string{"octavia_ingress_controller_tag"}},
		{neverServed, []string{"auto_healing_controller", "draino_tag"}},
	} {
		for _, name := range l.labels {
			m[name] = l.need
		}
	}
	return m
}()

// withCinder holds where pods get volumes.
var withCinder = &need{func(c driver.Cluster) bool { return c.VolumeDriver == "cinder" }, "volumeDriver is not cinder"}

// neverServed is the condition of what belongs to a controller that is refused.
var neverServed = &need{func(driver.Cluster) bool { return false }, "auto_healing_enabled is refused until the agent serves what a healer needs"}

func withFlag(name string) *need {
	return &need{func(c driver.Cluster) bool { return isTrue(c.Labels[name]) }, name + " is not true"}
}

func withBoth(one, other string) *need {
	return &need{
		func(c driver.Cluster) bool { return isTrue(c.Labels[one]) && isTrue(c.Labels[other]) },
		one + " and " + other + " are not both true",
	}
}

func withIngress(some ...string) *need {
	return &need{func(c driver.Cluster) bool {
		return slices.Contains(some, strings.ToLower(c.Labels["ingress_controller"]))
	}, "ingress_controller is not " + strings.Join(some, " or ")}
}
