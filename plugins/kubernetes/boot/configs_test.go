package boot_test

import (
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	kubeproxy "k8s.io/kube-proxy/config/v1alpha1"
	kubelet "k8s.io/kubelet/config/v1beta1"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// configs reads kubelet's and kube-proxy's documents with their own types, strictly:
// an unknown field, one twice, one in another case or of another type is an error.
// kubeadm's own types lie in k8s.io/kubernetes, which make test-kubeadm alone builds.
func configs(t *testing.T) runtime.Decoder {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{kubelet.AddToScheme, kubeproxy.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}

// TestKubeletAndProxyTakeIt: every node lays a configuration over its kubelet's, and
// control-plane nodes have the cluster's of both.
func TestKubeletAndProxyTakeIt(t *testing.T) {
	decoder := configs(t)
	for _, story := range stories() {
		t.Run(story.name, func(t *testing.T) {
			want := map[string]int{"KubeletConfiguration": 1}
			if story.settings.Role == boot.ControlPlane {
				want["KubeletConfiguration"], want["KubeProxyConfiguration"] = 2, 1
			}
			for kind, n := range configured(t, decoder, story.settings) {
				want[kind] -= n
			}
			for kind, n := range want {
				if n != 0 {
					t.Errorf("%d of %s are missing", n, kind)
				}
			}
		})
	}
}

// configured decodes all of the two programs' documents, and counts them by kind.
func configured(t *testing.T, decoder runtime.Decoder, s boot.Settings) map[string]int {
	t.Helper()
	found := map[string]int{}
	files, _ := unpack(t, s.System, text(t, s))
	for _, f := range files {
		if !strings.HasPrefix(f.path, "/etc/heatsync/") || filepath.Ext(f.path) != ".yaml" {
			continue
		}
		for _, document := range strings.Split(f.text, "---\n") {
			if !strings.Contains(document, "apiVersion: kubelet.config.k8s.io/") && !strings.Contains(document, "apiVersion: kubeproxy.config.k8s.io/") {
				continue
			}
			_, kind, err := decoder.Decode([]byte(document), nil, nil)
			if err != nil {
				t.Errorf("%s: %v\n%s", f.path, err, document)
				continue
			}
			found[kind.Kind]++
		}
	}
	return found
}

// TestEveryProxyFlagHasItsField: a flag of kube-proxy that labels may give is a field
// of its configuration, of the type that is written.
func TestEveryProxyFlagHasItsField(t *testing.T) {
	decoder := configs(t)
	for flag, value := range boot.ProxyFlags() {
		t.Run(flag, func(t *testing.T) {
			s := least(boot.Ubuntu, boot.ControlPlane)
			s.ProxyOptions = "--" + flag + "=" + value
			if n := configured(t, decoder, s)["KubeProxyConfiguration"]; n != 1 {
				t.Errorf("%d configurations of kube-proxy", n)
			}
		})
	}
}
