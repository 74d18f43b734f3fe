package kubernetes

import (
	_ "embed" // the templates
	"strings"
	"text/template"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

var (
	//go:embed templates/kubernetes.yaml
	rootText string
	//go:embed templates/group.yaml
	groupText string
	//go:embed templates/node.yaml
	nodeText string
	//go:embed templates/api_lb.yaml
	lbText string

	rootTemplate = parsed("kubernetes.yaml", rootText)

	// nested are the templates below the root, which are the same for all clusters:
	// one that a cluster needs first with its next group would look like a change
	// of all others.
	nested = nestedTemplates()
)

func nestedTemplates() map[string]string {
	files := map[string]string{"api_lb.yaml": lbText}
	group, node := parsed("group.yaml", groupText), parsed("node.yaml", nodeText)
	for _, m := range []member{{}, {Volume: true}, {Master: true}, {Master: true, Volume: true}} {
		m.Meta = metaKeys
		for _, m.Zone = range []bool{false, true} {
			files[m.Group()], files[m.Node()] = filled(group, m), filled(node, m)
		}
	}
	return files
}

// member is what the templates of groups and nodes differ by.
type member struct {
	Master bool
	Volume bool // boots from one
	Zone   bool // its volumes are in the zone of its server
	Meta   meta
}

// Node is the template of one node.
func (m member) Node() string {
	name := "minion"
	if m.Master {
		name = "master"
	}
	if m.Volume {
		name += "_volume"
	}
	if m.Zone {
		name += "_zone"
	}
	return name + ".yaml"
}

// Group is the template of a group of such nodes.
func (m member) Group() string { return "group_" + m.Node() }

// meta is the keys of Nova's metadata that a node reads.
type meta struct{ Index, Group, API, Public, FloatingIP, MayBegin, External, Network, Subnet, Etcd, Containers string }

var metaKeys = meta{
	Index: boot.MetaIndex, Group: boot.MetaGroup, API: boot.MetaAPI, Public: boot.MetaAPIPublic, FloatingIP: boot.MetaFloatingIP, MayBegin: boot.MetaMayBegin, External: boot.MetaExternal,
	Network: boot.MetaNetwork, Subnet: boot.MetaSubnet, Etcd: boot.MetaEtcdVolume, Containers: boot.MetaContainersVolume,
}

func parsed(name, text string) *template.Template {
	return template.Must(template.New(name).Delims("<<", ">>").Parse(text))
}

func filled(t *template.Template, v any) string {
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		panic(err) // the templates are embedded and their data are values
	}
	return b.String()
}

// rootView is what root templates differ by.
type rootView struct {
	Groups  []groupView
	Told    []told
	Secrets []secretView // of the control plane, which has all

	Keypair, ExternalNetwork, FixedNetwork, FixedSubnet lookup
}

// lookup is the constraint by which Heat looks up what a parameter names; "" where it
// may name nothing, which Neutron would take for a name.
type lookup string

// lookupOf what is named.
func lookupOf(constraint, named string) lookup {
	if named == "" {
		return ""
	}
	return lookup(", constraints: [{custom_constraint: " + constraint + "}]")
}

// Masters is the resource of the control plane.
func (r rootView) Masters() string { return r.Groups[0].Resource }

// Minions is the resource of the default group of workers.
func (r rootView) Minions() string { return r.Groups[1].Resource }

// Workers are all groups but the control plane.
func (r rootView) Workers() []groupView { return r.Groups[1:] }

// told is a label or attribute that only what nodes boot depends on, as a
// parameter from which plans tell what changed.
type told struct {
	Name      string
	Sensitive bool
}

// groupView is one node group in a root template.
type groupView struct {
	Name, Generation string
	Resource         string // <name>-<generation>
	File             string // what its nodes boot, boot/<name>-<generation>
	Template         string // of the group
	Master, Default  bool
	Secrets          []secretView
}

func viewOf(g driver.NodeGroup, cloud bool) groupView {
	v := groupView{Name: g.Name, Generation: generationOf(g), Master: g.Name == masters, Default: g.Name == masters || g.Name == workers}
	v.Resource = v.Name + "-" + v.Generation
	m := member{Master: v.Master, Volume: sizeOf(g.Labels["boot_volume_size"]) > 0}
	m.Zone = g.Labels["availability_zone"] != "" && (m.Volume || g.DockerVolumeSizeGiB > 0 || m.Master && sizeOf(g.Labels["etcd_volume_size"]) > 0)
	v.Template = m.Group()
	v.File, v.Secrets = "boot/"+v.Resource, secretsOf(boot.Worker, cloud)
	if v.Master {
		v.Secrets = secretsOf(boot.ControlPlane, cloud)
	}
	return v
}

// generationOf a group: 1 until nodes can be replaced one after the other.
func generationOf(driver.NodeGroup) string { return "1" }

// magnumNames are the root parameters of the default groups, as Magnum calls them.
var magnumNames = map[string]string{
	masters + " count": "number_of_masters", masters + " remove": "masters_to_remove",
	masters + " image": "master_image", masters + " flavor": "master_flavor",
	workers + " count": "number_of_minions", workers + " remove": "minions_to_remove",
	workers + " image": "minion_image", workers + " flavor": "minion_flavor",
}

// Param is the root parameter that holds something of the group. What default
// groups share with the cluster is the cluster's.
func (v groupView) Param(what string) string {
	if name, ok := magnumNames[v.Name+" "+what]; ok {
		return name
	}
	if v.Default {
		return what
	}
	return what + "_" + v.Name
}
