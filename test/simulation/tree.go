package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is one Cluster document.
type document struct {
	File      string
	Driver    string
	Lifecycle string // "" is Present
	Count     int
	Extra     int // nodes of a group of its own, 0 is no such group
	Flavor    string
	Colour    string
	Keypair   string
	Adopt     string // stack name
	Minutes   int    // timeout
	Named     bool   // an Absent document names its template, as one that stalls asks for
}

// tree is one revision's content. It is not changed once it is committed.
type tree struct {
	Docs     map[string]document // by cluster
	Broken   map[string]bool     // files that do not parse
	Twice    map[string]bool     // clusters that a second file names as well
	Template map[string]string   // driver to the flavor its template has; "" is no template
	NoFleet  bool
	Deletes  int // maxDeletes
	Rollout  int
	Report   bool // drift: report
}

func newTree(drivers []string) tree {
	t := tree{
		Docs: map[string]document{}, Broken: map[string]bool{}, Twice: map[string]bool{},
		Template: map[string]string{}, Deletes: 1, Rollout: 3,
	}
	for _, name := range drivers {
		t.Template[name] = "small"
	}
	return t
}

func (t tree) clone() tree {
	t.Docs, t.Broken, t.Twice, t.Template = maps.Clone(t.Docs), maps.Clone(t.Broken), maps.Clone(t.Twice), maps.Clone(t.Template)
	return t
}

// files writes the tree down.
func (t tree) files(fleet string) map[string][]byte {
	text := map[string]*strings.Builder{}
	into := func(file string) *strings.Builder {
		if text[file] == nil {
			text[file] = &strings.Builder{}
		}
		return text[file]
	}
	if !t.NoFleet {
		drift := "correct"
		if t.Report {
			drift = "report"
		}
		fmt.Fprintf(into("fleet.yaml"), "apiVersion: heatsync/v1\nkind: Fleet\nmetadata: {name: %s}\nspec: {drift: %s, maxDeletes: %d, rollout: {maxConcurrent: %d}}\n",
			fleet, drift, t.Deletes, t.Rollout)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Template)) {
		flavor := t.Template[name]
		if flavor == "" {
			continue
		}
		fmt.Fprintf(into("templates.yaml"), "---\napiVersion: heatsync/v1\nkind: ClusterTemplate\nmetadata: {name: %s}\n"+
			"spec: {coe: docker, distro: ubuntu, driver: %s, image: stock, keypair: ops, externalNetwork: public, flavor: %s}\n", name, name, flavor)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Docs)) {
		d := t.Docs[name]
		d.write(into(d.File), name)
		if t.Twice[name] {
			d.write(into("second.yaml"), name)
		}
	}
	for file := range t.Broken {
		if b := text[file]; b != nil {
			if strings.HasSuffix(file, "b.yaml") || strings.HasSuffix(file, "d.yaml") {
				b.Reset() // nothing that was in it can be read
			}
			b.WriteString("--- \n{ this: is [ not\n")
		}
	}
	out := make(map[string][]byte, len(text))
	for file, b := range text {
		out[file] = []byte(b.String())
	}
	return out
}

func (d document) write(b *strings.Builder, name string) {
	fmt.Fprintf(b, "---\napiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %s}\nspec:\n", name)
	if d.Lifecycle == "Absent" {
		b.WriteString("  lifecycle: Absent\n")
		if d.Named {
			fmt.Fprintf(b, "  template: %s\n", d.Driver)
		}
		return
	}
	fmt.Fprintf(b, "  template: %s\n  nodeCount: %d\n", d.Driver, d.Count)
	for _, f := range []struct{ name, value string }{
		{"lifecycle", d.Lifecycle}, {"flavor", d.Flavor}, {"keypair", d.Keypair},
	} {
		if f.value != "" {
			fmt.Fprintf(b, "  %s: %s\n", f.name, f.value)
		}
	}
	if d.Extra > 0 && d.Driver != dock {
		fmt.Fprintf(b, "  nodeGroups: [{name: extra, nodeCount: %d}]\n", d.Extra)
	}
	if d.Minutes > 0 {
		fmt.Fprintf(b, "  timeout: %dm\n", d.Minutes)
	}
	if d.Adopt != "" {
		fmt.Fprintf(b, "  adopt: {stack: %s}\n", d.Adopt)
	}
	if d.Colour != "" && d.Driver != dock {
		fmt.Fprintf(b, "  labels: {colour: %q}\n", d.Colour)
	}
}
