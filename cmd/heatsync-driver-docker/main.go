// Command heatsync-driver-docker serves the docker driver to the agent that
// starts it.
package main

import (
	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
)

func main() { driver.Serve(docker.New()) }
