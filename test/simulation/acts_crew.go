package simulation

import (
	"slices"

	"github.com/heatsync/heatsync/internal/secretstore"
)

// What befalls nodes, what clusters make beside their stacks, and secrets.
var (
	doNodes = deed("nodes", func(_ *world, f *fleet, a Act) {
		f.change(a.Cluster, func(d *document) { d.Extra = a.N % 4 })
	})
	doStuck = deed("pods stay", func(w *world, f *fleet, a Act) {
		w.site.stuck[place(f.name, a.Cluster)] = w.now.Add(a.For)
	})
	doMute = deed("cluster's API silent", func(w *world, f *fleet, a Act) {
		w.site.mute[place(f.name, a.Cluster)] = w.now.Add(a.For)
	})
	doVault = deed("secret store", func(w *world, _ *fleet, a Act) {
		w.vault.trouble, w.vault.until = vaultTrouble(a.Text), w.now.Add(a.For)
		w.count("secret store: " + a.Text)
	})
	doLose = deed("secrets are lost", func(w *world, f *fleet, a Act) {
		w.vault.lose(secretstore.Owner{Fleet: f.name, Cluster: a.Cluster})
		w.after(4*a.For, w.vault.restore)
	})
)

// crewKinds are the kinds that fleets with nodes meet beside the others.
var crewKinds = []Kind{doNodes, doNodes, doNodes, doNodes, doStuck, doMute, doVault, doVault, doLose}

func ofCrews(k Kind) bool { return slices.Contains(crewKinds, k) }

// crewAct makes an act one of those now and then.
func (m *maker) crewAct(a *Act) {
	if !m.size.Nodes || !m.chance(0.35) {
		return
	}
	a.Kind = crewKinds[m.IntN(len(crewKinds))]
	if a.Kind == doVault {
		a.Text = string(vaultTroubles[m.IntN(len(vaultTroubles))])
	}
}
