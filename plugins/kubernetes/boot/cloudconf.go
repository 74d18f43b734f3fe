package boot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cloudConf is what the script adds to the cloud.conf that it makes of the
// credential: what the settings say of load balancers, volumes and routes; and how
// API servers ask Keystone.
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
	files := []file{{path: "/etc/heatsync/cloud.conf", mode: 0o644, text: text.String()}}
	if s.KeystoneWebhook != "" {
		files = append(files, file{path: "/etc/heatsync/keystone-webhook.yaml", mode: 0o644, text: s.KeystoneWebhook})
	}
	return files
}
