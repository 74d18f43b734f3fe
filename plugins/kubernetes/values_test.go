package kubernetes_test

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/plugins/driver"
)

// valued are the secrets with values as the agent makes them; the same for the
// whole process.
var valued = sync.OnceValue(func() []driver.Secret {
	out := secrets()
	for i, n := range newDriver().Describe().Secrets {
		out[i].Value = valueOf(n.Kind)
	}
	return out
})

func valueOf(kind driver.SecretKind) []byte {
	var value []byte
	var err error
	switch kind {
	case driver.SecretCA:
		var ca *pki.CA
		if ca, err = pki.NewCA("kubernetes", time.Now(), 10*365*24*time.Hour); err == nil {
			value, err = ca.PEM()
		}
	case driver.SecretKey:
		value, err = pki.NewKey()
	case driver.SecretToken:
		var token string
		token, err = pki.NewToken()
		value = []byte(token)
	case driver.SecretCloudCredential:
		value, err = json.Marshal(map[string]string{
			"auth_url": "https://keystone.example.org:5000/v3", "region": "RegionOne", "id": "0123456789abcdef0123456789abcdef",
			"secret": "correct-horse-battery-staple", "project_id": "fedcba9876543210fedcba9876543210", "ca": "",
		})
	}
	if err != nil {
		panic(err)
	}
	return value
}
