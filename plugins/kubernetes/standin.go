package kubernetes

import (
	"encoding/json"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// What other rooms do not have yet.

// bootText is boot.Text.
func bootText(s boot.Settings) (string, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return string(text) + "\n" + strings.Join(boot.Placeholders(s.Role), "\n") + "\n", err
}

// selectAddons is addons.Select.
func selectAddons(in addons.Input) (addons.Selection, []driver.Diagnostic) {
	values := map[string]string{}
	for _, l := range addons.Labels() {
		if l.Deprecated == "" {
			values[l.Name] = in.Labels[l.Name]
		}
	}
	for _, name := range []string{"octavia_provider", "octavia_lb_algorithm", "octavia_lb_healthcheck"} {
		values[name] = in.Labels[name]
	}
	return addons.Selection{Addons: []addons.Addon{{Name: "all", Values: values}}}, nil
}

// noCatalog has no release.
type noCatalog struct{}

func (noCatalog) Release(string) (versions.Release, bool) { return versions.Release{}, false }
func (noCatalog) Latest() string                          { return "" }

// embedded is versions.Default.
func embedded() Catalog { return noCatalog{} }
