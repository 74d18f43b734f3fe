package driver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNothingPrintsASecret(t *testing.T) {
	const canary = "c4nary-7f3a"
	secret := Secret{Name: "ca", ID: "id-1", Value: []byte(canary)}
	credential := Credential{Token: canary, Endpoints: map[string]string{"orchestration": "http://heat"}}
	health := HealthInput{ClientKeyPEM: []byte(canary)}
	apply := ApplyInput{Step: "create", Credential: credential, Secrets: []Secret{secret}, API: ClusterAPI{ClientKeyPEM: []byte(canary)}}

	for name, v := range map[string]any{
		"secret": secret, "pointer to a secret": &secret, "secrets": []Secret{secret}, "map": map[string]Secret{"a": secret},
		"credential": credential, "apply input": apply, "pointer to an apply input": &apply,
		"render input": RenderInput{Secrets: []Secret{secret}}, "plan input": PlanInput{Secrets: []Secret{secret}},
		"preview input": PreviewInput{Credential: credential, Secrets: []Secret{secret}}, "health input": health,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			shows(t, name+" with "+verb, fmt.Sprintf(verb, v), canary)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		shows(t, name+" as JSON", string(text), canary)
		for kind, log := range map[string]func(*bytes.Buffer) slog.Handler{
			"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			slog.New(log(&b)).Info("x", "v", v)
			shows(t, name+" in slog's "+kind, b.String(), canary)
		}
	}
}

func shows(t *testing.T, where, text, canary string) {
	t.Helper()
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), "YzRuYXJ5", "99 52 110 97"} {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the secret: %s", where, text)
		}
	}
}
