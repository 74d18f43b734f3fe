package openstack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/internal/openstack"
)

const aServer = "2ed40fcc-2a48-457e-a705-0e7d41fc1c4a"

func TestConsole(t *testing.T) {
	var asked []string
	status, text := http.StatusOK, "one\ntwo\n"
	k := newFakeCloud()
	k.services = append(k.services, "compute")
	k.heat = func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Method+" "+r.URL.String()+" "+strings.Join(strings.Fields(string(body)), ""))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"output": text})
	}
	cloud, err := open(t, k, openstack.CloudOptions{Name: "one", File: written(t, passwordYAML)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := cloud.Console(t.Context(), aServer, 7)
	want := "POST http://compute.test/servers/" + aServer + `/action {"os-getConsoleOutput":{"length":7}}`
	if err != nil || got != text || len(asked) != 1 || asked[0] != want {
		t.Errorf("%q, %v; asked %q, not %q", got, err, asked, want)
	}
	status, text = http.StatusNotFound, "secret-canary"
	if got, err := cloud.Console(t.Context(), aServer, 7); err == nil || got != "" || strings.Contains(err.Error(), "canary") {
		t.Errorf("a cloud that keeps none: %q, %v", got, err)
	}
	asked = nil
	for _, id := range []string{"", "../../flavors", aServer + "/x", strings.Repeat("a", 100)} {
		if _, err := cloud.Console(t.Context(), id, 7); err == nil || len(asked) > 0 {
			t.Errorf("%q is asked for: %v, %q", id, err, asked)
		}
	}
}

func TestConsoleOfACloudWithoutServers(t *testing.T) {
	cloud, err := open(t, newFakeCloud(), openstack.CloudOptions{Name: "one", File: written(t, passwordYAML)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.Console(t.Context(), aServer, 7); err == nil || !strings.Contains(err.Error(), "no compute service") {
		t.Errorf("%v", err)
	}
}
