package heatstack

import (
	"strconv"
	"time"
)

// beginsWithin is how long what a create made may take itself for new: bare metal
// boots for a good while, and a create that failed is tried again each hour.
const beginsWithin = 6 * time.Hour

// begins says until when what the stack makes may take itself for new, as seconds
// since 1970, "" for not at all. A create gives the time. An update of a complete
// stack leaves what Heat holds until it has passed, since servers may read it a
// while after Heat calls them made; then it takes it away, for good. Only a stack
// that is not complete and whose time has not passed is given more: it is still
// being made. A create that failed gets it back however late.
func begins(now time.Time, status, held string) string {
	s := statusOf(status)
	until, err := strconv.ParseInt(held, 10, 64)
	passed := err != nil || now.Unix() >= until
	switch {
	case status == "", held != "" && s.action == "CREATE" && !s.proven():
		return strconv.FormatInt(now.Add(beginsWithin).Unix(), 10)
	case passed:
		return ""
	case !s.proven():
		return strconv.FormatInt(now.Add(beginsWithin).Unix(), 10)
	}
	return held
}

// checkBegin holds the parameter to what an update that does not know of it leaves:
// nothing.
func (r *rendered) checkBegin() {
	name := r.stack.Begin
	if name == "" {
		return
	}
	if p, ok := r.declared[name]; !ok || p.kind != "string" || p.hidden || !p.hasDef || p.def != "" || r.stack.Parameters[name] != nil {
		r.wrong("Begin names parameter %q, which must be a string with an empty default that nothing is given to", name)
	}
}
