package addons

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/heatsync/heatsync/plugins/driver"
)

func extraLabels() []driver.Label {
	return []driver.Label{
		{
			Name: "post_install_manifest_url", Type: driver.LabelURL, Pattern: `https?://[!-~]+`, Effect: atCreation,
			Doc: "Manifest that is applied last, with all rights. In Magnum this was an option of the conductor.",
		},
		{
			Name: "pod_security_standard", Type: driver.LabelString, Default: "privileged", Allowed: []string{"privileged", "baseline", "restricted"}, Effect: atCreation,
			Doc: "Pod security standard of the namespace default.",
		},
	}
}

func securityValues(s settings) values {
	return values{"POD_SECURITY": s.text("pod_security_standard")}
}

// postInstallValues names the job after its URL, so that another URL is another
// job. kubectl's image has the version of the cluster.
func postInstallValues(s settings) values {
	url := s.text("post_install_manifest_url")
	sum := sha256.Sum256([]byte(url))
	quoted, _ := json.Marshal(url)                  // JSON is YAML
	image := s.image("registry.k8s.io/kubectl", "") // ends in a colon: no label says its tag
	return values{
		"KUBECTL_IMAGE":    image + s.Kubernetes,
		"MANIFEST_URL":     string(quoted),
		"POST_INSTALL_JOB": "post-install-" + hex.EncodeToString(sum[:4]),
		"PROXIES":          s.proxies(),
	}
}

// proxies is the environment of a container that fetches something from outside.
func (s settings) proxies() string {
	type variable struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	all := []variable{}
	if s.HTTPProxy != "" || s.HTTPSProxy != "" {
		for _, v := range []variable{{"HTTP_PROXY", s.HTTPProxy}, {"HTTPS_PROXY", s.HTTPSProxy}, {"NO_PROXY", s.NoProxy}} {
			if v.Value != "" {
				all = append(all, v)
			}
		}
	}
	text, _ := json.Marshal(all)
	return string(text)
}
