package kubernetes

import (
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// Names of the secrets.
const (
	secretKubernetesCA = "kubernetes-ca"
	secretEtcdCA       = "etcd-ca"
	secretFrontProxyCA = "front-proxy-ca"
	secretAccountKey   = "service-account"
	secretJoinToken    = "join-token"
	secretCloud        = "cloud"
)

var secretNeeds = []driver.SecretNeed{
	{Name: secretKubernetesCA, Kind: driver.SecretCA, Doc: "Signs the certificates of the API server, of nodes and of people."},
	{Name: secretEtcdCA, Kind: driver.SecretCA, Doc: "Signs the certificates of etcd's members and clients."},
	{Name: secretFrontProxyCA, Kind: driver.SecretCA, Doc: "Signs the certificate that the API server shows to extensions of itself."},
	{Name: secretAccountKey, Kind: driver.SecretKey, Doc: "Signs the tokens of service accounts."},
	{Name: secretJoinToken, Kind: driver.SecretToken, Doc: "Lets nodes ask for a certificate when they join."},
	{Name: secretCloud, Kind: driver.SecretCloudCredential, Doc: "Lets the cloud controller and Cinder's driver into the project, where cloud_provider_enabled is true."},
}

// placed is what stands for a placeholder of boot text: a part of a secret.
var placed = map[string]heatstack.Secret{
	boot.KubernetesCACertificate: {Name: secretKubernetesCA, Part: heatstack.PartCertificate, Base64: true},
	boot.KubernetesCAKey:         {Name: secretKubernetesCA, Part: heatstack.PartKey, Base64: true},
	boot.EtcdCACertificate:       {Name: secretEtcdCA, Part: heatstack.PartCertificate, Base64: true},
	boot.EtcdCAKey:               {Name: secretEtcdCA, Part: heatstack.PartKey, Base64: true},
	boot.FrontProxyCACertificate: {Name: secretFrontProxyCA, Part: heatstack.PartCertificate, Base64: true},
	boot.FrontProxyCAKey:         {Name: secretFrontProxyCA, Part: heatstack.PartKey, Base64: true},
	boot.ServiceAccountKey:       {Name: secretAccountKey, Part: heatstack.PartKey, Base64: true},
	boot.JoinToken:               {Name: secretJoinToken, Base64: true},
	boot.CAHash:                  {Name: secretKubernetesCA, Part: heatstack.PartPublicKeyHash, Base64: true},
	boot.CloudConfig:             {Name: secretCloud, Base64: true},
}

// secretView is one placeholder with the root parameter whose value Heat puts in
// its place; without a parameter that is nothing.
type secretView struct{ Placeholder, Parameter string }

// secretsOf a role. Without a cloud provider there is no credential for it.
func secretsOf(role boot.Role, cloud bool) []secretView {
	var out []secretView
	for _, p := range boot.Placeholders(role) {
		v := secretView{Placeholder: p, Parameter: strings.ToLower(strings.Trim(p, "%"))}
		if p == boot.CloudConfig && !cloud {
			v.Parameter = ""
		}
		out = append(out, v)
	}
	return out
}

// stackSecrets are the hidden parameters of the root.
func stackSecrets(cloud bool) map[string]heatstack.Secret {
	out := map[string]heatstack.Secret{}
	for _, v := range secretsOf(boot.ControlPlane, cloud) {
		if v.Parameter != "" {
			out[v.Parameter] = placed[v.Placeholder]
		}
	}
	return out
}
