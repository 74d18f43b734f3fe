package boot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cloudConf is what the script adds to the cloud.conf that it makes of the
// credential: what the settings say of load balancers, volumes and routes.
func (s Settings) cloudConf() []file {
	if s.Role != ControlPlane {
		return nil
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var text strings.Builder
	for _, section := range slices.Sorted(maps.Keys(s.CloudConf)) {
		fmt.Fprintf(&text, "[%s]\n", section)
		for _, key := range slices.Sorted(maps.Keys(s.CloudConf[section])) {
			fmt.Fprintf(&text, "%s=\"%s\"\n", key, escape.Replace(s.CloudConf[section][key]))
		}
	}
	return []file{{path: "/etc/heatsync/cloud.conf", mode: 0o644, text: text.String()}}
}
