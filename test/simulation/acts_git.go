package simulation

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/internal/gitsource"
)

// What authors do.
var (
	doCreate = deed("create", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) {
			if _, ok := t.Docs[a.Cluster]; !ok {
				t.Docs[a.Cluster] = document{File: fileOf(a.N), Driver: driverOf(a.Text), Count: 1}
			}
		})
	})
	doEdit = deed("edit", func(_ *world, f *fleet, a Act) {
		f.change(a.Cluster, func(d *document) {
			switch a.N % 6 {
			case 5:
				d.Extra = a.N % 4
			case 0:
				d.Count = 1 + (d.Count+1)%4
			case 1:
				d.Flavor = pick(a.N, "small", "large", "huge")
			case 2:
				d.Colour = pick(a.N, "red", "green", "blue")
			case 3:
				d.Minutes = 10 + a.N%3
			case 4:
				d.Keypair = pick(a.N, "ops", "other")
			}
		})
	})
	doSuspend    = deed("suspend", func(_ *world, f *fleet, a Act) { f.lifecycle(a.Cluster, "Suspended") })
	doPresent    = deed("set to Present", func(_ *world, f *fleet, a Act) { f.lifecycle(a.Cluster, "") })
	doAbsent     = deed("set to Absent", func(_ *world, f *fleet, a Act) { f.lifecycle(a.Cluster, "Absent") })
	doManyAbsent = deed("set many to Absent", func(_ *world, f *fleet, _ Act) {
		f.edit(func(t *tree) {
			for name, d := range t.Docs {
				d.Lifecycle = "Absent"
				t.Docs[name] = d
			}
		})
	})
	doVanish = deed("document vanishes", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) { delete(t.Docs, a.Cluster) })
	})
	doMove = deed("document moves", func(_ *world, f *fleet, a Act) {
		f.change(a.Cluster, func(d *document) { d.File = fileOf(a.N) })
	})
	doRename = deed("file is renamed", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) {
			for name, d := range t.Docs {
				if d.File == fileOf(a.N) {
					d.File = "renamed-" + d.File
					t.Docs[name] = d
				}
			}
		})
	})
	doBreak = deed("file breaks", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) { t.Broken[breakable(t, a)] = true })
	})
	doMendFile = deed("files are mended", func(_ *world, f *fleet, _ Act) {
		f.edit(func(t *tree) { clear(t.Broken) })
	})
	doTwice = deed("second document", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) { t.Twice[a.Cluster] = !t.Twice[a.Cluster] })
	})
	doTemplate = deed("template edit", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) { t.Template[driverOf(a.Text)] = pick(a.N, "small", "large", "") })
	})
	doFleetDoc = deed("fleet document", func(_ *world, f *fleet, a Act) {
		f.edit(func(t *tree) {
			switch a.N % 4 {
			case 0:
				t.NoFleet = !t.NoFleet
			case 1:
				t.Deletes = 1 + a.N%7
			case 2:
				t.Rollout = 1 + a.N%4
			case 3:
				t.Report = !t.Report
			}
		})
	})
	doRevert = deed("revert", func(_ *world, f *fleet, _ Act) {
		if n := len(f.repo.commits); n > 1 {
			f.repo.push(f.repo.commits[n-2].tree.clone())
		}
	})
	doForce = deed("force-push", func(_ *world, f *fleet, a Act) { f.repo.head = a.N % len(f.repo.commits) })
	doEmpty = deed("empty tree", func(_ *world, f *fleet, _ Act) {
		t := f.repo.at()
		t.Docs, t.NoFleet, t.Template = map[string]document{}, true, map[string]string{}
		f.repo.push(t)
	})
	doAdopt = deed("adopt", func(w *world, f *fleet, a Act) {
		name := "handmade-" + a.Cluster
		f.people.handmade(name)
		w.after(time.Minute, func() {
			if w.calm {
				return
			}
			f.edit(func(t *tree) {
				t.Docs[a.Cluster] = document{File: fileOf(a.N), Driver: box, Count: 1, Adopt: name}
			})
		})
	})
	doGit = deed("git trouble", func(w *world, f *fleet, a Act) {
		r := f.repo
		r.trouble = gitsource.Reason(a.Text)
		w.after(a.For, func() {
			if r.trouble == gitsource.Reason(a.Text) {
				r.trouble = ""
			}
		})
	})
)

// gitTroubles are what a look at a repository may meet.
var gitTroubles = []gitsource.Reason{
	gitsource.Unreachable, gitsource.Timeout, gitsource.Unavailable, gitsource.AuthRefused, gitsource.BranchGone,
	gitsource.RepositoryGone, gitsource.PathMissing, gitsource.RepositoryTooBig, gitsource.LFSPointer, gitsource.StoreDamaged,
}

// edit commits a change of the newest revision.
func (f *fleet) edit(change func(*tree)) {
	t := f.repo.at()
	change(&t)
	f.repo.push(t)
}

// change edits one document, if it is there.
func (f *fleet) change(cluster string, change func(*document)) {
	t := f.repo.at()
	d, ok := t.Docs[cluster]
	if !ok {
		return
	}
	change(&d)
	t.Docs[cluster] = d
	f.repo.push(t)
}

func (f *fleet) lifecycle(cluster, to string) {
	f.change(cluster, func(d *document) { d.Lifecycle = to })
}

func fileOf(n int) string { return fmt.Sprintf("clusters/%c.yaml", 'a'+n%4) }

// driverOf reads a driver's name, "" is the box.
func driverOf(name string) string {
	if name == "" {
		return box
	}
	return name
}

func pick[T any](n int, of ...T) T { return of[n%len(of)] }

// breakable gives the file that an act breaks: a cluster's, or the templates'.
func breakable(t *tree, a Act) string {
	if d, ok := t.Docs[a.Cluster]; ok {
		return d.File
	}
	return pick(a.N, "templates.yaml", "fleet.yaml")
}
