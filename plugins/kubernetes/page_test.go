package kubernetes_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile/spec"
)

const page = "../../docs/drivers/kubernetes.md"

const (
	begin = "<!-- settings: written by go test ./plugins/kubernetes -run TestPage -update -->\n"
	end   = "<!-- end of settings -->"
)

// TestPage holds the page's tables to Describe.
func TestPage(t *testing.T) {
	text := read(t)
	before, rest, ok := strings.Cut(text, begin)
	have, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks around the tables", page)
	}
	want := tables(newDriver().Describe())
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("run the test with -update (-want +page):\n%s", diff)
	}
}

const fleet = "apiVersion: heatsync/v1\nkind: Fleet\nmetadata: {name: prod}\nspec: {}\n"

// TestPageSample renders the cluster of the page's sample.
func TestPageSample(t *testing.T) {
	_, rest, _ := strings.Cut(read(t), "```yaml\n")
	sample, _, _ := strings.Cut(rest, "```")
	set := spec.NewSet("prod")
	set.Apply([]*spec.File{spec.Parse("sample.yaml", []byte(sample)), spec.Parse("fleet.yaml", []byte(fleet))}, nil)
	for _, d := range set.Diagnostics() {
		t.Error(d)
	}
	resolved, ok := set.Cluster("payments")
	if !ok || resolved.Cluster == nil {
		t.Fatal("the sample has no cluster payments")
	}
	c := resolved.Cluster
	in := driver.Cluster{
		Fleet: "prod", Name: c.Name, COE: c.COE, Distro: c.Distro, ServerType: string(c.ServerType), Image: c.Image,
		Keypair: c.Keypair, Flavor: c.Flavor, MasterFlavor: c.MasterFlavor, ExternalNetwork: c.ExternalNetwork,
		FloatingIPEnabled: c.FloatingIPEnabled, MasterLBEnabled: c.MasterLBEnabled, NetworkDriver: c.NetworkDriver, Labels: c.Labels,
	}
	for _, g := range c.Groups {
		in.NodeGroups = append(in.NodeGroups, driver.NodeGroup{
			Name: g.Name, Role: g.Role, Flavor: g.Flavor, Image: g.Image, NodeCount: g.NodeCount, Labels: g.Labels,
			NodeLabels: g.NodeLabels, IsDefault: strings.HasPrefix(g.Name, "default-"),
		})
	}
	r := newDriver().Render(driver.RenderInput{Cluster: in, Secrets: secrets()})
	if len(r.Diagnostics) > 0 || r.Parameters["number_of_masters"] != "3" || r.Parameters["count_gpu"] != "2" {
		t.Errorf("%+v", r)
	}
}

func read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// effects are the page's words for what a change does.
var effects = map[driver.Effect]string{
	driver.EffectNone: "for what is made later", driver.EffectInPlace: "in place", driver.EffectAdd: "adds",
	driver.EffectRemove: "adds or removes", driver.EffectRolling: "held: needs other nodes", driver.EffectRefused: "refused",
}

func tables(d driver.Description) string {
	var b, gone strings.Builder
	b.WriteString("\n| field | a change | |\n|---|---|---|\n")
	for _, a := range d.Attributes {
		required := ""
		if a.Required {
			required = " Required."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s%s |\n", a.Name, effects[a.Effect], a.Doc, required)
	}
	labels := slices.SortedFunc(slices.Values(d.Labels), func(a, b driver.Label) int { return strings.Compare(a.Name, b.Name) })
	b.WriteString("\n| label | type | default | a change | |\n|---|---|---|---|---|\n")
	for _, l := range labels {
		if l.Deprecated != "" {
			fmt.Fprintf(&gone, "| `%s` | %s |\n", l.Name, l.Deprecated)
			continue
		}
		def := "–"
		if l.Name == "kube_tag" {
			def = "the catalog's latest"
		} else if l.Default != "" {
			def = "`" + l.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", l.Name, l.Type, def, effects[l.Effect], l.Doc)
	}
	b.WriteString("\nLabels of Magnum's that are taken with a warning and mean nothing:\n\n| label | |\n|---|---|\n" + gone.String() + "\n")
	return b.String()
}
