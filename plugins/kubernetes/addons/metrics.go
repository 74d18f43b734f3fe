package addons

import "github.com/heatsync/heatsync/plugins/driver"

func metricsLabels() []driver.Label {
	return []driver.Label{
		toggle("metrics_server_enabled", "true", "metrics-server: kubectl top, and pods scaled by their CPU and memory."),
		tag("metrics_server_tag", "metrics-server"),
	}
}

func metricsValues(s settings) values {
	return s.with(values{"METRICS_SERVER_IMAGE": s.image("registry.k8s.io/metrics-server/metrics-server", "metrics_server_tag")})
}
