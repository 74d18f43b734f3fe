package live

import (
	"slices"
	"strings"
)

// The tags that mark a stack as heatsync's. Heat allows 80 characters each, no
// comma, and compares them case-insensitively on MariaDB: all are lower-case.
const (
	TagMark    = "heatsync"
	TagFleet   = "heatsync.fleet="
	TagCluster = "heatsync.cluster="
	TagDriver  = "heatsync.driver="
	TagSpec    = "heatsync.spec="
)

// Marks are the ownership tags of a stack, read back. The zero Marks means that
// the stack carries none of ours.
type Marks struct {
	Marked  bool   `json:"marked,omitempty"`  // the bare "heatsync" tag is there
	Fleet   string `json:"fleet,omitempty"`   // fleet the stack belongs to
	Cluster string `json:"cluster,omitempty"` // cluster the stack is
	Driver  string `json:"driver,omitempty"`  // driver that made it; no other plans it
	Digest  string `json:"digest,omitempty"`  // "<scheme>-<32 hex>" of the spec Heat last accepted
}

// ParseTags reads Marks from a stack's tags; foreign tags are passed over. A tag
// that stands twice with two values counts as absent: it proves nothing.
func ParseTags(tags []string) Marks {
	var m Marks
	seen := map[*string]bool{}
	for _, t := range tags {
		t = strings.ToLower(t)
		if t == TagMark {
			m.Marked = true
			continue
		}
		for _, f := range []struct {
			prefix string
			to     *string
		}{{TagFleet, &m.Fleet}, {TagCluster, &m.Cluster}, {TagDriver, &m.Driver}, {TagSpec, &m.Digest}} {
			v, ok := strings.CutPrefix(t, f.prefix)
			if !ok {
				continue
			}
			if seen[f.to] && *f.to != v {
				v = ""
			}
			*f.to, seen[f.to] = v, true
		}
	}
	return m
}

// Tags gives the complete tag list for m in a fixed order, ready for a write.
func (m Marks) Tags() []string {
	return []string{TagMark, TagFleet + m.Fleet, TagCluster + m.Cluster, TagDriver + m.Driver, TagSpec + m.Digest}
}

// Others gives the tags that are not ours, sorted: people tag stacks for their own
// purposes, and a write that left them out would erase them (Heat replaces the
// whole list).
func Others(tags []string) []string {
	var out []string
	for _, t := range tags {
		if t != "" && !strings.HasPrefix(strings.ToLower(t), TagMark) {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Owns tells whether the marks say that the stack is cluster's in fleet.
func (m Marks) Owns(fleet, cluster string) bool {
	return m.Marked && m.Fleet == fleet && m.Cluster == cluster
}

// WholeTags tells whether every one of our tags is there exactly as m wants it:
// a PUT by somebody who sent fewer leaves it false.
func WholeTags(tags []string, m Marks) bool {
	for _, want := range m.Tags() {
		if !slices.Contains(tags, want) {
			return false
		}
	}
	return true
}

// Description is the template description that every stack of ours carries:
// Heat stores it before the stack's row, so it marks a stack whose tags were
// lost between the two writes.
func Description(fleet, cluster string) string { return "heatsync " + fleet + "/" + cluster }
