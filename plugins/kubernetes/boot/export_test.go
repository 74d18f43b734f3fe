package boot

// ProxyFlags are the flags of kube-proxy that ProxyOptions takes, each with a value.
func ProxyFlags() map[string]string {
	values := map[string]string{"number": "7", "truth": "true", "list": "10.0.0.0/8,192.168.0.0/16", "text": "1s"}
	out := map[string]string{}
	for name, field := range proxyFields {
		out[name] = values[field.kind]
	}
	return out
}
