package docker_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile/spec"
)

const page = "../../docs/drivers/docker.md"

const (
	begin = "<!-- settings: written by go test ./plugins/docker -run TestPage -update -->\n"
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
	want := tables(docker.New().Describe())
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

// TestPageSample renders the clusters of the page's sample.
func TestPageSample(t *testing.T) {
	_, rest, _ := strings.Cut(read(t), "```yaml\n")
	sample, _, _ := strings.Cut(rest, "```")
	set := spec.NewSet("prod")
	set.Apply([]*spec.File{spec.Parse("sample.yaml", []byte(sample)), spec.Parse("fleet.yaml", []byte(fleet))}, nil)
	for _, d := range set.Diagnostics() {
		t.Error(d)
	}
	resolved, ok := set.Cluster("web")
	if !ok || resolved.Cluster == nil {
		t.Fatal("the sample has no cluster web")
	}
	c := resolved.Cluster
	r := docker.New().Render(driver.RenderInput{Cluster: driver.Cluster{
		Fleet: "prod", Name: c.Name, COE: c.COE, Distro: c.Distro, ServerType: string(c.ServerType), Image: c.Image,
		Keypair: c.Keypair, Flavor: c.Flavor, ExternalNetwork: c.ExternalNetwork, FloatingIPEnabled: c.FloatingIPEnabled,
		DockerVolumeSizeGiB: int64(c.DockerVolumeGiB), Labels: c.Labels,
	}})
	if len(r.Diagnostics) > 0 || r.Parameters["published_ports"] != "80,443" {
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
	driver.EffectNone: "no server notices", driver.EffectInPlace: "in place", driver.EffectAdd: "adds",
	driver.EffectRemove: "adds or removes", driver.EffectReboot: "reboots the servers",
	driver.EffectReplace: "**replaces the servers**", driver.EffectRefused: "refused",
}

func tables(d driver.Description) string {
	var b strings.Builder
	b.WriteString("\n| field | a change | |\n|---|---|---|\n")
	for _, a := range d.Attributes {
		required := ""
		if a.Required {
			required = " Required."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s%s |\n", a.Name, effects[a.Effect], a.Doc, required)
	}
	b.WriteString("\n| label | type | default | a change | |\n|---|---|---|---|---|\n")
	for _, l := range d.Labels {
		def := "–"
		if l.Default != "" {
			def = "`" + l.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", l.Name, l.Type, def, effects[l.Effect], l.Doc)
	}
	b.WriteString("\n")
	return b.String()
}
