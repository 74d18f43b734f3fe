package kubernetes

import (
	"strconv"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// What plans say of changes.
const (
	forLater   = "for node groups made later; those that are there, and their new nodes, boot what they were made with"
	forBegin   = "for clusters made later; this one keeps what it began with"
	needsNodes = "needs other nodes, one after the other"
	newCluster = "make a new cluster with the new value and delete this one"
)

// meanings are what the root's parameters are to people, but for groups'.
func meanings() map[string]heatstack.Meaning {
	m := map[string]heatstack.Meaning{
		"cluster":           {Path: "metadata.name", Effect: driver.EffectRefused, Remedy: newCluster},
		"ssh_key_name":      {Path: "keypair", Words: needsNodes},
		"kube_version":      {Path: "labels.kube_tag", Words: needsNodes},
		"pods_network_cidr": {Path: "networkDriver", Effect: driver.EffectRefused, Remedy: newCluster},
	}
	m["ingress_on_nodes"] = heatstack.Meaning{
		Effect: driver.EffectInPlace, Words: "opens or closes the ports 80 and 443 of workers",
	}
	m["ingress_on_masters"] = heatstack.Meaning{
		Effect: driver.EffectInPlace, Words: "opens or closes the ports 80 and 443 of masters",
	}
	for name, path := range bootedAttributes {
		m[name] = heatstack.Meaning{Path: path, Words: forLater}
	}
	m[volumesPolicy] = heatstack.Meaning{Words: "obeyed when the cluster is deleted"}
	m["volume_driver"] = heatstack.Meaning{Path: "volumeDriver", Words: forBegin}
	m["distro"] = heatstack.Meaning{Path: "distro", Effect: driver.EffectRolling, Words: needsNodes}
	m["server_type"] = heatstack.Meaning{Path: "serverType", Effect: driver.EffectRefused, Remedy: newCluster}
	m["nodes_affinity_policy"] = heatstack.Meaning{Remedy: "write the old value again, or " + newCluster + "; of bare metal it is none whatever is written"}
	for _, l := range table {
		switch {
		case l.booted && l.begins && l.Effect == driver.EffectNone:
			m[l.Name] = heatstack.Meaning{Words: forBegin}
		case l.booted && l.Effect == driver.EffectNone:
			m[l.Name] = heatstack.Meaning{Words: forLater}
		}
	}
	return m
}

// countMeaning is the effect of changing a group's count. A control plane cannot
// shrink: etcd has to give up members first.
func countMeaning(v groupView) heatstack.Meaning {
	switch {
	case v.Master:
		return heatstack.Meaning{Path: "masterCount", Of: growOnly, Remedy: "write the old count again: a control plane cannot shrink yet, etcd has to give up members first"}
	case v.Default:
		return heatstack.Meaning{Path: "nodeCount", Of: heatstack.AddOrRemove}
	}
	return heatstack.Meaning{Of: heatstack.AddOrRemove}
}

func growOnly(from, to string) driver.Effect {
	a, _ := strconv.ParseFloat(from, 64)
	b, _ := strconv.ParseFloat(to, 64)
	if b < a {
		return driver.EffectRefused
	}
	return driver.EffectAdd
}
