package driverhost

import "os"

// environment is all that a driver sees of ours; go-plugin adds its own.
func environment() []string {
	env := []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC"}
	for _, name := range []string{
		"SSL_CERT_FILE", "SSL_CERT_DIR",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
