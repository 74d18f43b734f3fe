package simulation

import (
	"context"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
)

// crewTemplate is a box whose group are nodes that run something: they are emptied
// before they go, the cluster makes things beside its stack, and needs secrets.
type crewTemplate struct {
	boxTemplate
	site *site
}

// The group of a crew and what its template says of it.
const (
	crewGroup   = "extra"
	crewRemove  = "extra_remove"
	crewServers = "servers"
	crewJoin    = "join"
	crewCloud   = "cloud"
)

var crewHOT = strings.NewReplacer(
	"resources:\n", "  "+crewRemove+": {type: comma_delimited_list, default: ''}\n"+
		"  "+crewJoin+": {type: string, hidden: true}\n  "+crewCloud+": {type: string, hidden: true}\nresources:\n",
	"count: {get_param: extra}, ", "count: {get_param: extra}, removal_policies: [{resource_list: {get_param: "+crewRemove+"}}], removal_policies_mode: append, ",
	"outputs:\n", "outputs:\n  "+crewServers+": {value: {get_attr: [group, refs_map]}}\n",
).Replace(boxHOT)

// Describe implements heatstack.Template.
func (c crewTemplate) Describe() driver.Description {
	d := c.boxTemplate.Describe()
	d.Secrets = []driver.SecretNeed{{Name: crewJoin, Kind: driver.SecretToken}, {Name: crewCloud, Kind: driver.SecretCloudCredential}}
	return d
}

// Render implements heatstack.Template.
func (c crewTemplate) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	s, say := c.boxTemplate.Render(in)
	s.Template = crewHOT
	if c.version != firstVersion {
		s.Template = strings.Replace(crewHOT, "outputs:\n", boxNext, 1)
	}
	s.Secrets = map[string]heatstack.Secret{crewJoin: {Name: crewJoin}, crewCloud: {Name: crewCloud}}
	s.Groups = map[string]heatstack.Group{crewGroup: {Count: crewGroup, Remove: crewRemove, Servers: crewServers}}
	return s, say
}

// Unreachable implements heatstack.Drainer.
func (crewTemplate) Unreachable(driver.Cluster) string { return "" }

// Choose implements heatstack.Drainer, as the kubernetes driver does.
func (crewTemplate) Choose(_ driver.Cluster, group string, members []driver.Node, count int) ([]driver.Node, []driver.Diagnostic) {
	return nodes.Choose(group, members, count, nil)
}

// Drain implements heatstack.Drainer.
func (c crewTemplate) Drain(_ context.Context, in driver.ApplyInput) ([]string, *driver.Fault) {
	c.site.w.sleep(c.site.w.latency(time.Second))
	if c.site.silent(in.Cluster) {
		return nil, &driver.Fault{Code: "dependency", Who: "operator", Transient: true, Summary: "the cluster's API does not answer"}
	}
	var waits []string
	for _, n := range in.Nodes {
		if !c.site.empty(in.Cluster, n.ServerID) {
			waits = append(waits, "pods on "+n.ServerID)
		}
	}
	return waits, nil
}

// Clean implements heatstack.Cleaner.
func (c crewTemplate) Clean(_ context.Context, in driver.ApplyInput, _ map[string]string) ([]string, *driver.Fault) {
	c.site.w.sleep(c.site.w.latency(time.Second))
	if !c.site.clean(in.Cluster, in.StackID) {
		return []string{"a load balancer"}, nil
	}
	return nil, nil
}

// CheckHealth implements driver.HealthChecker: the nodes are those of the stack,
// and one that no group has.
func (c crewTemplate) CheckHealth(_ context.Context, in driver.HealthInput) driver.HealthReport {
	if c.site.silent(in.Cluster) {
		return driver.HealthReport{Health: driver.Unhealthy, Reasons: map[string]string{"api": "no answer"}}
	}
	r := driver.HealthReport{Health: driver.Healthy, Reasons: map[string]string{"api": "ok"}, Nodes: []driver.Node{{Name: "first", Ready: true}}}
	for _, id := range serversOf(in.Parts.Outputs[crewServers]) {
		r.Nodes = append(r.Nodes, c.site.node(id))
	}
	return r
}
