package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// CA is a certificate authority with its key. It is safe for concurrent use.
type CA struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// DefaultValidity is how long a new CA is valid.
const DefaultValidity = 10 * 365 * 24 * time.Hour

// early is how much before now a certificate begins to be valid: clocks of nodes
// are not the agent's.
const early = time.Hour

// NewCA makes a self-signed CA (ECDSA P-256) that signs leaves and no other CA.
// commonName is the cluster's name; now its first valid moment but for a margin.
func NewCA(commonName string, now time.Time, validity time.Duration) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a CA for %q: %w", commonName, err)
	}
	number, err := serial()
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: commonName},
		NotBefore: now.Add(-early), NotAfter: now.Add(validity),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:     x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		SubjectKeyId: keyID(key.Public()),
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a CA for %q: %w", commonName, err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make a CA for %q: %w", commonName, err)
	}
	return &CA{certificate: c, key: key}, nil
}

// ReadCA reads what [CA.PEM] wrote: a certificate, then its key.
func ReadCA(text []byte) (*CA, error) {
	c, err := certificateIn(text)
	if err != nil {
		return nil, fmt.Errorf("read a CA: %w", err)
	}
	key, err := keyIn(text)
	if err != nil {
		return nil, fmt.Errorf("read a CA: %w", err)
	}
	public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case !ok || !public.Equal(key.Public()):
		return nil, errors.New("read a CA: its key is not its certificate's")
	case !c.IsCA:
		return nil, errors.New("read a CA: its certificate is not a CA's")
	}
	return &CA{certificate: c, key: key}, nil
}

// PEM is the certificate, then the key in PKCS#8. It is secret.
func (a *CA) PEM() ([]byte, error) {
	key, err := keyPEM(a.key)
	return append(a.CertificatePEM(), key...), err
}

// CertificatePEM is the certificate alone; it is public.
func (a *CA) CertificatePEM() []byte { return encode(certificateBlock, a.certificate.Raw) }

// Certificate is the parsed certificate, not to be changed.
func (a *CA) Certificate() *x509.Certificate { return a.certificate }

// PublicKeyHash is "sha256:<hex>" over the certificate's SubjectPublicKeyInfo, as
// kubeadm join pins a CA (--discovery-token-ca-cert-hash).
func (a *CA) PublicKeyHash() string {
	sum := sha256.Sum256(a.certificate.RawSubjectPublicKeyInfo)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// serial is a random number of 127 bits: positive, and at most 20 bytes (RFC 5280).
func serial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	return n.Add(n, big.NewInt(1)), nil
}

// keyID is the first 160 bits of SHA-256 over a public key (RFC 7093, 2.1).
func keyID(public crypto.PublicKey) []byte {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil // CreateCertificate refuses such a key in words
	}
	sum := sha256.Sum256(spki)
	return sum[:20]
}
