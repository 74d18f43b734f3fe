package heatstack_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

const toyTemplate = `
heat_template_version: '2018-08-31'
parameters:
  flavor: {type: string}
  node_count: {type: number}
  colour: {type: string, default: red}
  keypair: {type: string, default: ''}
  token: {type: string, hidden: true, default: ''}
resources:
  boot:
    type: OS::Heat::SoftwareConfig
    properties: {config: {get_param: token}}
  server:
    type: OS::Heat::TestResource
    properties: {value: {list_join: [' ', [{get_param: flavor}, {get_param: colour}]]}}
outputs:
  address: {value: {get_attr: [server, output]}}
`

// toy is a template small enough to see through.
type toy struct {
	change func(*heatstack.Stack) // what a test does to the render
}

func (toy) Describe() driver.Description {
	return driver.Description{
		Name: "toy", Version: "1.0.0", Targets: []driver.Target{{COE: "toy"}},
		Attributes: []driver.Attribute{
			{Name: "flavor", Effect: driver.EffectReboot, Required: true},
			{Name: "keypair", Effect: driver.EffectRefused},
			{Name: "nodeCount", Effect: driver.EffectRemove},
		},
		Labels: []driver.Label{
			{Name: "colour", Type: driver.LabelString, Default: "red", Effect: driver.EffectInPlace},
			{Name: "pin", Type: driver.LabelString, Sensitive: true, Effect: driver.EffectInPlace},
		},
		Secrets: []driver.SecretNeed{{Name: "join", Kind: driver.SecretToken}},
	}
}

func (y toy) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	group, _ := in.Cluster.Group("default-worker")
	s := heatstack.Stack{
		Template: toyTemplate,
		Parameters: map[string]any{
			"flavor": in.Cluster.Flavor, "node_count": group.NodeCount,
			"colour": in.Cluster.Labels["colour"], "keypair": in.Cluster.Keypair,
		},
		Secrets: map[string]heatstack.Secret{"token": {Name: "join"}},
		Meaning: map[string]heatstack.Meaning{
			"flavor":     {Words: "resize, reboots the server"},
			"node_count": {Of: heatstack.AddOrRemove},
		},
		APIAddress: "address",
	}
	if y.change != nil {
		y.change(&s)
	}
	return s, nil
}

func cluster() driver.Cluster {
	return driver.Cluster{
		Fleet: "prod", Name: "web", COE: "toy", Flavor: "small", Keypair: "ops", FloatingIPEnabled: true, TimeoutMinutes: 60,
		NodeGroups: []driver.NodeGroup{{Name: "default-worker", Role: "worker", NodeCount: 1, IsDefault: true}},
	}
}

var join = []driver.Secret{{Name: "join", ID: "v1"}}

const canary = "canary-3f9c"

// world is a toy driver before a simulated Heat.
type world struct {
	*testing.T
	sim     *heatsim.Cloud
	script  *heatsim.Script
	client  *heat.Client
	d       driver.Driver
	c       driver.Cluster
	secrets []driver.Secret
	cred    driver.Credential
}

func newWorld(t *testing.T) *world {
	t.Helper()
	script := heatsim.NewScript()
	sim := heatsim.New(heatsim.Options{
		Clock: heatsim.NewVirtualClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)), Seed: 7,
		Endpoint: "http://cloud.test", Faults: script,
	})
	provider, err := openstack.NewClient("http://cloud.test/identity/v3")
	if err != nil {
		t.Fatal(err)
	}
	provider.HTTPClient = http.Client{Transport: sim.RoundTripper()}
	err = openstack.Authenticate(t.Context(), provider, gophercloud.AuthOptions{
		IdentityEndpoint: "http://cloud.test/identity/v3", Username: "demo", Password: "openstack", TenantName: "demo", DomainName: "Default",
	})
	if err != nil {
		t.Fatal(err)
	}
	service, err := openstack.NewOrchestrationV1(provider, gophercloud.EndpointOpts{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, sim: sim, script: script, client: heat.New(service), c: cluster()}
	w.with(nil)
	w.secrets = []driver.Secret{{Name: "join", ID: "v1", Value: []byte(canary)}}
	w.cred = driver.Credential{
		Token: provider.Token(), Endpoints: map[string]string{"orchestration": w.client.Endpoint()},
	}
	return w
}

// with makes the driver anew with a change of its render.
func (w *world) with(change func(*heatstack.Stack)) {
	w.d = heatstack.New(toy{change: change}, heatstack.WithTransport(w.sim.RoundTripper()))
}

func (w *world) stack(name string) *driver.Stack {
	w.Helper()
	rows, err := w.client.Find(w.Context(), name)
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range rows {
		if r.Deleted.IsZero() {
			return &driver.Stack{ID: r.ID, Name: r.Name, Status: r.Status.String(), Created: r.Created, Updated: r.Updated, Tags: r.Tags}
		}
	}
	return nil
}

// plan asks as the agent does, at most twice.
func (w *world) plan(in driver.PlanInput) driver.Plan {
	w.Helper()
	in.Cluster = w.c
	if in.Secrets == nil {
		in.Secrets = join
	}
	p := w.d.Plan(in)
	if len(p.Need) == 0 {
		return p
	}
	ref := heat.Ref{Name: in.Stack.Name, ID: in.Stack.ID}
	shown, err := w.client.Show(w.Context(), ref, false)
	if err != nil {
		w.Fatal(err)
	}
	template, err := w.client.Template(w.Context(), ref)
	if err != nil {
		w.Fatal(err)
	}
	in.Parts = driver.Parts{Read: p.Need, Description: shown.Description, Parameters: shown.Parameters, Template: template}
	return w.d.Plan(in)
}

// step makes the input of the one step of a plan.
func (w *world) step(p driver.Plan, intent driver.Intent, live *driver.Stack) driver.ApplyInput {
	w.Helper()
	if len(p.Steps) != 1 {
		w.Fatalf("want one step, have %+v", p)
	}
	in := driver.ApplyInput{
		Step: p.Steps[0].ID, Kind: p.Steps[0].Kind, Intent: intent, Cluster: w.c, StackName: heatstack.StackName(w.c),
		Digest: p.Digest, Tags: tags(p.Digest), Credential: w.cred, Secrets: w.secrets,
		Precondition: driver.Precondition{Absent: true},
	}
	if live != nil {
		in.StackID = live.ID
		in.Precondition = driver.Precondition{ID: live.ID, Status: live.Status, Digest: digestOf(live.Tags), Updated: live.Updated}
	}
	return in
}

func (w *world) apply(in driver.ApplyInput) driver.Result {
	w.Helper()
	return w.d.Apply(w.Context(), in, nil)
}

// created brings the cluster's stack to CREATE_COMPLETE.
func (w *world) created() *driver.Stack {
	w.Helper()
	in := w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent}), driver.IntentPresent, nil)
	if r := w.apply(in); r.Verdict != driver.Accepted {
		w.Fatalf("create: %+v", r)
	}
	w.sim.Settle()
	return w.stack(heatstack.StackName(w.c))
}

// next is the input of what is to be done to the live stack.
func (w *world) next() driver.ApplyInput {
	w.Helper()
	live := w.stack(heatstack.StackName(w.c))
	return w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: live}), driver.IntentPresent, live)
}

func tags(digest string) []string {
	return []string{"heatsync", "heatsync.fleet=prod", "heatsync.cluster=web", "heatsync.driver=toy", "heatsync.spec=" + digest}
}

func digestOf(tags []string) string {
	for _, t := range tags {
		if len(t) > 14 && t[:14] == "heatsync.spec=" {
			return t[14:]
		}
	}
	return ""
}

func sorted(tags []string) []string { return slices.Sorted(slices.Values(tags)) }

func labels(of ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(of); i += 2 {
		m[of[i]] = of[i+1]
	}
	return maps.Clone(m)
}
