package heatstack

import (
	"context"
	"maps"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// keepRecorded gives the files of an update: those of the render, but of the
// recorded ones what the live stack holds; added are those that it does not. One
// request where a file is recorded.
func (r *rendered) keepRecorded(ctx context.Context, c *heat.Client, ref heat.Ref) (files map[string]string, added []string, err error) {
	if len(r.stack.Recorded) == 0 {
		return r.stack.Files, nil, nil
	}
	held, err := c.Files(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	files = maps.Clone(r.stack.Files)
	for _, name := range r.stack.Recorded {
		text, ok := held[name]
		if !ok {
			added = append(added, name)
			continue
		}
		files[name] = text
	}
	return files, added, nil
}

// checkRecorded holds the list to files that are sent and that are no templates:
// what a nested template holds is checked, what the live stack has is not.
func (r *rendered) checkRecorded() {
	for _, name := range r.stack.Recorded {
		_, sent := r.stack.Files[name]
		switch {
		case !sent:
			r.wrong("Recorded names %q, which is not among the files", name)
		case isNested(name):
			r.wrong("Recorded names %q, which is a nested template", name)
		}
	}
}
