package reconcile

import "strings"

// build names what a driver's executable is, as people read it and hints keep it:
// "docker 1.4.0 (sha256 4f5a6b7c8d9e)", the digest as `heatsync driver list` shows it.
// The version alone would not do: it is the author's word, and another executable may
// carry the same.
func (d Driver) build() string {
	bare := d.Name + " " + d.Version
	if d.SHA256 == "" {
		return bare
	}
	return bare + digestOpens + d.SHA256[:min(len(d.SHA256), digestShown)] + ")"
}

const (
	digestOpens = " (sha256 "
	digestShown = 12
)

// sameBuild tells whether two builds are one, as far as both say: hints of older
// agents kept no digest, and that alone is no change.
func sameBuild(a, b string) bool {
	bareA, digestA, toldA := strings.Cut(a, digestOpens)
	bareB, digestB, toldB := strings.Cut(b, digestOpens)
	return bareA == bareB && (!toldA || !toldB || digestA == digestB)
}
