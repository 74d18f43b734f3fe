// Command heatsync-driver-kubernetes serves the kubernetes driver to the agent
// that starts it. With arguments it is what people run by hand: versions list,
// update and bundle.
package main

import (
	"os"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/plugins/kubernetes/command"
)

func main() {
	if len(os.Args) > 1 {
		os.Exit(command.Run(os.Args[1:], os.Stdout, os.Stderr))
	}
	driver.Serve(kubernetes.New(kubernetes.Options{}))
}
