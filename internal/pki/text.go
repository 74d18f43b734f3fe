package pki

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

const (
	certificateBlock = "CERTIFICATE"
	keyBlock         = "PRIVATE KEY" // PKCS#8
	requestBlock     = "CERTIFICATE REQUEST"
)

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func keyPEM(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errors.New("the key cannot be written as PKCS#8")
	}
	return encode(keyBlock, der), nil
}

// find gives the first block of a kind.
func find(text []byte, is func(kind string) bool) []byte {
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		if is(b.Type) {
			return b.Bytes
		}
	}
	return nil
}

func certificateIn(text []byte) (*x509.Certificate, error) {
	der := find(text, func(kind string) bool { return kind == certificateBlock })
	if der == nil {
		return nil, errors.New("there is no certificate in PEM")
	}
	return x509.ParseCertificate(der)
}

// keyIn reads a private key. What x509 says of one it cannot read is left out: it
// could quote some of it.
func keyIn(text []byte) (crypto.Signer, error) {
	der := find(text, func(kind string) bool { return strings.HasSuffix(kind, keyBlock) })
	if der == nil {
		return nil, errors.New("there is no private key in PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if signer, ok := key.(crypto.Signer); err == nil && ok {
		return signer, nil
	}
	return nil, errors.New("its private key is not PKCS#8")
}
