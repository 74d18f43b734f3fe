package acceptance

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/test/port"
)

// sshHost is a real sshd on loopback that serves a repository.
type sshHost struct {
	dir, address, user string
	known              string // its line of known_hosts
}

func serveSSH(t *testing.T) *sshHost {
	t.Helper()
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		if sshd, err = exec.LookPath("/usr/sbin/sshd"); err != nil {
			if os.Getenv("HEATSYNC_TEST_REQUIRE_OPENSTACK") == "1" {
				t.Fatal("no sshd here: install openssh-server")
			}
			t.Skip("no sshd here: install openssh-server")
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	h := &sshHost{dir: t.TempDir(), address: port.For(t), user: me.Username}
	_, number, _ := net.SplitHostPort(h.address)
	h.known = fmt.Sprintf("[127.0.0.1]:%s %s\n", number, h.keygen(t, "host"))
	writeFile(t, h.dir, "authorized", h.keygen(t, "client")+"\n")
	config := writeFile(t, h.dir, "config", fmt.Sprintf(`ListenAddress %s
HostKey %s
AuthorizedKeysFile %s
PidFile %s
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
`, h.address, h.file("host"), h.file("authorized"), h.file("pid")))
	h.run(t, sshd, config)
	return h
}

func (h *sshHost) file(name string) string { return filepath.Join(h.dir, name) }

// keygen makes a key and gives its public half.
func (h *sshHost) keygen(t *testing.T, name string) string {
	t.Helper()
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", h.file(name)).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	public, err := os.ReadFile(h.file(name + ".pub"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(public))[:2], " ")
}

func (h *sshHost) run(t *testing.T, sshd, config string) {
	t.Helper()
	if os.Getuid() == 0 { // sshd of root wants its privilege separation folder
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Create(h.file("log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sshd, "-D", "-e", "-f", config)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			t.Logf("sshd:\n%s", tail(h.file("log"), 4<<10))
		}
	})
}

func TestStoryOverSSH(t *testing.T) {
	t.Parallel()
	storyOverSSH(t, simulated(t))
}

func TestStoryOverSSHOnOpenStack(t *testing.T) {
	storyOverSSH(t, real(t))
}

// storyOverSSH follows a repository that a real sshd serves: an unknown host
// key is refused with what to do, then the first commit and a change arrive.
func storyOverSSH(t *testing.T, c *cloud) {
	t.Helper()
	s := stage(t, c)
	h := serveSSH(t)
	known := writeFile(t, s.agent.dir, "known_hosts", "")
	source := fmt.Sprintf("    git: {url: %q, branch: main, interval: 100ms}\n    auth: {sshKeyFile: %s, knownHostsFile: %s}",
		fmt.Sprintf("ssh://%s@%s%s", h.user, h.address, s.repo.bare), h.file("client"), known)
	writeFile(t, s.agent.dir, "heatsync.yaml", s.configure(source, "0s"))
	s.push(t, "one cluster", files{"fleet.yaml": s.fleetFile(), at("one"): cluster("one")})
	s.agent.start(t)
	s.tells(t, "word of an unknown host key", trouble{told: func(f fleetStatus) bool {
		return f.SourceError.says("auth", "operator", "known")
	}})
	writeFile(t, s.agent.dir, "known_hosts", h.known)
	s.is(t, "settled", "one")
	s.whole(t, "one")
	s.push(t, "a bigger one", files{at("one"): cluster("one", "flavor: "+s.cloud.site.otherFlavor)})
	s.is(t, "settled", "one")
	s.nothingToDo(t)
	s.agent.stop(t)
}
