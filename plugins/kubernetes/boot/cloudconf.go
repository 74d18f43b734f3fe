package boot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cloudConf is what the script adds to the cloud.conf that it makes of the
// credential: what the settings say of load balancers, volumes and routes; and how
// API servers ask Keystone.
func (s Settings) cloudConf() []file {
	if s.Role != ControlPlane {
		return nil
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var text strings.Builder
	for _, section := range slices.Sorted(maps.Keys(s.CloudConf)) {
		fmt.Fprintf(&text, "[%s]\n", section)
		for _, key := range slices.Sorted(maps.Keys(s.CloudConf[section])) {
			fmt.Fprintf(&text, "%s=\"%s\"\n", key, escape.Replace(s.CloudConf[section][key]))
		}
	}
	files := []file{{path: "/etc/heatsync/cloud.conf", mode: 0o644, text: text.String()}}
	if s.KeystoneWebhook != "" {
		files = append(files,
			file{path: "/etc/heatsync/keystone-webhook.yaml", mode: 0o644, text: s.KeystoneWebhook},
			file{path: "/etc/heatsync/authorization.yaml", mode: 0o644, text: s.authorization()})
	}
	return files
}

// authorization asks Keystone last, and only of users that Keystone vouched for (the
// webhook gives them their project): the webhook is an add-on, and kubeadm gives up
// where a request of its own that is to be refused meets an error instead.
func (s Settings) authorization() string {
	version := "v1"
	if minor(s.Release.Kubernetes) < 32 {
		version = "v1beta1"
	}
	return fmt.Sprintf(`apiVersion: apiserver.config.k8s.io/%s
kind: AuthorizationConfiguration
authorizers:
- type: Node
  name: node
- type: RBAC
  name: rbac
- type: Webhook
  name: keystone
  webhook:
    timeout: 5s
    authorizedTTL: 5m
    unauthorizedTTL: 30s
    subjectAccessReviewVersion: v1beta1
    matchConditionSubjectAccessReviewVersion: v1
    failurePolicy: NoOpinion
    matchConditions:
    - expression: has(request.extra) && 'alpha.kubernetes.io/identity/project/id' in request.extra
    connectionInfo:
      type: KubeConfigFile
      kubeConfigFile: %s
`, version, webhookFile)
}
