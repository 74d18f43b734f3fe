package drivertest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/drivertest"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// programs are what this test binary is under other names.
var programs = map[string]func() driver.Driver{
	"heatsync-driver-toy":      func() driver.Driver { return heatstack.New(toy{}) },
	"heatsync-driver-misnamed": func() driver.Driver { return heatstack.New(toy{}) },
	"heatsync-driver-leaky": func() driver.Driver {
		return mutant{Driver: heatstack.New(called("leaky")), apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			fmt.Fprintln(os.Stderr, "token", in.Credential.Token)
			return d.Apply(ctx, in, p)
		}}
	},
	"heatsync-driver-deaf": func() driver.Driver {
		os.Stdin, _ = os.Open(os.DevNull) // so it does not hear its lifeline end
		return heatstack.New(called("deaf"))
	},
	"heatsync-driver-forgetful": func() driver.Driver {
		made := false // a memory that dies with the process
		return mutant{Driver: heatstack.New(called("forgetful")), apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			lines := 0
			r := d.Apply(ctx, in, func(line string) { lines++; p(line) })
			if r.Verdict == driver.Accepted && in.Kind == driver.StepCreate && lines < 3 && !made {
				return driver.Result{Verdict: driver.Stale}
			}
			made = true
			return r
		}}
	},
}

func TestMain(m *testing.M) {
	if serve := programs[filepath.Base(os.Args[0])]; serve != nil {
		driver.Serve(serve())
	}
	os.Exit(m.Run())
}

// as gives this test binary another name.
func as(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAGoodProgramPasses(t *testing.T) {
	drivertest.RunBinary(t, as(t, "heatsync-driver-toy"), options())
}

func TestMutantPrograms(t *testing.T) {
	for name, want := range map[string][]string{
		"leaky": {"DRV-SECRET-001"},
		"deaf":  {"DRV-PROC-005"},
		// the agent would not run it
		"misnamed": {"DRV-PROC-006"},
		// its stack from before the kill is a stranger's to it
		"forgetful": {"DRV-PROC-002"},
	} {
		t.Run(name, func(t *testing.T) {
			var failed []string
			for _, v := range drivertest.ExamineBinary(t.Context(), as(t, "heatsync-driver-"+name), options()) {
				if v.Err != nil {
					failed = append(failed, v.ID)
					t.Log(v.ID, v.Err)
				}
			}
			if diff := cmp.Diff(want, failed); diff != "" {
				t.Errorf("failed cases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryCaseHasItsOwnIDAndASentence(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range drivertest.Cases() {
		if seen[c.ID] || c.ID == "" || len(c.Says) < 20 || c.Says[len(c.Says)-1] != '.' {
			t.Errorf("case %q: %q", c.ID, c.Says)
		}
		seen[c.ID] = true
	}
}
