package addons

import "github.com/heatsync/heatsync/plugins/driver"

func dashboardLabels() []driver.Label {
	return []driver.Label{
		toggle("kube_dashboard_enabled", "false", "The Kubernetes dashboard. Its project is archived since 2026; Magnum's default was true."),
		tag("kube_dashboard_tag", "the dashboard"),
		tag("metrics_scraper_tag", "the dashboard's metrics scraper"),
	}
}

func dashboardValues(s settings) values {
	return s.with(values{
		"DASHBOARD_IMAGE": s.image("docker.io/kubernetesui/dashboard", "kube_dashboard_tag"),
		"SCRAPER_IMAGE":   s.image("docker.io/kubernetesui/metrics-scraper", "metrics_scraper_tag"),
	})
}
