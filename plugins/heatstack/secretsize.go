package heatstack

import (
	"encoding/base64"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Sizes in bytes that the parts of secrets stay under, as the agent makes them
// (internal/pki): P-256 certificates have some 700 bytes in PEM and their keys 241, an
// RSA key of 2048 bits 1704. A cloud's credential is as long as the bundle of CAs in
// it; two of 2 KiB are allowed for.
const (
	certificateSize = 1024
	caKeySize       = 256
	keySize         = 1728
	tokenSize       = 23
	hashSize        = len("sha256:") + 64
	credentialSize  = 5 * 1024
	fieldSize       = 512 // of a credential, but its bundle of CAs
)

// size is what a part of a secret has at most, before its value is known.
func (s Secret) size(kind driver.SecretKind) int {
	n := credentialSize
	switch {
	case strings.HasPrefix(string(s.Part), fieldPrefix) && s.Part != PartField("ca"):
		n = fieldSize
	case s.Part == PartPublicKeyHash:
		n = hashSize
	case s.Part == PartCertificate:
		n = certificateSize
	case kind == driver.SecretKey:
		n = keySize
	case s.Part == PartKey:
		n = caKeySize
	case kind == driver.SecretCA:
		n = certificateSize + caKeySize
	case kind == driver.SecretToken:
		n = tokenSize
	}
	if s.Base64 {
		n = base64.StdEncoding.EncodedLen(n)
	}
	return n
}

// secretSize is the size of what a parameter gets: the value's own, once it is
// there.
func (m measure) secretSize(name string) int {
	if m.secrets != nil {
		return len(m.secrets[name])
	}
	secret := m.r.stack.Secrets[name]
	for _, need := range m.r.about.Secrets {
		if need.Name == secret.Name {
			return secret.size(need.Kind)
		}
	}
	return credentialSize
}
