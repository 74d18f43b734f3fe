package boot_test

import (
	"strings"

	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// least is what a group says at the least.
func least(system boot.System, role boot.Role) boot.Settings {
	s := boot.Settings{
		System: system, Role: role,
		Cluster: "payments", Stack: "prod--payments", Group: "default-worker", NodeRole: "worker",
		Release:       release("v1.34.2", "2.1.5"),
		NetworkDriver: "flannel",
		PodCIDR:       "10.100.0.0/16", ServiceCIDR: "10.254.0.0/16",
		DNSServiceIP: "10.254.0.10", DNSDomain: "cluster.local", APIPort: 6443,
	}
	if role == boot.ControlPlane {
		s.Group, s.NodeRole, s.First = "default-master", "master", true
	}
	return s
}

// most is a group that says all there is.
func most(system boot.System, role boot.Role) boot.Settings {
	s := least(system, role)
	s.Release = release("v1.33.6", "1.7.29")
	s.NetworkDriver, s.Modules = "calico", []string{"tun"}
	s.NodeLabels = map[string]string{"example.org/disk": "fast", "zone": "b"}
	s.NodeTaints = []boot.Taint{{Key: "example.org/gpu", Value: "yes", Effect: "NoSchedule"}, {Key: "idle", Effect: "PreferNoSchedule"}}
	s.Addons = addons.Selection{Addons: []addons.Addon{
		{Name: "calico", Values: map[string]string{"CALICO_TAG": "v3.30.0", "POD_CIDR": "10.100.0.0/16"}},
		{Name: "coredns", Values: map[string]string{"DNS_DOMAIN": "cluster.local", "NOTE": "a & b \"c\" 'd'"}},
		{Name: "cinder-csi"},
	}}
	s.Bundle = versions.Download{URL: "https://mirror.example.org/heatsync/addons.tar.gz", SHA256: strings.Repeat("ab", 32)}
	s.CloudProvider = true
	s.CloudConf = map[string]map[string]string{"LoadBalancer": {"lb-provider": "ovn", "lb-method": "SOURCE_IP_PORT"}}
	s.KeystoneWebhook = "apiVersion: v1\nkind: Config\nclusters:\n- name: keystone\n  cluster: {server: \"https://127.0.0.1:8443/webhook\"}\n" +
		"users:\n- name: api\ncontexts:\n- name: keystone\n  context: {cluster: keystone, user: api}\ncurrent-context: keystone\n"
	s.EtcdVolume, s.ContainersVolume = true, true
	s.ImagePrefix = "registry.example.org/k8s/"
	s.InsecureRegistry = "registry.example.org:5000"
	s.RegistryMirror = "https://mirror.example.org"
	s.HTTPProxy, s.HTTPSProxy, s.NoProxy = "http://proxy.example.org:3128", "http://user:100%25@proxy.example.org:3129", "10.0.0.0/24,.example.org"
	s.CgroupDriver = "cgroupfs"
	s.SELinuxMode = "permissive"
	s.AdmissionPlugins = []string{"NamespaceLifecycle", "LimitRanger", "NodeRestriction"}
	s.KubeletOptions = "--max-pods=50 --v 3"
	s.APIServerOptions = `--audit-log-path=- --enable-admission-plugins=PodNodeSelector --profiling=false`
	s.ControllerOptions = "--node-monitor-grace-period=30s"
	s.SchedulerOptions = "--profiling=false"
	s.ProxyOptions = "--proxy-mode=ipvs --ipvs-strict-arp --nodeport-addresses=10.0.0.0/8,192.168.0.0/16 --conntrack-min=1024"
	s.FeatureGates = "ContextualLogging=true,CPUManagerPolicyAlphaOptions=false"
	s.KubeletVolumePlug = "/opt/volume-plugins"
	s.ProbeDelaySeconds, s.ProbeTimeout = 30, 5
	return s
}

// release has locations and checksums that nobody fetches.
func release(kubernetes, containerd string) versions.Release {
	r := versions.Release{Kubernetes: kubernetes, Downloads: map[versions.Program]versions.Download{}}
	for i, program := range []versions.Program{
		versions.Kubeadm, versions.Kubelet, versions.Kubectl, versions.Containerd, versions.Runc, versions.CNIPlugins, versions.Crictl,
	} {
		version := kubernetes
		if program == versions.Containerd {
			version = containerd
		}
		r.Downloads[program] = versions.Download{
			Version: version,
			URL:     "https://mirror.example.org/" + version + "/" + string(program),
			SHA256:  strings.Repeat(string(rune('0'+i))+"c", 32),
		}
	}
	return r
}

// stories are the settings that the goldens and all checks of whole texts run over.
func stories() []struct {
	name     string
	settings boot.Settings
} {
	return []struct {
		name     string
		settings boot.Settings
	}{
		{"ubuntu-control-plane", least(boot.Ubuntu, boot.ControlPlane)},
		{"ubuntu-worker", least(boot.Ubuntu, boot.Worker)},
		{"fedora-coreos-control-plane", least(boot.FedoraCoreOS, boot.ControlPlane)},
		{"fedora-coreos-worker", least(boot.FedoraCoreOS, boot.Worker)},
		{"flatcar-control-plane", least(boot.Flatcar, boot.ControlPlane)},
		{"flatcar-worker", least(boot.Flatcar, boot.Worker)},
		{"fedora-atomic-control-plane", least(boot.FedoraAtomic, boot.ControlPlane)},
		{"fedora-atomic-worker", least(boot.FedoraAtomic, boot.Worker)},
		{"everything-ubuntu-control-plane", most(boot.Ubuntu, boot.ControlPlane)},
		{"everything-fedora-coreos-control-plane", most(boot.FedoraCoreOS, boot.ControlPlane)},
		{"everything-flatcar-worker", most(boot.Flatcar, boot.Worker)},
		{"everything-fedora-atomic-worker", most(boot.FedoraAtomic, boot.Worker)},
	}
}
