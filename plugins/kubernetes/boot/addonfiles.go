package boot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
)

// appliesAddons says whether nodes of the group apply add-ons: those of the first
// group do, and of them node 0.
func (s Settings) appliesAddons() bool {
	return s.Role == ControlPlane && s.First && len(s.Addons.Addons) > 0
}

// bundled says whether an add-on of that name is among the selected, so that
// kubeadm's own is left out.
func (s Settings) bundled(name string) bool {
	return slices.ContainsFunc(s.Addons.Addons, func(a addons.Addon) bool { return a.Name == name })
}

// addonFiles is the selection, an add-on a line. It is root's alone: a value may be
// a password.
func (s Settings) addonFiles() ([]file, error) {
	if s.Role != ControlPlane {
		return nil, nil
	}
	var text strings.Builder
	text.WriteString(`{"addons": [`)
	for i, addon := range s.Addons.Addons {
		line, err := json.Marshal(addon)
		if err != nil {
			return nil, fmt.Errorf("add-on %s: %w", addon.Name, err)
		}
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("\n")
		text.Write(line)
	}
	text.WriteString("\n]}\n")
	return []file{{path: "/etc/heatsync/addons.json", mode: 0o600, text: text.String()}}, nil
}
