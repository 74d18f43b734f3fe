package driver

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// A Secret, a Credential, a ClusterAPI and a HealthInput print, log and marshal without what
// is secret in them, wherever they are nested.

const redacted = "[redacted]"

type shownSecret struct{ Name, ID, Value string }

func (s Secret) shown() shownSecret {
	return shownSecret{Name: s.Name, ID: s.ID, Value: mask(len(s.Value))}
}

// mask tells whether there was anything to hide.
func mask(length int) string {
	if length == 0 {
		return ""
	}
	return redacted
}

// Format hides the value, whatever the verb.
func (s Secret) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "%+v", s.shown()) }

// LogValue hides the value.
func (s Secret) LogValue() slog.Value { return slog.AnyValue(s.shown()) }

// MarshalJSON hides the value; it is for logs, not for the wire.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown()) }

type shownCredential struct {
	Token     string
	Expires   time.Time
	Endpoints map[string]string
}

func (c Credential) shown() shownCredential {
	return shownCredential{Token: mask(len(c.Token)), Expires: c.Expires, Endpoints: c.Endpoints}
}

// Format hides the token, whatever the verb.
func (c Credential) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "%+v", c.shown()) }

// LogValue hides the token.
func (c Credential) LogValue() slog.Value { return slog.AnyValue(c.shown()) }

// MarshalJSON hides the token; it is for logs, not for the wire.
func (c Credential) MarshalJSON() ([]byte, error) { return json.Marshal(c.shown()) }

type shownHealthInput struct{ Cluster, Stack, ClientKeyPEM string }

func (in HealthInput) shown() shownHealthInput {
	return shownHealthInput{Cluster: in.Cluster.Name, Stack: in.Stack.Name, ClientKeyPEM: mask(len(in.ClientKeyPEM))}
}

// Format hides the client's key, whatever the verb.
func (in HealthInput) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "%+v", in.shown()) }

// LogValue hides the client's key.
func (in HealthInput) LogValue() slog.Value { return slog.AnyValue(in.shown()) }

// MarshalJSON hides the client's key; it is for logs, not for the wire.
func (in HealthInput) MarshalJSON() ([]byte, error) { return json.Marshal(in.shown()) }

// secretsOf lists what a call was trusted with, for scrub.
func secretsOf(c Credential, secrets []Secret) []string {
	list := []string{c.Token}
	for _, s := range secrets {
		list = append(list, string(s.Value))
	}
	return list
}

// scrub takes what a call was trusted with out of a text about that call.
func scrub(text string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return text
}
