package heatstack

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Secret says what a parameter gets of one of the cluster's secrets. Two
// parameters may get parts of the same one.
type Secret struct {
	Name   string     // as in Describe
	Part   SecretPart // "" is the whole value
	Base64 bool       // standard alphabet, padded, no line breaks: for files of Ignition and cloud-init
}

// SecretPart is what of a secret's value a parameter gets.
type SecretPart string

// The parts. A secret of kind ca has all but fields, a key its key.
const (
	PartWhole         SecretPart = "whole"
	PartCertificate   SecretPart = "certificate"     // the first certificate, PEM
	PartKey           SecretPart = "key"             // the private key, PEM
	PartPublicKeyHash SecretPart = "public-key-hash" // "sha256:<hex>" over the certificate's SubjectPublicKeyInfo, as kubeadm wants it
)

const fieldPrefix = "field:"

// PartField is one field of a secret whose value is a JSON object, such as
// kind cloud-credential. A text comes without its quotes, all else as JSON.
func PartField(name string) SecretPart { return SecretPart(fieldPrefix + name) }

// of reads the part from a secret's value. No error repeats any of the value.
func (s Secret) of(value []byte) ([]byte, error) {
	part, err := s.cut(value)
	if err != nil {
		return nil, fmt.Errorf("secret %q: %w", s.Name, err)
	}
	if s.Base64 {
		part = []byte(base64.StdEncoding.EncodeToString(part))
	}
	return part, nil
}

func (s Secret) cut(value []byte) ([]byte, error) {
	if field, ok := strings.CutPrefix(string(s.Part), fieldPrefix); ok {
		return jsonField(value, field)
	}
	switch s.Part {
	case "", PartWhole:
		return value, nil
	case PartCertificate, PartPublicKeyHash:
		block := pemBlock(value, func(kind string) bool { return kind == "CERTIFICATE" })
		switch {
		case block == nil:
			return nil, errors.New("its value holds no certificate")
		case s.Part == PartCertificate:
			return pem.EncodeToMemory(block), nil
		}
		return publicKeyHash(block.Bytes)
	case PartKey:
		block := pemBlock(value, func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") })
		if block == nil {
			return nil, errors.New("its value holds no private key")
		}
		return pem.EncodeToMemory(block), nil
	}
	return nil, fmt.Errorf("there is no part %q", s.Part)
}

func pemBlock(value []byte, is func(kind string) bool) *pem.Block {
	for block, rest := pem.Decode(value); block != nil; block, rest = pem.Decode(rest) {
		if is(block.Type) {
			return &pem.Block{Type: block.Type, Bytes: block.Bytes}
		}
	}
	return nil
}

func jsonField(value []byte, name string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(value, &fields) != nil { // the error could repeat a byte of it
		return nil, errors.New("its value is no JSON object")
	}
	raw, ok := fields[name]
	if !ok {
		return nil, fmt.Errorf("its value has no field %q", name)
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text), nil
	}
	return raw, nil
}

// use is how the digest covers a parameter's secret: another id, part or
// encoding is another content.
func (s Secret) use(id string) string {
	if s.Part != "" && s.Part != PartWhole {
		id += " " + string(s.Part)
	}
	if s.Base64 {
		id += " base64"
	}
	return id
}

// partsOf are the parts a kind of secret has. Kinds of a later release are not
// known here and may have any.
var partsOf = map[driver.SecretKind][]SecretPart{
	driver.SecretCA:    {PartWhole, PartCertificate, PartKey, PartPublicKeyHash},
	driver.SecretKey:   {PartWhole, PartKey},
	driver.SecretToken: {PartWhole},
}

// has tells whether a secret of that kind has the part.
func (s Secret) has(kind driver.SecretKind) bool {
	field := strings.HasPrefix(string(s.Part), fieldPrefix) && len(s.Part) > len(fieldPrefix)
	if s.Part == "" {
		s.Part = PartWhole
	}
	if kind == driver.SecretCloudCredential {
		return field || s.Part == PartWhole
	}
	if parts, known := partsOf[kind]; known {
		return slices.Contains(parts, s.Part)
	}
	return field || slices.Contains(partsOf[driver.SecretCA], s.Part)
}

// publicKeyHash is the hash of a certificate's public key.
func publicKeyHash(certificate []byte) ([]byte, error) {
	c, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, fmt.Errorf("its certificate cannot be read: %w", err)
	}
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return []byte("sha256:" + hex.EncodeToString(sum[:])), nil
}
