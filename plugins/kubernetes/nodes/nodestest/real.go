package nodestest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Real starts an etcd of the distribution and the kube-apiserver that
// HEATSYNC_TEST_KUBE_APISERVER names, until the test ends, and gives the way to it.
// It does not wait until the API answers. No controller, scheduler or kubelet runs:
// what those write is the test's to write. Without the variable the test is skipped.
func Real(t *testing.T) driver.ClusterAPI {
	t.Helper()
	program := os.Getenv("HEATSYNC_TEST_KUBE_APISERVER")
	if program == "" {
		t.Skip("HEATSYNC_TEST_KUBE_APISERVER says no kube-apiserver: make test-kubeadm builds it")
	}
	etcd, err := exec.LookPath("etcd")
	if err != nil {
		t.Fatal(err)
	}
	folder, ca := t.TempDir(), NewCA(t, "cluster")
	client, peer, port := address(t), address(t), address(t)
	start(t, exec.Command(etcd, "--data-dir", filepath.Join(folder, "etcd"), "--logger", "zap", "--log-level", "error", "--unsafe-no-fsync",
		"--listen-client-urls", "http://"+client, "--advertise-client-urls", "http://"+client,
		"--listen-peer-urls", "http://"+peer, "--initial-advertise-peer-urls", "http://"+peer, "--initial-cluster", "default=http://"+peer))
	server := ca.Server(t)
	key, err := x509.MarshalECPrivateKey(server.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"ca.crt": pemOf("CERTIFICATE", ca.cert.Raw), "server.crt": pemOf("CERTIFICATE", server.Certificate[0]), "server.key": pemOf("EC PRIVATE KEY", key),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	start(t, exec.Command(program, "--etcd-servers=http://"+client, "--bind-address=127.0.0.1", "--secure-port="+strings.TrimPrefix(port, "127.0.0.1:"),
		"--client-ca-file="+at("ca.crt"), "--tls-cert-file="+at("server.crt"), "--tls-private-key-file="+at("server.key"),
		"--service-account-key-file="+at("server.key"), "--service-account-signing-key-file="+at("server.key"),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.96.0.0/16",
		"--authorization-mode=Node,RBAC", "--disable-admission-plugins=ServiceAccount"))
	return ca.Access(t, "https://"+port)
}

// address is one on loopback that nobody listens on.
func address(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs a program until the test ends; what it said is told where that failed.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", filepath.Base(c.Path), said.Bytes()[max(0, said.Len()-4000):])
		}
	})
}
