package main

import (
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	agelib "filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/heatsync/heatsync/internal/secretstore"
)

// buildSealed builds the driver of testdata/sealed once for all stories.
func buildSealed(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heatsync-driver-sealed")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", file, "./testdata/sealed")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the sealed driver: %v\n%s", err, out)
	}
	return file
}

// ageKeyCommand: "age-keygen FILE" writes an age identity.
func ageKeyCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: age-keygen FILE")
	}
	id, err := agelib.GenerateX25519Identity()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(id.String()+"\n"), 0o600))
}

// noLeakCommand: "no-leak CLUSTER FILE..." looks for values of the secrets of
// prod/CLUSTER, kept in store and opened by age.key, in files, in folders of them,
// and in all that the running agent answers.
func noLeakCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: no-leak CLUSTER FILE...")
	}
	store := secretstore.NewFolder(ts.MkAbs("store"), ts.MkAbs("age.key"))
	set, err := store.Get(context.Background(), secretstore.Owner{Fleet: "prod", Cluster: args[0]})
	ts.Check(err)
	said := map[string]string{}
	for _, path := range []string{"/", "/metrics", "/api/v1/clusters", "/api/v1/drivers", "/api/v1/version", "/readyz?verbose"} {
		said[path], _ = get(ts, path)
	}
	for _, name := range args[1:] {
		ts.Check(filepath.Walk(ts.MkAbs(name), func(path string, info os.FileInfo, err error) error {
			if err != nil || !info.Mode().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			said[path] = string(text)
			return err
		}))
	}
	for where, text := range said {
		for _, v := range set.Versions {
			for _, trace := range traces(v) {
				if strings.Contains(text, trace) {
					ts.Fatalf("%s holds a value of secret %q", where, v.Name)
				}
			}
		}
	}
}

// traces are pieces of a value that stand nowhere else, as they are and in base64.
func traces(v secretstore.Version) []string {
	_, private, isKey := strings.Cut(string(v.Value), "BEGIN PRIVATE KEY-----\n")
	if !isKey {
		return []string{string(v.Value), base64.StdEncoding.EncodeToString(v.Value)}
	}
	whole := "-----BEGIN PRIVATE KEY-----\n" + private
	return []string{strings.Split(private, "\n")[0], base64.StdEncoding.EncodeToString([]byte(whole))[60:120]}
}
