package boot_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// needs are the programs of a distribution that the script leans on; those of the
// node that would do something to this machine are testdata/fakes/fake.
var (
	needs = []string{
		"bash", "base64", "basename", "cat", "chmod", "cp", "cut", "date", "find", "grep", "gzip", "head", "install", "mkdir", "mktemp",
		"mv", "openssl", "readlink", "rm", "sed", "sha256sum", "sleep", "sync", "tail", "tar", "touch", "tr",
	}
	faked = []string{
		"curl", "ip", "mount", "umount", "blkid", "mkfs.ext4", "udevadm", "systemctl", "modprobe", "sysctl",
		"setenforce", "restorecon",
	}
)

// world is one server and what is around it.
type world struct {
	t        *testing.T
	settings boot.Settings
	root     string // the server's file system
	fake     string // what the fakes go by
	path     string // the one folder of PATH
	token    string
}

// newWorld boots a server up to the line where its script begins. The JSON of
// metadata comes as a map of the heatsync_ keys.
func newWorld(t *testing.T, s boot.Settings, reader string, meta map[string]string) *world {
	t.Helper()
	w := &world{t: t, root: t.TempDir(), fake: t.TempDir(), path: t.TempDir(), token: "abcdef.0123456789abcdef"}
	w.installPrograms(reader)
	w.write(filepath.Join(w.fake, "calls"), "0\n")
	w.write(filepath.Join(w.fake, "log"), "")
	w.settings = w.mirror(s)
	document := text(t, w.settings)
	files, _ := unpack(t, s.System, document)
	for _, f := range files {
		name := filepath.Join(w.root, f.path)
		w.write(name, f.text)
		if base, ok := strings.CutPrefix(f.path, "/etc/heatsync/secrets/"); ok {
			w.write(name, w.secret(base))
		}
		if err := os.Chmod(name, os.FileMode(f.mode)); err != nil {
			t.Fatal(err)
		}
	}
	w.write(filepath.Join(w.fake, "metadata"), metadata(t, meta))
	return w
}

func metadata(t *testing.T, meta map[string]string) string {
	t.Helper()
	if meta["heatsync_group"] == "" {
		meta["heatsync_group"] = "default-master"
	}
	raw, err := json.Marshal(map[string]any{
		"uuid": "7c0c7d0e-0001-4f6e-9d1c-3a1f3c9b2d11", "name": "payments-master-ab1cd", "meta": meta,
		"devices": []any{
			map[string]any{"type": "nic", "tags": []string{"etcd"}},
			map[string]any{"type": "disk", "serial": "0f4a7b9e-1111-4222-8333", "tags": []string{"containers"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(name string) string {
	w.t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

// on is a path of the server.
func (w *world) on(path string) string { return filepath.Join(w.root, path) }

// around is a file of the world.
func (w *world) around(name string) string { return filepath.Join(w.fake, name) }

// installPrograms fills PATH: reader is jq or python3.
func (w *world) installPrograms(reader string) {
	w.t.Helper()
	for _, name := range append(slices.Clone(needs), reader) {
		program, err := exec.LookPath(name)
		if err != nil {
			if name == reader && os.Getenv("CI") == "" {
				w.t.Skipf("no %s here", name)
			}
			w.t.Fatal(err)
		}
		if name == "python3" {
			// what is found first may be a script that leans on more than it says
			said, err := exec.Command(program, "-c", "import sys; print(sys.executable)").Output()
			if err != nil {
				w.t.Fatal(err)
			}
			program = strings.TrimSpace(string(said))
		}
		if err := os.Symlink(program, filepath.Join(w.path, name)); err != nil {
			w.t.Fatal(err)
		}
	}
	fake, err := filepath.Abs("testdata/fakes/fake")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, name := range faked {
		if err := os.Symlink(fake, filepath.Join(w.path, name)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// mirror puts there what the script fetches and says its checksums in the
// settings. Kubeadm and kubectl are fakes, the rest does nothing.
func (w *world) mirror(s boot.Settings) boot.Settings {
	w.t.Helper()
	fake := w.read("testdata/fakes/fake")
	for program, body := range map[versions.Program]string{
		versions.Kubeadm: fake, versions.Kubectl: fake, versions.Kubelet: "kubelet", versions.Runc: "runc",
		versions.Containerd: archive(w.t, map[string]string{"bin/containerd": "containerd", "bin/ctr": "ctr"}),
		versions.CNIPlugins: archive(w.t, map[string]string{"./bridge": "bridge", "./README.md": "read me"}),
		versions.Crictl:     archive(w.t, map[string]string{"crictl": "crictl"}),
	} {
		s.Release.Downloads[program] = w.publish(string(program), body)
	}
	s.Bundle = w.publish("addons.tar.gz", archive(w.t, map[string]string{
		"coredns/10-config.yaml": "domain: ${DNS_DOMAIN}\nnote: ${NOTE}\nshell: ${KEEP}\n",
		"coredns/20-deploy.yaml": "image: coredns\n",
		"calico/calico.yaml":     "pool: ${POD_CIDR}\n",
		"cinder-csi/csi.yaml":    "csi: yes\n",
	}))
	return s
}

func (w *world) publish(name, body string) versions.Download {
	w.write(w.around("mirror/"+name), body)
	sum := sha256.Sum256([]byte(body))
	return versions.Download{Version: "2.1.5", URL: "https://mirror.example.org/" + name, SHA256: hex.EncodeToString(sum[:])}
}

func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	w := tar.NewWriter(zip)
	for name, body := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(body))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// secret is what Heat would fill in.
func (w *world) secret(name string) string {
	switch name {
	case "token":
		return w.token + "\n"
	case "ca-hash":
		return "sha256:" + strings.Repeat("ab", 32)
	case "cloud.json":
		return `{"auth_url":"https://keystone.example.org/v3","region":"RegionOne","id":"credential-id","secret":"cre\"dential","project_id":"p","ca":"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"}`
	case "sa.key":
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			w.t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	return "the content of " + name + "\n"
}

// run is one start of the script by systemd: what it said, and whether it ended
// well. More of its environment comes as KEY=value.
func (w *world) run(environment ...string) (said string, ok bool) {
	w.t.Helper()
	command := exec.Command(w.on(w.bin()+"/heatsync-bootstrap"), w.arguments(&environment)...)
	command.Env = append([]string{
		"PATH=" + w.path, "HEATSYNC_ROOT=" + w.root, "FAKE=" + w.fake, "HEATSYNC_PAUSE=0", "HEATSYNC_PATIENCE=1",
		"LC_ALL=C.UTF-8",
	}, environment...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := command.CombinedOutput()
	for _, secret := range []string{w.token, "the content of", "PRIVATE KEY", "dential", "credential-id"} {
		if bytes.Contains(output, []byte(secret)) {
			w.t.Errorf("it says a secret (%s):\n%s", secret, output)
		}
	}
	return string(output), err == nil
}

// arguments are those of environment without a =.
func (w *world) arguments(environment *[]string) (arguments []string) {
	*environment = slices.DeleteFunc(*environment, func(entry string) bool {
		if !strings.Contains(entry, "=") {
			arguments = append(arguments, entry)
			return true
		}
		return false
	})
	return arguments
}

func (w *world) bin() string {
	if w.settings.System == boot.Flatcar {
		return "/opt/bin"
	}
	return "/usr/local/bin"
}

// mustRun ends with a node that is ready.
func (w *world) mustRun(environment ...string) {
	w.t.Helper()
	said, ok := w.run(environment...)
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if last := lines[len(lines)-1]; !ok || !strings.HasPrefix(last, "heatsync: READY: payments-master-ab1cd ") {
		w.t.Fatalf("it did not become a node:\n%s", said)
	}
	w.tidy()
}

// tidy: no secret is left where it came, and none lies open.
func (w *world) tidy() {
	w.t.Helper()
	for _, path := range []string{"/etc/heatsync/secrets", "/run/heatsync/kubeadm", "/var/lib/heatsync/downloads", "/var/lib/heatsync/bundle"} {
		if _, err := os.Stat(w.on(path)); !os.IsNotExist(err) {
			w.t.Errorf("%s is still there", path)
		}
	}
	for path, mode := range map[string]os.FileMode{"/var/lib/heatsync": 0o700, "/var/lib/heatsync/meta_data.json": 0o600, "/etc/heatsync/addons.json": 0o600} {
		if info, err := os.Stat(w.on(path)); err == nil && info.Mode().Perm() != mode {
			w.t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
	}
	for _, path := range []string{"ca.key", "sa.key", "etcd/ca.key", "front-proxy-ca.key"} {
		if info, err := os.Stat(w.on("/etc/kubernetes/pki/" + path)); err == nil && info.Mode().Perm() != 0o600 {
			w.t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
	}
}

// log is what was done with kubeadm, disks and units, and what was fetched.
func (w *world) log() string { return w.read(w.around("log")) }

// did says how often a line of the log begins so.
func (w *world) did(prefix string) (n int) {
	for line := range strings.Lines(w.log()) {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

func master(system boot.System) boot.Settings {
	s := most(system, boot.ControlPlane)
	s.EtcdVolume, s.ContainersVolume = false, false
	s.Addons.Addons = slices.Clone(s.Addons.Addons)
	return s
}

func index(n int) map[string]string {
	return map[string]string{
		"heatsync_index": fmt.Sprint(n), "heatsync_api": "10.0.0.100", "heatsync_api_public": "203.0.113.9",
		"heatsync_floating_ip": "203.0.113.10", "heatsync_network": "net-1", "heatsync_subnet": "subnet-1",
		"heatsync_external":  "5d3c8a1e-2222-4333-8444-0123456789ab",
		"heatsync_may_begin": fmt.Sprint(time.Now().Add(time.Hour).Unix()),
	}
}

func TestBeginsTheCluster(t *testing.T) {
	for _, c := range []struct {
		system boot.System
		reader string
	}{{boot.FedoraCoreOS, "jq"}, {boot.Ubuntu, "python3"}, {boot.Flatcar, "jq"}, {boot.FedoraAtomic, "python3"}} {
		t.Run(string(c.system), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, master(c.system), c.reader, index(0))
			w.mustRun()
			if w.did("kubeadm init") != 1 || w.did("kubeadm join") != 0 {
				t.Errorf("what it did:\n%s", w.log())
			}
			init := w.read(w.around("kubeadm-init.yaml"))
			for _, want := range []string{
				"token: " + w.token + "\n", "name: payments-master-ab1cd\n", "advertiseAddress: 10.0.0.5\n",
				"controlPlaneEndpoint: 10.0.0.100:6443\n", "value: openstack:///7c0c7d0e-0001-4f6e-9d1c-3a1f3c9b2d11\n",
				`certSANs: ["10.0.0.100","203.0.113.9","203.0.113.10","127.0.0.1","localhost","kubernetes","kubernetes.default","kubernetes.default.svc"]` + "\n",
			} {
				if !strings.Contains(init, want) {
					t.Errorf("kubeadm's document lacks %q:\n%s", want, init)
				}
			}
			if strings.Contains(init, "${") {
				t.Errorf("something was not filled in:\n%s", init)
			}
			wantApplied := "kind: Secret\npool: 10.100.0.0/16\ndomain: cluster.local\nnote: a & b \"c\" 'd'\nshell: ${KEEP}\nimage: coredns\ncsi: yes\nkind: ConfigMap\n"
			if got := w.read(w.around("applied")); got != wantApplied {
				t.Errorf("applied %q, want %q", got, wantApplied)
			}
			wantConf := `[Global]
auth-url="https://keystone.example.org/v3"
region="RegionOne"
application-credential-id="credential-id"
application-credential-secret="cre\"dential"
ca-file="/etc/kubernetes/cloud-ca.crt"
[LoadBalancer]
subnet-id="subnet-1"
floating-network-id="5d3c8a1e-2222-4333-8444-0123456789ab"
[LoadBalancer]
lb-method="SOURCE_IP_PORT"
lb-provider="ovn"
`
			if got := w.read(w.on("/etc/kubernetes/cloud.conf")); got != wantConf {
				t.Errorf("cloud.conf is\n%s", got)
			}
			wantIngress := `cluster-name: "prod--payments"
openstack:
  auth-url: "https://keystone.example.org/v3"
  region: "RegionOne"
  application-credential-id: "credential-id"
  application-credential-secret: "cre\"dential"
  ca-file: "/etc/kubernetes/cloud-ca.crt"
octavia:
  subnet-id: "subnet-1"
  floating-network-id: "5d3c8a1e-2222-4333-8444-0123456789ab"
`
			if got := w.read(w.on("/etc/kubernetes/cloud/octavia-ingress.yaml")); got != wantIngress {
				t.Errorf("octavia-ingress.yaml is\n%s", got)
			}
			if got := w.read(w.on("/etc/kubernetes/cloud/auth-url")); got != "https://keystone.example.org/v3" {
				t.Errorf("auth-url is %q", got)
			}
			for _, program := range []string{"containerd", "ctr", "runc", "crictl", "kubeadm", "kubelet", "kubectl"} {
				if info, err := os.Stat(w.on(w.bin() + "/" + program)); err != nil || info.Mode().Perm() != 0o755 {
					t.Errorf("%s: %v %v", program, info, err)
				}
			}
			if _, err := os.Stat(w.on("/opt/cni/bin/bridge")); err != nil {
				t.Error(err)
			}
			if pub := w.read(w.on("/etc/kubernetes/pki/sa.pub")); !strings.HasPrefix(pub, "-----BEGIN PUBLIC KEY-----") {
				t.Errorf("sa.pub is %q", pub)
			}
			before := w.log()
			if said, ok := w.run(); !ok || said != "" || w.log() != before {
				t.Errorf("a start after all is done does something: %s%s", said, w.log())
			}
		})
	}
}

func TestJoinsAsAWorker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, least(boot.Ubuntu, boot.Worker), "python3", index(3))
	said, ok := w.run()
	if ok || !strings.Contains(said, "STOPPED: the API at 10.0.0.100:6443 has not answered for 1 s") {
		t.Fatalf("it does not wait for the API:\n%s", said)
	}
	w.write(w.around("api"), "")
	w.mustRun()
	if w.did("kubeadm join") != 1 || w.did("kubeadm init") != 0 {
		t.Errorf("what it did:\n%s", w.log())
	}
	join := w.read(w.around("kubeadm-join.yaml"))
	for _, want := range []string{"apiServerEndpoint: 10.0.0.100:6443\n", "- sha256:abab", "token: " + w.token + "\n"} {
		if !strings.Contains(join, want) {
			t.Errorf("kubeadm's document lacks %q:\n%s", want, join)
		}
	}
	if _, err := os.Stat(w.on("/etc/kubernetes/pki")); !os.IsNotExist(err) {
		t.Error("a worker has keys of the cluster")
	}
	if w.did("curl https://mirror.example.org/") != 7 {
		t.Errorf("it fetched again what it had, or less than it needs:\n%s", w.log())
	}
}

func TestJoinsTheControlPlane(t *testing.T) {
	for _, c := range []struct {
		name  string
		index int
		first bool
	}{
		{"the second node", 1, true},
		{"node 0 that was replaced: the API answers already", 0, true},
		{"node 0 of a group that began nothing", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := master(boot.FedoraCoreOS)
			s.First = c.first
			w := newWorld(t, s, "jq", index(c.index))
			w.write(w.around("api"), "")
			w.write(w.on("/var/lib/etcd/member/wal"), "of an earlier life")
			w.mustRun()
			if w.did("kubeadm init phase certs") != 1 || w.did("kubeadm init") != w.did("kubeadm init phase") || w.did("kubeadm join") != 1 {
				t.Errorf("what it did:\n%s", w.log())
			}
			if _, err := os.Stat(w.on("/var/lib/etcd/member")); !os.IsNotExist(err) {
				t.Error("etcd would begin with the data of an earlier life")
			}
			for _, key := range []string{"ca.key", "ca.crt", "sa.pub", "etcd/ca.key", "front-proxy-ca.key"} {
				if _, err := os.Stat(w.on("/etc/kubernetes/pki/" + key)); err != nil {
					t.Error(err)
				}
			}
			_, err := os.Stat(w.around("applied"))
			if applied := err == nil; applied != (c.first && c.index == 0) {
				t.Errorf("it applied the add-ons: %t", applied)
			}
		})
	}
}

// TestAReplacedNodeZeroLeavesAddOns as the cluster has them by now.
func TestAReplacedNodeZeroLeavesAddOns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, master(boot.Ubuntu), "python3", index(0))
	w.write(w.around("api"), "")
	w.write(w.around("marker"), "")
	w.mustRun()
	if _, err := os.Stat(w.around("applied")); !os.IsNotExist(err) {
		t.Errorf("it applied %s", w.read(w.around("applied")))
	}
}

// TestAnIllAPIIsACluster: node 0 that was replaced while the API is ill waits until
// it is well and joins; to begin the cluster again would make a second one.
func TestAnIllAPIIsACluster(t *testing.T) {
	for _, status := range []string{"500", "503", "404", "429"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, master(boot.FedoraCoreOS), "jq", index(0))
			w.write(w.around("api"), status)
			said, ok := w.run()
			if ok || !strings.Contains(said, "STOPPED: the API at 10.0.0.100:6443 has not answered for 1 s") || w.did("kubeadm") != 0 {
				t.Fatalf("it does not wait for an API that answers %s:\n%s%s", status, said, w.log())
			}
			w.write(w.around("api"), "200")
			w.mustRun()
			if w.did("kubeadm init phase certs") != 1 || w.did("kubeadm init") != w.did("kubeadm init phase") || w.did("kubeadm join") != 1 {
				t.Errorf("what it did:\n%s", w.log())
			}
		})
	}
}

// TestNodeZeroBeginsOnlyWhenTold: node 0 that was made again while the API is silent
// waits and says so, whatever there is to begin with.
func TestNodeZeroBeginsOnlyWhenTold(t *testing.T) {
	for name, told := range map[string]string{
		"nothing": "", "a time that has passed": fmt.Sprint(time.Now().Add(-time.Minute).Unix()), "no time": "yes",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			meta := index(0)
			meta["heatsync_may_begin"] = told
			w := newWorld(t, master(boot.FedoraCoreOS), "jq", meta)
			said, ok := w.run()
			if ok || !strings.Contains(said, "this node was not told to begin a cluster: it joins the one there is") || w.did("kubeadm") != 0 {
				t.Fatalf("it does not wait for the API:\n%s%s", said, w.log())
			}
			if !strings.Contains(said, "STOPPED: no API answers at 10.0.0.100:6443, and this node may not begin a second cluster") {
				t.Errorf("it does not say what it waits for:\n%s", said)
			}
			w.write(w.around("api"), "200")
			w.mustRun()
			if w.did("kubeadm init phase certs") != 1 || w.did("kubeadm init") != w.did("kubeadm init phase") || w.did("kubeadm join") != 1 {
				t.Errorf("what it did:\n%s", w.log())
			}
		})
	}
}

// TestWhatNodeZeroWasToldStays: a node that was told in time begins when it gets
// that far.
func TestWhatNodeZeroWasToldStays(t *testing.T) {
	t.Parallel()
	meta := index(0)
	w := newWorld(t, master(boot.Ubuntu), "python3", meta)
	kubelet := w.read(w.around("mirror/kubelet"))
	w.write(w.around("mirror/kubelet"), "something else")
	if said, ok := w.run(); ok {
		t.Fatal(said)
	}
	w.write(w.around("mirror/kubelet"), kubelet)
	meta["heatsync_may_begin"] = ""
	w.write(w.around("metadata"), metadata(t, meta))
	w.mustRun()
	if w.did("kubeadm join") != 0 {
		t.Errorf("what it did:\n%s", w.log())
	}
}

// TestAnOperatorHasNodeZeroBegin by the server's metadata, where all is lost.
func TestAnOperatorHasNodeZeroBegin(t *testing.T) {
	t.Parallel()
	meta := index(0)
	delete(meta, "heatsync_may_begin")
	w := newWorld(t, master(boot.Ubuntu), "python3", meta)
	if said, ok := w.run(); ok || !strings.Contains(said, "heatsync_may_begin") {
		t.Fatal(said)
	}
	w.write(w.around("metadata"), metadata(t, index(0)))
	w.mustRun()
	if w.did("kubeadm join") != 0 {
		t.Errorf("what it did:\n%s", w.log())
	}
}

// TestANameIsNoIdOfANetwork: the cloud controller takes ids alone.
func TestANameIsNoIdOfANetwork(t *testing.T) {
	t.Parallel()
	meta := index(0)
	meta["heatsync_external"] = "public"
	w := newWorld(t, master(boot.Ubuntu), "python3", meta)
	w.mustRun()
	for _, name := range []string{"cloud.conf", "cloud/octavia-ingress.yaml"} {
		if got := w.read(w.on("/etc/kubernetes/" + name)); strings.Contains(got, "floating-network-id") {
			t.Errorf("%s is\n%s", name, got)
		}
	}
}

func TestALoneNodeIsItsOwnAPI(t *testing.T) {
	t.Parallel()
	meta := index(0)
	meta["heatsync_api"] = ""
	w := newWorld(t, master(boot.Ubuntu), "python3", meta)
	w.mustRun()
	if init := w.read(w.around("kubeadm-init.yaml")); !strings.Contains(init, "controlPlaneEndpoint: 10.0.0.5:6443\n") {
		t.Error(init)
	}
}

// TestGoesOnAfterAKill kills the script at a call that it makes, before or after
// the call did its work, and starts it again, as systemd does after a reboot: the
// end is the same. HEATSYNC_TEST_ALL_KILLS=1 takes every call, which is minutes.
func TestGoesOnAfterAKill(t *testing.T) {
	step := 7
	if os.Getenv("HEATSYNC_TEST_ALL_KILLS") != "" {
		step = 1
	}
	for _, c := range []struct {
		name     string
		settings func() boot.Settings
		index    int
		api      bool
	}{
		{"the first", func() boot.Settings { return master(boot.FedoraCoreOS) }, 0, false},
		{"one that joins the control plane", func() boot.Settings { return master(boot.FedoraCoreOS) }, 1, true},
		{"a worker", func() boot.Settings { return least(boot.FedoraCoreOS, boot.Worker) }, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for call, killed := 1, true; killed; call += step {
				for _, when := range []string{"before", "after"} {
					w := newWorld(t, c.settings(), "jq", index(c.index))
					if c.api {
						w.write(w.around("api"), "")
					}
					said, ok := w.run(fmt.Sprintf("DIE_AT=%d", call), "DIE_WHEN="+when)
					killed = !ok
					if killed {
						w.mustRun()
					} else if !strings.Contains(said, "READY") {
						t.Fatalf("not killed %s call %d: %s", when, call, said)
					}
					w.same(fmt.Sprintf("killed %s call %d", when, call), c.index == 0)
				}
			}
		})
	}
}

// same is how it ends whatever came in between.
func (w *world) same(what string, first bool) {
	w.t.Helper()
	log := w.log()
	if first != (w.did("kubeadm join") == 0) || first && !strings.Contains(log, "kubeadm init") {
		w.t.Errorf("%s:\n%s", what, log)
	}
	if !first {
		return
	}
	if got := w.read(w.around("applied")); !strings.Contains(got, "pool: ") || !strings.HasSuffix(got, "csi: yes\nkind: ConfigMap\n") {
		w.t.Errorf("%s: applied %q", what, got)
	}
}

func TestRefusesWhatIsNotWhatItShouldBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, master(boot.Ubuntu), "python3", index(0))
	w.write(w.around("mirror/kubelet"), "something else")
	said, ok := w.run()
	want := "STOPPED: REFUSED kubelet: the SHA-256 of https://mirror.example.org/kubelet is "
	if ok || !strings.Contains(said, want) || !strings.Contains(said, "has to be "+w.settings.Release.Downloads[versions.Kubelet].SHA256) {
		t.Errorf("it said:\n%s", said)
	}
	for _, path := range []string{"/usr/local/bin/kubelet", "/usr/local/bin/kubeadm", "/var/lib/heatsync/downloads/kubelet"} {
		if _, err := os.Stat(w.on(path)); !os.IsNotExist(err) {
			t.Errorf("%s is there", path)
		}
	}
	if w.did("kubeadm") != 0 {
		t.Errorf("what it did:\n%s", w.log())
	}
}

func TestReadsTheConfigDrive(t *testing.T) {
	for _, reader := range []string{"jq", "python3"} {
		t.Run(reader, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, master(boot.Ubuntu), reader, index(0))
			if err := os.Rename(w.around("metadata"), w.around("drive")); err != nil {
				t.Fatal(err)
			}
			if said, ok := w.run(); ok || !strings.Contains(said, "neither the metadata service nor a config drive") {
				t.Fatalf("there is neither, and it said:\n%s", said)
			}
			w.write(w.on("/dev/disk/by-label/config-2"), "")
			w.mustRun()
		})
	}
}

func TestAFailureOfKubeadmIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, master(boot.Ubuntu), "python3", index(0))
	w.write(w.around("fail"), "")
	said, ok := w.run()
	if ok || !strings.Contains(said, "kubeadm: the token is <token>\n") || !strings.Contains(said, "STOPPED: kubeadm init failed") {
		t.Errorf("it said:\n%s", said)
	}
	if info, err := os.Stat(w.on("/var/lib/heatsync/kubeadm.log")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log of kubeadm: %v, %v", info, err)
	}
	if err := os.Remove(w.around("fail")); err != nil {
		t.Fatal(err)
	}
	w.mustRun()
}

func TestVolumes(t *testing.T) {
	const etcd, containers = "8d3c6f2a-7777-4888-9999", "0f4a7b9e-1111-4222-8333"
	volumes := func(t *testing.T, reader string) *world {
		t.Helper()
		s := master(boot.Ubuntu)
		s.EtcdVolume, s.ContainersVolume = true, true
		meta := index(0)
		meta["heatsync_etcd_volume"] = etcd // the other is known by Nova's tag
		w := newWorld(t, s, reader, meta)
		for name, id := range map[string]string{"vdb": etcd, "vdc": containers} {
			w.write(w.on("/dev/"+name), "")
			link := w.on("/dev/disk/by-id/virtio-" + id[:20])
			if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(w.on("/dev/"+name), link); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	for _, reader := range []string{"jq", "python3"} {
		t.Run("blank, "+reader, func(t *testing.T) {
			t.Parallel()
			w := volumes(t, reader)
			w.mustRun()
			for _, line := range []string{
				"mkfs.ext4 heatsync-etcd", "mkfs.ext4 heatsync-containers",
				"systemctl enable --now var-lib-etcd.mount", "systemctl enable --now var-lib-containerd.mount",
			} {
				if w.did(line) != 1 {
					t.Errorf("%s is not there once:\n%s", line, w.log())
				}
			}
			for unit, id := range map[string]string{"var-lib-etcd": etcd, "var-lib-containerd": containers} {
				want := "[Mount]\nWhat=/dev/disk/by-id/virtio-" + id[:20] + "\n"
				if got := w.read(w.on("/etc/systemd/system/" + unit + ".mount.d/10-heatsync.conf")); got != want {
					t.Errorf("%s is mounted by %q, want %q", unit, got, want)
				}
			}
		})
	}
	t.Run("ours, from before", func(t *testing.T) {
		t.Parallel()
		w := volumes(t, "python3")
		w.write(w.around("vdb.label"), "TYPE=ext4\nLABEL=heatsync-etcd\n")
		w.mustRun()
		if w.did("mkfs.ext4 heatsync-etcd") != 0 || w.did("mkfs.ext4") != 1 {
			t.Errorf("what it did:\n%s", w.log())
		}
	})
	t.Run("somebody's", func(t *testing.T) {
		t.Parallel()
		w := volumes(t, "python3")
		w.write(w.around("vdb.label"), "TYPE=xfs\nLABEL=photos\n")
		if said, ok := w.run(); ok || !strings.Contains(said, "holds something that is not ours") || w.did("mkfs") != 0 {
			t.Errorf("it said:\n%s%s", said, w.log())
		}
	})
}

func TestKeepsPodsFromTheMetadataService(t *testing.T) {
	t.Parallel()
	w := newWorld(t, least(boot.Ubuntu, boot.Worker), "python3", index(0))
	for range 2 {
		if said, ok := w.run("guard"); !ok {
			t.Fatal(said)
		}
		w.write(w.around("rules"), "71: from all to 169.254.169.254 prohibit\n")
	}
}
