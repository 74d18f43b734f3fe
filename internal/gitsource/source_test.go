package gitsource

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// transports runs a case over smart HTTP and over a repository on disk.
func transports(t *testing.T, run func(t *testing.T, u *upstream, o Options)) {
	t.Run("http", func(t *testing.T) {
		u := newUpstream(t)
		run(t, u, testOptions(t, serve(t, u).url()))
	})
	t.Run("file", func(t *testing.T) {
		u := newUpstream(t)
		run(t, u, testOptions(t, "file://"+u.bare))
	})
}

func TestFollowsABranch(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		first := u.commit("one\n\nbody", map[string]string{"a.yaml": "a: 1", "b/c.yml": "c: 1", "README.md": "x", ".github/w.yaml": "no"})
		s := mustOpen(t, o)
		one, changed := mustLatest(t, s)
		if !changed || one.Revision().ID != first || one.Revision().Subject != "one" || one.Revision().Author != "Ann <ann@example.org>" {
			t.Fatalf("changed %v, revision %+v", changed, one.Revision())
		}
		want := map[string]string{"a.yaml": "a: 1", "b/c.yml": "c: 1"}
		if d := cmp.Diff(want, contents(t, one)); d != "" {
			t.Fatal(d)
		}
		again, changed := mustLatest(t, s)
		if changed || again != one {
			t.Fatal("the same revision is taken for a change")
		}
		second := u.commit("two", map[string]string{"b/c.yml": "c: 2", "d.yaml": "d: 1"})
		two, changed := mustLatest(t, s)
		if !changed || two.Revision().ID != second || two.Revision().Former != "" {
			t.Fatalf("changed %v, revision %+v", changed, two.Revision())
		}
		diff, removed := Diff(one, two)
		if len(diff) != 2 || diff[0].Path != "b/c.yml" || diff[1].Path != "d.yaml" || removed != nil {
			t.Fatalf("changed %v, removed %v", diff, removed)
		}
		if d := cmp.Diff(want, contents(t, one)); d != "" {
			t.Fatalf("the old snapshot has changed: %s", d)
		}
	})
}

func TestFetchesOnlyWhenTheBranchMoved(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	s := mustOpen(t, testOptions(t, h.url()))
	for range 3 {
		mustLatest(t, s)
	}
	if lists, packs := h.lists.Load(), h.packs.Load(); lists != 3 || packs != 1 {
		t.Fatalf("%d lists, %d packs; want 3 and 1", lists, packs)
	}
	u.commit("two", map[string]string{"a.yaml": "b"})
	mustLatest(t, s)
	if packs := h.packs.Load(); packs != 2 {
		t.Fatalf("%d packs for two revisions", packs)
	}
}

func TestForcePush(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		base := u.commit("base", map[string]string{"a.yaml": "base"})
		u.commit("two", map[string]string{"a.yaml": "two"})
		s := mustOpen(t, o)
		two, _ := mustLatest(t, s)
		if err := s.Accept(t.Context(), two); err != nil {
			t.Fatal(err)
		}
		u.git("reset", "-q", "--hard", base)
		u.commit("other", map[string]string{"a.yaml": "other"})
		other, changed := mustLatest(t, s)
		if !changed || other.Revision().Former != two.Revision().ID {
			t.Fatalf("changed %v, revision %+v", changed, other.Revision())
		}
		u.commit("more", map[string]string{"b.yaml": "more"})
		more, _ := mustLatest(t, s)
		if more.Revision().Former != two.Revision().ID {
			t.Fatal("a child of the rewritten head descends from the last good one?")
		}
		if err := s.Accept(t.Context(), more); err != nil {
			t.Fatal(err)
		}
		u.git("reset", "-q", "--hard", base)
		u.git("push", "-q", "-f", "origin", "HEAD")
		back, _ := mustLatest(t, s)
		if back.Revision().ID != base || back.Revision().Former != more.Revision().ID {
			t.Fatalf("revision %+v, want the base, rewritten", back.Revision())
		}
		if d := cmp.Diff(map[string]string{"a.yaml": "base"}, contents(t, back)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestBranchGoneAndBack(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		u.commit("one", map[string]string{"a.yaml": "a"})
		u.git("push", "-q", "origin", "HEAD:keep")
		o.Branch = "main"
		s := mustOpen(t, o)
		one, _ := mustLatest(t, s)
		if err := s.Accept(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		u.run(u.bare, "update-ref", "-d", "refs/heads/main")
		_, _, err := s.Latest(t.Context())
		wantReason(t, err, BranchGone)
		if good, ok := s.LastGood(); !ok || good != one {
			t.Fatal("the last good revision is lost")
		}
		u.git("push", "-q", "origin", "HEAD:main")
		snap, changed := mustLatest(t, s)
		if changed || snap != one {
			t.Fatal("the branch that is back at the same commit is taken for a change")
		}
	})
}

func TestTagsAndCommits(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		first := u.commit("one", map[string]string{"a.yaml": "one"})
		u.git("tag", "light")
		u.git("tag", "-a", "-m", "v1", "v1")
		u.git("tag", "-a", "-m", "again", "v1-again", "v1")
		u.git("push", "-q", "origin", "--tags")
		last := u.commit("two", map[string]string{"a.yaml": "two"})
		for _, c := range []struct {
			name string
			set  func(*Options)
			want string
		}{
			{"default branch", func(*Options) {}, last},
			{"light tag", func(o *Options) { o.Tag = "light" }, first},
			{"annotated tag", func(o *Options) { o.Tag = "v1" }, first},
			{"tag of a tag", func(o *Options) { o.Tag = "v1-again" }, first},
			{"commit at a branch", func(o *Options) { o.Commit = strings.ToUpper(last) }, last},
			{"commit in the history", func(o *Options) { o.Commit = u.git("rev-parse", "HEAD~1") }, first},
		} {
			t.Run(c.name, func(t *testing.T) {
				o := o
				o.StateDir = t.TempDir()
				c.set(&o)
				s := mustOpen(t, o)
				snap, _ := mustLatest(t, s)
				if snap.Revision().ID != c.want {
					t.Fatalf("revision %s, want %s", snap.Revision().ID, c.want)
				}
				if again, changed := mustLatest(t, s); changed || again != snap {
					t.Fatal("a second look finds a change")
				}
			})
		}
	})
}

func TestPinnedCommitTheServerGivesOut(t *testing.T) {
	u := newUpstream(t)
	first := u.commit("one", map[string]string{"a.yaml": "one"})
	u.commit("two", map[string]string{"a.yaml": "two"})
	u.run(u.bare, "config", "uploadpack.allowReachableSHA1InWant", "true")
	o := testOptions(t, serve(t, u).url())
	o.Commit = first
	if snap, _ := mustLatest(t, mustOpen(t, o)); snap.Revision().ID != first {
		t.Fatalf("revision %s, want %s", snap.Revision().ID, first)
	}
}

func TestMovedTag(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		u.commit("one", map[string]string{"a.yaml": "one"})
		u.git("tag", "-a", "-m", "v1", "v1")
		u.git("push", "-q", "origin", "--tags")
		o.Tag = "v1"
		s := mustOpen(t, o)
		mustLatest(t, s)
		second := u.commit("two", map[string]string{"a.yaml": "two"})
		u.git("tag", "-f", "-a", "-m", "v1", "v1")
		u.git("push", "-q", "-f", "origin", "--tags")
		snap, changed := mustLatest(t, s)
		if !changed || snap.Revision().ID != second {
			t.Fatalf("changed %v, revision %s, want %s", changed, snap.Revision().ID, second)
		}
	})
}

// TestContentFaults has a commit for each fault that an author can push.
func TestContentFaults(t *testing.T) {
	const pointer = "version https://git-lfs.github.com/spec/v1\n" +
		"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
	transports(t, func(t *testing.T, u *upstream, o Options) {
		o.Path, o.MaxFileBytes, o.MaxFiles = "fleet", 1000, 3
		good := map[string]string{"fleet/a.yaml": "a: 1"}
		u.commit("good", good)
		s := mustOpen(t, o)
		snap, _ := mustLatest(t, s)
		if err := s.Accept(t.Context(), snap); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			push map[string]string
			want Reason
			file string
		}{
			{"path missing", map[string]string{"other/a.yaml": "a"}, PathMissing, ""},
			{"path is a file", map[string]string{"fleet": "a"}, PathMissing, ""},
			{"no yaml", map[string]string{"fleet/a.txt": "a"}, NoYAML, ""},
			{"empty tree", nil, PathMissing, ""},
			{"ignore file too big", map[string]string{"fleet/x/.heatsyncignore": strings.Repeat("b", 1001)}, FileTooBig, "x/.heatsyncignore"},
			{"too many files", map[string]string{"fleet/1.yml": "", "fleet/2.yml": "", "fleet/3.yml": "", "fleet/4.yml": ""}, TooManyFiles, ""},
			{"ignore file in lfs", map[string]string{"fleet/a.yaml": "a: 1", "fleet/.heatsyncignore": pointer}, LFSPointer, ".heatsyncignore"},
		} {
			t.Run(c.name, func(t *testing.T) {
				u.git("rm", "-rqf", "--ignore-unmatch", ".")
				u.commit(c.name, c.push)
				for range 2 {
					_, _, err := s.Latest(t.Context())
					wantReason(t, err, c.want)
					var e *Error
					if !errors.As(err, &e) || e.File != c.file {
						t.Fatalf("file %q, want %q", e.File, c.file)
					}
				}
				if last, ok := s.LastGood(); !ok || contents(t, last)["a.yaml"] != "a: 1" {
					t.Fatal("the last good revision is lost")
				}
			})
		}
		u.git("rm", "-rqf", "--ignore-unmatch", ".")
		u.commit("good again", good)
		mustLatest(t, s)

		// One file that is too large or elsewhere does not keep the others out.
		u.commit("large", map[string]string{"fleet/a.yaml": "a: 2", "fleet/x/b.yaml": strings.Repeat("b", 5000), "fleet/big.yaml": pointer})
		large, _ := mustLatest(t, s)
		if got := contents(t, large); got["a.yaml"] != "a: 2" || len(got["x/b.yaml"]) != 1001 || got["big.yaml"] != pointer {
			t.Errorf("got %d bytes, %q", len(got["x/b.yaml"]), got["a.yaml"])
		}
	})
}

func TestRepositoryFaults(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		look := func(set func(*Options)) error {
			o := o
			o.StateDir = t.TempDir()
			set(&o)
			_, _, err := mustOpen(t, o).Latest(t.Context())
			return err
		}
		wantReason(t, look(func(*Options) {}), RepositoryEmpty)
		u.commit("one", map[string]string{"a.yaml": "a"})
		wantReason(t, look(func(o *Options) { o.Branch = "nope" }), BranchGone)
		wantReason(t, look(func(o *Options) { o.Tag = "nope" }), TagGone)
		wantReason(t, look(func(o *Options) { o.Commit = strings.Repeat("ab", 20) }), CommitGone)
		wantReason(t, look(func(o *Options) { o.URL += "nope" }), RepositoryGone)
		wantReason(t, look(func(o *Options) { o.MaxBytes = 100 }), RepositoryTooBig)
		u.run(u.bare, "symbolic-ref", "HEAD", "refs/heads/none")
		wantReason(t, look(func(*Options) {}), BranchGone)
	})
}

func TestSHA256RepositoryIsNamed(t *testing.T) {
	u := newUpstream(t, "--object-format=sha256")
	u.commit("one", map[string]string{"a.yaml": "a"})
	for _, url := range []string{serve(t, u).url(), "file://" + u.bare} {
		_, _, err := mustOpen(t, testOptions(t, url)).Latest(t.Context())
		wantReason(t, err, Unsupported)
	}
}

func TestReftableRepositoryIsNamed(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	u.run(u.bare, "config", "core.repositoryformatversion", "1")
	u.run(u.root, "config", "-f", filepath.Join(u.bare, "config"), "extensions.refstorage", "reftable")
	_, _, err := mustOpen(t, testOptions(t, "file://"+u.bare)).Latest(t.Context())
	wantReason(t, err, Unsupported)
}

// A history too big to download whole is no reason to refuse a tip that fits.
func TestRewrittenHistoryTooBig(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	o := testOptions(t, serve(t, u).url())
	o.MaxBytes = 20_000
	s := mustOpen(t, o)
	mustLatest(t, s)
	u.git("checkout", "-q", "--orphan", "fresh")
	for i := range 3 {
		big := make([]byte, 15_000)
		for j := range big {
			big[j] = byte((j*j*7 + j*i*31 + j>>3) * 2654435761 >> 7)
		}
		u.commit(fmt.Sprint("big ", i), map[string]string{"big.bin": string(big)})
	}
	u.write(map[string]string{"a.yaml": "z"})
	u.git("rm", "-q", "--cached", "big.bin")
	u.git("add", "a.yaml")
	u.git("commit", "-q", "-m", "small")
	u.git("push", "-q", "-f", "origin", "HEAD:main")
	snap, changed := mustLatest(t, s)
	if !changed || contents(t, snap)["a.yaml"] != "z" {
		t.Fatal("the new tip was not read")
	}
}

func TestTooBigIsNotDownloadedAgain(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": strings.Repeat("abc", 50)})
	h := serve(t, u)
	o := testOptions(t, h.url())
	o.MaxBytes = 100
	s := mustOpen(t, o)
	for range 3 {
		_, _, err := s.Latest(t.Context())
		wantReason(t, err, RepositoryTooBig)
	}
	if n := h.packs.Load(); n != 1 {
		t.Fatalf("%d downloads of a repository that is too big", n)
	}
	left, _ := filepath.Glob(filepath.Join(o.StateDir, "*"))
	if len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
}

// A gigabyte of zeros is a megabyte on the wire.
func TestUnpackedSizeIsBounded(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"zeros.bin": strings.Repeat("\x00", 3<<20), "a.yaml": "a"})
	o := testOptions(t, serve(t, u).url())
	o.MaxBytes = 1 << 20
	_, _, err := mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, RepositoryTooBig)
	o.MaxBytes = 4 << 20
	mustLatest(t, mustOpen(t, o))
}

// Azure DevOps answers 400 to requests without multi_ack, which go-git cannot
// follow when there is something to negotiate.
func TestHostThatInsistsOnMultiACK(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	inner := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			if !bytes.Contains(body, []byte("multi_ack")) {
				http.Error(w, "no", http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		inner.ServeHTTP(w, r)
	})
	s := mustOpen(t, testOptions(t, h.url()))
	mustLatest(t, s)
	u.commit("two", map[string]string{"a.yaml": "b"})
	if two, changed := mustLatest(t, s); !changed || contents(t, two)["a.yaml"] != "b" {
		t.Fatal("the second revision was not read")
	}
}

func TestSnapshotOutlivesItsSource(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	s := mustOpen(t, testOptions(t, "file://"+u.bare))
	snap, _ := mustLatest(t, s)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if contents(t, snap)["a.yaml"] != "a" {
		t.Fatal("not readable")
	}
}

func TestIgnoreFileAndLinks(t *testing.T) {
	transports(t, func(t *testing.T, u *upstream, o Options) {
		u.write(map[string]string{
			"fleet/.heatsyncignore": "# comment\ndraft-*\n/only-here.yaml\nold/\n!old/keep.yaml\n",
			"fleet/a.yaml":          "a", "fleet/draft-b.yaml": "b", "fleet/only-here.yaml": "x",
			"fleet/sub/only-here.yaml": "y", "fleet/old/c.yaml": "c", "outside.yaml": "o",
			"fleet/sub/.heatsyncignore": "deep.yaml\n", "fleet/sub/deep.yaml": "d", "fleet/deep.yaml": "e",
		})
		for link, to := range map[string]string{"fleet/link.yaml": "a.yaml", "fleet/out.yaml": "../outside.yaml", "fleet/dir": "sub"} {
			if err := os.Symlink(to, filepath.Join(u.work, link)); err != nil {
				t.Fatal(err)
			}
		}
		u.commit("one", nil)
		o.Path = "./fleet/"
		snap, _ := mustLatest(t, mustOpen(t, o))
		if d := cmp.Diff([]string{"a.yaml", "deep.yaml", "sub/only-here.yaml"}, paths(snap)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff([]string{"dir", "link.yaml", "out.yaml"}, snap.Skipped()); d != "" {
			t.Fatal(d)
		}
	})
}

func TestCancelledLookIsNoFault(t *testing.T) {
	u := newUpstream(t)
	h := serve(t, u)
	arrived := make(chan struct{})
	h.answer(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, _, err := mustOpen(t, testOptions(t, h.url())).Latest(ctx)
	if _, typed := ReasonOf(err); typed || !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
}
