package addons

import "github.com/heatsync/heatsync/plugins/driver"

func probeLabels() []driver.Label {
	return []driver.Label{
		number("system_pods_initial_delay", "30", "Seconds before the first liveness probe of a system pod."),
		number("system_pods_timeout", "5", "Seconds that a probe of a system pod may take."),
	}
}
