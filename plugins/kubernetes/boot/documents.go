package boot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// document is one of kubeadm's. What it holds in ${NAME} the node fills in:
// NODE_NAME, NODE_IP, INDEX, PROVIDER_ID, API_ENDPOINT, CERT_SANS, JOIN_TOKEN, CA_HASH.
type document map[string]any

// Names that kubeadm and the script agree on.
const (
	kubeadmVersion    = "kubeadm.k8s.io/v1beta4"
	criSocket         = "unix:///run/containerd/containerd.sock"
	patchesFolder     = "/etc/heatsync/patches"
	webhookFile       = "/etc/kubernetes/keystone-webhook.yaml"
	authorizationFile = "/etc/kubernetes/authorization.yaml"
	validity          = "43800h0m0s"                      // five years, as with Magnum; kubeadm's own is one
	flexVolumes       = "/var/lib/kubelet/volume-plugins" // kubeadm's own lies in /usr
)

// controlPlaneTaint is the one that kubeadm gives where none is said.
var controlPlaneTaint = Taint{Key: "node-role.kubernetes.io/control-plane", Effect: "NoSchedule"}

// documents are kubeadm's: init.yaml on control-plane nodes, of which all make
// their API server's certificate by it and the first begins the cluster, and
// join.yaml on every node, with what is laid over what kubeadm makes.
func (s Settings) documents() ([]file, error) {
	gates, err := parseGates(s.FeatureGates)
	if err != nil {
		return nil, err
	}
	registration, err := s.registration()
	if err != nil {
		return nil, err
	}
	kubelet := s.kubelet(gates)
	var files []file
	if s.Role == ControlPlane {
		cluster, err := s.cluster(gates)
		if err != nil {
			return nil, err
		}
		proxy, err := s.proxy(gates)
		if err != nil {
			return nil, err
		}
		init, err := documentFile("/etc/heatsync/kubeadm/init.yaml", s.init(registration), cluster, kubelet, proxy)
		if err != nil {
			return nil, err
		}
		files = append(files, init)
	}
	join, err := documentFile("/etc/heatsync/kubeadm/join.yaml", s.join(registration))
	if err != nil {
		return nil, err
	}
	patches, err := s.patches(kubelet)
	if err != nil {
		return nil, err
	}
	return append(append(files, join), patches...), nil
}

func documentFile(path string, documents ...document) (file, error) {
	var text strings.Builder
	for i, d := range documents {
		if i > 0 {
			text.WriteString("---\n")
		}
		part, err := yaml.Marshal(d)
		if err != nil {
			return file{}, fmt.Errorf("%s: %w", path, err)
		}
		text.Write(part)
	}
	return file{path: path, mode: 0o644, text: text.String()}, nil
}

// init is kubeadm's InitConfiguration.
func (s Settings) init(registration document) document {
	return document{
		"apiVersion": kubeadmVersion, "kind": "InitConfiguration",
		"bootstrapTokens": []any{document{
			"token":  "${JOIN_TOKEN}",
			"ttl":    "0s", // nodes join for as long as the cluster lives: docs/operate/secrets.md
			"usages": []string{"signing", "authentication"},
			"groups": []string{"system:bootstrappers:kubeadm:default-node-token"},
		}},
		"nodeRegistration": registration,
		"localAPIEndpoint": s.localEndpoint(),
		"patches":          document{"directory": patchesFolder},
		"timeouts":         timeouts,
	}
}

// join is kubeadm's JoinConfiguration.
func (s Settings) join(registration document) document {
	d := document{
		"apiVersion": kubeadmVersion, "kind": "JoinConfiguration",
		"nodeRegistration": registration,
		"discovery": document{"bootstrapToken": document{
			"apiServerEndpoint": "${API_ENDPOINT}",
			"token":             "${JOIN_TOKEN}",
			"caCertHashes":      []string{"${CA_HASH}"},
		}},
		"patches":  document{"directory": patchesFolder},
		"timeouts": timeouts,
	}
	if s.Role == ControlPlane {
		d["controlPlane"] = document{"localAPIEndpoint": s.localEndpoint()}
	}
	return d
}

// timeouts leave room for images that come over a slow line.
var timeouts = document{
	"controlPlaneComponentHealthCheck": "10m0s",
	"kubeletHealthCheck":               "10m0s",
	"discovery":                        "10m0s",
	"tlsBootstrap":                     "10m0s",
}

func (s Settings) localEndpoint() document {
	return document{"advertiseAddress": "${NODE_IP}", "bindPort": s.APIPort}
}

// registration is how the node makes itself known.
func (s Settings) registration() (document, error) {
	options, err := parseOptions("KubeletOptions", s.KubeletOptions)
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		if why := KubeletFault(option.Name); why != "" {
			return nil, fault("KubeletOptions", "%s", why)
		}
		// kubeadm hands them on in one line that systemd cuts at blanks
		if strings.ContainsAny(option.Value, " \t\n\"'\\$%") {
			return nil, fault("KubeletOptions", "the value of --%s cannot hold a blank, a quote, \\, $ or %%", option.Name)
		}
	}
	args := []arg{{"node-ip", "${NODE_IP}"}, {"node-labels", s.labels()}}
	if s.CloudProvider {
		args = append(args, arg{"cloud-provider", "external"}, arg{"provider-id", "${PROVIDER_ID}"})
	}
	d := document{
		"name":             "${NODE_NAME}",
		"criSocket":        criSocket,
		"kubeletExtraArgs": append(args, options...),
		// kube-proxy brings its own conntrack, though kubeadm 1.31 asks for one
		"ignorePreflightErrors": []string{"FileExisting-conntrack"},
	}
	if len(s.NodeTaints) > 0 {
		taints := s.NodeTaints
		if s.Role == ControlPlane && !slices.Contains(taints, controlPlaneTaint) {
			taints = append([]Taint{controlPlaneTaint}, taints...)
		}
		var list []any
		for _, taint := range taints {
			entry := document{"key": taint.Key, "effect": taint.Effect}
			if taint.Value != "" {
				entry["value"] = taint.Value
			}
			list = append(list, entry)
		}
		d["taints"] = list
	}
	return d, nil
}

// labels are Magnum's, ours and the group's, as the kubelet takes them.
func (s Settings) labels() string {
	labels := map[string]string{
		"magnum.openstack.org/role":      s.NodeRole,
		"magnum.openstack.org/nodegroup": s.Group,
		"heatsync/cluster":               s.Cluster,
		"heatsync/nodegroup":             s.Group,
		"heatsync/index":                 "${INDEX}",
	}
	maps.Copy(labels, s.NodeLabels)
	var list []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		list = append(list, key+"="+labels[key])
	}
	return strings.Join(list, ",")
}

// cluster is kubeadm's ClusterConfiguration.
func (s Settings) cluster(gates map[string]bool) (document, error) {
	apiServer, err := parseOptions("APIServerOptions", s.APIServerOptions)
	if err != nil {
		return nil, err
	}
	controllers, err := parseOptions("ControllerOptions", s.ControllerOptions)
	if err != nil {
		return nil, err
	}
	scheduler, err := parseOptions("SchedulerOptions", s.SchedulerOptions)
	if err != nil {
		return nil, err
	}
	d := document{
		"apiVersion": kubeadmVersion, "kind": "ClusterConfiguration",
		"clusterName":          s.Cluster,
		"kubernetesVersion":    s.Release.Kubernetes,
		"controlPlaneEndpoint": "${API_ENDPOINT}",
		"certificatesDir":      "/etc/kubernetes/pki",
		"encryptionAlgorithm":  "ECDSA-P256",
		// nothing renews them yet
		"certificateValidityPeriod": validity,
		"networking":                document{"podSubnet": s.PodCIDR, "serviceSubnet": s.ServiceCIDR, "dnsDomain": s.DNSDomain},
		"etcd":                      document{"local": document{"dataDir": "/var/lib/etcd"}},
		"apiServer":                 document{"certSANs": "${CERT_SANS}"},
		"scheduler":                 document{},
	}
	if s.ImagePrefix != "" {
		d["imageRepository"] = strings.TrimSuffix(s.ImagePrefix, "/")
	}
	if s.bundled("coredns") {
		d["dns"] = document{"disabled": true}
	}
	if s.bundled("kube-proxy") {
		d["proxy"] = document{"disabled": true}
	}
	if s.KeystoneWebhook != "" {
		var volumes []any
		for _, volume := range [][2]string{{"keystone-webhook", webhookFile}, {"authorization", authorizationFile}} {
			volumes = append(volumes, document{
				"name": volume[0], "hostPath": volume[1], "mountPath": volume[1], "readOnly": true, "pathType": "File",
			})
		}
		d["apiServer"].(document)["extraVolumes"] = volumes
	}
	gateFlags := gateArgs(gates)
	if args := s.admission(apiServer, gateFlags); len(args) > 0 {
		d["apiServer"].(document)["extraArgs"] = args
	}
	ours := append([]arg{{"flex-volume-plugin-dir", s.volumePlugins()}}, gateFlags...)
	d["controllerManager"] = document{"extraArgs": override(ours, controllers)}
	if args := override(gateFlags, scheduler); len(args) > 0 {
		d["scheduler"] = document{"extraArgs": args}
	}
	return d, nil
}

// admission is the API server's flags with one list of admission plugins, which
// always holds the one that keeps nodes from writing what is not theirs.
func (s Settings) admission(options, gates []arg) []arg {
	const flag = "enable-admission-plugins"
	plugins := slices.Clone(s.AdmissionPlugins)
	rest := slices.DeleteFunc(slices.Clone(options), func(a arg) bool {
		if a.Name == flag {
			plugins = append(plugins, strings.Split(a.Value, ",")...)
		}
		return a.Name == flag
	})
	var list []string
	for _, plugin := range append([]string{"NodeRestriction"}, plugins...) {
		if plugin != "" && !slices.Contains(list, plugin) {
			list = append(list, plugin)
		}
	}
	ours := append([]arg{{flag, strings.Join(list, ",")}}, gates...)
	if s.KeystoneWebhook != "" {
		ours = append(ours, arg{"authentication-token-webhook-config-file", webhookFile}, arg{"authorization-config", authorizationFile})
	}
	return override(ours, rest)
}

func (s Settings) volumePlugins() string {
	if s.KubeletVolumePlug != "" {
		return s.KubeletVolumePlug
	}
	return flexVolumes
}

func (s Settings) cgroups() string {
	if s.CgroupDriver != "" {
		return s.CgroupDriver
	}
	return "systemd"
}

// kubelet is the KubeletConfiguration: the cluster's where the group begins it,
// and laid over the cluster's on every node of the group.
func (s Settings) kubelet(gates map[string]bool) document {
	d := document{
		"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
		"cgroupDriver":    s.cgroups(),
		"clusterDNS":      []string{s.DNSServiceIP},
		"clusterDomain":   s.DNSDomain,
		"failSwapOn":      false,
		"volumePluginDir": s.volumePlugins(),
	}
	if s.System == FedoraAtomic {
		d["failCgroupV1"] = false // it has no other
	}
	if len(gates) > 0 {
		d["featureGates"] = gates
	}
	return d
}

// patches are what kubeadm lays over the kubelet's configuration and over the pods
// of the control plane, of which Magnum's labels set the probes.
func (s Settings) patches(kubelet document) ([]file, error) {
	patch, err := documentFile(patchesFolder+"/kubeletconfiguration+merge.yaml", kubelet)
	if err != nil {
		return nil, err
	}
	files := []file{patch}
	if s.Role != ControlPlane || s.ProbeDelaySeconds == 0 && s.ProbeTimeout == 0 {
		return files, nil
	}
	probe := document{}
	if s.ProbeDelaySeconds > 0 {
		probe["initialDelaySeconds"] = s.ProbeDelaySeconds
	}
	if s.ProbeTimeout > 0 {
		probe["timeoutSeconds"] = s.ProbeTimeout
	}
	for _, pod := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"} {
		patch, err := documentFile(patchesFolder+"/"+pod+"+strategic.yaml", document{
			"spec": document{"containers": []any{document{"name": pod, "livenessProbe": probe}}},
		})
		if err != nil {
			return nil, err
		}
		files = append(files, patch)
	}
	return files, nil
}
