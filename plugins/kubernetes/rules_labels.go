package kubernetes

import (
	"maps"
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// labelRules tell of labels that have no effect in this cluster.
func labelRules(r *rules, c driver.Cluster) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		l, v := table[name], c.Labels[name]
		if l.needs == nil || v == "" || v == l.Default || l.needs.holds(c) {
			continue
		}
		r.say(driver.SeverityWarning, "no-effect", "labels."+name, "remove it", "label "+name+" has no effect: "+l.needs.words)
	}
}
