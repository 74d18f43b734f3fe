package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Resolved is what a [Set] knows of one cluster. It is a value to read: its maps
// and slices are shared.
type Resolved struct {
	Name        string   // the cluster's
	Cluster     *Cluster // nil when the state is Unreadable
	State       State    // whether the cluster may be acted on
	Hash        string   // of Cluster; "" when Unreadable
	Template    string   // the template's name; "" when the document has none
	Path        string   // where the cluster's name stands: of the first document, if there are several
	Line        int
	Column      int
	Diagnostics []Diagnostic // why it is Unreadable, in order; never empty then

	document, template *Document
}

// State tells whether a cluster's documents can be acted on.
type State string

// The states of a resolved cluster.
const (
	OK         State = "ok"
	Unreadable State = "unreadable" // frozen: no update, no delete, until its documents are put right
)

// merged answers for fields that the cluster may have from its template.
type merged struct{ own, template *value }

func (m merged) in(key string) *value {
	if m.own.child(key) != nil {
		return m.own
	}
	return m.template
}

func (m merged) text(key string) string         { return m.in(key).text(key, "") }
func (m merged) number(key string, def int) int { return m.in(key).number(key, def) }
func (m merged) flag(key string, def bool) bool { return m.in(key).flag(key, def) }

// resolve merges a cluster's document over its template's, which is nil only for
// an Absent cluster.
func resolve(doc, template *Document) *Cluster {
	own := doc.root.child("spec")
	c := &Cluster{Name: doc.Name, Lifecycle: Lifecycle(own.text("lifecycle", string(Present)))}
	if template == nil {
		return c
	}
	t := template.root.child("spec")
	m := merged{own, t}
	c.COE, c.Distro, c.Driver = t.text("coe", ""), t.text("distro", ""), t.text("driver", "")
	c.ServerType = ServerType(t.text("serverType", string(VM)))
	c.Image, c.Keypair, c.Flavor, c.MasterFlavor = t.text("image", ""), m.text("keypair"), m.text("flavor"), m.text("masterFlavor")

	c.ExternalNetwork, c.FixedNetwork, c.FixedSubnet = t.text("externalNetwork", ""), m.text("fixedNetwork"), m.text("fixedSubnet")
	c.DNSNameservers = commaList(t.text("dnsNameserver", ""))
	c.NetworkDriver = t.text("networkDriver", defaultNetwork(c.COE))
	c.MasterLBEnabled, c.FloatingIPEnabled = m.flag("masterLbEnabled", false), m.flag("floatingIpEnabled", true)
	c.APIServerPort = t.number("apiserverPort", 0)

	c.VolumeDriver, c.DockerStorageDriver = t.text("volumeDriver", ""), t.text("dockerStorageDriver", "")
	c.DockerVolumeGiB = m.number("dockerVolumeSize", 0)

	c.HTTPProxy, c.HTTPSProxy, c.NoProxy = t.text("httpProxy", ""), t.text("httpsProxy", ""), t.text("noProxy", "")
	c.RegistryEnabled, c.InsecureRegistry = t.flag("registryEnabled", false), t.text("insecureRegistry", "")
	c.TLSDisabled = t.flag("tlsDisabled", false)

	c.Labels = mergeLabels(own, template.labels)
	c.Groups = groupsOf(c, own)
	c.TimeoutMinutes, c.DiscoveryURL = own.minutes("timeout", defaultTimeout), own.text("discoveryUrl", "")
	if a := own.child("adopt"); a != nil {
		c.Adopt = &Adopt{Stack: a.text("stack", "")}
	}
	return c
}

func defaultNetwork(coe string) string {
	if e, ok := engineOf(coe); ok {
		return e.networks[0]
	}
	return ""
}

func commaList(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return parts
}

// mergeLabels gives the labels of v over base, which it shares when v has none.
func mergeLabels(v *value, base map[string]string) map[string]string {
	own := v.dict("labels")
	switch {
	case !v.flag("mergeLabels", true):
		return own
	case len(own) == 0:
		return base
	case len(base) == 0:
		return own
	}
	m := maps.Clone(base)
	maps.Copy(m, own)
	return m
}

// groupsOf lists the cluster's node groups: the two defaults, then its own by name.
func groupsOf(c *Cluster, own *value) []NodeGroup {
	extra := own.child("nodeGroups").all()
	groups := make([]NodeGroup, 0, 2+len(extra))
	groups = append(groups,
		NodeGroup{Name: DefaultMaster, Role: RoleMaster, Flavor: c.MasterFlavor, Image: c.Image, NodeCount: own.number("masterCount", 1), DockerVolumeGiB: c.DockerVolumeGiB, Labels: c.Labels},
		NodeGroup{Name: DefaultWorker, Role: RoleWorker, Flavor: c.Flavor, Image: c.Image, NodeCount: own.number("nodeCount", 1), NodesToRemove: own.child("nodesToRemove").texts(), DockerVolumeGiB: c.DockerVolumeGiB, Labels: c.Labels},
	)
	for _, g := range extra {
		group := NodeGroup{
			Name: g.text("name", ""), Role: g.text("role", RoleWorker),
			Flavor: g.text("flavor", c.Flavor), Image: g.text("image", c.Image),
			NodeCount: g.number("nodeCount", 1), NodesToRemove: g.child("nodesToRemove").texts(), MinNodeCount: g.number("minNodeCount", 0), MaxNodeCount: g.number("maxNodeCount", 0),
			DockerVolumeGiB: g.number("dockerVolumeSize", c.DockerVolumeGiB),
			Labels:          mergeLabels(g, c.Labels),
			NodeLabels:      g.dict("nodeLabels"),
		}
		for _, t := range g.child("nodeTaints").all() {
			group.NodeTaints = append(group.NodeTaints, Taint{Key: t.text("key", ""), Value: t.text("value", ""), Effect: t.text("effect", "")})
		}
		groups = append(groups, group)
	}
	slices.SortStableFunc(groups[2:], func(a, b NodeGroup) int { return strings.Compare(a.Name, b.Name) })
	return groups
}

// mergedRules checks what can be told only once cluster and template are one. An
// Absent cluster is held to none of it: it is to go, whatever it says.
func (r Resolved) mergedRules() []Diagnostic {
	c := r.Cluster
	if c == nil || c.Lifecycle == Absent {
		return nil
	}
	var ds []Diagnostic
	complain := func(field, summary, remedy string) {
		d := Diagnostic{Severity: Error, Code: CodeConflict, Field: r.Written(field), Summary: summary, Remedy: remedy}
		d.Path, d.Line, d.Column = r.Locate(field)
		if d.Path != r.Path {
			d.Summary = fmt.Sprintf("cluster %q: %s", c.Name, summary)
		}
		ds = append(ds, d)
	}
	if c.Masters() > 1 && !c.MasterLBEnabled {
		complain("masterCount", fmt.Sprintf("%d masters need masterLbEnabled", c.Masters()), "set masterLbEnabled: true here or in the template")
	}
	if c.FixedSubnet != "" && c.FixedNetwork == "" && c.ServerType != BareMetal {
		complain("fixedSubnet", "needs fixedNetwork", "name the network that the subnet is in")
	}
	if c.ServerType == BareMetal && c.FixedSubnet == "" {
		complain("serverType", "bm needs fixedSubnet: no network can be made for bare metal", "name the subnet the servers are in")
	}
	if c.DockerStorageDriver == devicemapper {
		for _, g := range c.Groups {
			if g.DockerVolumeGiB >= minDevicemapperGiB {
				continue
			}
			complain(r.volumeField(g.Name), fmt.Sprintf("devicemapper needs a volume of at least %d GiB for every group, and %q has %d", minDevicemapperGiB, g.Name, g.DockerVolumeGiB), "set dockerVolumeSize")
			break
		}
	}
	return order(ds)
}

// devicemapper is the storage driver that cannot use the server's own disk.
const (
	devicemapper       = "devicemapper"
	minDevicemapperGiB = 3
)

// volumeField names the field that gives a group its volume, or the one that
// asks for it.
func (r Resolved) volumeField(group string) string {
	field := "nodeGroups[" + group + "].dockerVolumeSize"
	if _, v, _ := r.locate(field); v != nil && v.key == "dockerVolumeSize" {
		return field
	}
	return "dockerStorageDriver"
}
