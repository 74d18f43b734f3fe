package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/internal/demo"
)

// transcript is what a demo prints, readable while it runs.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// await waits until the transcript matches and gives the first group.
func (s *transcript) await(t *testing.T, pattern string) string {
	t.Helper()
	re, deadline := regexp.MustCompile(pattern), time.Now().Add(awaitLimit)
	for {
		s.mu.Lock()
		text := s.text.String()
		s.mu.Unlock()
		if m := re.FindStringSubmatch(text); m != nil {
			return m[len(m)-1]
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come:\n%s", pattern, text)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestDemo plays with two demos at once: clone, edit, push and see it done.
func TestDemo(t *testing.T) {
	driver := filepath.Dir(buildDriver(t, "docker"))
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out [2]transcript
	var ended sync.WaitGroup
	for i := range out {
		ended.Go(func() {
			if err := demo.Serve(ctx, demo.Options{Agent: demoAgent{}, DriverDir: driver, Out: &out[i]}); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range out {
		out[i].await(t, "web +settled")
	}
	push(t, out[0].await(t, `git clone (http\S+)`))
	out[0].await(t, `web +step: update stack demo--web: nodeCount 1 -> 3[^$]*web +settled`)

	stack := func(i int) string {
		var all httpapi.Clusters
		c := client{url: out[i].await(t, `--url (http\S+)`)}
		if err := c.call(t.Context(), http.MethodGet, "/api/v1/clusters", &all); err != nil {
			t.Fatal(err)
		}
		return all.Fleets[0].Clusters[0].Stack.Status
	}
	if a, b := stack(0), stack(1); a != "UPDATE_COMPLETE" || b != "CREATE_COMPLETE" {
		t.Errorf("the demos' stacks are %s and %s: the push was for the first alone", a, b)
	}
	stop()
	ended.Wait()
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// push does what the demo says to try.
func push(t *testing.T, url string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	script := `git clone -q "$0" "$1" && cd "$1" && sed -i.old 's/nodeCount: 1/nodeCount: 3/' clusters/web.yaml &&
		git -c user.name=Ann -c user.email=ann@example.org commit -qam three && git push -q`
	c := exec.CommandContext(t.Context(), "sh", "-c", script, url, dir)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
