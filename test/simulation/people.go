package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// people are those who work on a fleet's project by hand. Their requests always
// arrive, at once.
type people struct {
	w     *world
	fleet *fleet
	cloud *openstack.Cloud // nil: not open
}

func newPeople(w *world, f *fleet) *people { return &people{w: w, fleet: f} }

// client gives their way to Heat.
func (p *people) client() *heat.Client {
	if p.cloud == nil {
		env := map[string]string{
			"OS_AUTH_URL": cloudURL + "/identity/v3", "OS_USERNAME": humanUser, "OS_PASSWORD": "pw", "OS_PROJECT_NAME": p.fleet.project,
			"OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default",
		}
		c, err := openstack.Open(context.Background(), openstack.CloudOptions{
			Env: func(name string) string { return env[name] }, Now: p.w.time, Unpaced: true, Transport: p.fleet.cloud.heat,
		})
		if err != nil {
			panic(fmt.Sprintf("the people cannot log in: %v", err)) // they meet no fault
		}
		p.cloud = c
	}
	return p.cloud.Heat()
}

// sight is what a fleet's project shows, as long as nothing changes in the cloud.
type sight struct {
	changes uint64
	stacks  []heatsim.Stack
	grouped map[string][]heatsim.Stack // nil: not asked for
}

func (f *fleet) look() *sight {
	if n := f.cloud.sim.Changes(); f.seen == nil || f.seen.changes != n {
		f.seen = &sight{changes: n, stacks: f.cloud.sim.Stacks(f.project, false, false)}
	}
	return f.seen
}

// stacks are the fleet's live root stacks. They are not to be changed.
func (f *fleet) stacks() []heatsim.Stack { return f.look().stacks }

// stackName is the name of a cluster's own stack.
func (f *fleet) stackName(cluster string) string { return f.name + "--" + cluster }

// ours tells whose a stack is by its tags, or by its name and description.
func (f *fleet) ours(s heatsim.Stack) (cluster string, ok bool) {
	m := live.ParseTags(s.Tags)
	if m.Marked && m.Fleet == f.name && m.Cluster != "" {
		return m.Cluster, true
	}
	for _, name := range f.names {
		if s.Name == f.stackName(name) && !m.Marked && m.Fleet == "" && m.Cluster == "" && s.Description == "heatsync "+f.name+"/"+name {
			return name, true
		}
	}
	return "", false
}

// of gives the live stacks that carry a cluster's tags or its name.
func (f *fleet) of(cluster string) []heatsim.Stack { return f.grouped()[cluster] }

// first gives a cluster's oldest stack.
func (f *fleet) first(cluster string) (heatsim.Stack, heat.Ref, bool) {
	all := f.of(cluster)
	if len(all) == 0 {
		return heatsim.Stack{}, heat.Ref{}, false
	}
	return all[0], heat.Ref{Name: all[0].Name, ID: all[0].ID}, true
}

// send makes a request as people's tools do, who know of no tags. It gives the
// id of a stack that was made.
func (p *people) send(method, path string, body map[string]any) string {
	client := p.client()
	token, err := p.cloud.StepToken(context.Background(), time.Minute)
	if err != nil {
		panic(fmt.Sprintf("the people have no token: %v", err))
	}
	text, _ := json.Marshal(body)
	req, err := http.NewRequest(method, client.Endpoint()+path, bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	req.Header.Set("X-Auth-Token", token.Value)
	resp, err := p.fleet.cloud.heat.RoundTrip(req)
	if err != nil {
		return ""
	}
	var reply struct {
		Stack struct{ ID string } `json:"stack"`
	}
	_ = json.NewDecoder(resp.Body).Decode(&reply)
	return reply.Stack.ID
}

var strangeTemplate = json.RawMessage(`{"heat_template_version": "2018-08-31", "description": "somebody's", "resources": {"r": {"type": "OS::Heat::Value", "properties": {"value": "v"}}}}`)

// foreign makes a stack that is none of ours, under a name that would be.
func (p *people) foreign(name string) {
	id := p.send(http.MethodPost, "/stacks", map[string]any{"stack_name": name, "template": strangeTemplate})
	if id != "" {
		p.w.count("hand: foreign stack made")
	}
}

// second copies a cluster's tags onto a stack of another name.
func (p *people) second(cluster string) {
	s, _, ok := p.fleet.first(cluster)
	if !ok {
		return
	}
	tags, err := heat.NewTags(s.Tags...)
	if err != nil || len(s.Tags) == 0 {
		return
	}
	_, _ = p.client().Create(context.Background(), "copy-of-"+cluster, tags, heat.Spec{Template: strangeTemplate})
}

// template made by hand, with our parameters, for adoption.
var ownTemplate = json.RawMessage(`{"heat_template_version": "2018-08-31", "description": "made by hand",
 "parameters": {"flavor": {"type": "string"}, "keypair": {"type": "string"}, "colour": {"type": "string"}, "count": {"type": "number"}, "extra": {"type": "number"}},
 "resources": {"base": {"type": "OS::Heat::TestResource", "properties": {"value": {"get_param": "flavor"}}},
  "paint": {"type": "OS::Heat::Value", "properties": {"value": {"get_param": "colour"}}},
  "size": {"type": "OS::Heat::Value", "properties": {"type": "number", "value": {"get_param": "count"}}}}}`)

// handmade makes a stack that a document may adopt.
func (p *people) handmade(name string) {
	p.send(http.MethodPost, "/stacks", map[string]any{
		"stack_name": name, "template": ownTemplate,
		"parameters": map[string]any{"flavor": "small", "keypair": "ops", "colour": "red", "count": 1, "extra": 0},
	})
}

// act asks Heat for an action, and counts it if Heat takes it.
func (p *people) act(ref heat.Ref, action heat.Action) {
	if p.client().Act(context.Background(), ref, action) == nil {
		p.w.count("hand: " + string(action))
	}
}

// followRemedies does by hand what the status of a stalled cluster asks for, and of
// no other: finish a deletion, resume a stack, delete the stack that is not in use,
// move somebody's stack out of the way.
func (p *people) followRemedies(said []reconcile.ClusterStatus) {
	all := p.fleet.grouped()
	for _, c := range said {
		if c.Outcome != reconcile.Stalled {
			continue
		}
		for i, s := range all[c.Name] {
			ref := heat.Ref{Name: s.Name, ID: s.ID}
			_, ours := p.fleet.ours(s)
			switch {
			case c.Code == reconcile.FaultConflict && (i > 0 || !ours), s.Action == "DELETE":
				_ = p.client().Delete(context.Background(), ref)
			case s.Action == "SUSPEND":
				_ = p.client().Act(context.Background(), ref, "resume")
			}
		}
	}
}
