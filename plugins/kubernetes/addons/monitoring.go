package addons

import "github.com/heatsync/heatsync/plugins/driver"

func monitoringLabels() []driver.Label {
	return []driver.Label{
		toggle("monitoring_enabled", "false", "Prometheus by its operator, Grafana, node exporter and kube-state-metrics."),
		number("monitoring_retention_days", "14", "Days that Prometheus keeps samples."),
		number("monitoring_retention_size", "14", "GiB that Prometheus keeps, and the size of its volume."),
		number("monitoring_interval_seconds", "30", "Seconds between scrapes."),
		named("monitoring_storage_class_name", "Storage class of Prometheus' volume. Without it there is no volume: samples end with the pod."),
		toggle("monitoring_ingress_enabled", "false", "Ingress objects for Prometheus and Grafana. Needs ingress_controller."),
		named("cluster_basic_auth_secret", "Secret of the namespace monitoring, key auth, with the users that these ingresses let in."),
		{
			Name: "cluster_root_domain_name", Type: driver.LabelString, Default: "localhost", Effect: atCreation,
			Pattern: `[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?`,
			Doc:     "Domain below which these ingresses have their hosts, grafana.<domain> and prometheus.<domain>.",
		},
		{
			Name: "grafana_admin_passwd", Type: driver.LabelString, Sensitive: true, Effect: atCreation,
			Doc: "Password of Grafana's user admin. Without it there is no such user and everybody who reaches Grafana may read. Magnum's default was admin.",
		},
		tag("prometheus_operator_tag", "the Prometheus operator"),
		tag("prometheus_tag", "Prometheus"),
		tag("grafana_tag", "Grafana"),
		tag("node_exporter_tag", "node exporter"),
		tag("kube_state_metrics_tag", "kube-state-metrics"),
		toggle("prometheus_adapter_enabled", "true", "prometheus-adapter: pods scaled by Prometheus' samples. Needs monitoring_enabled."),
		tag("prometheus_adapter_tag", "prometheus-adapter"),
		named("prometheus_adapter_configmap", "ConfigMap of the namespace monitoring, key config.yaml, with prometheus-adapter's rules. Without it, CPU and memory of pods."),
	}
}
