package boot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

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

func (s Settings) addonFiles() ([]file, error) {
	if s.Role != ControlPlane {
		return nil, nil
	}
	selection := s.Addons
	if selection.Addons == nil {
		selection.Addons = []addons.Addon{}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(selection); err != nil {
		return nil, fmt.Errorf("add-ons: %w", err)
	}
	return []file{{path: "/etc/heatsync/addons.json", mode: 0o644, text: text.String()}}, nil
}
