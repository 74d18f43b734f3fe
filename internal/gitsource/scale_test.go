package gitsource

import (
	"fmt"
	"testing"
)

// tenThousand pushes a repository of 10,000 files in 100 folders.
func tenThousand(t testing.TB) *upstream {
	u := newUpstream(t)
	files := map[string]string{}
	for i := range 10_000 {
		files[fmt.Sprintf("fleet/%02d/c%05d.yaml", i%100, i)] = cluster(i, 1)
	}
	u.commit("ten thousand", files)
	return u
}

func cluster(i, nodes int) string {
	return fmt.Sprintf("apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: c%05d}\nspec: {template: t, nodeCount: %d}\n", i, nodes)
}

// A commit that touches one file of ten thousand makes one blob to read.
func TestOneOfTenThousand(t *testing.T) {
	u := tenThousand(t)
	s := mustOpen(t, testOptions(t, serve(t, u).url()))
	one, _ := mustLatest(t, s)
	if n := len(one.Blobs()); n != 10_000 {
		t.Fatalf("%d blobs", n)
	}
	u.commit("one of them", map[string]string{"fleet/07/c00007.yaml": cluster(7, 2)})
	before := s.store.reads.Load()
	two, _ := mustLatest(t, s)
	changed, removed := Diff(one, two)
	if len(changed) != 1 || changed[0].Path != "fleet/07/c00007.yaml" || len(removed) != 0 {
		t.Fatalf("changed %v, removed %v", changed, removed)
	}
	if _, err := two.Read(changed[0].Hash); err != nil {
		t.Fatal(err)
	}
	// One for its reader, and one to tell that it is no LFS pointer.
	if n := s.store.reads.Load() - before; n > 2 {
		t.Fatalf("%d blobs were read for one that changed", n)
	}
}

// BenchmarkOneOfTenThousand is a commit to one file of 10,000, from the look at
// the server to the changed file's bytes, over smart HTTP on loopback. The push
// is not timed.
func BenchmarkOneOfTenThousand(b *testing.B) {
	u := tenThousand(b)
	s := mustOpen(b, DefaultOptions(serve(b, u).url(), b.TempDir()))
	last, _ := mustLatest(b, s)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		n++
		u.commit("one", map[string]string{"fleet/07/c00007.yaml": cluster(7, n+1)})
		b.StartTimer()
		snap, _ := mustLatest(b, s)
		changed, _ := Diff(last, snap)
		if len(changed) != 1 {
			b.Fatalf("%d changed", len(changed))
		}
		if _, err := snap.Read(changed[0].Hash); err != nil {
			b.Fatal(err)
		}
		last = snap
	}
}

// BenchmarkTenThousandAtTheStart is the first look at 10,000 files, with each
// of them read.
func BenchmarkTenThousandAtTheStart(b *testing.B) {
	u := tenThousand(b)
	h := serve(b, u)
	for b.Loop() {
		s := mustOpen(b, DefaultOptions(h.url(), b.TempDir()))
		snap, _ := mustLatest(b, s)
		for _, blob := range snap.Blobs() {
			if _, err := snap.Read(blob.Hash); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkNothingNew is a look that finds the branch where it was.
func BenchmarkNothingNew(b *testing.B) {
	u := newUpstream(b)
	u.commit("one", map[string]string{"a.yaml": "a"})
	s := mustOpen(b, DefaultOptions(serve(b, u).url(), b.TempDir()))
	mustLatest(b, s)
	for b.Loop() {
		mustLatest(b, s)
	}
}
