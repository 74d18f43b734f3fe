package live

import (
	"slices"
	"time"
)

// Row is one stack as Heat's list shows it. Times are the Heat engine's clock,
// of one second's resolution, and are compared with each other only.
type Row struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Status  Status    `json:"status"`
	Reason  string    `json:"reason,omitempty"`  // stack_status_reason, cut to MaxReason bytes
	Created time.Time `json:"created"`           // creation_time, UTC
	Updated time.Time `json:"updated,omitzero"`  // updated_time, zero until the first update was accepted
	Deleted time.Time `json:"deleted,omitzero"`  // deletion_time; not zero: the row is only history
	Tags    []string  `json:"tags,omitempty"`    // as stored: unordered, case kept
	Owner   string    `json:"owner,omitempty"`   // stack_owner, the creator's user name
	Project string    `json:"project,omitempty"` // only an admin's list has it
}

// Equal tells whether Heat showed the same of a stack twice.
func (r Row) Equal(o Row) bool {
	return r.ID == o.ID && r.Name == o.Name && r.Status == o.Status && r.Reason == o.Reason &&
		r.Created.Equal(o.Created) && r.Updated.Equal(o.Updated) && r.Deleted.Equal(o.Deleted) &&
		slices.Equal(r.Tags, o.Tags) && r.Owner == o.Owner && r.Project == o.Project
}

// MaxReason bounds Row.Reason in bytes; Heat's own bound is 64 KiB.
const MaxReason = 2048

// Marks reads the row's ownership tags.
func (r Row) Marks() Marks { return ParseTags(r.Tags) }
