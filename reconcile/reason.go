package reconcile

import (
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/reconcile/live"
)

// reasons classifies the text that Heat gives with a failed stack. The text
// comes from whatever service failed, so only well-known phrases count; all else
// is internal and tried again.
var reasons = []struct {
	words []string // any of them, lower-case
	code  Code
	who   Who
	do    string
}{
	{[]string{"quota", "limit exceeded", "over limit"}, FaultQuota, Operator, "raise the project's quota or free some of it"},
	{[]string{"no valid host", "not enough hosts", "insufficient compute"}, FaultCapacity, Cloud, "the cloud has no room for this flavor now"},
	{[]string{"timed out", "timeout"}, FaultTimeout, Cloud, "raise the cluster's timeout if its nodes need longer"},
	{[]string{"unauthorized", "authentication", "forbidden", "http 401", "http 403", "trust"}, FaultAuth, Operator, "check the agent's credential and its roles"},
	{[]string{"could not be found", "not found", "unable to find"}, FaultDependency, Author, "name a resource that exists"},
	{[]string{"conflict", "in use", "already exists"}, FaultConflict, Operator, "remove what is in the way"},
	{[]string{"connection refused", "service unavailable", "http 50"}, FaultUnavailable, Cloud, "it is tried again"},
}

// faultOf says why a stack failed, as far as its reason tells.
func faultOf(row live.Row) Fault {
	text := strings.ToLower(row.Reason)
	f := Fault{Code: FaultInternal, Who: Cloud, Transient: true, Remedy: "see the stack's events: openstack stack failures list " + row.Name}
	for _, r := range reasons {
		for _, w := range r.words {
			if strings.Contains(text, w) {
				f.Code, f.Who, f.Remedy = r.code, r.who, r.do
				f.Summary = fmt.Sprintf("stack %q is %s: %s", row.Name, row.Status, oneLine(row.Reason))
				return f
			}
		}
	}
	f.Summary = fmt.Sprintf("stack %q is %s: %s", row.Name, row.Status, oneLine(row.Reason))
	return f
}

// oneLine makes one line of a text, at most 300 bytes.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = s[:297] + "..."
	}
	return s
}
