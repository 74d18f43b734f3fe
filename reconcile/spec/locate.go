package spec

import (
	"slices"
	"strconv"
	"strings"
)

// Locate gives the place of a field of the cluster: in its document, else in its
// template's, else where the nearest thing around it stands. The field is a path
// into the resolved [Cluster] as drivers write it: "labels.kube_tag", "timeoutMinutes",
// "nodeGroups[2].flavor", where the groups count as in [Cluster.Groups] or are named,
// "nodeGroups[gpu].flavor". A path that begins with "spec." is one into the document.
func (r Resolved) Locate(field string) (path string, line, column int) {
	d, v, _ := r.locate(field)
	if v == nil {
		return r.Path, r.Line, r.Column
	}
	return d.Path, int(v.line), int(v.column)
}

// Written gives the field's path as its author knows it, "spec.nodeGroups[0].flavor":
// that of what [Resolved.Locate] finds if the field is written, else where it would be.
// For "" it is "".
func (r Resolved) Written(field string) string {
	_, _, way := r.locate(field)
	if len(way) == 0 {
		return ""
	}
	if way[0] == "nodeGroups" && len(way) > 1 {
		groups := r.extraGroups()
		for i, g := range groups {
			if "["+g.text("name", "")+"]" == way[1] {
				way = slices.Concat([]string{way[0], "[" + strconv.Itoa(i) + "]"}, way[2:])
				break
			}
		}
	}
	return fieldPath(append([]string{"spec"}, way...))
}

// locate finds a field: the document it is written in, its value, and the way to
// it. The value is nil when not even something around it is written; the way is
// then the likeliest.
func (r Resolved) locate(field string) (*Document, *value, []string) {
	ways := r.ways(field)
	for _, way := range ways {
		for _, d := range []*Document{r.document, r.template} {
			if v, depth := d.walk(way); depth == len(way) && depth > 0 {
				return d, v, way
			}
		}
	}
	for _, d := range []*Document{r.document, r.template} {
		if v, depth := d.walk(ways[0]); depth > 0 {
			return d, v, ways[0]
		}
	}
	return nil, nil, ways[0]
}

func (r Resolved) extraGroups() []*value {
	if r.document == nil {
		return nil
	}
	return r.document.root.child("spec").child("nodeGroups").all()
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

// others are the names that fields of a resolved cluster have besides the written.
var others = map[string]string{
	"timeoutMinutes": "timeout", "dnsNameservers": "dnsNameserver", "adoptedStack": "adopt",
	"dockerVolumeSizeGiB": "dockerVolumeSize", "groups": "nodeGroups",
}

// ways gives the ways in which a field may have been written, the nearest first.
func (r Resolved) ways(field string) [][]string {
	inner, asWritten := strings.CutPrefix(field, "spec.")
	way := steps(inner)
	if asWritten || len(way) == 0 {
		return [][]string{way}
	}
	for i, step := range way {
		if i > 0 && (way[i-1] == "labels" || way[i-1] == "nodeLabels") {
			break
		}
		if name, ok := others[step]; ok {
			way[i] = name
		}
	}
	if way[0] != "nodeGroups" || len(way) < 2 {
		return [][]string{way}
	}
	which, rest := r.groupName(strings.Trim(way[1], "[]")), way[2:]
	switch which {
	case DefaultMaster:
		return [][]string{ofDefault(rest, "masterCount", "masterFlavor")}
	case DefaultWorker:
		return [][]string{ofDefault(rest, "nodeCount", "flavor")}
	}
	ways := [][]string{slices.Concat([]string{"nodeGroups", "[" + which + "]"}, rest)}
	if len(rest) > 0 && slices.Contains([]string{"flavor", "image", "labels", "dockerVolumeSize"}, rest[0]) {
		ways = append(ways, rest) // what the group does not say it has from the cluster
	}
	return ways
}

// groupName turns an index into the resolved groups into the group's name.
func (r Resolved) groupName(which string) string {
	i, err := strconv.Atoi(which)
	switch {
	case err != nil:
		return which
	case r.Cluster != nil && i >= 0 && i < len(r.Cluster.Groups):
		return r.Cluster.Groups[i].Name
	}
	return ""
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
