package boot_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// TestEverySettingHasAnEffect takes one setting away at a time: the text changes
// in one role at least. NodeRole, Group and the like are taken over by others.
func TestEverySettingHasAnEffect(t *testing.T) {
	another := map[string]func(*boot.Settings){
		"System":        func(s *boot.Settings) { s.System = boot.Ubuntu },
		"Role":          func(s *boot.Settings) { s.Role = boot.Worker },
		"Cluster":       func(s *boot.Settings) { s.Cluster = "other" },
		"Stack":         func(s *boot.Settings) { s.Stack = "test--payments" },
		"Group":         func(s *boot.Settings) { s.Group = "other" },
		"NodeRole":      func(s *boot.Settings) { s.NodeRole = "other" },
		"Release":       func(s *boot.Settings) { s.Release = release("v1.34.2", "2.1.5") },
		"NetworkDriver": func(s *boot.Settings) { s.NetworkDriver = "flannel" },
		"PodCIDR":       func(s *boot.Settings) { s.PodCIDR = "10.101.0.0/16" },
		"ServiceCIDR":   func(s *boot.Settings) { s.ServiceCIDR = "10.96.0.0/16" },
		"DNSServiceIP":  func(s *boot.Settings) { s.DNSServiceIP = "10.254.0.11" },
		"DNSDomain":     func(s *boot.Settings) { s.DNSDomain = "example.org" },
		"APIPort":       func(s *boot.Settings) { s.APIPort = 8443 },
		"Bundle":        func(s *boot.Settings) { s.Bundle.URL += "2" },
		"TLSDisabled":   nil, // a fault: TestFaults
	}
	fields := reflect.TypeFor[boot.Settings]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		t.Run(name, func(t *testing.T) {
			s := most(boot.FedoraCoreOS, boot.ControlPlane)
			before := text(t, s)
			change, ok := another[name]
			switch {
			case ok && change == nil:
				return
			case ok:
				change(&s)
			default:
				field := reflect.ValueOf(&s).Elem().Field(i)
				if field.IsZero() {
					t.Fatal("the story with everything leaves it out")
				}
				field.SetZero()
			}
			if text(t, s) == before {
				t.Error("it changes nothing")
			}
		})
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		field  string
		why    string
		change func(*boot.Settings)
	}{
		{"no TLS", "TLSDisabled", "kubeadm builds no cluster without TLS", func(s *boot.Settings) { s.TLSDisabled = true }},
		{"a system nobody knows", "System", "windows", func(s *boot.Settings) { s.System = "windows" }},
		{"a role nobody knows", "Role", "ingress", func(s *boot.Settings) { s.Role = "ingress" }},
		{"no stack", "Stack", "is empty", func(s *boot.Settings) { s.Stack = "" }},
		{"too old", "Release", "v1.31.0", func(s *boot.Settings) { s.Release.Kubernetes = "v1.30.9" }},
		{"no version", "Release", "v1.31.0", func(s *boot.Settings) { s.Release.Kubernetes = "latest" }},
		{"no checksum", "Release", "kubelet has no SHA-256", func(s *boot.Settings) {
			s.Release.Downloads[versions.Kubelet] = versions.Download{URL: "https://example.org/kubelet"}
		}},
		{"a location that is two words", "Release", "no location", func(s *boot.Settings) {
			s.Release.Downloads[versions.Kubelet] = versions.Download{URL: "https://example.org/kubelet x", SHA256: strings.Repeat("a", 64)}
		}},
		{"a bundle without a checksum", "Bundle", "no SHA-256", func(s *boot.Settings) { s.Bundle.SHA256 = "" }},
		{"a label of Kubernetes' own", "NodeLabels", "may not give itself", func(s *boot.Settings) {
			s.NodeLabels = map[string]string{"node-role.kubernetes.io/ingress": ""}
		}},
		{"a label with a comma", "NodeLabels", "no label", func(s *boot.Settings) { s.NodeLabels = map[string]string{"a": "b,c=d"} }},
		{"a taint without effect", "NodeTaints", "none of NoSchedule", func(s *boot.Settings) { s.NodeTaints = []boot.Taint{{Key: "a"}} }},
		{"not a flag", "KubeletOptions", "--name=value", func(s *boot.Settings) { s.KubeletOptions = "max-pods=50" }},
		{"a flag with a blank in it", "KubeletOptions", "blank", func(s *boot.Settings) { s.KubeletOptions = `--system-reserved="a b"` }},
		{"the driver's flag", "KubeletOptions", "--node-labels is the driver's", func(s *boot.Settings) { s.KubeletOptions = "--v=4 --node-labels=a=b" }},
		{"a quote that stays open", "APIServerOptions", "quote", func(s *boot.Settings) { s.APIServerOptions = `--a="b` }},
		{"a flag of kube-proxy with no field", "ProxyOptions", "has no effect", func(s *boot.Settings) { s.ProxyOptions = "--hostname-override=x" }},
		{"a number that is none", "ProxyOptions", "not a number", func(s *boot.Settings) { s.ProxyOptions = "--conntrack-min=many" }},
		{"a gate that is neither", "FeatureGates", "Name=true", func(s *boot.Settings) { s.FeatureGates = "A=maybe" }},
		{"cgroups", "CgroupDriver", "neither", func(s *boot.Settings) { s.CgroupDriver = "v2" }},
		{"SELinux", "SELinuxMode", "none of", func(s *boot.Settings) { s.SELinuxMode = "on" }},
		{"a proxy of two lines", "HTTPProxy", "blank", func(s *boot.Settings) { s.HTTPProxy = "http://a\nExecStart=b" }},
		{"a registry that is a path", "InsecureRegistry", "host", func(s *boot.Settings) { s.InsecureRegistry = "../../etc" }},
		{"a mirror that is a host", "RegistryMirror", "URL", func(s *boot.Settings) { s.RegistryMirror = "mirror" }},
		{"cloud.conf of two lines", "CloudConf", "line", func(s *boot.Settings) {
			s.CloudConf = map[string]map[string]string{"Global": {"a": "b\nc"}}
		}},
		{"addresses", "PodCIDR", "range", func(s *boot.Settings) { s.PodCIDR = "10.0.0.0" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := most(boot.Ubuntu, boot.ControlPlane)
			c.change(&s)
			_, err := boot.Text(s)
			var fault *boot.Fault
			if !errors.As(err, &fault) || fault.Field != c.field || !strings.Contains(fault.Why, c.why) {
				t.Errorf("got %v, want one of %s: %s", err, c.field, c.why)
			}
		})
	}
}

// TestSettingsStayWords: what people write cannot become a command of a shell.
func TestSettingsStayWords(t *testing.T) {
	s := least(boot.Ubuntu, boot.Worker)
	s.HTTPProxy = "http://it's$(reboot)`reboot`"
	if env := fileOf(t, s, "/etc/heatsync/node.env"); !strings.Contains(env, `HTTP_PROXY='http://it'\''s$(reboot)`+"`reboot`'\n") {
		t.Error(env)
	}
}

func TestKubeadmLeavesToAddons(t *testing.T) {
	s := most(boot.Ubuntu, boot.ControlPlane)
	if init := fileOf(t, s, "/etc/heatsync/kubeadm/init.yaml"); !strings.Contains(init, "dns:\n  disabled: true\n") || strings.Contains(init, "\nproxy:") {
		t.Error("coredns is an add-on here and kube-proxy is not:\n" + init)
	}
	s.Addons.Addons[1].Name = "kube-proxy"
	if init := fileOf(t, s, "/etc/heatsync/kubeadm/init.yaml"); strings.Contains(init, "\ndns:") || !strings.Contains(init, "proxy:\n  disabled: true\n") {
		t.Error("kube-proxy is an add-on here and coredns is not:\n" + init)
	}
}
