package driver

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
)

// Content is what a render gives to Heat, as far as the digest covers it. Tags,
// timeout, rollback, the driver's version, one-time removal lists, counts that
// another owns and anything read from the live stack stay out of it.
type Content struct {
	Template    []byte            // the root template, YAML or JSON
	Templates   map[string][]byte // nested templates, YAML or JSON, by their key in Heat's files
	Files       map[string][]byte // all other files, UTF-8, by a short key that names no machine's path
	Environment []byte            // YAML or JSON; empty: none
	Parameters  map[string]string // as the strings Heat stores; secret values left out
	SecretIDs   map[string]string // what gets a secret (heatstack: the parameter) to its id and, where not whole, which part
}

// digestScheme goes up when the same content would get another digest.
const digestScheme = "1"

// Digest gives the digest of a render: scheme number and the first 128 bits of
// SHA-256, in hex, over the canonical JSON (RFC 8785) of
//
//	{"environment": {…}, "files": {key: text}, "parameters": {name: string},
//	 "secrets": {name: id}, "template": {…}, "templates": {key: {…}}}
//
// where every member is there, empty or not. Templates and environment count by
// what Heat's own loader makes of them, so comments, indentation, the order of
// keys and YAML or JSON do not matter: text that begins with "{" is JSON, any
// other is YAML 1.1, in which dates stay text (heat/common/template_format.py).
//
// testdata/digest has vectors for other languages. It fails for text that does
// not parse or is not UTF-8, and for a number that JSON cannot hold exactly.
func Digest(c Content) (string, error) {
	text, err := c.canonical()
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	sum := sha256.Sum256(text)
	return digestScheme + "-" + hex.EncodeToString(sum[:16]), nil
}

var digestShape = regexp.MustCompile(`^[1-9][0-9]*-[0-9a-f]{32}$`)

// IsDigest tells whether s has the shape of a digest, of whatever scheme.
func IsDigest(s string) bool { return digestShape.MatchString(s) }

func (c Content) canonical() ([]byte, error) {
	template, err := parseHeat(c.Template)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	environment, err := parseHeat(c.Environment)
	if err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	templates := make(map[string]any, len(c.Templates))
	for key, text := range c.Templates {
		if templates[key], err = parseHeat(text); err != nil {
			return nil, fmt.Errorf("nested template %q: %w", key, err)
		}
	}
	files := make(map[string]string, len(c.Files))
	for key, text := range c.Files {
		files[key] = string(text)
	}
	return canonical(nil, map[string]any{
		"template": template, "templates": templates, "files": files, "environment": environment,
		"parameters": c.Parameters, "secrets": c.SecretIDs,
	})
}
