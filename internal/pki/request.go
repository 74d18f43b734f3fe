package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"
)

// Extensions that a request may ask for, as Magnum's [x509] allowed_extensions.
var (
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidExtendedKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidSubjectAltName   = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidSubjectKeyID     = asn1.ObjectIdentifier{2, 5, 29, 14}
)

// allowedUsage are the key usages a request gets, as Magnum's [x509]
// allowed_key_usage: Digital Signature, Key Encipherment, Non Repudiation.
const allowedUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageContentCommitment

// SignRequest signs a certificate request in PEM; the answer is PEM. The subject
// stays as it is: whoever may call this may name whom they want. Of the extensions
// asked for, key usage, extended key usage, subject alternative names, basic
// constraints and subject key identifier count; one of any other kind is dropped,
// and is an error where it is critical. What would make the certificate a CA's is
// taken away.
func (a *CA) SignRequest(text []byte, now time.Time, validity time.Duration) ([]byte, error) {
	der := find(text, func(kind string) bool { return kind == requestBlock || kind == "NEW "+requestBlock })
	if der == nil {
		return nil, errors.New("sign a request: there is no certificate request in PEM")
	}
	r, err := x509.ParseCertificateRequest(der)
	if err == nil {
		err = r.CheckSignature()
	}
	if err != nil {
		return nil, fmt.Errorf("sign a request: %w", err)
	}
	leaf := &x509.Certificate{
		RawSubject: r.RawSubject, DNSNames: r.DNSNames, EmailAddresses: r.EmailAddresses, IPAddresses: r.IPAddresses, URIs: r.URIs,
	}
	for _, x := range r.Extensions {
		switch {
		case x.Id.Equal(oidKeyUsage):
			leaf.KeyUsage, err = keyUsage(x.Value)
		case x.Id.Equal(oidExtendedKeyUsage):
			leaf.ExtKeyUsage, leaf.UnknownExtKeyUsage, err = extendedKeyUsage(x.Value)
		case x.Id.Equal(oidSubjectAltName), x.Id.Equal(oidBasicConstraints), x.Id.Equal(oidSubjectKeyID):
		case x.Critical:
			err = fmt.Errorf("it asks for the critical extension %s, which is not given", x.Id)
		}
		if err != nil {
			return nil, fmt.Errorf("sign a request: %w", err)
		}
	}
	certificate, err := a.sign(leaf, r.PublicKey, now, validity)
	if err != nil {
		return nil, fmt.Errorf("sign a request: %w", err)
	}
	return certificate, nil
}

// keyUsage reads the usages asked for, without those that are not given.
func keyUsage(der []byte) (x509.KeyUsage, error) {
	var bits asn1.BitString
	if rest, err := asn1.Unmarshal(der, &bits); err != nil || len(rest) > 0 {
		return 0, errors.New("its key usage cannot be read")
	}
	var usage x509.KeyUsage
	for i := range 9 {
		if bits.At(i) != 0 {
			usage |= 1 << uint(i)
		}
	}
	return usage & allowedUsage, nil
}

// purposes are the extended key usages that crypto/x509 has a name for and that
// clusters ask for.
var purposes = []struct {
	oid asn1.ObjectIdentifier
	of  x509.ExtKeyUsage
}{
	{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}, x509.ExtKeyUsageServerAuth},
	{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}, x509.ExtKeyUsageClientAuth},
}

func extendedKeyUsage(der []byte) (known []x509.ExtKeyUsage, others []asn1.ObjectIdentifier, err error) {
	var asked []asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(der, &asked); err != nil || len(rest) > 0 {
		return nil, nil, errors.New("its extended key usage cannot be read")
	}
next:
	for _, oid := range asked {
		for _, p := range purposes {
			if oid.Equal(p.oid) {
				known = append(known, p.of)
				continue next
			}
		}
		others = append(others, oid)
	}
	return known, others, nil
}
