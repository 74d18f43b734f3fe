package addons

import (
	"encoding/base64"
	"strconv"

	"github.com/heatsync/heatsync/plugins/driver"
)

func monitoringLabels() []driver.Label {
	return []driver.Label{
		toggle("monitoring_enabled", "false", "Prometheus by its operator, Grafana, node exporter and kube-state-metrics."),
		number("monitoring_retention_days", "14", "Days that Prometheus keeps samples."),
		number("monitoring_retention_size", "14", "GiB of Prometheus' volume; it keeps six sevenths of that."),
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
		named("prometheus_adapter_configmap", "ConfigMap of the namespace monitoring, key config.yaml, with prometheus-adapter's rules. Without it, every sample of a pod, counters as rates."),
	}
}

func prometheusValues(s settings) values {
	v := s.with(values{
		"OPERATOR_IMAGE":        s.image("quay.io/prometheus-operator/prometheus-operator", "prometheus_operator_tag"),
		"RELOADER_IMAGE":        s.image("quay.io/prometheus-operator/prometheus-config-reloader", "prometheus_operator_tag"),
		"PROMETHEUS_IMAGE":      s.image("quay.io/prometheus/prometheus", "prometheus_tag"),
		"GRAFANA_IMAGE":         s.image("docker.io/grafana/grafana", "grafana_tag"),
		"NODE_EXPORTER_IMAGE":   s.image("quay.io/prometheus/node-exporter", "node_exporter_tag"),
		"STATE_METRICS_IMAGE":   s.image("registry.k8s.io/kube-state-metrics/kube-state-metrics", "kube_state_metrics_tag"),
		"RETENTION_DAYS":        s.text("monitoring_retention_days"),
		"RETENTION_SIZE":        retentionMiB(s.text("monitoring_retention_size")),
		"SCRAPE_SECONDS":        s.text("monitoring_interval_seconds"),
		"PROMETHEUS_STORAGE":    "{emptyDir: {}}",
		"GRAFANA_PASSWORD":      base64.StdEncoding.EncodeToString([]byte(s.text("grafana_admin_passwd"))),
		"GRAFANA_NO_ADMIN":      "false",
		"GRAFANA_ANYBODY_READS": "false",
	})
	if class := s.text("monitoring_storage_class_name"); class != "" {
		v["PROMETHEUS_STORAGE"] = "{volumeClaimTemplate: {spec: {storageClassName: " + class +
			", accessModes: [ReadWriteOnce], resources: {requests: {storage: " + s.text("monitoring_retention_size") + "Gi}}}}}"
	}
	if s.text("grafana_admin_passwd") == "" {
		v["GRAFANA_NO_ADMIN"], v["GRAFANA_ANYBODY_READS"] = "true", "true"
	}
	return v
}

// retentionMiB leaves Prometheus a seventh of its volume for the samples that are
// not yet in blocks.
func retentionMiB(gib string) string {
	n, _ := strconv.Atoi(gib)
	return strconv.Itoa(n * 1024 * 6 / 7)
}

func monitoringIngressWanted(s settings) bool {
	return s.on("monitoring_enabled") && s.on("monitoring_ingress_enabled") && s.ingress != ""
}

// monitoringIngressValues gives nginx its annotations for basic auth; the others
// have none, see [findings].
func monitoringIngressValues(s settings) values {
	v := values{"INGRESS_CLASS": "ingressClassName: " + s.ingress, "ROOT_DOMAIN": s.text("cluster_root_domain_name"), "INGRESS_ANNOTATIONS": "{}"}
	if secret := s.text("cluster_basic_auth_secret"); secret != "" && s.ingress == "nginx" {
		v["INGRESS_ANNOTATIONS"] = "{nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: " + secret + "}"
	}
	if s.ingress == "octavia" { // it knows the annotation only; the API refuses both
		v["INGRESS_CLASS"], v["INGRESS_ANNOTATIONS"] = "", "{kubernetes.io/ingress.class: openstack}"
	}
	return v
}

func adapterWanted(s settings) bool {
	return s.on("monitoring_enabled") && s.on("prometheus_adapter_enabled")
}

func adapterValues(s settings) values {
	rules := s.text("prometheus_adapter_configmap")
	if rules == "" {
		rules = "prometheus-adapter"
	}
	return s.with(values{
		"ADAPTER_IMAGE": s.image("registry.k8s.io/prometheus-adapter/prometheus-adapter", "prometheus_adapter_tag"),
		"ADAPTER_RULES": rules,
	})
}
