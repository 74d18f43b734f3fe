package secretstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

const canary = "canary-8c1e"

var web = Owner{Fleet: "prod", Cluster: "web"}

func set(o Owner, id string) Set {
	return Set{Owner: o, Versions: []Version{{Name: "join", Kind: "token", ID: id, Value: []byte(canary)}}}
}

// plain is a set with what printing leaves out.
func plain(s Set) []string {
	out := []string{s.Owner.String()}
	for _, v := range s.Versions {
		out = append(out, v.Name, v.Kind, v.ID, string(v.Value))
	}
	return out
}

func identity(t *testing.T) string {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "age.key")
	if err := os.WriteFile(file, []byte("# a comment\n"+id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func folder(t *testing.T) *Folder {
	t.Helper()
	f := NewFolder(filepath.Join(t.TempDir(), "secrets"), identity(t))
	if _, err := f.Get(t.Context(), web); !errors.Is(err, ErrNone) {
		t.Fatalf("before it was made: %v", err)
	}
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAStoreKeepsSets(t *testing.T) {
	for name, store := range map[string]Store{"folder": folder(t), "barbican": NewBarbican(newFakeBarbican(t).client())} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if _, err := store.Get(ctx, web); !errors.Is(err, ErrNone) {
				t.Fatalf("%v", err)
			}
			if err := store.Put(ctx, set(web, "v1")); err != nil {
				t.Fatal(err)
			}
			if err := store.Put(ctx, set(web, "v2")); !errors.Is(err, ErrExists) {
				t.Fatalf("written over: %v", err)
			}
			if err := store.Put(ctx, set(Owner{"prod", "db"}, "v3")); err != nil {
				t.Fatal(err)
			}
			got, err := store.Get(ctx, web)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(set(web, "v1")), plain(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for range 2 {
				if err := store.Delete(ctx, web); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := store.Get(ctx, web); !errors.Is(err, ErrNone) {
				t.Errorf("%v", err)
			}
			if _, err := store.Get(ctx, Owner{"prod", "db"}); err != nil {
				t.Errorf("another's set: %v", err)
			}
		})
	}
}

func TestTheFolderIsPrivate(t *testing.T) {
	f := folder(t)
	if err := f.Put(t.Context(), set(web, "v1")); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(f.dir)
	if err != nil || len(files) != 2 || files[0].Name() != marker || files[1].Name() != "prod--web.age" {
		t.Fatalf("%v, %v", files, err)
	}
	info, err := files[1].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(filepath.Join(f.dir, "prod--web.age"))
	if err != nil || strings.Contains(string(text), canary) {
		t.Errorf("in clear, or %v", err)
	}
	if d, err := os.Stat(f.dir); err != nil || d.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", d.Mode(), err)
	}
}

// TestTwoAgentsMakeOneSet puts at the same time, again while there is none, as
// agents do: one wins.
func TestTwoAgentsMakeOneSet(t *testing.T) {
	barbican := newFakeBarbican(t)
	for name, store := range map[string]Store{"folder": folder(t), "barbican": NewBarbican(barbican.client())} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			kept := make(chan string, 8)
			for i := range 8 {
				wg.Go(func() {
					for {
						err := store.Put(t.Context(), set(web, fmt.Sprint(i)))
						if err == nil {
							kept <- fmt.Sprint(i)
						} else if !errors.Is(err, ErrExists) {
							t.Error(err)
						}
						if _, err := store.Get(t.Context(), web); !errors.Is(err, ErrNone) {
							return
						}
					}
				})
			}
			wg.Wait()
			close(kept)
			got, err := store.Get(t.Context(), web)
			if err != nil || len(kept) != 1 {
				t.Fatalf("%d were kept, %v", len(kept), err)
			}
			if who := <-kept; got.Versions[0].ID != who {
				t.Errorf("%s was kept, %s is there", who, got.Versions[0].ID)
			}
		})
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	other := identity(t)
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, f *Folder, file string)
		want  string
	}{
		{"another identity", func(_ *testing.T, f *Folder, _ string) { f.identityFile = other }, "is one it was written for"},
		{"no identity", func(_ *testing.T, f *Folder, _ string) { f.identityFile += ".gone" }, "the age identity cannot be used: open "},
		{"no age file", func(t *testing.T, _ *Folder, file string) { write(t, file, canary) }, "it is no age file, or a damaged one"},
		{"damaged", func(t *testing.T, _ *Folder, file string) {
			text, _ := os.ReadFile(file)
			text[len(text)-1] ^= 1
			write(t, file, string(text))
		}, "cannot be opened: it is damaged"},
		{"renamed", func(t *testing.T, f *Folder, file string) {
			if err := f.Put(t.Context(), set(Owner{"prod", "db"}, "v1")); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(f.dir, "prod--db.age"), file); err != nil {
				t.Fatal(err)
			}
		}, "it is the set of prod/db"},
		{"no folder", func(t *testing.T, f *Folder, _ string) { _ = os.RemoveAll(f.dir) }, "the secret store's folder is gone"},
		{"not mounted", func(t *testing.T, f *Folder, _ string) {
			_ = os.RemoveAll(f.dir)
			_ = os.Mkdir(f.dir, 0o700)
		}, "the secret store's folder is gone"},
		{"no file to read", func(t *testing.T, _ *Folder, file string) {
			_ = os.Remove(file)
			if err := os.Mkdir(file, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "cannot be read: read "},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder(t)
			if err := f.Put(t.Context(), set(web, "v1")); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, f, filepath.Join(f.dir, "prod--web.age"))
			_, err := f.Get(t.Context(), web)
			told, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary) || told.Remedy == "" {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	f := folder(t)
	_ = os.RemoveAll(f.dir)
	err := f.Put(t.Context(), set(web, "v1"))
	if told, ok := errors.AsType[*Error](err); !ok || !told.Transient || strings.Contains(err.Error(), canary) {
		t.Errorf("%v", err)
	}
	if err := f.Put(t.Context(), set(Owner{"..", "web"}, "v1")); err == nil {
		t.Error("a path out of the folder was taken")
	}
}

func TestValuesAreNotPrinted(t *testing.T) {
	s := set(web, "v1")
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "set", s, "version", s.Versions[0])
	for _, said := range []string{string(text), log.String(), fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s.Versions[0], s.Versions)} {
		if strings.Contains(said, canary) || strings.Contains(said, fmt.Sprintf("%x", canary)) {
			t.Error(said)
		}
	}
}
