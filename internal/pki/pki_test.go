package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func newCA(t *testing.T) *CA {
	t.Helper()
	ca, err := NewCA("web", noon, DefaultValidity)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// read parses a certificate that an authority signed, and holds it to that.
func read(t *testing.T, ca *CA, text []byte) *x509.Certificate {
	t.Helper()
	c, err := certificateIn(text)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.Certificate())
	if _, err := c.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: noon, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACAIsWrittenAndRead(t *testing.T) {
	ca := newCA(t)
	text, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadCA(text)
	if err != nil {
		t.Fatal(err)
	}
	if again.PublicKeyHash() != ca.PublicKeyHash() || !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(ca.PublicKeyHash()) {
		t.Errorf("hash %q, read again %q", ca.PublicKeyHash(), again.PublicKeyHash())
	}
	c := again.Certificate()
	if c.Subject.CommonName != "web" || !c.IsCA || !c.MaxPathLenZero || c.KeyUsage&x509.KeyUsageCertSign == 0 || len(c.SubjectKeyId) != 20 {
		t.Errorf("%+v", c)
	}
	if !c.NotAfter.Equal(noon.Add(DefaultValidity)) || !strings.HasPrefix(string(text), "-----BEGIN CERTIFICATE") || !strings.Contains(string(text), "BEGIN PRIVATE KEY") {
		t.Errorf("valid until %s", c.NotAfter)
	}
	for _, x := range c.Extensions {
		if x.Id.Equal(oidBasicConstraints) && !x.Critical {
			t.Error("basic constraints are not critical")
		}
	}
}

func TestWhatIsNoCAIsRefused(t *testing.T) {
	ca, other := newCA(t), newCA(t)
	key, err := keyPEM(other.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, leafKey, err := ca.SignClient(Client{User: "admin", Validity: time.Hour}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"nothing":         {nil, "read a CA: there is no certificate in PEM"},
		"no key":          {ca.CertificatePEM(), "read a CA: there is no private key in PEM"},
		"another's key":   {append(ca.CertificatePEM(), key...), "read a CA: its key is not its certificate's"},
		"a leaf":          {append(leaf, leafKey...), "read a CA: its certificate is not a CA's"},
		"broken key":      {append(ca.CertificatePEM(), encode(keyBlock, []byte("canary"))...), "read a CA: its private key is not PKCS#8"},
		"text and spaces": {[]byte("  canary  "), "read a CA: there is no certificate in PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCA(c.text)
			if err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestAClientCertificate(t *testing.T) {
	ca := newCA(t)
	text, key, err := ca.SignClient(Client{User: "heatsync-health", Groups: []string{"system:masters"}, Validity: 10 * time.Minute}, noon)
	if err != nil {
		t.Fatal(err)
	}
	c := read(t, ca, text)
	private, err := keyIn(key)
	if err != nil {
		t.Fatal(err)
	}
	if !private.Public().(*ecdsa.PublicKey).Equal(c.PublicKey) {
		t.Error("the key is not the certificate's")
	}
	if diff := cmp.Diff([]string{"system:masters"}, c.Subject.Organization); diff != "" || c.Subject.CommonName != "heatsync-health" {
		t.Errorf("%s: %s", c.Subject, diff)
	}
	if c.IsCA || !c.NotAfter.Equal(noon.Add(10*time.Minute)) || len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageClientAuth {
		t.Errorf("%+v", c)
	}
}

func TestACertificateEndsWithItsCA(t *testing.T) {
	ca := newCA(t)
	late := ca.Certificate().NotAfter.Add(-time.Minute)
	text, _, err := ca.SignClient(Client{User: "admin", Validity: time.Hour}, late)
	if err != nil {
		t.Fatal(err)
	}
	c, err := certificateIn(text)
	if err != nil {
		t.Fatal(err)
	}
	if !c.NotAfter.Equal(ca.Certificate().NotAfter) {
		t.Errorf("ends %s, its CA %s", c.NotAfter, ca.Certificate().NotAfter)
	}
	if _, _, err := ca.SignClient(Client{User: "admin", Validity: time.Hour}, late.Add(time.Hour)); err == nil || !strings.Contains(err.Error(), "the CA's certificate ended on") {
		t.Errorf("%v", err)
	}
}

// request makes a certificate request with extensions as they are given.
func request(t *testing.T, extensions ...pkix.Extension) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject:  pkix.Name{CommonName: "system:node:web-1", Organization: []string{"system:nodes"}},
		DNSNames: []string{"web-1"}, IPAddresses: []net.IP{net.IPv4(10, 0, 0, 5).To4()}, ExtraExtensions: extensions,
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	return encode(requestBlock, der)
}

func extension(t *testing.T, oid asn1.ObjectIdentifier, critical bool, v any) pkix.Extension {
	t.Helper()
	der, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return pkix.Extension{Id: oid, Critical: critical, Value: der}
}

func TestARequestIsSignedAsMagnumDoes(t *testing.T) {
	ca := newCA(t)
	odd := asn1.ObjectIdentifier{1, 2, 3, 4}
	type constraints struct {
		IsCA bool `asn1:"optional"`
	}
	text, err := ca.SignRequest(request(t,
		extension(t, oidKeyUsage, true, asn1.BitString{Bytes: []byte{0b1010_0100}, BitLength: 8}), // digitalSignature, keyEncipherment, keyCertSign
		extension(t, oidExtendedKeyUsage, false, []asn1.ObjectIdentifier{purposes[0].oid, odd}),
		extension(t, oidBasicConstraints, true, constraints{true}),
		extension(t, odd, false, "dropped"),
	), noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c := read(t, ca, text)
	if c.IsCA || c.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment || len(c.SubjectKeyId) == 0 {
		t.Errorf("CA %v, usage %b", c.IsCA, c.KeyUsage)
	}
	if c.Subject.String() != "CN=system:node:web-1,O=system:nodes" || cmp.Diff([]string{"web-1"}, c.DNSNames) != "" || !c.IPAddresses[0].Equal(net.IPv4(10, 0, 0, 5)) {
		t.Errorf("%s, %v, %v", c.Subject, c.DNSNames, c.IPAddresses)
	}
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageServerAuth || !c.UnknownExtKeyUsage[0].Equal(odd) {
		t.Errorf("%v, %v", c.ExtKeyUsage, c.UnknownExtKeyUsage)
	}
	for _, x := range c.Extensions {
		if x.Id.Equal(odd) {
			t.Error("an extension that is not allowed was kept")
		}
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	ca := newCA(t)
	good := request(t)
	broken := find(good, func(string) bool { return true })
	broken[len(broken)-1] ^= 1
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"no request":         {[]byte("hello"), "there is no certificate request in PEM"},
		"not its own key":    {encode(requestBlock, broken), "sign a request: "},
		"critical extension": {request(t, extension(t, asn1.ObjectIdentifier{1, 2, 3}, true, "x")), "the critical extension 1.2.3, which is not given"},
		"key usage":          {request(t, extension(t, oidKeyUsage, true, "x")), "its key usage cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ca.SignRequest(c.text, noon, time.Hour); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestKeysAndTokens(t *testing.T) {
	text, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyIn(text); err != nil {
		t.Error(err)
	}
	shape, seen := regexp.MustCompile(`^[a-z0-9]{6}\.[a-z0-9]{16}$`), map[string]bool{}
	for range 100 {
		token, err := NewToken()
		if err != nil {
			t.Fatal(err)
		}
		if !shape.MatchString(token) || seen[token] {
			t.Errorf("token %q", token)
		}
		seen[token] = true
	}
}
