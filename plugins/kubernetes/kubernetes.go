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

// Catalog is the Kubernetes releases that there are. It is safe for concurrent use.
type Catalog interface {
	// Release gives a release by its version, "v1.34.2".
	Release(version string) (versions.Release, bool)
	// Latest is the version that clusters get which name none; "" for none.
	Latest() string
}

// Options change what the driver takes from the world.
type Options struct {
	Catalog Catalog           // nil: the embedded one
	Bundle  versions.Download // of add-ons, where labels name none
	Heat    []heatstack.Option
}

// Driver is the template of COE kubernetes.
type Driver struct {
	catalog Catalog
	bundle  versions.Download
}

var (
	_ heatstack.Template = Driver{}
	_ driver.Validator   = Driver{}
	_ driver.AccessGiver = Driver{}
)

// New makes the driver.
func New(o Options) driver.Driver {
	d := Driver{catalog: o.Catalog, bundle: o.Bundle}
	if d.catalog == nil {
		d.catalog = embedded()
	}
	return holding{heatstack.New(d, o.Heat...)}
}
