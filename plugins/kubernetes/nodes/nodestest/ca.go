package nodestest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Quiet takes what servers log of clients that go away.
var Quiet = log.New(io.Discard, "", 0)

// CA signs what one cluster's API and its clients show.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewCA makes one that is valid for an hour.
func NewCA(t *testing.T, name string) CA {
	t.Helper()
	key := newKey(t)
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	return CA{parsed(t, of, of, key, key), key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func parsed(t *testing.T, of, by *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, of, by, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (ca CA) sign(t *testing.T, use x509.ExtKeyUsage, until time.Time, ips ...net.IP) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key := newKey(t)
	return parsed(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "heatsync-health", Organization: []string{"system:masters"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{use}, IPAddresses: ips,
	}, ca.cert, key, ca.key), key
}

// Server is a certificate of a server on loopback.
func (ca CA) Server(t *testing.T) tls.Certificate {
	t.Helper()
	return ca.ServerFor(t, time.Now().Add(time.Hour), net.ParseIP("127.0.0.1"))
}

// ServerFor is one of an address, valid until a time.
func (ca CA) ServerFor(t *testing.T, until time.Time, ip net.IP) tls.Certificate {
	t.Helper()
	cert, key := ca.sign(t, x509.ExtKeyUsageServerAuth, until, ip)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// Pool trusts the CA alone.
func (ca CA) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(ca.cert)
	return p
}

// Access is what the agent gives a driver.
func (ca CA) Access(t *testing.T, address string) driver.ClusterAPI {
	t.Helper()
	cert, key := ca.sign(t, x509.ExtKeyUsageClientAuth, time.Now().Add(time.Hour))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return driver.ClusterAPI{
		Address: address, CACertificatePEM: pemOf("CERTIFICATE", ca.cert.Raw),
		ClientCertificatePEM: pemOf("CERTIFICATE", cert.Raw), ClientKeyPEM: pemOf("PRIVATE KEY", der),
	}
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
