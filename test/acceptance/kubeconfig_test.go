package acceptance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"go.yaml.in/yaml/v3"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
	"github.com/heatsync/heatsync/test/census"
)

// peopleGetIn starts an API server's TLS from what Nova holds of each cluster's
// control-plane node, on the cluster's own address, and knocks with what heatsync
// access gives. The floating IPs of this cloud stay on this machine.
func (s *story) peopleGetIn(t *testing.T) {
	keys := map[string]*rest.Config{}
	for _, name := range []string{"one", "two"} {
		files := s.userData(t, name)
		keys[name] = s.access(t, name)
		serveAPI(t, keys[name].Host, files, http.HandlerFunc(whoAsks))
	}
	for _, name := range []string{"one", "two"} {
		if user, err := knock(t, keys[name], keys[name].Host); err != nil || user != "admin [system:masters]" {
			t.Errorf("%s lets in %q: %v", name, user, err)
		}
	}
	if _, err := knock(t, keys["one"], keys["two"].Host); err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("who has a kubeconfig of one trusts two: %v", err)
	}
	trusting := rest.CopyConfig(keys["one"])
	trusting.CAData = keys["two"].CAData
	if _, err := knock(t, trusting, keys["two"].Host); err == nil || !strings.Contains(err.Error(), "unknown certificate authority") {
		t.Errorf("two lets in a client of one: %v", err)
	}
}

// whoAsks answers with the name and the groups of a client's certificate.
func whoAsks(w http.ResponseWriter, r *http.Request) {
	subject := r.TLS.PeerCertificates[0].Subject
	fmt.Fprintf(w, "%s %s", subject.CommonName, subject.Organization)
}

// access asks for a kubeconfig as a person would.
func (s *story) access(t *testing.T, name string) *rest.Config {
	t.Helper()
	dir := t.TempDir()
	if out, code := s.agent.command(t, "access", name, "--dir", dir, "--ttl", "10m"); code != 0 {
		t.Fatalf("heatsync access %s: %s", name, out)
	}
	text, err := os.ReadFile(dir + "/config")
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientcmd.RESTConfigFromKubeConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// knock asks for /readyz with client-go; the answer is who the server takes us for.
func knock(t *testing.T, c *rest.Config, host string) (string, error) {
	t.Helper()
	c = rest.CopyConfig(c)
	c.Host = host
	client, err := rest.HTTPClientFor(c)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	client.Timeout = 10 * time.Second
	answer, err := client.Get(host + "/readyz")
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var who bytes.Buffer
	_, err = who.ReadFrom(answer.Body)
	return who.String(), err
}

// serveAPI listens where a cluster's API is until the test ends, with a certificate that
// the CA of a control-plane node's secret files signed. It lets in that CA's clients.
func serveAPI(t *testing.T, host string, files map[string][]byte, api http.Handler) {
	t.Helper()
	at, err := url.Parse(host)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := tls.X509KeyPair(files["ca.crt"], files["ca.key"])
	if err != nil {
		t.Fatalf("what the node boots with is no CA: %v", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.ParseIP(at.Hostname())},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca.Leaf, key.Public(), ca.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(ca.Leaf)
	listener, err := tls.Listen("tcp", at.Host, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: clients, MinVersion: tls.VersionTLS13,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: api, ReadHeaderTimeout: time.Minute, ErrorLog: nodestest.Quiet}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

// userData is the secret files that Nova holds for a cluster's first control-plane
// node, by name: what the node would read from its metadata service.
func (s *story) userData(t *testing.T, cluster string) map[string][]byte {
	t.Helper()
	nova := s.novaAsAdmin(t)
	for _, id := range s.having(t, s.row(t, cluster))["OS::Nova::Server"] {
		var got struct {
			Server struct {
				Name     string
				UserData string `json:"OS-EXT-SRV-ATTR:user_data"`
			}
		}
		text := census.Fetch(t, nova.ServiceURL("servers", id), nova.Token(), "X-OpenStack-Nova-API-Version", "2.3")
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.Server.Name, "master") {
			return secretFiles(t, got.Server.UserData)
		}
	}
	t.Fatalf("cluster %s has no control-plane node", cluster)
	return nil
}

// secretFiles reads the files of a cloud-config below the secrets' folder.
func secretFiles(t *testing.T, userData string) map[string][]byte {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(userData)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		WriteFiles []struct{ Path, Encoding, Content string } `yaml:"write_files"`
	}
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range document.WriteFiles {
		if name, secret := strings.CutPrefix(f.Path, "/etc/heatsync/secrets/"); secret {
			if out[name], err = base64.StdEncoding.DecodeString(f.Content); err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
		}
	}
	if block, _ := pem.Decode(out["ca.key"]); block == nil {
		t.Fatal("the control-plane node boots without the key of the cluster's CA")
	}
	return out
}

// novaAsAdmin is Nova as an administrator sees it: nobody else is shown user data.
func (s *story) novaAsAdmin(t *testing.T) *gophercloud.ServiceClient {
	t.Helper()
	auth, endpoint, _, err := clouds.Parse(clouds.WithLocations(s.cloud.file), clouds.WithCloudName(s.cloud.name+"-admin"))
	if err != nil {
		t.Fatal(err)
	}
	provider, err := config.NewProviderClient(t.Context(), auth)
	if err != nil {
		t.Fatal(err)
	}
	nova, err := openstack.NewComputeV2(provider, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return nova
}
