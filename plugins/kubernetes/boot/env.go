package boot

import (
	"fmt"
	"strconv"
	"strings"
)

// env is /etc/heatsync/node.env: the settings that the script reads.
func (s Settings) env() string {
	var text strings.Builder
	for _, entry := range [][2]string{
		{"CLUSTER", s.Cluster},
		{"STACK", s.Stack},
		{"GROUP", s.Group},
		{"SYSTEM", string(s.System)},
		{"ROLE", string(s.Role)},
		{"FIRST", yesNo(s.First && s.Role == ControlPlane)},
		{"KUBERNETES", s.Release.Kubernetes},
		{"BIN", s.System.bin()},
		{"API_PORT", strconv.Itoa(s.APIPort)},
		{"MODULES", strings.Join(s.modules(), " ")},
		{"CLOUD_PROVIDER", yesNo(s.CloudProvider)},
		{"ETCD_VOLUME", yesNo(s.EtcdVolume && s.Role == ControlPlane)},
		{"CONTAINERS_VOLUME", yesNo(s.ContainersVolume)},
		{"SELINUX_MODE", s.selinux()},
		{"ADDONS", yesNo(s.appliesAddons())},
		{"HTTP_PROXY", s.HTTPProxy},
		{"HTTPS_PROXY", s.HTTPSProxy},
		{"NO_PROXY", s.noProxy()},
	} {
		fmt.Fprintf(&text, "%s=%s\n", entry[0], quote(entry[1]))
	}
	return text.String()
}

// quote makes one word of a shell of any text.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// downloads is /etc/heatsync/downloads: a line for each file that a node fetches.
func (s Settings) downloads() string {
	var text strings.Builder
	for _, program := range needed {
		d := s.Release.Downloads[program]
		fmt.Fprintf(&text, "%s %s %s\n", program, d.URL, d.SHA256)
	}
	if s.appliesAddons() {
		fmt.Fprintf(&text, "addons %s %s\n", s.Bundle.URL, s.Bundle.SHA256)
	}
	return text.String()
}
