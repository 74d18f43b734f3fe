package kubernetes

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// groupRules are of node groups.
func groupRules(r *rules, c driver.Cluster) {
	for _, g := range c.NodeGroups {
		if g.Name == masters {
			continue
		}
		if g.Role == "master" || g.Role == "control-plane" {
			r.wrong(ofGroup(g, "role"), "choose another role", "the role %q is reserved for the cluster's own masters", g.Role)
		} else if g.Role != "" && !roleForm.MatchString(g.Role) {
			r.wrong(ofGroup(g, "role"), "use letters, digits, dashes, dots and underscores", "the role %q is not the value of a Kubernetes label", g.Role)
		}
		switch {
		case g.NodeCount < 0:
			r.wrong(ofGroup(g, "nodeCount"), "use 0 or more", "a node group cannot have %d nodes", g.NodeCount)
		case g.NodeCount < g.MinNodeCount:
			r.wrong(ofGroup(g, "nodeCount"), "raise nodeCount, or lower minNodeCount", "%d nodes are fewer than minNodeCount %d", g.NodeCount, g.MinNodeCount)
		case g.MaxNodeCount != nil && *g.MaxNodeCount > 0 && g.NodeCount > *g.MaxNodeCount:
			r.wrong(ofGroup(g, "nodeCount"), "lower nodeCount, or raise maxNodeCount", "%d nodes are more than maxNodeCount %d", g.NodeCount, *g.MaxNodeCount)
		}
	}
	for _, g := range groups(c) {
		for _, name := range slices.Sorted(maps.Keys(g.Labels)) {
			if l, known := table[name]; known && !l.ofGroup && g.Labels[name] != c.Labels[name] {
				r.wrong(ofGroup(g, "labels."+name), "set it for the whole cluster", "label %q is the cluster's: a node group cannot have its own", name)
			}
		}
		if n := g.Labels["generation"]; n != "" && n != "1" {
			r.say(driver.SeverityError, "rolling-not-built", generationPath(c, g), "set it to 1",
				"generation "+n+" means nodes made anew, and replacing nodes one after the other is not built yet")
		}
	}
}

// generationPath is where a group's generation is written; one of the whole
// cluster is told for the first group.
func generationPath(c driver.Cluster, g driver.NodeGroup) string {
	if g.Labels["generation"] == c.Labels["generation"] {
		return "labels.generation"
	}
	return ofGroup(g, "labels.generation")
}

// kubeletRules: some of kubelet's flags are the driver's. Options of the whole cluster
// are told once.
func kubeletRules(r *rules, c driver.Cluster) {
	for i, g := range groups(c) {
		options, path := g.Labels["kubelet_options"], ofGroup(g, "labels.kubelet_options")
		switch {
		case i == 0: // the masters' are the cluster's
			path = "labels.kubelet_options"
		case options == c.Labels["kubelet_options"]:
			continue
		}
		for _, flag := range boot.KubeletFlags(options) {
			if why := boot.KubeletFault(flag); why != "" {
				r.wrong(path, kubeletRemedy(flag), "%s", why)
			}
		}
	}
}

func kubeletRemedy(flag string) string {
	if flag == "node-labels" {
		return "remove it; nodeLabels of a node group give its nodes labels"
	}
	return "remove it"
}

var labelName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)

// nodeLabelRules: a kubelet may not give itself any label of Kubernetes' own
// prefixes (admission plugin NodeRestriction), and two prefixes are the driver's.
func nodeLabelRules(r *rules, c driver.Cluster) {
	for _, g := range c.NodeGroups {
		for _, key := range slices.Sorted(maps.Keys(g.NodeLabels)) {
			path := ofGroup(g, "nodeLabels."+key)
			prefix, name, has := strings.Cut(key, "/")
			if !has {
				prefix, name = "", key
			}
			switch {
			case !labelName.MatchString(name):
				r.wrong(path, "use letters, digits, dashes, dots and underscores", "%q is not a name of a Kubernetes label", key)
			case prefix+"/" == magnumPrefix, prefix+"/" == ownPrefix:
				r.wrong(path, "use a prefix of your own", "labels of %s/ are the driver's", prefix)
			case restricted(prefix):
				r.wrong(path, "use a prefix of your own, or node.kubernetes.io/", "a kubelet may not give itself labels of %q", prefix)
			}
			if v := g.NodeLabels[key]; v != "" && !labelName.MatchString(v) {
				r.wrong(path, "use letters, digits, dashes, dots and underscores", "%q is not a value of a Kubernetes label", v)
			}
		}
		for _, t := range g.NodeTaints {
			if !slices.Contains([]string{"NoSchedule", "PreferNoSchedule", "NoExecute"}, t.Effect) {
				r.wrong(ofGroup(g, "nodeTaints"), "use NoSchedule, PreferNoSchedule or NoExecute", "%q is not an effect of a taint", t.Effect)
			}
		}
	}
}

// restricted tells the prefixes that NodeRestriction keeps kubelets from.
func restricted(prefix string) bool {
	for _, free := range []string{"node.kubernetes.io", "kubelet.kubernetes.io"} {
		if prefix == free || strings.HasSuffix(prefix, "."+free) {
			return false
		}
	}
	for _, own := range []string{"kubernetes.io", "k8s.io"} {
		if prefix == own || strings.HasSuffix(prefix, "."+own) {
			return true
		}
	}
	return false
}
