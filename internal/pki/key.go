package pki

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
)

// serviceAccountBits is the size of a key for service accounts.
const serviceAccountBits = 2048

// NewKey makes a private key, PKCS#8 in PEM. It is RSA of 2048 bits: kubeadm, and
// what reads the tokens that it signs, takes such a key in every release.
func NewKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, serviceAccountBits)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return keyPEM(key)
}
