package kubernetes

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// Names of the groups that every cluster has.
const (
	masters = "default-master"
	workers = "default-worker"
)

// Options change what the driver takes from the world.
type Options struct {
	Catalog *versions.Catalog // nil: the embedded one
	Bundle  versions.Download // of add-ons, where labels name none
	Heat    []heatstack.Option
}

// Driver is the template of COE kubernetes.
type Driver struct {
	catalog *versions.Catalog
	bundle  versions.Download
}

var (
	_ heatstack.Template   = Driver{}
	_ driver.Validator     = Driver{}
	_ driver.AccessGiver   = Driver{}
	_ driver.HealthChecker = Driver{}
	_ heatstack.Drainer    = Driver{}
	_ heatstack.Cleaner    = Driver{}
)

// New makes the driver.
func New(o Options) driver.Driver {
	d := Driver{catalog: o.Catalog, bundle: o.Bundle}
	if d.catalog == nil {
		d.catalog = versions.Default()
	}
	return holding{heatstack.New(d, o.Heat...)}
}
