package addons

import "github.com/heatsync/heatsync/plugins/driver"

func keystoneLabels() []driver.Label {
	return []driver.Label{
		toggle("keystone_auth_enabled", "false", "People log in with Keystone tokens, and a policy says what they may do. Needs the cloud provider. Magnum's default was true."),
		tag("k8s_keystone_auth_tag", "the Keystone webhook"),
	}
}

func keystoneValues(s settings) values {
	return s.with(values{"KEYSTONE_AUTH_IMAGE": s.image("registry.k8s.io/provider-os/k8s-keystone-auth", "k8s_keystone_auth_tag")})
}

// KeystoneWebhook is the configuration with which an API server asks the webhook
// of the add-on keystone-auth, which listens on each control-plane node: for
// --authentication-token-webhook-config-file and
// --authorization-webhook-config-file. The webhook serves with the API server's
// own certificate.
const KeystoneWebhook = `apiVersion: v1
kind: Config
clusters:
- name: keystone
  cluster:
    server: https://127.0.0.1:8443/webhook
    tls-server-name: kubernetes
    certificate-authority: /etc/kubernetes/pki/ca.crt
users:
- name: kube-apiserver
contexts:
- name: keystone
  context: {cluster: keystone, user: kube-apiserver}
current-context: keystone
`
