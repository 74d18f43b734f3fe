package boot_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// TestSandboxImageIsKubeadms: containerd pins the image that kubeadm pulls.
func TestSandboxImageIsKubeadms(t *testing.T) {
	for kubernetes, tag := range map[string]string{
		"v1.33.13": "3.10", "v1.34.2": "3.10.1", "v1.35.10": "3.10.1", "v1.36.6": "3.10.2", "v1.37.2": "3.10.2",
	} {
		s := least(boot.Ubuntu, boot.Worker)
		s.Release = release(kubernetes, "2.1.5")
		if config := fileOf(t, s, "/etc/containerd/config.toml"); !strings.Contains(config, "/pause:"+tag+"\"\n") && !strings.Contains(config, "/pause:"+tag+"'\n") {
			t.Errorf("%s has no pause:%s:\n%s", kubernetes, tag, config)
		}
	}
}
