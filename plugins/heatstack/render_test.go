package heatstack_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/reconcile/live"
)

func TestTheMarksAreTheAgents(t *testing.T) {
	if got, want := heatstack.Description("prod", "web"), live.Description("prod", "web"); got != want {
		t.Errorf("description %q, the agent looks for %q", got, want)
	}
	want := live.Marks{Marked: true, Fleet: "prod", Cluster: "web", Driver: "toy", Digest: "1-0"}.Tags()
	if diff := cmp.Diff(want, tags("1-0")); diff != "" {
		t.Errorf("tags of these tests (-agent's +ours):\n%s", diff)
	}
}

func TestRenderTellsWhatIsSent(t *testing.T) {
	r := heatstack.New(toy{}).Render(driver.RenderInput{Cluster: cluster(), Secrets: join})
	want := driver.Rendered{
		Digest: r.Digest, Secrets: []string{"join"}, Resources: 2,
		Parameters: map[string]string{"flavor": "small", "node_count": "1", "colour": "red", "keypair": "ops", "token": "******"},
	}
	if diff := cmp.Diff(want, r); diff != "" || !driver.IsDigest(r.Digest) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheDigestMovesWithWhatItCovers(t *testing.T) {
	digest := func(change func(*heatstack.Stack), in driver.RenderInput) string {
		r := heatstack.New(toy{change: change}).Render(in)
		if driver.HasErrors(r.Diagnostics) {
			t.Fatalf("%+v", r.Diagnostics)
		}
		return r.Digest
	}
	base := digest(nil, driver.RenderInput{Cluster: cluster(), Secrets: join})
	other := cluster()
	other.TimeoutMinutes = 5
	if digest(nil, driver.RenderInput{Cluster: other, Secrets: join}) != base {
		t.Error("the timeout is in the digest")
	}
	if digest(func(s *heatstack.Stack) { s.Template = "# a comment\n" + s.Template }, driver.RenderInput{Cluster: cluster(), Secrets: join}) != base {
		t.Error("a comment is in the digest")
	}
	moved := map[string]string{
		"parameter": digest(func(s *heatstack.Stack) { s.Parameters["flavor"] = "big" }, driver.RenderInput{Cluster: cluster(), Secrets: join}),
		"file":      digest(func(s *heatstack.Stack) { s.Files = map[string]string{"a": "b"} }, driver.RenderInput{Cluster: cluster(), Secrets: join}),
		"environment": digest(func(s *heatstack.Stack) {
			s.Environment = map[string]any{"parameter_defaults": map[string]any{"a": "b"}}
		}, driver.RenderInput{Cluster: cluster(), Secrets: join}),
		"secret's id": digest(nil, driver.RenderInput{Cluster: cluster(), Secrets: []driver.Secret{{Name: "join", ID: "v2"}}}),
		"secret's encoding": digest(func(s *heatstack.Stack) { s.Secrets["token"] = heatstack.Secret{Name: "join", Base64: true} },
			driver.RenderInput{Cluster: cluster(), Secrets: join}),
		"template": digest(func(s *heatstack.Stack) { s.Template = strings.Replace(s.Template, "' '", "'-'", 1) }, driver.RenderInput{Cluster: cluster(), Secrets: join}),
	}
	for what, d := range moved {
		if d == base {
			t.Errorf("the digest does not cover the %s", what)
		}
	}
}

func TestRenderHoldsTheAuthorToHeat(t *testing.T) {
	nested := func(body string) func(*heatstack.Stack) {
		return func(s *heatstack.Stack) {
			s.Files = map[string]string{"node.yaml": "heat_template_version: '2018-08-31'\n" + body}
			s.Template = strings.Replace(s.Template, "OS::Heat::TestResource", "node.yaml", 1)
		}
	}
	for _, c := range []struct {
		name   string
		change func(*heatstack.Stack)
		want   string
	}{
		{"undeclared", func(s *heatstack.Stack) { s.Parameters["taste"] = "sour" }, `parameter "taste" is sent but not declared`},
		{"missing", func(s *heatstack.Stack) { delete(s.Parameters, "flavor") }, `parameter "flavor" is declared without a default and not given`},
		{"wrong type", func(s *heatstack.Stack) { s.Parameters["node_count"] = "many" }, `"many" is not a number`},
		{"no yaml", func(s *heatstack.Stack) { s.Template = "a: [" }, "the template cannot be read"},
		{"secret not hidden", func(s *heatstack.Stack) { s.Secrets = map[string]heatstack.Secret{"colour": {Name: "join"}} }, "must be declared hidden"},
		{"secret unknown", func(s *heatstack.Stack) { s.Secrets["token"] = heatstack.Secret{Name: "other"} }, `secret "other" is used but was not asked for`},
		{"secret has no such part", func(s *heatstack.Stack) {
			s.Secrets["token"] = heatstack.Secret{Name: "join", Part: heatstack.PartCertificate}
		}, `to get "certificate" of secret "join", which a secret of kind "token" does not have`},
		{"secret as a property", func(s *heatstack.Stack) {
			s.Template = strings.Replace(s.Template, "{get_param: colour}", "{get_param: token}", 1)
		}, `secret parameter "token" is a property of resource "server"`},
		{"secret in an output", func(s *heatstack.Stack) { s.Template += "  leak: {value: {get_param: token}}\n" }, `secret parameter "token" is in an output`},
		{"secret read back", func(s *heatstack.Stack) { s.Template += "  leak: {value: {get_attr: [boot, config]}}\n" }, `get_attr reads resource "boot"`},
		{"secret handed down in clear", func(s *heatstack.Stack) {
			nested("parameters: {value: {type: string}}")(s)
			s.Template = strings.Replace(s.Template, "{get_param: colour}", "{get_param: token}", 1)
		}, `which must declare "value" hidden`},
		{"secret below the root", func(s *heatstack.Stack) {
			nested("parameters: {value: {type: string, hidden: true}}\nresources: {r: {type: OS::Heat::TestResource, properties: {value: {get_param: value}}}}")(s)
			s.Template = strings.Replace(s.Template, "{get_param: colour}", "{get_param: token}", 1)
		}, `becomes a property or an output below the root`},
		{"nested undeclared", nested("parameters: {other: {type: string, default: x}}"), `gives "node.yaml" the parameter "value", which it does not declare`},
		{"nested missing", nested("parameters: {value: {type: string}, more: {type: string}}"), `does not give "node.yaml" the parameter "more"`},
		{"no such file", func(s *heatstack.Stack) {
			s.Template = strings.Replace(s.Template, "OS::Heat::TestResource", "node.yaml", 1)
		}, `"node.yaml", which is not among the files`},
		{"no such parameter", func(s *heatstack.Stack) {
			s.Template = strings.Replace(s.Template, "{get_param: colour}", "{get_param: color}", 1)
		}, `the template reads parameter "color", which it does not declare`},
		{"no such parameter below", nested("parameters: {value: {type: string}}\nresources: {r: {type: OS::Heat::TestResource, properties: {value: {get_param: valeu}}}}"), `file "node.yaml" reads parameter "valeu"`},
		{"no such resource", func(s *heatstack.Stack) {
			s.Template = strings.Replace(s.Template, "{get_param: colour}", "{get_resource: bot}", 1)
		}, `the template has a get_resource of resource "bot", which it does not have`},
		{"no such output", func(s *heatstack.Stack) { s.NodeAddresses = "nodes" }, `NodeAddresses names the output "nodes"`},
		{"meaning of nothing", func(s *heatstack.Stack) { s.Meaning["nodecount"] = heatstack.Meaning{Words: "x"} }, `Meaning has "nodecount", which the template does not declare`},
		{"meaning without an effect", func(s *heatstack.Stack) { s.Meaning["flavor"] = heatstack.Meaning{Path: "flavour"} }, `has the path "flavour", which is not in Describe, and no effect`},
		{"meaning of no label", func(s *heatstack.Stack) { s.Meaning["colour"] = heatstack.Meaning{Path: "labels.color"} }, `has the path "labels.color", and Describe has no such label`},
		{"no such get_file", func(s *heatstack.Stack) {
			s.Template = strings.Replace(s.Template, "{get_param: colour}", "{get_file: boot.sh}", 1)
		}, `get_file names "boot.sh"`},
		{"recorded and not sent", func(s *heatstack.Stack) { s.Recorded = []string{"boot.sh"} }, `Recorded names "boot.sh", which is not among the files`},
		{"recorded template", func(s *heatstack.Stack) {
			nested("parameters: {value: {type: string}}")(s)
			s.Recorded = []string{"node.yaml"}
		}, `Recorded names "node.yaml", which is a nested template`},
		{"environment", func(s *heatstack.Stack) { s.Environment = map[string]any{"resources": map[string]any{}} }, `a section "resources" that Heat refuses`},
		{"template too long", func(s *heatstack.Stack) { s.Template += "# " + strings.Repeat("x", 524_288) }, "Heat takes 524288"},
		{"body too long", func(s *heatstack.Stack) {
			s.Files = map[string]string{"a": strings.Repeat("x", 600_000), "b": strings.Repeat("x", 600_000)}
		}, "Heat takes 1048576"},
		{"user data too long", func(s *heatstack.Stack) {
			s.Files = map[string]string{"boot.sh": strings.Repeat("NAME ", 1000)}
			s.Template = strings.Replace(s.Template, "{config: {get_param: token}}",
				"{config: {str_replace: {template: {get_file: boot.sh}, params: {NAME: {get_param: colour}}}}}", 1)
			s.Secrets, s.Parameters["colour"] = nil, strings.Repeat("y", 50)
		}, `the user data of resource "boot" may have 51000 bytes`},
		{
			"server that a boot text replaces", resource("{type: OS::Nova::Server, properties: {user_data: {get_resource: boot}}}"),
			`server "more" has user_data and no user_data_update_policy, so Heat replaces it`,
		},
		{
			"such a server in a group", resource("{type: OS::Heat::ResourceGroup, properties: {count: 2, resource_def: {type: OS::Nova::Server, properties: {user_data: x}}}}"),
			`server "more" has user_data and no user_data_update_policy`,
		},
		{
			"such a server below", nested("parameters: {value: {type: string}}\nresources: {s: {type: OS::Nova::Server, properties: {user_data: {get_param: value}}}}"),
			`server "s" of file "node.yaml" has user_data and no user_data_update_policy`,
		},
		{"such a server under another name", func(s *heatstack.Stack) {
			resource("{type: Our::Node, properties: {user_data: x}}")(s)
			s.Environment = map[string]any{"resource_registry": map[string]any{"Our::Node": "OS::Nova::Server"}}
		}, `server "more" has user_data and no user_data_update_policy`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := heatstack.New(toy{change: c.change}).Render(driver.RenderInput{Cluster: cluster(), Secrets: join})
			if !driver.HasErrors(r.Diagnostics) || r.Digest != "" {
				t.Fatalf("rendered %q with %+v", r.Digest, r.Diagnostics)
			}
			if got := r.Diagnostics[0].Summary; !strings.Contains(got, c.want) {
				t.Errorf("summary %q, want %q", got, c.want)
			}
		})
	}
}

func TestRenderHoldsTheDocumentToTheSchema(t *testing.T) {
	c := cluster()
	c.Labels = labels("color", "blue")
	r := heatstack.New(toy{}).Render(driver.RenderInput{Cluster: c, Secrets: join})
	if r.Digest != "" || len(r.Diagnostics) != 1 || r.Diagnostics[0].Path != "labels.color" {
		t.Errorf("%+v", r)
	}
}

func TestClustersOfOneDriverDoNotMix(t *testing.T) {
	shared := heatstack.New(toy{})
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		c := cluster()
		c.Name = name
		in := driver.RenderInput{Cluster: c, Secrets: join}
		want := heatstack.New(toy{}).Render(in).Digest
		all.Go(func() {
			for range 50 {
				if got := shared.Render(in).Digest; got != want {
					t.Errorf("cluster %q: digest %s among others, %s alone", name, got, want)
					return
				}
			}
		})
	}
	all.Wait()
}

// resource is a change of the toy: one more resource at the root.
func resource(body string) func(*heatstack.Stack) {
	return func(s *heatstack.Stack) {
		s.Template = strings.Replace(s.Template, "resources:\n", "resources:\n  more: "+body+"\n", 1)
	}
}

func TestServersThatSayWhatTheirBootTextDoesAreRendered(t *testing.T) {
	for name, body := range map[string]string{
		"kept":     "{type: OS::Nova::Server, properties: {user_data: x, user_data_update_policy: IGNORE}}",
		"replaced": "{type: OS::Nova::Server, properties: {user_data: x, user_data_update_policy: REPLACE}}",
		"none":     "{type: OS::Nova::Server, properties: {image: x}}",
	} {
		t.Run(name, func(t *testing.T) {
			r := heatstack.New(toy{change: resource(body)}).Render(driver.RenderInput{Cluster: cluster(), Secrets: join})
			if len(r.Diagnostics) != 0 || r.Digest == "" {
				t.Errorf("rendered %q with %+v", r.Digest, r.Diagnostics)
			}
		})
	}
}
