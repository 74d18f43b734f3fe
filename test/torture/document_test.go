package torture

import (
	"fmt"
	"maps"
	"strings"
)

// document is what people have written of one cluster.
type document struct {
	Lifecycle string // Present, Suspended, Absent
	Colour    string
	Size      int
	Folder    string // where its file is
	Broken    bool   // nobody can read the file
}

// tree is a whole revision: the clusters' documents by name, and what is said once.
type tree struct {
	Clusters map[string]document
	Finish   string // of the template, for all
	NoFleet  bool   // the Fleet document cannot be read
}

func (s tree) clone() tree {
	s.Clusters = maps.Clone(s.Clusters)
	return s
}

// frozen tells whether a cluster's stack is to be left alone in this revision.
func (s tree) frozen(name string) bool {
	d, there := s.Clusters[name]
	return !there || d.Broken || d.Lifecycle == "Suspended"
}

// absent tells whether this revision asks a cluster away.
func (s tree) absent(name string) bool {
	d := s.Clusters[name]
	return d.Lifecycle == "Absent" && !d.Broken
}

// present tells whether this revision wants a cluster.
func (s tree) present(name string) bool {
	d := s.Clusters[name]
	return d.Lifecycle == "Present" && !d.Broken
}

const fleetText = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: %s}
spec: {drift: correct, maxDeletes: %d, rollout: {maxConcurrent: 25}}
`

const templateText = `apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: small}
spec: {coe: trial, image: none, flavor: m1.small, labels: {finish: %s, seconds: "%d"}}
`

// files renders a revision.
func (s tree) files(fleet string, seconds int) files {
	out := files{"template.yaml": fmt.Sprintf(templateText, s.Finish, seconds), "fleet.yaml": fmt.Sprintf(fleetText, fleet, maxDeletes)}
	if s.NoFleet {
		out["fleet.yaml"] = strings.Replace(out["fleet.yaml"], "maxDeletes:", "maxDeletes: [", 1)
	}
	for name, d := range s.Clusters {
		out[d.Folder+"/"+name+".yaml"] = d.text(name)
	}
	return out
}

func (d document) text(name string) string {
	head := "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: " + name + "}\n"
	if d.Broken {
		return head + "spec: {template: [small\n"
	}
	return head + fmt.Sprintf("spec: {template: small, lifecycle: %s, timeout: 3m, labels: {colour: %s, size: \"%d\"}}\n", d.Lifecycle, d.Colour, d.Size)
}

// wanted are the parameters a cluster's stack should have.
func (s tree) wanted(name string) map[string]string {
	d := s.Clusters[name]
	return map[string]string{"colour": d.Colour, "size": fmt.Sprint(d.Size), "finish": s.Finish}
}
