package kubernetes

import (
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// GetAccess implements driver.AccessGiver: where the API is. A kubeconfig needs a
// certificate that the agent signs; heatsync access writes it.
func (Driver) GetAccess(_ driver.Cluster, s driver.Stack, parts driver.Parts) driver.Access {
	url := apiURL(parts)
	if url == "" {
		return driver.Access{Diagnostics: []driver.Diagnostic{noAddress(s)}}
	}
	return driver.Access{Environment: map[string]string{"KUBERNETES_MASTER": url}}
}

// noAddress is said of a stack whose outputs name no address of the API.
func noAddress(s driver.Stack) driver.Diagnostic {
	d := driver.Diagnostic{
		Severity: driver.SeverityWarning, Code: "no-address",
		Summary: fmt.Sprintf("stack %q gives no address of the cluster's API, which its output api_address would hold", s.Name),
		Remedy:  "wait until the stack is complete",
	}
	if strings.HasSuffix(s.Status, "_COMPLETE") {
		d.Remedy = "give its template that output, as Magnum's have it"
	}
	return d
}
