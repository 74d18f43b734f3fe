package addons

import (
	"io/fs"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestTheCredentialStaysOnTheControlPlane: whatever mounts the cloud's credential runs
// on control-plane nodes alone.
func TestTheCredentialStaysOnTheControlPlane(t *testing.T) {
	names, err := fs.Glob(Manifests(), "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(Manifests(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range strings.Split(string(text), "\n---\n") {
			var o struct {
				Kind string
				Spec struct{ Template corev1.PodTemplateSpec }
			}
			if !strings.Contains(document, "secretName: cloud-config") {
				continue
			}
			if err := yaml.Unmarshal([]byte(strings.ReplaceAll(document, "${", "1${")), &o); err != nil {
				o.Kind = err.Error()
			}
			if _, ok := o.Spec.Template.Spec.NodeSelector["node-role.kubernetes.io/control-plane"]; !ok {
				t.Errorf("%s: a %s has the credential and runs on every node", name, o.Kind)
			}
		}
	}
}
