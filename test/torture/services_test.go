package torture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/test/port"
)

// services are those of a cloud that test/openstack has brought up. They may be
// stopped, and some have a twin with other settings that goes with the test.
type services struct {
	dir     string // test/openstack's state folder
	scripts string // test/openstack itself
}

// devServices gives the services beside a clouds.yaml of test/openstack, nil for
// any other cloud's.
func devServices(t *testing.T, clouds string) *services {
	t.Helper()
	dir, err := filepath.Abs(filepath.Dir(clouds))
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Abs("../openstack")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"port-offset", "pid/heat-engine", "conf/heat-api.uwsgi.ini"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Logf("%s is no cloud of test/openstack's: its services are left alone", dir)
			return nil
		}
	}
	s := &services{dir: dir, scripts: scripts}
	if err := s.up(); err != nil { // whatever an earlier run has left
		t.Fatal(err)
	}
	return s
}

// up starts what is down and waits until it serves.
func (s *services) up() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return s.run(ctx, "up", "--tier", "heat")
}

func (s *services) run(ctx context.Context, script string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.scripts, script), args...)
	cmd.Env = append(os.Environ(), "HEATSYNC_OPENSTACK_DIR="+s.dir)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second // services it has started may keep its output open
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("test/openstack/%s %s: %w\n%s", script, strings.Join(args, " "), err, out.String())
	}
	return nil
}

// halt is a way to take a service away for a while. It comes back in any case.
type halt struct {
	name string
	away func(s *services) error
}

var halts = []halt{
	{"heat-engine killed", func(s *services) error { return s.kill("heat-engine") }},
	{"RabbitMQ stopped", func(s *services) error { return s.stop("rabbitmq") }},
	{"MariaDB stopped", func(s *services) error { return s.stop("mariadb") }},
}

// play takes a service away for a while, or until ctx ends, and has all up again
// when it returns. It calls gone once the service is away, or could not be.
func (h halt) play(ctx context.Context, s *services, gone func(), pause time.Duration) (err error) {
	defer func() { err = errors.Join(err, s.up()) }()
	err = h.away(s)
	gone()
	if err != nil {
		return err
	}
	rest(ctx, pause)
	return nil
}

// freeEngine starts heat-engine anew. A worker that loses its database in the
// middle of a resource keeps that resource locked for as long as it lives, and no
// update frees it (Heat 19): whoever runs a cloud restarts heat-engine after such
// an outage.
func (s *services) freeEngine() error {
	return errors.Join(s.stop("heat-engine"), s.up())
}

// kill ends a service and all its processes with SIGKILL.
func (s *services) kill(service string) error {
	text, err := os.ReadFile(filepath.Join(s.dir, "pid", service))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil || pid < 2 {
		return fmt.Errorf("%s has no process: %q", service, text)
	}
	return syscall.Kill(-pid, syscall.SIGKILL) // it leads its group
}

// stop ends a service as an operator would.
func (s *services) stop(service string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.run(ctx, "restart", service)
}

// heatAPI starts a twin of heat-api that waits for heat-engine no longer than
// rpcTimeout, and gives its address.
func (s *services) heatAPI(t *testing.T, rpcTimeout time.Duration) string {
	t.Helper()
	config := s.twin(t, "heat-api.conf", "torture-heat-api.conf", "\nrpc_response_timeout = 180\n",
		fmt.Sprintf("\nrpc_response_timeout = %d\n", int(rpcTimeout.Seconds())))
	return s.uwsgi(t, "heat-api", "\npyargv = --config-file "+s.file("conf/heat-api.conf")+"\n", "\npyargv = --config-file "+config+"\n")
}

// keystone starts a twin of keystone whose tokens live for so long, and gives its
// address. Any service takes them: life stands in the token.
func (s *services) keystone(t *testing.T, life time.Duration) string {
	t.Helper()
	config := s.twin(t, "keystone.conf", "torture-keystone.conf", "\n[fernet_tokens]\n",
		fmt.Sprintf("\n[token]\nexpiration = %d\n[fernet_tokens]\n", int(life.Seconds())))
	return s.uwsgi(t, "keystone", "", "", "OS_KEYSTONE_CONFIG_FILES="+config)
}

func (s *services) file(name string) string { return filepath.Join(s.dir, name) }

// twin copies a config file with one change.
func (s *services) twin(t *testing.T, name, to, old, changed string) string {
	t.Helper()
	text, err := os.ReadFile(s.file("conf/" + name))
	if err != nil {
		t.Fatal(err)
	}
	if old != "" && strings.Count(string(text), old) != 1 {
		t.Fatalf("%s has %q not just once", name, old)
	}
	file := s.file("conf/" + to)
	writeFile(t, file, strings.ReplaceAll(string(text), old, changed))
	return file
}

// uwsgi runs a twin of one of test/openstack's HTTP services until the test ends.
func (s *services) uwsgi(t *testing.T, name, old, changed string, environ ...string) string {
	t.Helper()
	address := port.For(t)
	ini := s.twin(t, name+".uwsgi.ini", "torture-"+name+".uwsgi.ini", old, changed)
	text := tail(ini, 1<<20)
	var lines []string
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "http-socket ="):
			line = "http-socket = " + address + "\n"
		case strings.HasPrefix(line, "logto ="):
			line = "logto = " + s.file("log/torture-"+name+".uwsgi") + "\n"
		}
		lines = append(lines, line)
	}
	writeFile(t, ini, strings.Join(lines, ""))
	cmd := exec.Command("/usr/bin/uwsgi_python3", "--ini", ini)
	cmd.Env = append([]string{
		"PATH=/usr/bin:/bin", "PYTHONPATH=" + filepath.Join(s.scripts, "pylib"), "PYTHONDONTWRITEBYTECODE=1", "PYTHONWARNINGS=ignore",
		"XDG_CACHE_HOME=" + s.file("cache"), "no_proxy=127.0.0.1,localhost", "NO_PROXY=127.0.0.1,localhost",
	}, environ...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	s.await(t, name, "http://"+address+"/")
	return "http://" + address
}

// await waits until a service answers.
func (s *services) await(t *testing.T, name, url string) {
	t.Helper()
	client := &http.Client{Timeout: 20 * time.Second}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		answer, err := client.Get(url)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode < http.StatusInternalServerError {
				return
			}
			err = errors.New(answer.Status)
		}
		if time.Now().After(deadline) {
			t.Fatalf("a twin of %s does not serve: %v\n%s", name, err, tail(s.file("log/torture-"+name+".uwsgi"), 4<<10))
		}
	}
}

// rest sleeps, or returns false when ctx ends before.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
