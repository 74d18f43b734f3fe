package heatstack

import (
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// The tags of a stack of ours. The agent writes the complete list with each
// step; here they are only read.
const (
	tagMark    = "heatsync"
	tagFleet   = "heatsync.fleet="
	tagCluster = "heatsync.cluster="
	tagDriver  = "heatsync.driver="
	tagSpec    = "heatsync.spec="
)

// tags is the complete list for a stack of this cluster with that digest.
func (r *rendered) tags(digest string) []string {
	return []string{tagMark, tagFleet + r.cluster.Fleet, tagCluster + r.cluster.Name, tagDriver + r.about.Name, tagSpec + digest}
}

// digestTag reads what a stack's tags say its digest is, "" when they say nothing
// or two things. A stack just adopted carries a digest that no render has.
func digestTag(tags []string) string {
	found := ""
	for _, t := range tags {
		if d, ok := strings.CutPrefix(strings.ToLower(t), tagSpec); ok {
			if found != "" && found != d {
				return ""
			}
			found = d
		}
	}
	return found
}

// tagChanges tells what somebody did to a stack's tags: ours that are missing,
// and foreign ones that look like ours. Which digest it is does not matter
// here. Tags of others are theirs.
func (r *rendered) tagChanges(tags []string) []driver.Change {
	want := r.tags("")
	want = want[:len(want)-1]
	var out []driver.Change
	for _, t := range want {
		if !slices.Contains(tags, t) {
			out = append(out, driver.Change{Path: "tags", To: t, Effect: driver.EffectNone, Drift: true})
		}
	}
	if digestTag(tags) == "" {
		out = append(out, driver.Change{Path: "tags", To: tagSpec, Effect: driver.EffectNone, Drift: true})
	}
	for _, t := range tags {
		own := strings.HasPrefix(t, tagSpec) || slices.Contains(want, t)
		if strings.HasPrefix(strings.ToLower(t), tagMark) && !own {
			out = append(out, driver.Change{Path: "tags", From: t, Effect: driver.EffectNone, Drift: true})
		}
	}
	return out
}

// madeBy is the driver a stack's tags name, "" for none.
func madeBy(tags []string) string {
	for _, t := range tags {
		if d, ok := strings.CutPrefix(strings.ToLower(t), tagDriver); ok {
			return d
		}
	}
	return ""
}
