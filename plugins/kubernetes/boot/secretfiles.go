package boot

// secretNames are the names below /etc/heatsync/secrets of what Heat fills in.
var secretNames = map[string]string{
	KubernetesCACertificate: "ca.crt",
	KubernetesCAKey:         "ca.key",
	EtcdCACertificate:       "etcd-ca.crt",
	EtcdCAKey:               "etcd-ca.key",
	FrontProxyCACertificate: "front-proxy-ca.crt",
	FrontProxyCAKey:         "front-proxy-ca.key",
	ServiceAccountKey:       "sa.key",
	JoinToken:               "token",
	CAHash:                  "ca-hash",
	CloudConfig:             "cloud.json",
}

func (s Settings) secrets() []file {
	var files []file
	for _, placeholder := range Placeholders(s.Role) {
		files = append(files, file{path: "/etc/heatsync/secrets/" + secretNames[placeholder], mode: 0o600, secret: placeholder})
	}
	return files
}
