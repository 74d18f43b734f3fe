package heatstack

import (
	"context"
	"maps"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// keepRecorded gives the files of an update: those of the render, but of the
// recorded ones what the live stack holds. One request where a file is recorded.
func (r *rendered) keepRecorded(ctx context.Context, c *heat.Client, ref heat.Ref) (map[string]string, error) {
	if len(r.stack.Recorded) == 0 {
		return r.stack.Files, nil
	}
	held, err := c.Files(ctx, ref)
	if err != nil {
		return nil, err
	}
	files := maps.Clone(r.stack.Files)
	for _, name := range r.stack.Recorded {
		if text, ok := held[name]; ok {
			files[name] = text
		}
	}
	return files, nil
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
