package demo

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// cloud is the simulated one, served on loopback.
type cloud struct {
	sim    *heatsim.Cloud
	base   string
	end    func()
	byHand map[int]bool // sequence numbers of requests that were not the agent's
}

const (
	project  = "demo"
	region   = "RegionOne"
	user     = "demo"
	password = "openstack"
)

// Work takes long enough to be seen and short enough to be waited for.
var durations = heatsim.Durations{
	Create: 120 * time.Millisecond, Update: 150 * time.Millisecond, Delete: 80 * time.Millisecond,
	ByType: map[string]time.Duration{"OS::Nova::Server": 700 * time.Millisecond},
}

func newCloud() (*cloud, error) {
	c := &cloud{byHand: map[int]bool{}, sim: heatsim.New(heatsim.Options{
		Seed: uint64(time.Now().UnixNano()), Region: region, Durations: durations,
		Users: []heatsim.User{{Name: user, Password: password, Projects: []string{project}}},
	})}
	var err error
	c.base, c.end, err = serveLocal(c.sim.Handler())
	return c, err
}

const cloudsYAML = `clouds:
  demo:
    region_name: %s
    auth:
      auth_url: %s
      username: %s
      password: %s
      project_name: %s
      user_domain_name: Default
      project_domain_name: Default
`

func (c *cloud) writeCloudsYAML(file string) error {
	return os.WriteFile(file, fmt.Appendf(nil, cloudsYAML, region, heatsim.AuthURL(c.base), user, password, project), 0o600)
}

// hand does something in the cloud that is not the agent's doing.
func (c *cloud) hand(ctx context.Context, do func(context.Context) error) error {
	before := c.mark()
	err := do(ctx)
	for _, x := range c.sim.Journal() {
		if x.Seq > before && writes(x) {
			c.byHand[x.Seq] = true
		}
	}
	return err
}

// mark is the sequence number of the last request.
func (c *cloud) mark() int {
	if j := c.sim.Journal(); len(j) > 0 {
		return j[len(j)-1].Seq
	}
	return 0
}

// writes tells whether a request asked Heat to make, change or delete a stack.
func writes(x heatsim.Exchange) bool {
	if x.Project == "" || x.Status >= http.StatusBadRequest || strings.HasSuffix(x.Path, "/preview") {
		return false
	}
	switch x.Method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return strings.HasPrefix(x.Path, "/stacks/")
	case http.MethodPost:
		return x.Path == "/stacks" || strings.HasSuffix(x.Path, "/actions")
	}
	return false
}

// agentWrites are the agent's writes since a mark.
func (c *cloud) agentWrites(since int) []heatsim.Exchange {
	var out []heatsim.Exchange
	for _, x := range c.sim.Journal() {
		if x.Seq > since && writes(x) && !c.byHand[x.Seq] {
			out = append(out, x)
		}
	}
	return out
}

// stack is a root stack with what belongs to it.
type stack struct {
	heatsim.Stack
	servers []string // ids, in the whole tree
}

// stacks are the project's root stacks by name; two of one name come as
// NAME and NAME (again).
func (c *cloud) stacks() map[string]stack {
	all := c.sim.Stacks(project, false, true)
	byID := map[string]heatsim.Stack{}
	for _, s := range all {
		byID[s.ID] = s
	}
	servers := map[string][]string{}
	for _, s := range all {
		root := s
		for root.Parent != "" {
			root = byID[root.Parent]
		}
		for _, r := range s.Resources {
			if r.Type == serverType && r.Physical != "" {
				servers[root.ID] = append(servers[root.ID], r.Physical)
			}
		}
	}
	out := map[string]stack{}
	for _, s := range all {
		if s.Parent != "" {
			continue
		}
		name := s.Name
		if _, twice := out[name]; twice {
			name += " (again)"
		}
		out[name] = stack{s, servers[s.ID]}
	}
	return out
}

const serverType = "OS::Nova::Server"

// servers is how many exist in Nova, whoever they belong to.
func (c *cloud) servers() int { return len(c.sim.Physicals(serverType)) }
