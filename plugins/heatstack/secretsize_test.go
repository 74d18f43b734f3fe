package heatstack

import (
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/plugins/driver"
)

// TestSecretsAreNotLongerThanTaken holds the sizes of plans to what the agent makes.
func TestSecretsAreNotLongerThanTaken(t *testing.T) {
	ca, err := pki.NewCA("a-name-of-sixty-four-characters-which-is-the-most-that-one-can-be", time.Now(), 10*365*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	token, err := pki.NewToken()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		secret Secret
		kind   driver.SecretKind
		value  []byte
	}{
		{Secret{}, driver.SecretCA, pem},
		{Secret{Part: PartCertificate, Base64: true}, driver.SecretCA, pem},
		{Secret{Part: PartKey}, driver.SecretCA, pem},
		{Secret{Part: PartPublicKeyHash, Base64: true}, driver.SecretCA, pem},
		{Secret{Part: PartKey, Base64: true}, driver.SecretKey, key},
		{Secret{}, driver.SecretKey, key},
		{Secret{Base64: true}, driver.SecretToken, []byte(token)},
	} {
		part, err := c.secret.of(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if most := c.secret.size(c.kind); len(part) > most || len(part) < most/2 {
			t.Errorf("%+v of a %s has %d bytes, and is taken for %d", c.secret, c.kind, len(part), most)
		}
	}
}

// TestAPlanCountsSecrets of what servers boot, though it knows no value.
func TestAPlanCountsSecrets(t *testing.T) {
	r := &rendered{
		about: driver.Description{Secrets: []driver.SecretNeed{{Name: "join", Kind: driver.SecretToken}}},
		stack: Stack{Secrets: map[string]Secret{"token": {Name: "join"}}},
	}
	for name, want := range map[string]int{"a plan": tokenSize, "an apply": 3} {
		m := measure{r: r}
		if name == "an apply" {
			m.secrets = map[string][]byte{"token": []byte("abc")}
		}
		if got := m.parameter("token", 0); got != want {
			t.Errorf("%s counts %d bytes, want %d", name, got, want)
		}
	}
}
