package spec

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated pages anew")

const kindsPage = "../../docs/reference/kinds.md"

// TestKindsPage holds the reference page to the table. After a change of the
// table: go test ./reconcile/spec -run TestKindsPage -update
func TestKindsPage(t *testing.T) {
	want := page()
	if *update {
		if err := os.WriteFile(kindsPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(kindsPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the page is not what the table says; run with -update (-want +got):\n%s", diff)
	}
}

func page() string {
	var b strings.Builder
	b.WriteString(pageTop)
	for _, k := range kinds {
		fmt.Fprintf(&b, "\n## %s\n\n%s `metadata.name` has at most %d characters.\n", k.name, k.doc, k.find("metadata").find("name").longest())
		pageFields(&b, "spec", k.find("spec"))
	}
	b.WriteString(pageRules)
	b.WriteString("\n## Magnum's attributes that are not here\n\n| Attribute | Of | Why |\n|---|---|---|\n")
	for _, a := range leftOut {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", a.names, a.of, a.why)
	}
	b.WriteString(pageCodes)
	for _, c := range codePage {
		fmt.Fprintf(&b, "| `%s` | %s |\n", c.code, c.doc)
	}
	return b.String()
}

// pageFields writes the table of an object's fields, then those of the objects
// within it.
func pageFields(b *strings.Builder, path string, f *field) {
	fmt.Fprintf(b, "\n### %s\n\n| Field | Value | Default | Meaning |\n|---|---|---|---|\n", path)
	for _, c := range f.fields {
		def := c.def
		if c.required {
			def = "required"
		}
		if def == "" {
			def = "–"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", c.name, pageValue(c), def, c.doc)
	}
	for _, c := range f.fields {
		switch {
		case c.shape == shapeObject:
			pageFields(b, path+"."+c.name, c)
		case c.shape == shapeList && c.item.shape == shapeObject:
			pageFields(b, path+"."+c.name+"[]", c.item)
		}
	}
}

// pageValue says what a field takes.
func pageValue(f *field) string {
	switch f.shape {
	case shapeText:
		switch {
		case len(f.enum) > 0:
			return "`" + strings.Join(f.enum, "`, `") + "`"
		case f.pattern == plainPattern:
			return "text"
		}
		return f.pattern.what
	case shapeNumber:
		odd := ""
		if f.odd {
			odd = "odd, "
		}
		return fmt.Sprintf("%s%d to %d", odd, f.min, f.max)
	case shapeFlag:
		return "`true`, `false`"
	case shapeList:
		return "list"
	case shapeDict:
		return "mapping to " + string(f.item.shape)
	}
	return "mapping"
}

const pageTop = `# Kinds

<!-- Made from the table in reconcile/spec; go test ./reconcile/spec -run TestKindsPage -update writes it. -->

For authors of clusters: what may stand in the files of a fleet's source. Every ` + "`*.yaml`" + ` and ` + "`*.yml`" + ` file
may hold several documents, each of one of three kinds. Fields are the parameters of Magnum's command line in
camelCase. ` + "`heatsync validate DIR`" + ` checks a folder offline, and ` + "`heatsync schema`" + ` prints a JSON Schema for editors.

    apiVersion: heatsync/v1
    kind: ClusterTemplate | Cluster | Fleet
    metadata: {name: ...}
    spec: ...

A document's identity is its kind and ` + "`metadata.name`" + `: a file may be moved, renamed or split at will. Names are
lower-case letters, digits and single dashes, and begin with a letter. Unknown fields, keys that stand twice and
values of the wrong type are errors, and so is a document of any other kind or apiVersion.
`

const pageRules = `
## How a cluster is put together

- A cluster has its template's fields. Those that both kinds list may be set by the cluster, whose value wins; all
  others are the template's alone.
- Labels are merged: the group's over the cluster's over the template's. ` + "`mergeLabels: false`" + ` takes them exactly as written
  (in Magnum that is the default). A label may be written as text, number or truth value and is kept as it is
  written: ` + "`1.50`" + ` stays ` + "`1.50`" + `. Which labels there are is the driver's to say.
- Every cluster has the groups ` + "`default-master`" + ` (masterCount, masterFlavor) and ` + "`default-worker`" + ` (nodeCount, flavor). An extra
  group has flavor, image, dockerVolumeSize and labels from the cluster where it does not set its own. (In Magnum
  an extra group has no volume unless it asks for one: write ` + "`dockerVolumeSize: 0`" + ` for that.)

## Rules between fields

- More than one master needs masterLbEnabled.
- fixedSubnet needs fixedNetwork, except on bare metal, where it is required and says by itself which network it is.
- devicemapper needs a dockerVolumeSize of at least 3 for every group.
- nodeCount of a group lies between minNodeCount and maxNodeCount.
- A networkDriver and a volumeDriver must go with the coe, where heatsync knows it.
- Of a document with ` + "`lifecycle: Absent`" + ` only its own node groups are checked: it may go whatever its template says.

## When something is wrong

Each complaint has file, line, column and field. It freezes the clusters it concerns: nothing of theirs is updated or
deleted until the files are put right; all others go on.

- A document with an error freezes its cluster, also when it is no YAML at all but its name can be told.
- A template that is missing, broken or written twice freezes every cluster that uses it.
- Two documents of one kind and name are both rejected.
- No Fleet document, two, or a broken one: the whole source is in error and nothing is written.

## What is read

Names that begin with a dot are passed over, and so is what a file ` + "`.heatsyncignore`" + ` names, in the syntax of ` + "`.gitignore`" + `, in its
folder and those below. A source has at most 50,000 YAML files; a repository, of which at most 256 MiB are fetched, is read within a minute.

## YAML

Anchors, aliases and merge keys (` + "`<<`" + `) are read. A file has at most 16 MiB (a larger one, and a
Git LFS pointer, cannot be read, and that file alone), 20,000 documents, a document 256 KiB and, aliases followed,
40,000 keys and values. Files are UTF-8, their lines end with a newline. Truth values are ` + "`true`" + ` and ` + "`false`" + `, numbers are decimal.
Directives (` + "`%YAML`" + `) and tags of your own are refused.
`

const pageCodes = `
## Codes

Every complaint has a code that stays the same from release to release.

| Code | Means |
|---|---|
`

var codePage = []struct {
	code Code
	doc  string
}{
	{CodeSyntax, "No YAML, or YAML beyond the bounds above."},
	{CodeForeign, "A document of another apiVersion or kind."},
	{CodeUnknownField, "There is no such field here."},
	{CodeTemplateField, "A cluster sets what only its template may."},
	{CodeDuplicateKey, "One key twice in one mapping."},
	{CodeWrongType, "Text for a number, a list for text and the like."},
	{CodeMissing, "A required field is not there."},
	{CodeInvalid, "The right type with an impossible value."},
	{CodeConflict, "Two fields that do not go together."},
	{CodeDuplicateName, "Two documents of one kind and name, or two groups of one name."},
	{CodeUnknownTemplate, "The cluster's template is nowhere."},
	{CodeBrokenTemplate, "The cluster's template has errors or is written twice."},
	{CodeFleet, "No Fleet document, several, or one of another name."},
}

// leftOut are the attributes of Magnum's API (22.0.0) that have no field.
var leftOut = []struct{ names, of, why string }{
	{"uuid, id, links, project_id, user_id, created_at, updated_at", "all", "Given by the server, not wanted by anybody."},
	{"public, hidden, tags", "template", "They publish a template to other users of an API. Here whoever reads the repository sees it."},
	{"stack_id, api_address, node_addresses, master_addresses", "cluster, group", "Read from the stack. To take over a stack, use adopt."},
	{"status, status_reason, faults, health_status, health_status_reason", "cluster, group", "Observed; see `heatsync status`."},
	{"coe_version, container_version, version", "cluster, group", "Observed. The wanted version is a label, as kube_tag."},
	{"labels_overridden, labels_added, labels_skipped", "cluster, group", "Differences between documents that stand side by side in Git."},
	{"cluster_id", "group", "A group stands inside its cluster."},
	{"is_default", "group", "The default groups are masterCount and nodeCount."},
}

// TestEveryMagnumAttributeIsAccountedFor holds table and page to Magnum's lists.
func TestEveryMagnumAttributeIsAccountedFor(t *testing.T) {
	attributes := map[string]string{
		"ClusterTemplate": "uuid name coe image_id keypair_id external_network_id fixed_network fixed_subnet dns_nameserver flavor_id master_flavor_id network_driver volume_driver docker_volume_size docker_storage_driver apiserver_port server_type labels http_proxy https_proxy no_proxy registry_enabled insecure_registry tls_disabled master_lb_enabled floating_ip_enabled public hidden tags driver cluster_distro project_id user_id created_at updated_at links",
		"Cluster":         "uuid name cluster_template_id keypair node_count master_count docker_volume_size labels merge_labels flavor_id master_flavor_id create_timeout discovery_url fixed_network fixed_subnet floating_ip_enabled master_lb_enabled stack_id status status_reason health_status health_status_reason api_address coe_version container_version node_addresses master_addresses project_id user_id faults labels_overridden labels_added labels_skipped links created_at updated_at",
		"NodeGroup":       "id uuid name cluster_id project_id role node_count min_node_count max_node_count flavor_id image_id docker_volume_size labels is_default node_addresses stack_id status status_reason version labels_overridden labels_added labels_skipped node_labels node_taints",
	}
	fields := map[string]*field{
		"ClusterTemplate": kindTable(KindTemplate).find("spec"), "Cluster": kindTable(KindCluster).find("spec"),
		"NodeGroup": kindTable(KindCluster).find("spec").find("nodeGroups").item,
	}
	excused := map[string]bool{"name": true} // metadata.name
	for _, a := range leftOut {
		for name := range strings.SplitSeq(a.names, ", ") {
			excused[name] = true
		}
	}
	for kind, names := range attributes {
		for name := range strings.FieldsSeq(names) {
			if fields[kind].knows(name) == excused[name] && !(kind == "NodeGroup" && name == "name") {
				t.Errorf("%s.%s: a field: %v, excused on the page: %v", kind, name, fields[kind].knows(name), excused[name])
			}
		}
	}
}

// knows tells whether a field stands for one of Magnum's attributes.
func (f *field) knows(attribute string) bool {
	for _, c := range f.fields {
		if c.magnum == attribute || strings.EqualFold(c.name, strings.ReplaceAll(attribute, "_", "")) {
			return true
		}
	}
	return false
}
