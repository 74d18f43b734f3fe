package addons

import "github.com/heatsync/heatsync/plugins/driver"

// retiredLabels are labels of Magnum's Kubernetes drivers that this driver takes
// and that do nothing, each with since when and what to use instead.
func retiredLabels() []driver.Label {
	const (
		charts     = "add-ons are manifests, not charts, since the first release of this driver: say the image with "
		helm       = "no node runs Helm since the first release of this driver; remove it"
		heapster   = "heapster ended with Kubernetes 1.13: use metrics_server_enabled, on by default"
		tiller     = "Helm 3 has had no Tiller since 2019; remove it"
		autoscaler = "the cluster autoscaler reaches OpenStack through Magnum's API alone, which this driver has done without since its first release: set nodeCount in Git"
		healer     = "magnum-auto-healer needs Magnum's API, which this driver has done without since its first release: until another healer is served, watch the conditions that npd_enabled gives nodes"
		oldSet     = "the set of Prometheus, Grafana and cAdvisor without an operator ended with Magnum's k8s-atomic driver: use monitoring_enabled"
	)
	return []driver.Label{
		retired("flannel_cni_tag", driver.LabelString, "the CNI plugins are a download of the node since Magnum 9: use flannel_cni_plugin_tag for flannel's own"),
		retired("calico_cni_tag", driver.LabelString, "Calico's images have one tag since 3.0: use calico_tag"),
		retired("calico_kube_controllers_tag", driver.LabelString, "Calico's images have one tag since 3.0, and Magnum 18 dropped the label: use calico_tag"),

		retired("heapster_enabled", driver.LabelBool, heapster),
		retired("influx_grafana_dashboard_enabled", driver.LabelBool, "it showed heapster's data, which ended with Kubernetes 1.13: use monitoring_enabled"),
		retired("prometheus_monitoring", driver.LabelBool, oldSet),
		retired("kube_dashboard_version", driver.LabelString, "no release of Magnum passed it on: use kube_dashboard_tag"),

		retired("metrics_server_chart_tag", driver.LabelString, charts+"metrics_server_tag"),
		retired("prometheus_operator_chart_tag", driver.LabelString, charts+"prometheus_operator_tag"),
		retired("prometheus_adapter_chart_tag", driver.LabelString, charts+"prometheus_adapter_tag"),
		retired("nginx_ingress_controller_chart_tag", driver.LabelString, charts+"nginx_ingress_controller_tag"),

		retired("helm_client_url", driver.LabelString, helm),
		retired("helm_client_sha256", driver.LabelString, helm),
		retired("helm_client_tag", driver.LabelString, helm),
		retired("tiller_enabled", driver.LabelBool, tiller),
		retired("tiller_tag", driver.LabelString, tiller),
		retired("tiller_namespace", driver.LabelString, tiller),

		retired("cert_manager_api", driver.LabelBool, "it means nothing since kubeadm makes the cluster: its controller manager always signs certificate requests"),
		retired("hyperkube_prefix", driver.LabelString, "Kubernetes has had no hyperkube image since 1.19: use container_infra_prefix"),

		retired("autoscaler_tag", driver.LabelString, autoscaler),
		retired("min_node_count", driver.LabelInt, autoscaler),
		retired("max_node_count", driver.LabelInt, autoscaler),
		retired("magnum_auto_healer_tag", driver.LabelString, healer),
	}
}
