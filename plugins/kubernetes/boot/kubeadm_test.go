package boot_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// program is one of Kubernetes', which `make test-kubeadm` builds and names.
func program(t *testing.T, name, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Skipf("%s says no %s: make test-kubeadm builds it", variable, name)
	}
	return path
}

// expected is what kubeadm warns of and is meant so: certificates live as long as no
// upgrade renews them.
var expected = regexp.MustCompile(`(?m)^W.*WARNING: certificateValidityPeriod: .* is more than the recommended default.*$`)

// TestKubeadmTakesIt has kubeadm itself read every document, strictly.
func TestKubeadmTakesIt(t *testing.T) {
	kubeadm := program(t, "kubeadm", "HEATSYNC_TEST_KUBEADM")
	fill := strings.NewReplacer(
		"${NODE_NAME}", "payments-master-ab1cd", "${NODE_IP}", "10.0.0.5", "${INDEX}", "0", "${PROVIDER_ID}", "openstack:///7c0c7d0e",
		"${API_ENDPOINT}", "10.0.0.100:6443", "${CERT_SANS}", `["10.0.0.100","127.0.0.1"]`,
		"${JOIN_TOKEN}", "abcdef.0123456789abcdef", "${CA_HASH}", "sha256:"+strings.Repeat("ab", 32))
	for _, story := range stories() {
		files, _ := unpack(t, story.settings.System, text(t, story.settings))
		for _, f := range files {
			if filepath.Dir(f.path) != "/etc/heatsync/kubeadm" {
				continue
			}
			t.Run(story.name+"/"+filepath.Base(f.path), func(t *testing.T) {
				name := filepath.Join(t.TempDir(), "config.yaml")
				if err := os.WriteFile(name, []byte(fill.Replace(f.text)), 0o600); err != nil {
					t.Fatal(err)
				}
				said, err := exec.Command(kubeadm, "config", "validate", "--config", name).CombinedOutput()
				rest := expected.ReplaceAllString(string(said), "")
				if err != nil || strings.TrimSpace(rest) != "ok" {
					t.Errorf("%v\n%s", err, said)
				}
			})
		}
	}
}

// TestControlPlaneAnswers makes a control plane with the script's functions,
// kubeadm's phases, a real kube-apiserver and Debian's etcd: testdata/control-plane.
func TestControlPlaneAnswers(t *testing.T) {
	kubeadm := program(t, "kubeadm", "HEATSYNC_TEST_KUBEADM")
	apiserver := program(t, "kube-apiserver", "HEATSYNC_TEST_KUBE_APISERVER")
	if os.Getuid() != 0 {
		t.Skip("only root makes namespaces")
	}
	for _, story := range []struct {
		name     string
		settings boot.Settings
	}{{"least", least(boot.Ubuntu, boot.ControlPlane)}, {"everything", most(boot.FedoraCoreOS, boot.ControlPlane)}} {
		t.Run(story.name, func(t *testing.T) {
			folder := t.TempDir()
			files, _ := unpack(t, story.settings.System, text(t, story.settings))
			for _, f := range files {
				switch {
				case f.packed:
					put(t, filepath.Join(folder, "script"), f.text)
				case strings.HasPrefix(f.path, "/etc/heatsync/"):
					put(t, filepath.Join(folder, f.path), f.text)
				}
			}
			secrets := filepath.Join(folder, "etc/heatsync/secrets")
			for _, ca := range []string{"ca", "etcd-ca", "front-proxy-ca"} {
				certificate, key := authority(t)
				put(t, filepath.Join(secrets, ca+".crt"), certificate)
				put(t, filepath.Join(secrets, ca+".key"), key)
			}
			_, key := authority(t)
			put(t, filepath.Join(secrets, "sa.key"), key)
			put(t, filepath.Join(secrets, "token"), "abcdef.0123456789abcdef")
			put(t, filepath.Join(secrets, "ca-hash"), "sha256:"+strings.Repeat("ab", 32))
			if err := os.Mkdir(filepath.Join(folder, "bin"), 0o755); err != nil {
				t.Fatal(err)
			}
			for name, program := range map[string]string{"kubeadm": kubeadm, "kube-apiserver": apiserver} {
				if err := os.Symlink(program, filepath.Join(folder, "bin", name)); err != nil {
					t.Fatal(err)
				}
			}

			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			command := exec.CommandContext(ctx, "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "testdata/control-plane", folder)
			said, err := command.CombinedOutput()
			t.Logf("%s", said)
			if err != nil {
				t.Fatal(err)
			}
			checkControlPlane(t, folder, story.name == "everything")
		})
	}
}

// checkControlPlane reads what the script left behind.
func checkControlPlane(t *testing.T, folder string, everything bool) {
	t.Helper()
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	var token struct {
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal([]byte(read("token.json")), &token); err != nil {
		t.Fatal(err)
	}
	if _, expires := token.Data["expiration"]; expires || token.Data["usage-bootstrap-signing"] == "" {
		t.Errorf("the join token expires, or signs nothing: %v", token.Data)
	}
	block, _ := pem.Decode([]byte(read("pki/apiserver.crt")))
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"10.0.0.5", "203.0.113.9", "203.0.113.10", "127.0.0.1", "10.254.0.1", "kubernetes", "kubernetes.default.svc",
		"kubernetes.default.svc.cluster.local", "payments-master-ab1cd",
	} {
		if err := certificate.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if !everything {
		return
	}
	manifests := read("manifests.yaml")
	for _, want := range []string{
		"--enable-admission-plugins=NodeRestriction,NamespaceLifecycle,LimitRanger,PodNodeSelector\n", "--audit-log-path=-\n",
		"--feature-gates=CPUManagerPolicyAlphaOptions=false,ContextualLogging=true\n", "--flex-volume-plugin-dir=/opt/volume-plugins\n",
		"--node-monitor-grace-period=30s\n", "image: registry.example.org/k8s/kube-apiserver:v1.33.6\n",
		"initialDelaySeconds: 30\n", "timeoutSeconds: 5\n",
	} {
		if !strings.Contains(manifests, want) {
			t.Errorf("the manifests lack %q:\n%s", want, manifests)
		}
	}
	if got := strings.Count(manifests, "initialDelaySeconds: 30\n"); got != 4 {
		t.Errorf("%d pods have our delay, want 4", got)
	}
}

// authority is a certificate authority as 0003 has the agent make it.
func authority(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "payments"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * 365 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
}
