package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"time"
)

// Client says whom a client certificate names, and how long it is valid.
type Client struct {
	User     string   // CN
	Groups   []string // O
	Validity time.Duration
}

// SignClient makes a key and a client certificate for it, both PEM, the key in
// PKCS#8. A certificate never outlives its CA.
func (a *CA) SignClient(c Client, now time.Time) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key for %q: %w", c.User, err)
	}
	certificate, err = a.sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: c.User, Organization: c.Groups},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, private.Public(), now, c.Validity)
	if err != nil {
		return nil, nil, fmt.Errorf("sign a certificate for %q: %w", c.User, err)
	}
	key, err = keyPEM(private)
	return certificate, key, err
}

// sign signs a leaf; serial, times and key identifiers are set here.
func (a *CA) sign(leaf *x509.Certificate, public any, now time.Time, validity time.Duration) ([]byte, error) {
	if !now.Before(a.certificate.NotAfter) {
		return nil, fmt.Errorf("the CA's certificate ended on %s", a.certificate.NotAfter.Format(time.DateOnly))
	}
	number, err := serial()
	if err != nil {
		return nil, err
	}
	leaf.SerialNumber, leaf.SubjectKeyId = number, keyID(public)
	leaf.BasicConstraintsValid, leaf.IsCA = true, false
	leaf.NotBefore, leaf.NotAfter = now.Add(-early), now.Add(validity)
	if leaf.NotBefore.Before(a.certificate.NotBefore) {
		leaf.NotBefore = a.certificate.NotBefore
	}
	if leaf.NotAfter.After(a.certificate.NotAfter) {
		leaf.NotAfter = a.certificate.NotAfter
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.certificate, public, a.key)
	if err != nil {
		return nil, err
	}
	return encode(certificateBlock, der), nil
}
