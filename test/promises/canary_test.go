package promises

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// newCanary makes a secret that stands nowhere by chance, not even in this
// program, which is a driver too.
func newCanary() string { return "canary-" + strings.ToLower(rand.Text()) }

// canaries are secrets by what they are.
type canaries map[string]string

// find gives what of the canaries stands in a text, in clear or in any of the
// clothes that a secret wears in headers, URLs, JSON and dumps.
func (c canaries) find(text []byte) []string {
	var found []string
	for what, secret := range c {
		for _, worn := range disguises(secret) {
			if bytes.Contains(text, []byte(worn)) {
				found = append(found, what)
				break
			}
		}
	}
	slices.Sort(found)
	return found
}

func disguises(secret string) []string {
	quoted, _ := json.Marshal(secret)
	out := []string{
		secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret), url.PathEscape(secret),
		hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
	// Base64 of a longer text holds the secret in one of three alignments.
	for before := range 3 {
		padded := append(make([]byte, before), secret...)
		whole := len(padded) / 3 * 3
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := e.EncodeToString(padded[:whole])
			out = append(out, text[(before*8+5)/6:])
		}
	}
	return out
}

func TestCanariesAreFound(t *testing.T) {
	secret := newCanary()
	c := canaries{"it": secret, "another": newCanary()}
	for _, tt := range []struct{ name, text string }{
		{"in clear", "password=" + secret + "\n"},
		{"basic authentication", "Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+secret))},
		{"basic authentication, another user", "Basic " + base64.StdEncoding.EncodeToString([]byte("ann:"+secret))},
		{"in the middle of base64", base64.StdEncoding.EncodeToString([]byte("{labels: {pin: " + secret + "}}\n"))},
		{"URL's base64", base64.URLEncoding.EncodeToString([]byte("ab" + secret + "cd"))},
		{"hexadecimal", hex.EncodeToString([]byte("token " + secret))},
		{"in a URL", "https://ann:" + url.QueryEscape(secret) + "@git.example.org"},
		{"between zero bytes", "A=b\x00OS_PASSWORD=" + secret + "\x00"},
	} {
		if got := c.find([]byte(tt.text)); !slices.Equal(got, []string{"it"}) {
			t.Errorf("%s: found %q", tt.name, got)
		}
	}
	if got := c.find([]byte("password=[redacted] canary-")); got != nil {
		t.Errorf("found %q where there is nothing", got)
	}
}
