package boot

import (
	"fmt"
	"strings"
)

// modules of the kernel that the pods' network needs.
func (s Settings) modules() []string {
	modules := []string{"overlay", "br_netfilter"}
	switch s.NetworkDriver {
	case "flannel", "cilium":
		modules = append(modules, "vxlan")
	case "calico":
		modules = append(modules, "vxlan", "ipip")
	}
	return append(modules, s.Modules...)
}

// selinux is the mode that the node is brought to: Fedora's alone have one.
func (s Settings) selinux() string {
	if s.System.fedora() {
		return s.SELinuxMode
	}
	return ""
}

// system is what the distribution itself is told.
func (s Settings) system() []file {
	files := []file{
		{path: "/etc/modules-load.d/heatsync.conf", mode: 0o644, text: strings.Join(s.modules(), "\n") + "\n"},
		{path: "/etc/sysctl.d/90-heatsync.conf", mode: 0o644, text: sysctl},
	}
	if mode := s.selinux(); mode != "" {
		files = append(files, file{path: "/etc/selinux/config", mode: 0o644, text: fmt.Sprintf("SELINUX=%s\nSELINUXTYPE=targeted\n", mode)})
	}
	if s.System.fedora() {
		files = append(files, file{path: "/etc/NetworkManager/conf.d/heatsync.conf", mode: 0o644, text: networkManager})
	} else {
		files = append(files, file{path: "/etc/systemd/network/00-heatsync.network", mode: 0o644, text: networkd})
	}
	if s.System == FedoraCoreOS {
		files = append(files, file{path: "/etc/zincati/config.d/90-heatsync.toml", mode: 0o644, text: "# a node reboots when its cluster has it drained\n[updates]\nenabled = false\n"})
	}
	if s.HTTPProxy != "" || s.HTTPSProxy != "" {
		files = append(files, file{path: "/etc/systemd/system/containerd.service.d/heatsync-proxy.conf", mode: 0o600, text: s.proxyDropIn()})
	}
	return files
}

const sysctl = `net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.ip_forward = 1
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288
`

// The interfaces of pods belong to the network driver.
const (
	networkManager = `[keyfile]
unmanaged-devices=interface-name:cni*;interface-name:veth*;interface-name:flannel*;interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:cilium*;interface-name:lxc*
`
	networkd = `[Match]
Name=cni* veth* flannel* cali* tunl* vxlan.calico cilium* lxc*

[Link]
Unmanaged=yes
`
)

// noProxy is what people wrote and what no proxy can reach.
func (s Settings) noProxy() string {
	if s.HTTPProxy == "" && s.HTTPSProxy == "" {
		return s.NoProxy
	}
	list := []string{"127.0.0.1", "localhost", "169.254.169.254", s.PodCIDR, s.ServiceCIDR, ".svc", "." + s.DNSDomain}
	if s.NoProxy != "" {
		list = append([]string{s.NoProxy}, list...)
	}
	return strings.Join(list, ",")
}

// proxyDropIn is for the one service that fetches images.
func (s Settings) proxyDropIn() string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%")
	var text strings.Builder
	text.WriteString("[Service]\n")
	for _, entry := range [][2]string{{"HTTP_PROXY", s.HTTPProxy}, {"HTTPS_PROXY", s.HTTPSProxy}, {"NO_PROXY", s.noProxy()}} {
		if entry[1] != "" {
			fmt.Fprintf(&text, "Environment=\"%s=%s\"\n", entry[0], escape.Replace(entry[1]))
		}
	}
	return text.String()
}
