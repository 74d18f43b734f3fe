package addons

import (
	"embed"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

//go:embed manifests
var embeddedManifests embed.FS

// Manifests gives the manifests, a folder for each add-on.
func Manifests() fs.FS {
	sub, err := fs.Sub(embeddedManifests, "manifests")
	if err != nil {
		panic(err)
	}
	return sub
}

// Images gives every image of every add-on for a Kubernetes version, sorted: what a
// mirror needs besides kubeadm's own (kubeadm config images list).
func Images(in Input) []string {
	s := newSettings(in)
	out := map[string]bool{}
	for _, c := range choices {
		for name, value := range c.values(s) {
			if strings.HasSuffix(name, "_IMAGE") {
				out[value] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(out))
}
