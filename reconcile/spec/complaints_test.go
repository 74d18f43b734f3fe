package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// complaint is a case of the tables that both the parser and the schema are held to.
type complaint struct {
	name string
	text string
	want []string // code and diagnostic
}

// complaints lists what can be wrong in one file.
func complaints() []complaint {
	head := func(kind, name string) string {
		return "apiVersion: heatsync/v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n"
	}
	cluster := head("Cluster", "payments") + "  template: k8s\n"
	template := head("ClusterTemplate", "k8s") + "  coe: kubernetes\n  image: f\n"
	return []complaint{
		{"empty file", "", nil},
		{"comments alone", "# nothing\n---\n# here\n", nil},
		{"three documents", aTemplate + "---\n" + aCluster + "---\n" + aFleet, nil},
		{"syntax: a tab indents", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata:\n\tname: payments\n", []string{
			`syntax 4:1: not YAML: found character that cannot start any token (indent with spaces: YAML does not allow tabs there)`,
		}},
		{"syntax: a quote is never closed", "apiVersion: heatsync/v1\nkind: \"Cluster\nmetadata: {name: payments}\n", []string{
			`syntax 2:1: not YAML: found unexpected end of stream`,
		}},
		{"syntax: a bracket is never closed", cluster + "  labels: {a: b\n", []string{
			`syntax 6:3: not YAML: did not find expected ',' or '}'`,
		}},
		{"syntax: a mapping where none can be", "a: b: c\n", []string{
			`syntax 1:1: not YAML: mapping values are not allowed in this context`,
		}},
		{"syntax: one document's error leaves the next its lines", "a: [\n---\n" + aCluster + "  flavr: x\n", []string{
			`syntax 1:1: not YAML: did not find expected node content`,
			`unknown-field 8:3: spec.flavr: unknown field "flavr" (did you mean flavor?)`,
		}},
		{"syntax: an end marker and a directive", aFleet + "...\n%YAML 1.2\n---\n" + aCluster, []string{
			`syntax 5:1: not YAML: found incompatible YAML document (remove the line: directives are not read)`,
		}},
		{"syntax: unknown anchor", cluster + "  flavor: *big\n", []string{
			`syntax 6:11: not YAML: unknown anchor 'big' referenced`,
		}},
		{"encoding: not UTF-8", "a: \xff\n", []string{
			`syntax 1:4: not UTF-8 (save the file as UTF-8)`,
		}},
		{"encoding: a carriage return alone", "a: b\rc: d\n", []string{
			`syntax 1:5: a line ends with the character U+000D (end lines with a plain newline)`,
		}},
		{"encoding: Windows line ends are fine", strings.ReplaceAll(aCluster, "\n", "\r\n"), nil},
		{"encoding: a byte order mark is fine", "\xef\xbb\xbf" + aCluster, nil},
		{"encoding: another byte order mark is not", aCluster + "\ufeff---\n", []string{
			`syntax 6:1: the character U+FEFF is not allowed here (remove it)`,
		}},
		{"not a mapping", "- a\n- b\n", []string{
			`wrong-type 1:1: a document must be a mapping, found a list`,
		}},
		{"text alone", "hello\n", []string{
			`wrong-type 1:1: a document must be a mapping, found the text "hello"`,
		}},
		{"foreign document", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n", []string{
			`foreign 1:13: apiVersion: apiVersion "v1" is not heatsync/v1 (keep other documents outside the fleet's path, or name the file in .heatsyncignore)`,
		}},
		{"newer version", "apiVersion: heatsync/v2\nkind: Cluster\nmetadata: {name: x}\n", []string{
			`foreign 1:13: apiVersion: apiVersion "heatsync/v2" is not heatsync/v1 (write heatsync/v1)`,
		}},
		{"unknown kind", "apiVersion: heatsync/v1\nkind: Clutser\nmetadata: {name: x}\n", []string{
			`foreign 2:7: kind: kind "Clutser" is none of ClusterTemplate, Cluster, Fleet (did you mean Cluster?)`,
		}},
		{"no kind", "apiVersion: heatsync/v1\nmetadata: {name: x}\n", []string{
			`missing 1:1: kind: is required (one of ClusterTemplate, Cluster, Fleet)`,
		}},
		{"no apiVersion", "kind: Fleet\nmetadata: {name: x}\n", []string{
			`missing 1:1: apiVersion: is required`,
		}},
		{"no name", "apiVersion: heatsync/v1\nkind: Fleet\nmetadata: {}\n", []string{
			`missing 3:11: metadata.name: is required`,
		}},
		{"no spec", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: x}\n", []string{
			`missing 1:1: spec: is required`,
		}},
		{"spec is null", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: x}\nspec:\n", []string{
			`wrong-type 4:6: spec: must be a mapping, found nothing (write a value or leave the field out)`,
		}},
		{"template lacks what is required", head("ClusterTemplate", "k8s") + "  flavor: x\n", []string{
			`missing 5:3: spec.coe: is required`,
			`missing 5:3: spec.image: is required`,
		}},
		{"cluster without template", head("Cluster", "payments") + "  nodeCount: 1\n", []string{
			`missing 5:3: spec.template: is required (name the ClusterTemplate it is made from)`,
		}},
		{"absent needs only its name", head("Cluster", "payments") + "  lifecycle: Absent\n", nil},
		{"name with a capital", head("Cluster", "Payments") + "  template: k8s\n", []string{
			`invalid 3:18: metadata.name: "Payments" must be lower-case letters, digits and single dashes, beginning with a letter`,
		}},
		{"name with two dashes", head("Cluster", "pay--ments") + "  template: k8s\n", []string{
			`invalid 3:18: metadata.name: "pay--ments" must be lower-case letters, digits and single dashes, beginning with a letter`,
		}},
		{"name too long for a cluster", head("Cluster", "a23456789012345678901234567890123") + "  template: k8s\n", []string{
			`invalid 3:18: metadata.name: has 33 characters, at most 32 are allowed`,
		}},
		{"name too long for a fleet", head("Fleet", "a23456789012345678901") + "  drift: report\n", []string{
			`invalid 3:18: metadata.name: has 21 characters, at most 20 are allowed`,
		}},
		{"metadata knows only the name", "apiVersion: heatsync/v1\nkind: Fleet\nmetadata: {name: prod, labels: {a: b}}\n", []string{
			`unknown-field 3:24: metadata.labels: unknown field "labels"`,
		}},
		{"unknown field near a known one", cluster + "  flavour: x\n", []string{
			`unknown-field 6:3: spec.flavour: unknown field "flavour" (did you mean flavor?)`,
		}},
		{"unknown field in Magnum's spelling", cluster + "  node_count: 3\n  create_timeout: 60\n", []string{
			`unknown-field 6:3: spec.node_count: unknown field "node_count" (did you mean nodeCount?)`,
			`unknown-field 7:3: spec.create_timeout: unknown field "create_timeout" (did you mean timeout?)`,
		}},
		{"unknown field near none", cluster + "  zzz: x\n", []string{
			`unknown-field 6:3: spec.zzz: unknown field "zzz"`,
		}},
		{"unknown field in a group", cluster + "  nodeGroups:\n  - {name: gpu, nodeCout: 3}\n", []string{
			`unknown-field 7:17: spec.nodeGroups[0].nodeCout: unknown field "nodeCout" (did you mean nodeCount?)`,
		}},
		{"template's field in a cluster", cluster + "  image: x\n", []string{
			`template-field 6:3: spec.image: image belongs to the cluster template (set it in the ClusterTemplate; a cluster that needs another value needs another template)`,
		}},
		{"cluster's field in a template", template + "  nodeCount: 3\n", []string{
			`unknown-field 7:3: spec.nodeCount: unknown field "nodeCount" (it is a field of Cluster)`,
		}},
		{"duplicate key", cluster + "  nodeCount: 3\n  flavor: x\n  nodeCount: 4\n", []string{
			`duplicate-key 8:3: spec.nodeCount: "nodeCount" stands twice in this mapping, first in line 6 (keep one of them)`,
		}},
		{"duplicate key at the top", aCluster + "kind: Cluster\n", []string{
			`duplicate-key 6:1: kind: "kind" stands twice in this mapping, first in line 2 (keep one of them)`,
		}},
		{"key that is no text", cluster + "  1: x\n  ? [a]\n  : b\n", []string{
			`wrong-type 6:3: spec: a key must be text, found the number 1`,
			`wrong-type 7:5: spec: a key must be text, found a list`,
		}},
		{"number for text", cluster + "  flavor: 42\n", []string{
			`wrong-type 6:11: spec.flavor: must be text, found the number 42 (put it in quotes: "42")`,
		}},
		{"truth for text", cluster + "  flavor: true\n", []string{
			`wrong-type 6:11: spec.flavor: must be text, found true (put it in quotes: "true")`,
		}},
		{"a date is text", cluster + "  flavor: 2026-01-01\n", nil},
		{"a date is no number", cluster + "  nodeCount: 2026-01-01\n", []string{
			`wrong-type 6:14: spec.nodeCount: must be a whole number, found the date 2026-01-01`,
		}},
		{"list for text", cluster + "  flavor: [a]\n", []string{
			`wrong-type 6:11: spec.flavor: must be text, found a list`,
		}},
		{"null for text", cluster + "  flavor:\n  keypair: ~\n", []string{
			`wrong-type 6:10: spec.flavor: must be text, found nothing (write a value or leave the field out)`,
			`wrong-type 7:12: spec.keypair: must be text, found nothing (write a value or leave the field out)`,
		}},
		{"quoted number", cluster + "  nodeCount: \"3\"\n", []string{
			`wrong-type 6:14: spec.nodeCount: must be a whole number, found the text "3" (take the quotes away)`,
		}},
		{"text for a number", cluster + "  nodeCount: many\n", []string{
			`wrong-type 6:14: spec.nodeCount: must be a whole number, found the text "many"`,
		}},
		{"float for a number", cluster + "  nodeCount: 3.5\n", []string{
			`wrong-type 6:14: spec.nodeCount: must be a whole number, found the number 3.5`,
		}},
		{"hexadecimal", cluster + "  nodeCount: 0x10\n", []string{
			`wrong-type 6:14: spec.nodeCount: must be a whole number, found the number 0x10`,
		}},
		{"huge number", cluster + "  nodeCount: 99999999999999999999\n", []string{
			`wrong-type 6:14: spec.nodeCount: must be a whole number, found the number 99999999999999999999`,
		}},
		{"negative number", cluster + "  nodeCount: -1\n", []string{
			`invalid 6:14: spec.nodeCount: -1 is out of bounds: 0 to 10000`,
		}},
		{"quoted truth", cluster + "  masterLbEnabled: \"true\"\n", []string{
			`wrong-type 6:20: spec.masterLbEnabled: must be true or false, found the text "true" (write true or false, without quotes)`,
		}},
		{"yes for true", cluster + "  masterLbEnabled: yes\n", []string{
			`wrong-type 6:20: spec.masterLbEnabled: must be true or false, found the text "yes" (write true or false, without quotes)`,
		}},
		{"capital True", cluster + "  masterLbEnabled: True\n", []string{
			`wrong-type 6:20: spec.masterLbEnabled: must be true or false, found True (write it in small letters)`,
		}},
		{"mapping for a list", cluster + "  nodeGroups: {name: x}\n", []string{
			`wrong-type 6:15: spec.nodeGroups: must be a list, found a mapping`,
		}},
		{"list for a mapping", cluster + "  labels: [a]\n", []string{
			`wrong-type 6:11: spec.labels: must be a mapping of names to values, found a list`,
		}},
		{"label that is a mapping", cluster + "  labels: {a: {b: c}}\n", []string{
			`wrong-type 6:15: spec.labels.a: must be text, a number, true or false, found a mapping`,
		}},
		{"label that is null", cluster + "  labels: {a: }\n", []string{
			`wrong-type 6:15: spec.labels.a: must be text, a number, true or false, found nothing (write a value or leave the field out)`,
		}},
		{"label with an odd name", cluster + "  labels: {\"a b\": c}\n", []string{
			`invalid 6:12: spec.labels.a b: "a b" must be a label's name: letters, digits, dots, dashes and underscores`,
		}},
		{"label whose name has a line break", cluster + "  labels: {\"a\\nb\": c}\n", []string{
			`invalid 6:12: spec.labels."a\nb": "a\nb" must be a label's name: letters, digits, dots, dashes and underscores`,
		}},
		{"custom tag", cluster + "  flavor: !big x\n", []string{
			`wrong-type 6:11: spec.flavor: must be text, found a value of type "!big"`,
		}},
		{"enum", cluster + "  lifecycle: absent\n", []string{
			`invalid 6:14: spec.lifecycle: "absent" must be one of Present, Suspended, Absent (did you mean Absent?)`,
		}},
		{"even masters", cluster + "  masterCount: 2\n", []string{
			`invalid 6:16: spec.masterCount: 2 is even: an even number of masters survives no more losses than one master fewer, so it must be odd`,
		}},
		{"no masters", cluster + "  masterCount: 0\n", []string{
			`invalid 6:16: spec.masterCount: 0 is out of bounds: 1 to 99`,
		}},
		{"timeout below a minute", cluster + "  timeout: 30s\n", []string{
			`invalid 6:12: spec.timeout: "30s" must be whole minutes of at least one, like 60m or 1h30m`,
		}},
		{"timeout without a unit", cluster + "  timeout: 60\n", []string{
			`wrong-type 6:12: spec.timeout: must be text, found the number 60 (say the unit: 60m)`,
		}},
		{"discovery URL", cluster + "  discoveryUrl: etcd\n", []string{
			`invalid 6:17: spec.discoveryUrl: "etcd" must be an http or https URL`,
		}},
		{"adopt what", cluster + "  adopt: {}\n", []string{
			`missing 6:10: spec.adopt.stack: is required`,
		}},
		{"adopt a wrong name", cluster + "  adopt: {stack: \"a b\"}\n", []string{
			`invalid 6:18: spec.adopt.stack: "a b" must be a stack's name or id`,
		}},
		{"group name is taken", cluster + "  nodeGroups: [{name: master}, {name: default-x}]\n", []string{
			`invalid 6:23: spec.nodeGroups[0].name: "master" is taken: the cluster's own groups are default-master and default-worker`,
			`invalid 6:39: spec.nodeGroups[1].name: "default-x" is taken: the cluster's own groups are default-master and default-worker`,
		}},
		{"group name too long", cluster + "  nodeGroups: [{name: a2345678901234567}]\n", []string{
			`invalid 6:23: spec.nodeGroups[0].name: has 17 characters, at most 16 are allowed`,
		}},
		{"group name twice", cluster + "  nodeGroups:\n  - name: gpu\n  - name: gpu\n", []string{
			`duplicate-name 8:11: spec.nodeGroups[1].name: node group "gpu" is written twice, first in line 7 (give it another name)`,
		}},
		{"group role master", cluster + "  nodeGroups: [{name: a, role: master}]\n", []string{
			`invalid 6:32: spec.nodeGroups[0].role: "master" is taken: the masters are the cluster's masterCount`,
		}},
		{"group below its minimum", cluster + "  nodeGroups: [{name: a, nodeCount: 1, minNodeCount: 2}]\n", []string{
			`conflict 6:37: spec.nodeGroups[0].nodeCount: 1 is less than minNodeCount 2`,
		}},
		{"group above its maximum", cluster + "  nodeGroups: [{name: a, nodeCount: 3, maxNodeCount: 2}]\n", []string{
			`conflict 6:37: spec.nodeGroups[0].nodeCount: 3 is more than maxNodeCount 2`,
		}},
		{"group bounds crossed", cluster + "  nodeGroups: [{name: a, minNodeCount: 3, maxNodeCount: 2}]\n", []string{
			`conflict 6:40: spec.nodeGroups[0].minNodeCount: 3 is more than maxNodeCount 2`,
		}},
		{"group default count below its minimum", cluster + "  nodeGroups: [{name: a, minNodeCount: 2}]\n", []string{
			`conflict 6:16: spec.nodeGroups[0].nodeCount: 1 is less than minNodeCount 2`,
		}},
		{"node label of Kubernetes", cluster + "  nodeGroups: [{name: a, nodeLabels: {kubernetes.io/os: linux, x.k8s.io/a: b, node.kubernetes.io/a: b, magnum.openstack.org/role: x, example.org/a: b}}]\n", []string{
			`conflict 6:57: spec.nodeGroups[0].nodeLabels.kubernetes.io/os: labels of kubernetes.io belong to Kubernetes (use a prefix of your own)`,
			`conflict 6:76: spec.nodeGroups[0].nodeLabels.x.k8s.io/a: labels of x.k8s.io belong to Kubernetes (use a prefix of your own)`,
			`conflict 6:131: spec.nodeGroups[0].nodeLabels.magnum.openstack.org/role: labels of magnum.openstack.org belong to the driver (use a prefix of your own)`,
		}},
		{"node label value", cluster + "  nodeGroups: [{name: a, nodeLabels: {a: \"x y\"}}]\n", []string{
			`invalid 6:42: spec.nodeGroups[0].nodeLabels.a: "x y" must be a Kubernetes label value: at most 63 letters, digits, dots, dashes and underscores, or nothing`,
		}},
		{"node label that is a number", cluster + "  nodeGroups: [{name: a, nodeLabels: {a: 1}}]\n", []string{
			`wrong-type 6:42: spec.nodeGroups[0].nodeLabels.a: must be text, found the number 1 (put it in quotes: "1")`,
		}},
		{"nodes to remove", cluster + "  nodesToRemove: w-1\n  nodeGroups: [{name: a, nodesToRemove: [\"w 1\"]}]\n", []string{
			`wrong-type 6:18: spec.nodesToRemove: must be a list, found the text "w-1"`,
			`invalid 7:42: spec.nodeGroups[0].nodesToRemove[0]: "w 1" must be a node's name or its server's id`,
		}},
		{"taint effect", cluster + "  nodeGroups: [{name: a, nodeTaints: [{key: gpu, effect: Never}, {effect: NoExecute}]}]\n", []string{
			`invalid 6:58: spec.nodeGroups[0].nodeTaints[0].effect: "Never" must be one of NoSchedule, PreferNoSchedule, NoExecute`,
			`missing 6:66: spec.nodeGroups[0].nodeTaints[1].key: is required`,
		}},
		{"engine is open", head("ClusterTemplate", "d") + "  coe: docker\n  image: f\n  networkDriver: bridge\n  volumeDriver: local\n", nil},
		{"engine in capitals", head("ClusterTemplate", "d") + "  coe: Kubernetes\n  image: f\n", []string{
			`invalid 5:8: spec.coe: "Kubernetes" must be a lower-case word of letters, digits, dots, dashes and underscores`,
		}},
		{"network driver of another engine", template + "  networkDriver: docker\n", []string{
			`conflict 7:18: spec.networkDriver: "docker" does not go with coe kubernetes (it has flannel, calico, cilium)`,
		}},
		{"volume driver of another engine", template + "  volumeDriver: rexray\n", []string{
			`conflict 7:17: spec.volumeDriver: "rexray" does not go with coe kubernetes (it has cinder)`,
		}},
		{"swarm has no calico", head("ClusterTemplate", "s") + "  coe: swarm-mode\n  image: f\n  networkDriver: calico\n", []string{
			`conflict 7:18: spec.networkDriver: "calico" does not go with coe swarm-mode (it has docker, flannel)`,
		}},
		{"server type", template + "  serverType: container\n", []string{
			`invalid 7:15: spec.serverType: "container" must be one of vm, bm`,
		}},
		{"name server that is a name", template + "  dnsNameserver: dns.example.org\n", []string{
			`invalid 7:18: spec.dnsNameserver: "dns.example.org" must be one or more IPv4 addresses, separated by commas`,
		}},
		{"name servers, the second wrong", template + "  dnsNameserver: 8.8.8.8,8.8.8.256\n", []string{
			`invalid 7:18: spec.dnsNameserver: "8.8.8.8,8.8.8.256" must be one or more IPv4 addresses, separated by commas`,
		}},
		{"name server of IPv6", template + "  dnsNameserver: \"2001:db8::1\"\n", []string{
			`invalid 7:18: spec.dnsNameserver: "2001:db8::1" must be one or more IPv4 addresses, separated by commas`,
		}},
		{"proxy without a port", template + "  httpProxy: http://proxy.example.org\n", []string{
			`invalid 7:14: spec.httpProxy: must be a URL with a port, like http://proxy.example.org:3128, with no user or password`,
		}},
		{"proxy with a password is not repeated", template + "  httpsProxy: http://me:secret@proxy:3128\n", []string{
			`invalid 7:15: spec.httpsProxy: must be a URL with a port, like http://proxy.example.org:3128, with no user or password`,
		}},
		{"proxy port", template + "  httpProxy: http://proxy:65536\n", []string{
			`invalid 7:14: spec.httpProxy: must be a URL with a port, like http://proxy.example.org:3128, with no user or password`,
		}},
		{"no proxy with spaces", template + "  noProxy: a, b\n", []string{
			`invalid 7:12: spec.noProxy: "a, b" must be a comma-separated list without spaces`,
		}},
		{"low port", template + "  apiserverPort: 1023\n", []string{
			`invalid 7:18: spec.apiserverPort: 1023 is out of bounds: 1024 to 65535`,
		}},
		{"high port", template + "  apiserverPort: 65536\n", []string{
			`invalid 7:18: spec.apiserverPort: 65536 is out of bounds: 1024 to 65535`,
		}},
		{"ports at the bounds", template + "  apiserverPort: 65535\n---\n" + template + "  apiserverPort: 1024\n", nil},
		{"volume of nothing", template + "  dockerVolumeSize: 0\n", []string{
			`invalid 7:21: spec.dockerVolumeSize: 0 is out of bounds: 1 to 1048576`,
		}},
		{"text with a newline", template + "  keypair: \"a\\nb\"\n", []string{
			`invalid 7:12: spec.keypair: "a\nb" must be text of one line, with no space at its ends`,
		}},
		{"empty text", template + "  keypair: \"\"\n", []string{
			`invalid 7:12: spec.keypair: "" must be text of one line, with no space at its ends`,
		}},
		{"drift", aFleet + "spec: {drift: ignore, maxDeletes: -1, rollout: {maxConcurrent: 0}}\n", []string{
			`invalid 4:15: spec.drift: "ignore" must be one of correct, report`,
			`invalid 4:35: spec.maxDeletes: -1 is out of bounds: 0 to 10000`,
			`invalid 4:64: spec.rollout.maxConcurrent: 0 is out of bounds: 1 to 10000`,
		}},
		{"merge keys", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: x}\nspec:\n  template: k8s\n  nodeGroups:\n  - &a {name: a, flavor: big}\n  - {<<: *a, name: b}\n  - {<<: [*a], name: c, flavor: small}\n", nil},
		{"merge of text", cluster + "  labels: {<<: x}\n", []string{
			`wrong-type 6:16: spec.labels: a merge key needs a mapping, found the text "x"`,
		}},
		{"alias of itself", cluster + "  labels: &a {b: *a}\n", []string{
			`wrong-type 6:18: spec.labels.b: must be text, a number, true or false, found a mapping`,
		}},
		{"kind is a list", "apiVersion: heatsync/v1\nkind: [a]\nmetadata: {name: x}\n", []string{
			`foreign 2:7: kind: kind as a list is none of ClusterTemplate, Cluster, Fleet`,
		}},
		{"capital False", cluster + "  floatingIpEnabled: FALSE\n", []string{
			`wrong-type 6:22: spec.floatingIpEnabled: must be true or false, found FALSE (write it in small letters)`,
		}},
		{"a bracket in the first line", "a: [b\n\nc: d\n", []string{
			`syntax 1:1: not YAML: did not find expected ',' or ']'`,
		}},
		{"absent in small letters, without a template", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {lifecycle: absent}\n", []string{
			`invalid 4:19: spec.lifecycle: "absent" must be one of Present, Suspended, Absent (did you mean Absent?)`,
		}},
		{"a tag of one's own", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: a}\nspec: !foo {template: b}\n", []string{
			`wrong-type 4:7: spec: must be a mapping, found the tag "!foo" (remove the tag)`,
		}},
		{"a tag of one's own on a list", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {template: b, nodeGroups: !foo []}\n", []string{
			`wrong-type 4:33: spec.nodeGroups: must be a list, found the tag "!foo" (remove the tag)`,
		}},
		{"deep nesting", cluster + "  nodeGroups: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "\n", []string{
			`wrong-type 6:16: spec.nodeGroups[0]: must be a mapping, found a list`,
		}},
		{"a document too large", cluster + "# " + strings.Repeat("x", MaxDocument) + "\n---\n" + aFleet + "specs: 1\n", []string{
			`syntax 1:1: the document has 262234 bytes, at most 262144 are read (split it)`,
			`unknown-field 11:1: specs: unknown field "specs" (did you mean spec?)`,
		}},
		{"aliases that explode", cluster + "  nodeGroups:\n" + bomb(), []string{
			`syntax 7:1438: spec.nodeGroups[39].labels.k168: the document has more than 40000 keys and values, its aliases followed (split it, or use fewer aliases)`,
		}},
	}
}

// bomb gives node groups whose labels are aliases of aliases.
func bomb() string {
	var b strings.Builder
	b.WriteString("  - &g {name: a, labels: &l {")
	for i := range 500 {
		fmt.Fprintf(&b, "k%d: v, ", i)
	}
	b.WriteString("}}\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  - {<<: *g, name: g%d}\n", i)
	}
	return b.String()
}

func TestParseComplaints(t *testing.T) {
	for _, test := range complaints() {
		t.Run(test.name, func(t *testing.T) {
			f := Parse("a.yaml", []byte(test.text))
			var got []string
			for _, d := range f.Diagnostics {
				got = append(got, string(d.Code)+" "+strings.TrimPrefix(d.String(), "a.yaml:"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if f.Broken != (len(test.want) > 0) {
				t.Errorf("Broken is %v", f.Broken)
			}
		})
	}
}
