package access

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/reconcile/live"
)

func TestAPIServer(t *testing.T) {
	for in, want := range map[string]string{
		"https://1.2.3.4:443": "https://1.2.3.4:443",
		"1.2.3.4":             "https://1.2.3.4:6443",
		"1.2.3.4:443":         "https://1.2.3.4:443",
		"2001:db8::1":         "https://[2001:db8::1]:6443",
		"[2001:db8::1]":       "https://[2001:db8::1]:6443",
		"api.example.org":     "https://api.example.org:6443",
	} {
		got, err := apiServer(live.Parts{Outputs: map[string]any{"api_address": in}})
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", in, got, err, want)
		}
	}
	for name, outputs := range map[string]map[string]any{
		"nothing": nil, "null": {"api_address": nil, "api_url": "https://:6443"}, "an empty address": {"api_address": ""},
	} {
		if got, err := apiServer(live.Parts{Outputs: outputs}); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("of %s: %q, %v", name, got, err)
		}
	}
}

// TestAPIServersPort: a stack that says the port says it in api_url.
func TestAPIServersPort(t *testing.T) {
	got, err := apiServer(live.Parts{Outputs: map[string]any{"api_address": "1.2.3.4", "api_url": "https://1.2.3.4:8443"}})
	if want := "https://1.2.3.4:8443"; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func TestFleetOf(t *testing.T) {
	one := config.Config{Fleets: []config.Fleet{{Name: "prod"}}}
	two := config.Config{Fleets: []config.Fleet{{Name: "prod"}, {Name: "lab"}}}
	if f, err := FleetOf(one, ""); err != nil || f.Name != "prod" {
		t.Errorf("%v, %v", f.Name, err)
	}
	if f, err := FleetOf(two, "lab"); err != nil || f.Name != "lab" {
		t.Errorf("%v, %v", f.Name, err)
	}
	for _, name := range []string{"", "qa"} {
		if _, err := FleetOf(two, name); err == nil || !strings.Contains(err.Error(), "prod, lab") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWriteReplacesItsOwnAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "config")
	for _, text := range []string{written + "x\none", written + "y\ntwo"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte(written)); err == nil {
		t.Error("somebody's file was written over")
	}
}
