package heatstack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPartsOfASecret(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "web"}, NotAfter: time.Unix(1e10, 0)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(spki)
	certPEM := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	keyPEM := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	const credential = `{"id": "c0ffee", "secret": "s3cr3t", "roles": ["member"]}`

	for _, c := range []struct {
		name   string
		secret Secret
		value  string
		want   string
		err    string
	}{
		{"whole", Secret{Name: "ca"}, certPEM + keyPEM, certPEM + keyPEM, ""},
		{"whole by name", Secret{Name: "ca", Part: PartWhole}, "x", "x", ""},
		{"certificate", Secret{Name: "ca", Part: PartCertificate}, certPEM + keyPEM, certPEM, ""},
		{"key", Secret{Name: "ca", Part: PartKey}, certPEM + keyPEM, keyPEM, ""},
		{"hash", Secret{Name: "ca", Part: PartPublicKeyHash}, certPEM + keyPEM, "sha256:" + hex.EncodeToString(sum[:]), ""},
		{"encoded", Secret{Name: "ca", Part: PartCertificate, Base64: true}, certPEM + keyPEM, base64.StdEncoding.EncodeToString([]byte(certPEM)), ""},
		{"field", Secret{Name: "cloud", Part: PartField("id")}, credential, "c0ffee", ""},
		{"field that is no text", Secret{Name: "cloud", Part: PartField("roles")}, credential, `["member"]`, ""},
		{"no such field", Secret{Name: "cloud", Part: PartField("region")}, credential, "", `secret "cloud": its value has no field "region"`},
		{"no JSON", Secret{Name: "cloud", Part: PartField("id")}, "s3cr3t", "", `secret "cloud": its value is no JSON object`},
		{"no certificate", Secret{Name: "ca", Part: PartPublicKeyHash}, keyPEM, "", `secret "ca": its value holds no certificate`},
		{"no key", Secret{Name: "ca", Part: PartKey}, certPEM, "", `secret "ca": its value holds no private key`},
		{"no part", Secret{Name: "ca", Part: "half"}, "s3cr3t", "", `secret "ca": there is no part "half"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.secret.of([]byte(c.value))
			said := ""
			if err != nil {
				said = err.Error()
			}
			if diff := cmp.Diff([]string{c.want, c.err}, []string{string(got), said}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(said, "s3cr3t") {
				t.Errorf("the error repeats the value: %s", said)
			}
		})
	}
}
