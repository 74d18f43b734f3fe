// Command heatsync-driver-kubernetes serves the kubernetes driver to the agent
// that starts it.
package main

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

func main() { driver.Serve(kubernetes.New(kubernetes.Options{})) }
