package spec

import (
	"slices"
	"strconv"
	"strings"
)

// Locate gives the place of a field of the cluster: in its document, else in its
// template's, else where the nearest thing around it stands. The field is a path
// as people write it ("spec.labels.kube_tag", "nodeGroups[1].flavor") or as the
// resolved [Cluster] has it ("groups[2].nodeCount", "timeoutMinutes"). A group may
// be named instead of counted ("groups[gpu].flavor").
func (r Resolved) Locate(field string) (path string, line, column int) {
	ways := written(steps(strings.TrimPrefix(field, "spec.")))
	for _, way := range ways {
		for _, d := range []*Document{r.document, r.template} {
			if v, depth := d.walk(way); v != nil && depth == len(way) && depth > 0 {
				return d.Path, int(v.line), int(v.column)
			}
		}
	}
	for _, d := range []*Document{r.document, r.template} {
		if v, depth := d.walk(ways[0]); v != nil && depth > 0 {
			return d.Path, int(v.line), int(v.column)
		}
	}
	return r.Path, r.Line, r.Column
}

// steps cuts a field path: names, and indexes with their brackets. What follows
// labels or nodeLabels is one name, whatever dots it has.
func steps(field string) []string {
	var all []string
	for field != "" {
		if n := len(all); n > 0 && (all[n-1] == "labels" || all[n-1] == "nodeLabels") {
			return append(all, field)
		}
		end := strings.IndexAny(field[1:], ".[") + 1
		if end == 0 {
			end = len(field)
		}
		if step := field[:end]; step != "." {
			all = append(all, step)
		}
		field = strings.TrimPrefix(field[end:], ".")
	}
	return all
}

// written gives the ways in which a field may have been written in YAML, the
// nearest first.
func written(steps []string) [][]string {
	switch {
	case len(steps) > 0 && steps[0] == "timeoutMinutes":
		return [][]string{{"timeout"}}
	case len(steps) < 2 || (steps[0] != "groups" && steps[0] != "nodeGroups"):
		return [][]string{steps}
	}
	which, rest := strings.Trim(steps[1], "[]"), steps[2:]
	if steps[0] == "groups" {
		i, err := strconv.Atoi(which)
		switch {
		case which == DefaultMaster || (err == nil && i == 0):
			return [][]string{ofDefault(rest, "masterCount", "masterFlavor")}
		case which == DefaultWorker || (err == nil && i == 1):
			return [][]string{ofDefault(rest, "nodeCount", "flavor")}
		case err == nil:
			which = strconv.Itoa(i - 2)
		}
	}
	ways := [][]string{slices.Concat([]string{"nodeGroups", "[" + which + "]"}, rest)}
	if len(rest) > 0 && slices.Contains([]string{"flavor", "image", "labels", "dockerVolumeSize"}, rest[0]) {
		ways = append(ways, rest) // what the group does not say it has from the cluster
	}
	return ways
}

// ofDefault gives the cluster's field that a default group's field is written as.
func ofDefault(rest []string, count, flavor string) []string {
	if len(rest) == 0 {
		return []string{count}
	}
	switch rest[0] {
	case "nodeCount":
		return []string{count}
	case "flavor":
		return []string{flavor}
	}
	return rest
}

// walk follows steps from the document's spec and gives the deepest value there
// is, with how many steps led to it. A nil document has none.
func (d *Document) walk(steps []string) (v *value, depth int) {
	if d == nil {
		return nil, 0
	}
	v = d.root.child("spec")
	for _, step := range steps {
		next := v.child(step)
		if name, ok := strings.CutPrefix(step, "["); ok {
			next = v.item(strings.TrimSuffix(name, "]"))
		}
		if next == nil {
			break
		}
		v, depth = next, depth+1
	}
	return v, depth
}

// item gives the item of a list by its index or its name.
func (v *value) item(which string) *value {
	i, err := strconv.Atoi(which)
	for n, c := range v.all() {
		if (err == nil && n == i) || (err != nil && which != "" && c.text("name", "") == which) {
			return c
		}
	}
	return nil
}
