package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// crewChecks are promises about nodes, and about what clusters make beside their
// stacks.
var crewChecks = []check{
	{
		name: "drained", says: "an update takes no server away that was not emptied",
		write: takesEmptyServers,
	},
	{
		name: "cleaned", says: "a stack is deleted only once nothing of its cluster is left beside it",
		write: deletesCleanStacks,
	},
}

// ofCrew tells whether a write is one to a stack that has nodes.
func (x *attempt) ofCrew() bool { return x.do.Driver == crew && x.exists }

// writtenSpec is the part of a request's body that says what is asked of a stack.
type writtenSpec struct {
	Parameters map[string]any `json:"parameters"`
}

func (x *attempt) spec() writtenSpec {
	d := json.NewDecoder(bytes.NewReader(x.body))
	d.UseNumber()
	var s writtenSpec
	_ = d.Decode(&s)
	return s
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// takesEmptyServers counts what an update leaves of a group. What becomes of a stack
// while the write is on the wire nobody can know.
func takesEmptyServers(w *world, x *attempt) string {
	if !x.ofCrew() || x.method == http.MethodDelete || x.do.Intent == plan.Absent || x.overtaken() || x.target.Updated.After(x.sent) {
		return ""
	}
	want := x.spec()
	count, err := strconv.Atoi(textOf(want.Parameters[crewGroup]))
	if err != nil {
		return "" // it does not speak of the count
	}
	members := x.agent.fleet.members(x.target.Name, x.target.ID)
	named := strings.Split(textOf(want.Parameters[crewRemove]), ",")
	for _, id := range named {
		if slices.Contains(members, id) && !w.site.isEmpty(id) {
			return fmt.Sprintf("%s %s: server %s is named to go and was not emptied", x.method, x.path, id)
		}
	}
	others := slices.DeleteFunc(slices.Clone(members), func(id string) bool { return slices.Contains(named, id) })
	if len(others) > count {
		return fmt.Sprintf("%s %s: %d servers are to stay of %q, and %q are named to go", x.method, x.path, count, members, named)
	}
	return ""
}

// members are the servers of a stack's group, as Heat tells them; nil where it
// does not.
func (f *fleet) members(name, id string) []string {
	parts, err := openstack.NewReader(f.people.client()).ReadParts(context.Background(), name, id, []live.Part{live.PartOutputs})
	if err != nil {
		return nil
	}
	text, err := json.Marshal(parts.Outputs[crewServers])
	if err != nil {
		return nil
	}
	return serversOf(text)
}

func deletesCleanStacks(w *world, x *attempt) string {
	if !x.ofCrew() || x.method != http.MethodDelete || w.site.isClean(x.target.ID) {
		return ""
	}
	return fmt.Sprintf("DELETE %s: something of the cluster is left beside its stack", x.path)
}
