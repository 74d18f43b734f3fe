package simulation

import (
	"context"
	"fmt"
	"time"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// commit is one revision and what an independent reading makes of it.
type commit struct {
	id       string
	tree     tree
	files    map[string][]byte
	snapshot *gitsource.Snapshot
	set      *spec.Set // nil until asked for
}

// repository is one fleet's history.
type repository struct {
	fleet   string
	commits []*commit // all that were ever pushed
	head    int
	trouble gitsource.Reason // what a look meets, "" is well
}

func newRepository(fleet string, t tree) *repository {
	r := &repository{fleet: fleet, head: -1}
	r.push(t)
	return r
}

func (r *repository) at() tree { return r.commits[r.head].tree.clone() }

// push makes a tree the newest revision.
func (r *repository) push(t tree) {
	id := fmt.Sprintf("%s-r%03d", r.fleet, len(r.commits))
	c := &commit{id: id, tree: t, files: t.files(r.fleet)}
	snap, err := gitsource.Memory(gitsource.Revision{ID: id}, c.files)
	if err == nil {
		c.snapshot = snap
	}
	r.commits = append(r.commits, c)
	r.head = len(r.commits) - 1
}

// commit gives a revision by id.
func (r *repository) commit(id string) *commit {
	for _, c := range r.commits {
		if c.id == id {
			return c
		}
	}
	return nil
}

// read parses a revision as nobody but the checks do.
func (r *repository) read(c *commit) *spec.Set {
	if c.set == nil {
		c.set = spec.NewSet(r.fleet)
		var files []*spec.File
		for path, text := range c.files {
			files = append(files, parsed.parse(path, text))
		}
		c.set.Apply(files, nil)
	}
	return c.set
}

// checkout is one agent's way to a repository: it keeps the last good revision
// on the agent's disk.
type checkout struct {
	w    *world
	repo *repository
	disk *disk
}

// Latest implements carry.Source.
func (c *checkout) Latest(ctx context.Context) (*gitsource.Snapshot, bool, error) {
	if !c.w.sleep(c.w.latency(time.Second)) {
		return nil, false, errKilled
	}
	head := c.repo.commits[c.repo.head]
	switch {
	case c.repo.trouble != "":
		c.w.count("git: " + string(c.repo.trouble))
		return nil, false, &gitsource.Error{Reason: c.repo.trouble}
	case head.snapshot == nil:
		return nil, false, &gitsource.Error{Reason: gitsource.NoYAML}
	}
	return head.snapshot, true, nil
}

// LastGood implements carry.Source.
func (c *checkout) LastGood() (*gitsource.Snapshot, bool) {
	return c.disk.good, c.disk.good != nil
}

// Accept implements carry.Source.
func (c *checkout) Accept(_ context.Context, s *gitsource.Snapshot) error {
	if c.disk.full {
		return &gitsource.Error{Reason: gitsource.DiskFull}
	}
	c.disk.good = s
	return nil
}
