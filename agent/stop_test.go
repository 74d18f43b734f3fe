package agent

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A stop that comes while the agent still starts is a stop, and no error.
func TestAStopDuringTheStartIsNoError(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "heatsync.yaml")
	text := fmt.Sprintf(`listen: 127.0.0.1:0
stateDir: state
drivers: {dir: drivers, lock: drivers.lock}
fleets:
- name: prod
  source:
    git: {url: "file://%s"}
  cloud: {name: one}
`, filepath.Join(dir, "fleet.git"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "drivers"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var log bytes.Buffer
	if err := Run(ctx, t.Context(), Options{ConfigFile: file, LogTo: &log, Ready: func(string) { t.Error("it says that it serves") }}); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
}
