package heat

import (
	"errors"
	"fmt"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// wireRow is a stack as Heat's list spells it; show has these fields too.
type wireRow struct {
	ID       string   `json:"id"`
	Name     string   `json:"stack_name"`
	Status   string   `json:"stack_status"`
	Reason   string   `json:"stack_status_reason"`
	Created  string   `json:"creation_time"`
	Updated  string   `json:"updated_time"`
	Deleted  string   `json:"deletion_time"`
	Tags     []string `json:"tags"`
	Owner    string   `json:"stack_owner"`
	Project  string   `json:"project"`
	ParentID string   `json:"parent"`
}

func (w *wireRow) row() (live.Row, error) {
	if w.ID == "" || w.Name == "" || w.Status == "" {
		return live.Row{}, fmt.Errorf("a stack without id, name or status (id %q, name %q, status %q)", w.ID, w.Name, w.Status)
	}
	created, e1 := parseTime(w.Created)
	updated, e2 := parseTime(w.Updated)
	deleted, e3 := parseTime(w.Deleted)
	if err := errors.Join(e1, e2, e3); err != nil {
		return live.Row{}, fmt.Errorf("stack %q: %w", w.Name, err)
	}
	return live.Row{
		ID: w.ID, Name: w.Name, Status: live.ParseStatus(w.Status), Reason: cut(w.Reason, live.MaxReason),
		Created: created, Updated: updated, Deleted: deleted,
		Tags: w.Tags, Owner: w.Owner, Project: w.Project,
	}, nil
}

// parseTime reads Heat's UTC times: of a second, with Z or, from old releases,
// without it, some with a fraction. "" is the zero time.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", text)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("not a time: %q", cut(text, 40))
	}
	return t.UTC(), nil
}
