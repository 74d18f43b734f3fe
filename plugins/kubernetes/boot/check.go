package boot

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// Fault is a setting that no node can be made from.
type Fault struct {
	Field string // of Settings
	Why   string // a sentence for whoever wrote the cluster
}

func (f *Fault) Error() string { return f.Field + ": " + f.Why }

// fault keeps the sentences of this package on one form.
func fault(field, format string, args ...any) error {
	return &Fault{Field: field, Why: fmt.Sprintf(format, args...)}
}

// oldestMinor is the first Kubernetes 1.x whose kubeadm reads v1beta4 documents.
const oldestMinor = 31

// needed are the programs of every node, in the order in which they are fetched.
var needed = []versions.Program{
	versions.Containerd, versions.Runc, versions.CNIPlugins, versions.Crictl,
	versions.Kubeadm, versions.Kubelet, versions.Kubectl,
}

var (
	sha256Text   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	urlText      = regexp.MustCompile(`^https?://[^\s'"]+$`)
	registryText = regexp.MustCompile(`^(https?://)?[A-Za-z0-9][-A-Za-z0-9.]*(:[0-9]+)?/?$`)
	labelKey     = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$`)
	labelValue   = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$`)
)

func (s Settings) check() error {
	var errs []error
	bad := func(field, format string, args ...any) { errs = append(errs, fault(field, format, args...)) }

	if !slices.Contains([]System{FedoraCoreOS, Flatcar, Ubuntu, FedoraAtomic}, s.System) {
		bad("System", "%q is none of fedora-coreos, flatcar, ubuntu, fedora-atomic", s.System)
	}
	if s.Role != ControlPlane && s.Role != Worker {
		bad("Role", "%q is neither control-plane nor worker", s.Role)
	}
	if s.TLSDisabled {
		bad("TLSDisabled", "kubeadm builds no cluster without TLS, and Kubernetes' insecure port went with 1.24")
	}
	for field, text := range map[string]string{"Cluster": s.Cluster, "Group": s.Group, "NodeRole": s.NodeRole} {
		if text == "" || !labelValue.MatchString(text) {
			bad(field, "%q is not the value of a label", text)
		}
	}
	if s.Stack == "" {
		bad("Stack", "is empty")
	}
	for field, text := range map[string]string{"PodCIDR": s.PodCIDR, "ServiceCIDR": s.ServiceCIDR} {
		if _, err := netip.ParsePrefix(text); err != nil {
			bad(field, "%q is not a range of addresses", text)
		}
	}
	if _, err := netip.ParseAddr(s.DNSServiceIP); err != nil {
		bad("DNSServiceIP", "%q is not an address", s.DNSServiceIP)
	}
	if s.DNSDomain == "" {
		bad("DNSDomain", "is empty")
	}
	if s.APIPort < 1 || s.APIPort > 65535 {
		bad("APIPort", "%d is not a port", s.APIPort)
	}
	switch s.CgroupDriver {
	case "", "systemd", "cgroupfs":
	default:
		bad("CgroupDriver", "%q is neither systemd nor cgroupfs", s.CgroupDriver)
	}
	switch s.SELinuxMode {
	case "", "enforcing", "permissive", "disabled":
	default:
		bad("SELinuxMode", "%q is none of enforcing, permissive, disabled", s.SELinuxMode)
	}
	if s.ProbeDelaySeconds < 0 {
		bad("ProbeDelaySeconds", "%d is less than none", s.ProbeDelaySeconds)
	}
	if s.ProbeTimeout < 0 {
		bad("ProbeTimeout", "%d is less than none", s.ProbeTimeout)
	}
	errs = append(errs, s.checkWords()...)
	errs = append(errs, s.checkRelease()...)
	errs = append(errs, s.checkLabels()...)
	slices.SortStableFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// checkWords keeps to one word what is written into files where a second line
// would be another setting.
func (s Settings) checkWords() (errs []error) {
	for field, text := range map[string]string{
		"HTTPProxy": s.HTTPProxy, "HTTPSProxy": s.HTTPSProxy, "NoProxy": s.NoProxy, "ImagePrefix": s.ImagePrefix,
		"DNSDomain": s.DNSDomain, "Stack": s.Stack, "KubeletVolumePlug": s.KubeletVolumePlug,
	} {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			errs = append(errs, fault(field, "%q has a blank in it", text))
		}
	}
	if s.InsecureRegistry != "" && !registryText.MatchString(s.InsecureRegistry) {
		errs = append(errs, fault("InsecureRegistry", "%q is not the name of a host, with a port or without", s.InsecureRegistry))
	}
	if s.RegistryMirror != "" && !urlText.MatchString(s.RegistryMirror) {
		errs = append(errs, fault("RegistryMirror", "%q is not a URL", s.RegistryMirror))
	}
	for section, entries := range s.CloudConf {
		for key, value := range entries {
			if strings.ContainsFunc(section+key+value, unicode.IsControl) {
				errs = append(errs, fault("CloudConf", "[%s] %s is more than a line", section, key))
			}
		}
	}
	return errs
}

// minor is the m of v1.m.p; -1 is not known.
func minor(kubernetes string) int {
	parts := strings.Split(kubernetes, ".")
	if len(parts) < 3 || parts[0] != "v1" {
		return -1
	}
	m, err := strconv.Atoi(parts[1])
	if err != nil {
		return -1
	}
	return m
}

func (s Settings) checkRelease() (errs []error) {
	if m := minor(s.Release.Kubernetes); m < oldestMinor {
		errs = append(errs, fault("Release", "Kubernetes %q is older than v1.%d.0, whose kubeadm is the first that reads our documents", s.Release.Kubernetes, oldestMinor))
	}
	for _, program := range needed {
		errs = append(errs, checkDownload("Release", string(program), s.Release.Downloads[program])...)
	}
	if s.appliesAddons() {
		errs = append(errs, checkDownload("Bundle", "the bundle of add-ons", s.Bundle)...)
	}
	return errs
}

func checkDownload(field, what string, d versions.Download) (errs []error) {
	if !urlText.MatchString(d.URL) {
		errs = append(errs, fault(field, "%s has no location that a node can fetch: %q", what, d.URL))
	}
	if !sha256Text.MatchString(d.SHA256) {
		errs = append(errs, fault(field, "%s has no SHA-256, and a node fetches nothing without", what))
	}
	return errs
}

// restricted says whether a kubelet may not give itself a label of that key: it
// refuses to start with one (admission plugin NodeRestriction).
func restricted(key string) bool {
	prefix, _, ok := strings.Cut(key, "/")
	if !ok {
		return false
	}
	under := func(domain string) bool { return prefix == domain || strings.HasSuffix(prefix, "."+domain) }
	if under("kubelet.kubernetes.io") || under("node.kubernetes.io") {
		return false
	}
	return under("kubernetes.io") || under("k8s.io")
}

func (s Settings) checkLabels() (errs []error) {
	for key, value := range s.NodeLabels {
		switch {
		case !labelKey.MatchString(key) || !labelValue.MatchString(value) || len(value) > 63:
			errs = append(errs, fault("NodeLabels", "%q=%q is no label", key, value))
		case restricted(key):
			errs = append(errs, fault("NodeLabels", "a node may not give itself %q: the names of kubernetes.io and k8s.io are for administrators", key))
		}
	}
	for _, taint := range s.NodeTaints {
		if !labelKey.MatchString(taint.Key) || !labelValue.MatchString(taint.Value) {
			errs = append(errs, fault("NodeTaints", "%q=%q is no taint", taint.Key, taint.Value))
		}
		if !slices.Contains([]string{"NoSchedule", "PreferNoSchedule", "NoExecute"}, taint.Effect) {
			errs = append(errs, fault("NodeTaints", "the effect %q of %q is none of NoSchedule, PreferNoSchedule, NoExecute", taint.Effect, taint.Key))
		}
	}
	return errs
}
