package drivertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// secretValue makes a value of a kind's form that carries a canary or is one.
// It is the same for the whole process.
func secretValue(kind driver.SecretKind) ([]byte, error) {
	key, err := canaryKey()
	switch kind {
	case driver.SecretCA:
		return append(key.certificate, key.private...), err
	case driver.SecretKey:
		return key.private, err
	case driver.SecretCloudCredential:
		return json.Marshal(map[string]string{
			"auth_url": "http://cloud.test/identity/v3", "region": "RegionOne", "id": "credential-1",
			"secret": secretCanary, "project_id": "project-1", "ca": "",
		})
	}
	return []byte(secretCanary), nil
}

type keyPEM struct{ certificate, private []byte }

var canaryKey = sync.OnceValues(func() (keyPEM, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return keyPEM{}, err
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "canary"}, NotAfter: time.Unix(1<<33, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		return keyPEM{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return keyPEM{}, err
	}
	return keyPEM{
		certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		private:     pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}, nil
})

// leak finds a secret's value in a text, as it is or in base64: where, or -1.
func leak(text string) int {
	traces := []string{secretCanary, base64.StdEncoding.EncodeToString([]byte(secretCanary))}
	if key, err := canaryKey(); err == nil {
		traces = append(traces, strings.Split(string(key.private), "\n")[1],
			base64.StdEncoding.EncodeToString(key.private)[60:120]) // past the header
	}
	for _, t := range traces {
		if i := strings.Index(text, t); i >= 0 {
			return i
		}
	}
	return -1
}
