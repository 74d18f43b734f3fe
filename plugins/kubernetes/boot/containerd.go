package boot

import (
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// containerd is its configuration, its registries and crictl's.
func (s Settings) containerd() []file {
	files := []file{
		{path: "/etc/containerd/config.toml", mode: 0o644, text: s.containerdConfig()},
		{path: "/etc/crictl.yaml", mode: 0o644, text: "runtime-endpoint: " + criSocket + "\nimage-endpoint: " + criSocket + "\n"},
	}
	if s.RegistryMirror != "" {
		files = append(files, registry("docker.io", "https://registry-1.docker.io", s.RegistryMirror, false))
	}
	if s.InsecureRegistry != "" {
		host := strings.TrimSuffix(s.InsecureRegistry, "/")
		location := "http://" + host
		if scheme, rest, ok := strings.Cut(host, "://"); ok {
			host, location = rest, scheme+"://"+rest
		}
		host, _, _ = strings.Cut(host, "/")
		files = append(files, registry(host, location, location, true))
	}
	return files
}

// registry is how containerd reaches one registry.
func registry(name, server, host string, insecure bool) file {
	var text strings.Builder
	fmt.Fprintf(&text, "server = %q\n\n[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", server, host)
	if insecure {
		text.WriteString("  skip_verify = true\n")
	}
	return file{path: "/etc/containerd/certs.d/" + name + "/hosts.toml", mode: 0o644, text: text.String()}
}

// containerdConfig is in the form of the containerd that is fetched: 3 since 2.0.
func (s Settings) containerdConfig() string {
	systemd := s.cgroups() == "systemd"
	runc := s.System.bin() + "/runc"
	if strings.HasPrefix(strings.TrimPrefix(s.Release.Downloads[versions.Containerd].Version, "v"), "1.") {
		return fmt.Sprintf(`version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  BinaryName = %q
  SystemdCgroup = %t
`, s.sandboxImage(), runc, systemd)
	}
	return fmt.Sprintf(`version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = %q

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "/etc/containerd/certs.d"

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  BinaryName = %q
  SystemdCgroup = %t
`, s.sandboxImage(), runc, systemd)
}

// sandboxImage is the one that kubeadm of that release expects, so that a node pulls
// one and not two. The tags are PauseVersion of cmd/kubeadm/app/constants at v1.33.13,
// v1.34.0, v1.35.0, v1.36.0 and v1.37.2.
func (s Settings) sandboxImage() string {
	prefix := s.ImagePrefix
	if prefix == "" {
		prefix = "registry.k8s.io/"
	}
	tag := "3.10.2"
	switch m := minor(s.Release.Kubernetes); {
	case m < 34:
		tag = "3.10"
	case m < 36:
		tag = "3.10.1"
	}
	return strings.TrimSuffix(prefix, "/") + "/pause:" + tag
}
