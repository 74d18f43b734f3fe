package addons

import (
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// What a change of a label does to a cluster that runs. The selection is part of
// what its first control-plane node booted with, and nodes that run keep that: a
// change counts for clusters made later.
const atCreation = driver.EffectNone

// fixed is the effect of labels that shape the pods' network, or what kubelets wait
// for (--cloud-provider). A cluster cannot leave what it was made with.
const fixed = driver.EffectRefused

// tagPattern is what a registry takes for a tag.
const tagPattern = `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`

// Labels gives the labels of this package, sorted by name: those with an effect on
// the selection, and those that Magnum's drivers knew and that mean nothing here,
// which have their Deprecated set. The slice is the caller's.
//
// Reporting a deprecated label is the schema's work (driver.Check); [Select] does
// not repeat it.
func Labels() []driver.Label {
	all := slices.Concat(
		networkLabels(), storageLabels(), cloudLabels(), dnsLabels(), metricsLabels(), dashboardLabels(),
		monitoringLabels(), ingressLabels(), keystoneLabels(), healingLabels(), probeLabels(), extraLabels(),
		retiredLabels(),
	)
	slices.SortFunc(all, func(a, b driver.Label) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// toggle is a label that switches something on or off.
func toggle(name, preset, doc string) driver.Label {
	return driver.Label{Name: name, Type: driver.LabelBool, Default: preset, Effect: atCreation, Doc: doc}
}

// tag is a label with the tag of an image. Its default is in the versions' file of
// images and may differ by Kubernetes minor, so the schema shows none.
func tag(name, image string) driver.Label {
	return driver.Label{
		Name: name, Type: driver.LabelString, Pattern: tagPattern, Effect: atCreation,
		Doc: "Tag of " + image + ". Without it, the tag that the driver's release was made with.",
	}
}

// number is a label with a whole number from 1 to 999,999.
func number(name, preset, doc string) driver.Label {
	return driver.Label{
		Name: name, Type: driver.LabelInt, Default: preset, Pattern: `[1-9][0-9]{0,5}`, Effect: atCreation, Doc: doc,
	}
}

// named is a label with the name of something in the cluster, or nothing.
func named(name, doc string) driver.Label {
	return driver.Label{
		Name: name, Type: driver.LabelString, Pattern: `([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?`, Effect: atCreation, Doc: doc,
	}
}

// retired is a label that means nothing any more.
func retired(name string, t driver.LabelType, deprecated string) driver.Label {
	return driver.Label{Name: name, Type: t, Effect: driver.EffectNone, Deprecated: deprecated, Doc: "No effect."}
}
