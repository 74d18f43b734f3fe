package promises

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// places are texts by where they stand.
type places map[string][]byte

// sweep looks into every place for every secret.
func (w *secretWorld) sweep(t *testing.T, when string) {
	t.Helper()
	for _, leak := range w.leaks(w.places(t)) {
		t.Errorf("%s: %s", when, leak)
	}
}

// leaks says where secrets are found.
func (w *secretWorld) leaks(all places) []string {
	secrets := maps.Clone(w.secret)
	for i, token := range w.cloud.issued() {
		secrets[fmt.Sprintf("token %d", i)] = token
	}
	var out []string
	for _, place := range slices.Sorted(maps.Keys(all)) {
		found := secrets.find(all[place])
		if strings.HasPrefix(place, "recording/") {
			found = slices.DeleteFunc(found, func(what string) bool { return strings.HasPrefix(what, "a sensitive label") })
		}
		if place == "environment of the agent" {
			found = slices.DeleteFunc(found, func(what string) bool { return what == cloudPassword })
		}
		if len(found) > 0 {
			out = append(out, fmt.Sprintf("%q in %s", found, place))
		}
	}
	return out
}

// places gathers all that the agent shows, keeps and sends.
func (w *secretWorld) places(t *testing.T) places {
	t.Helper()
	out := places{"log": w.read(t, "log")}
	w.pages(t, out)
	w.commands(t, out)
	w.files(t, out)
	w.processes(t, out)
	w.stacks(t, out)
	for place, text := range out {
		if len(text) == 0 && !strings.HasPrefix(place, "state/") {
			t.Errorf("%s is empty", place)
		}
	}
	return out
}

func (w *secretWorld) pages(t *testing.T, out places) {
	t.Helper()
	for _, path := range []string{"/", "/metrics", "/api/v1/clusters", "/api/v1/drivers", "/api/v1/version", "/readyz?verbose", "/healthz"} {
		text, err := w.get(path)
		if text == nil {
			t.Fatalf("GET %s: %v", path, err)
		}
		out["GET "+path] = text
	}
}

func (w *secretWorld) commands(t *testing.T, out places) {
	t.Helper()
	url := "http://" + w.address
	for _, args := range [][]string{
		{"plan", "-v"},
		{"plan", "-o", "json"},
		{"status", "--url", url},
		{"status", "-o", "json", "--url", url},
		{"driver", "list"},
		{"validate", w.hosts["one"].work},
	} {
		out["heatsync "+strings.Join(args, " ")], _ = w.command(t, args...)
	}
}

// files reads the state folder but for Git's objects, and the recordings.
func (w *secretWorld) files(t *testing.T, out places) {
	t.Helper()
	for _, dir := range []string{"state", "recording"} {
		err := filepath.WalkDir(w.file(dir), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || strings.Contains(file, "/objects/") {
				return nil // temporary files come and go
			}
			name, _ := filepath.Rel(w.dir, file)
			if text, err := os.ReadFile(file); err == nil {
				out[name] = text
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// processes reads what the kernel shows of the agent and its drivers.
func (w *secretWorld) processes(t *testing.T, out places) {
	t.Helper()
	whose := map[int]string{w.pid(): "the agent"}
	for _, pid := range children(w.pid()) {
		whose[pid] = fmt.Sprintf("driver %d", pid)
	}
	for pid, name := range whose {
		for file, what := range map[string]string{"cmdline": "arguments", "environ": "environment"} {
			// A driver may have died just now.
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file)); err == nil && len(text) > 0 {
				out[what+" of "+name] = text
			}
		}
	}
	if out["environment of the agent"] == nil {
		t.Error("the agent's environment cannot be read")
	}
}

// stacks reads all that Heat shows of each stack, nested ones included, and what
// heatsim stores of those below a root.
func (w *secretWorld) stacks(t *testing.T, out places) {
	t.Helper()
	if w.cloud.isIll() {
		return
	}
	client := w.heat(t)
	for _, s := range w.cloud.sim.Stacks("demo", true, true) {
		place := "stack " + s.Name
		if s.Parent == "" { // a hidden parameter of the root and what boots is where a secret belongs
			delete(s.Parameters, "pin")
			s.Resources = slices.DeleteFunc(s.Resources, func(r heatsim.Resource) bool { return r.Type == "OS::Heat::SoftwareConfig" })
		}
		out[place+" as stored"] = encoded(t, s)
		ref := heat.Ref{Name: s.Name, ID: s.ID}
		shown, err := client.Show(t.Context(), ref, true)
		if err != nil {
			continue // it went away meanwhile
		}
		out[place+" as shown"] = encoded(t, shown)
		if template, err := client.Template(t.Context(), ref); err == nil {
			out[place+"'s template"] = template
		}
		if resources, err := client.Resources(t.Context(), ref, 5, heat.ResourceFilter{}); err == nil {
			out[place+"'s resources"] = encoded(t, resources)
		}
		if events, err := client.Events(t.Context(), ref, 1000, 5); err == nil {
			out[place+"'s events"] = encoded(t, events)
		}
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// heat logs the tester in.
func (w *secretWorld) heat(t *testing.T) *heat.Client {
	t.Helper()
	opened, err := openstack.Open(t.Context(), openstack.CloudOptions{Name: "app", File: w.file("keys/clouds.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	return opened.Heat()
}

// meddle changes a stack's parameters as a stranger would, and waits until the
// agent has taken that back.
func (w *secretWorld) meddle(t *testing.T, name string) {
	t.Helper()
	client := w.heat(t)
	rows, err := client.Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	row := rows[slices.IndexFunc(rows, func(r live.Row) bool { return r.Deleted.IsZero() })]
	tags, err := heat.NewTags(row.Tags...)
	if err != nil {
		t.Fatal(err)
	}
	err = client.Patch(t.Context(), heat.Ref{Name: row.Name, ID: row.ID}, heat.Patch{
		Spec: heat.Spec{Parameters: map[string]any{"colour": "green", "pin": w.secret[pinStranger]}}, Tags: tags,
	})
	if err != nil {
		t.Fatal(err)
	}
	await(t, time.Minute, "the stranger's parameters are taken back", func() error {
		for _, s := range w.cloud.sim.Stacks("demo", false, false) {
			if s.Name == name && s.Parameters["colour"] == "red" && s.Parameters["pin"] == w.secret[pinOld] {
				return nil
			}
		}
		return errors.New("not yet")
	})
}
