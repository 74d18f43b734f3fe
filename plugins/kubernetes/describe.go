package kubernetes

import (
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Version of the driver. It goes up with any change of the templates.
const Version = "0.4.0"

// The targets.
var (
	distros     = []string{"ubuntu", "fedora-coreos", "flatcar", "fedora-atomic"}
	serverTypes = []string{"vm", "bm"}
)

// Describe implements heatstack.Template. It is what the driver's page is made
// from.
func (Driver) Describe() driver.Description {
	about := driver.Description{Name: "kubernetes", Version: Version, Attributes: slices.Clone(attributes), Secrets: slices.Clone(secretNeeds)}
	for _, distro := range distros {
		for _, kind := range serverTypes {
			about.Targets = append(about.Targets, driver.Target{COE: "kubernetes", Distro: distro, ServerType: kind})
		}
	}
	for _, l := range labels() {
		about.Labels = append(about.Labels, l.Label)
	}
	return about
}
