package boot_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	v33 "github.com/coreos/ignition/v2/config/v3_3"
	v34 "github.com/coreos/ignition/v2/config/v3_4"
	"github.com/coreos/vcontext/report"

	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// filledIn is a text as Heat's str_replace leaves it, with values as long as a
// secret may get: 1.2 KB of PEM, 1.6 KB of base64.
func filledIn(s boot.Settings, text string) string {
	for _, placeholder := range boot.Placeholders(s.Role) {
		value := strings.Repeat("0123456789ab", 100)
		if placeholder == boot.JoinToken || placeholder == boot.CAHash {
			value = value[:80]
		}
		text = strings.ReplaceAll(text, placeholder, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	return text
}

// TestItsReaderTakesIt has each text read by what reads it on a node: Ignition's
// own parser, with all its checks, and cloud-init.
func TestItsReaderTakesIt(t *testing.T) {
	for _, story := range stories() {
		t.Run(story.name, func(t *testing.T) {
			t.Parallel() // cloud-init takes seconds
			document := filledIn(story.settings, text(t, story.settings))
			switch story.settings.System {
			case boot.FedoraCoreOS:
				_, said, err := v34.ParseCompatibleVersion([]byte(document))
				parsed(t, said, err)
			case boot.Flatcar:
				_, said, err := v33.ParseCompatibleVersion([]byte(document))
				parsed(t, said, err)
			default:
				cloudInitTakes(t, document)
			}
		})
	}
}

func parsed(t *testing.T, said report.Report, err error) {
	t.Helper()
	if err != nil || len(said.Entries) > 0 {
		t.Errorf("%v\n%s", err, said)
	}
}

func cloudInitTakes(t *testing.T, document string) {
	t.Helper()
	program := tool(t, "cloud-init")
	name := filepath.Join(t.TempDir(), "user-data")
	if err := os.WriteFile(name, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(program, "schema", "-c", name).CombinedOutput(); err != nil {
		t.Errorf("cloud-init schema: %v\n%s", err, said)
	}
}

// TestSize holds a text with all its secrets against the 49,151 bytes that Nova
// takes, with room for add-ons that are yet to come.
func TestSize(t *testing.T) {
	const limit = 49_151 - 2_000
	all := stories()
	for i := range all {
		if s := &all[i].settings; s.Role == boot.ControlPlane && len(s.Addons.Addons) > 0 {
			for n := range 20 {
				s.Addons.Addons = append(s.Addons.Addons, addons.Addon{
					Name: fmt.Sprintf("kubernetes-addon-%d", n),
					Values: map[string]string{
						"ADDON_IMAGE": "registry.example.org/k8s/addon", "ADDON_TAG": "v1.30.0",
						"ADDON_RESOLVER": "v1.30.0", "ADDON_ADDRESS": "10.254.0.10",
					},
				})
			}
		}
	}
	for _, story := range all {
		plain := text(t, story.settings)
		full := filledIn(story.settings, plain)
		t.Logf("%-40s %6d bytes, %6d with secrets", story.name, len(plain), len(full))
		if len(full) > limit {
			t.Errorf("%s has %d bytes, more than %d", story.name, len(full), limit)
		}
	}
}

// TestPlaceholders: each of a role's is there once, alone in its file, and no
// other; so no value of one can come into a file that others may read.
func TestPlaceholders(t *testing.T) {
	for _, story := range stories() {
		t.Run(story.name, func(t *testing.T) {
			document := text(t, story.settings)
			here := boot.Placeholders(story.settings.Role)
			for _, placeholder := range boot.Placeholders(boot.ControlPlane) {
				want := 0
				for _, p := range here {
					if p == placeholder {
						want = 1
					}
				}
				if got := strings.Count(document, placeholder); got != want {
					t.Errorf("%s is there %d times, want %d", placeholder, got, want)
				}
			}
			files, _ := unpack(t, story.settings.System, document)
			secret := 0
			for _, f := range files {
				if strings.HasPrefix(f.path, "/etc/heatsync/secrets/") {
					secret++
					if f.mode != 0o600 || !strings.HasPrefix(f.text, "%") || !strings.HasSuffix(f.text, "%") {
						t.Errorf("%s: mode %o, content %q", f.path, f.mode, f.text)
					}
				}
			}
			if secret != len(here) {
				t.Errorf("%d files of secrets, want %d", secret, len(here))
			}
		})
	}
}

// TestSameBytes: settings are all that a text depends on.
func TestSameBytes(t *testing.T) {
	for _, story := range stories() {
		first := text(t, story.settings)
		for range 3 {
			if text(t, story.settings) != first {
				t.Fatalf("%s: the same settings gave other bytes", story.name)
			}
		}
	}
}
