package kubernetes

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// GetAccess implements driver.AccessGiver: where the API is. A kubeconfig needs a
// certificate that the agent signs; heatsync access writes it.
func (Driver) GetAccess(_ driver.Cluster, _ driver.Stack, parts driver.Parts) driver.Access {
	url := heatstack.Output(parts, "api_url")
	if heatstack.Output(parts, "api_address") == "" {
		return driver.Access{Diagnostics: []driver.Diagnostic{{
			Severity: driver.SeverityWarning, Code: "no-address", Summary: "the cluster's API has no address yet",
			Remedy: "wait until its stack is complete",
		}}}
	}
	return driver.Access{Environment: map[string]string{"KUBERNETES_MASTER": url}}
}
