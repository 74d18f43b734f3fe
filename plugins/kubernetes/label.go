package kubernetes

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
)

// label is one label of the schema with what the driver itself must know of it.
type label struct {
	driver.Label
	// ofGroup: a node group may have its own value. All others are the cluster's.
	ofGroup bool
	// booted: it reaches nodes in what they boot, so nodes and groups that are
	// there keep what they were made with.
	booted bool
	// begins: of that, only what the first control-plane node does when the cluster begins.
	begins bool
	// parameter is the root template's, where it is not called as the label.
	parameter string
	// needs says when the label has an effect; nil: always.
	needs *need
}

// need is a condition under which labels have an effect.
type need struct {
	holds func(driver.Cluster) bool
	words string // why there is no effect where it does not hold
}

// labels is the whole table: the driver's own, then those of package addons, whose
// choice lies in what the first control-plane node boots.
func labels() []label {
	all := concat(networkLabels, loadBalancerLabels, placementLabels, storageLabels, volumesLabels, versionLabels, downloadLabels, componentLabels, goneLabels)
	for _, l := range addons.Labels() {
		all = append(all, label{Label: l, booted: l.Deprecated == "", begins: true, needs: addonNeeds[l.Name]})
	}
	return all
}

func concat(some ...[]label) []label {
	var all []label
	for _, s := range some {
		all = append(all, s...)
	}
	return all
}

// table has the labels by name. It is read only.
var table = func() map[string]label {
	byName := map[string]label{}
	for _, l := range labels() {
		byName[l.Name] = l
	}
	return byName
}()

// booted makes labels that nodes boot with, which all share their effect.
func booted(all ...label) []label {
	for i := range all {
		all[i].booted, all[i].Effect = true, driver.EffectNone
	}
	return all
}

// beginning makes labels of which only the control plane takes note, once.
func beginning(all ...label) []label {
	for i := range all {
		all[i].begins = true
	}
	return booted(all...)
}

// needing gives labels one condition.
func needing(n *need, all ...label) []label {
	for i := range all {
		all[i].needs = n
	}
	return all
}

// sha256Pattern is a SHA-256 in hex.
const sha256Pattern = `[0-9a-f]{64}`

// text makes a label of any text.
func text(name, def, pattern, doc string) label {
	return label{Label: driver.Label{Name: name, Type: driver.LabelString, Default: def, Pattern: pattern, Doc: doc}}
}

// perGroup lets node groups have a label of their own.
func perGroup(l label) label {
	l.ofGroup = true
	return l
}

// one of some words.
func one(l label, allowed ...string) label {
	l.Allowed = allowed
	return l
}
