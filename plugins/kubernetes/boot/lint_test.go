package boot_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// tool is a checker, which CI always has.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") == "" {
		t.Skipf("no %s here: tools/packages %s installs it", name, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScriptIsClean: the parts make one script, and shellcheck sees it whole.
func TestScriptIsClean(t *testing.T) {
	shellcheck := tool(t, "shellcheck")
	s := least(boot.Ubuntu, boot.Worker)
	name := filepath.Join(t.TempDir(), "heatsync-bootstrap")
	put(t, name, fileOf(t, s, "/usr/local/bin/heatsync-bootstrap"))
	if said, err := exec.Command(shellcheck, "--shell=bash", name).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestUnits has systemd read each unit. What they start is not installed here.
func TestUnits(t *testing.T) {
	ours := regexp.MustCompile(`(?m)^(ExecStart=)(/usr/local|/opt)/bin/\S+`)
	for _, s := range []boot.Settings{most(boot.FedoraCoreOS, boot.ControlPlane), most(boot.Flatcar, boot.Worker)} {
		files, _ := unpack(t, s.System, text(t, s))
		dir := t.TempDir()
		var units []string
		for _, f := range files {
			if filepath.Dir(f.path) == "/etc/systemd/system" {
				name := filepath.Join(dir, filepath.Base(f.path))
				put(t, name, ours.ReplaceAllString(f.text, "${1}/bin/true"))
				units = append(units, name)
			}
		}
		if len(units) < 4 {
			t.Fatalf("units: %v", units)
		}
		if said, err := exec.Command("../../../tools/verify-unit", units...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, strings.ReplaceAll(string(said), dir, ""))
		}
	}
}
