package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/test/census"
)

// services are the cloud's APIs, asked as the agent's user.
type services struct {
	*census.Services
	cloud *openstack.Cloud
	site  site
	poll  time.Duration // how often what changes is looked at
}

func openServices(c *cloud) *services {
	return &services{Services: census.Of(c.opened), cloud: c.opened, site: c.site, poll: c.pace.poll}
}

// thing is what a test has made through a service's own API, beside all stacks: its
// address there.
type thing string

func (x thing) id() string { return path.Base(string(x)) }

// add makes a thing of a census's kind, with the fields that its service asks for. It
// goes with the test, if it is there still.
func (s *services) add(t *testing.T, kind string, fields map[string]any) thing {
	t.Helper()
	list := s.List(kind)
	return s.post(t, list, strings.TrimSuffix(path.Base(list), "s"), fields)
}

// post is add for lists of which there is no census; key is the body's one key.
func (s *services) post(t *testing.T, list, key string, fields map[string]any) thing {
	t.Helper()
	id, _ := s.write(t, http.MethodPost, list, key, fields)["id"].(string)
	if id == "" {
		t.Fatalf("POST %s names no id", list)
	}
	x := thing(list + "/" + id)
	t.Cleanup(func() { s.drop(t, x) })
	return x
}

// write sends fields and gives what the service then shows of them.
func (s *services) write(t *testing.T, method, address, key string, fields map[string]any) map[string]any {
	t.Helper()
	token, _ := s.Token(t)
	code, text, err := send(t.Context(), method, address, token, map[string]any{key: fields})
	var got map[string]map[string]any
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil || code/100 != 2 {
		t.Fatalf("%s %s: %d %v %.300s", method, address, code, err, text)
	}
	return got[key]
}

// show is a thing's fields as its service shows them, nil for one that is gone.
func (s *services) show(t *testing.T, x thing) map[string]any {
	t.Helper()
	token, _ := s.Token(t)
	code, text, err := send(t.Context(), http.MethodGet, string(x), token, nil)
	if err == nil && code == http.StatusNotFound {
		return nil
	}
	var got map[string]map[string]any
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil || code != http.StatusOK {
		t.Fatalf("GET %s: %d %v %.300s", x, code, err, text)
	}
	for _, fields := range got {
		return fields
	}
	return nil
}

// drop asks for a thing's end until it is gone, when the test has ended.
func (s *services) drop(t *testing.T, x thing) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // the test's own has ended
	defer cancel()
	address := string(x)
	if strings.Contains(address, "/loadbalancers/") {
		address += "?cascade=true"
	}
	last := ""
	for tick := time.Tick(s.poll); ctx.Err() == nil; <-tick {
		token, err := s.cloud.StepToken(ctx, time.Minute)
		if err != nil {
			last = err.Error()
			continue
		}
		code, text, err := send(ctx, http.MethodDelete, address, token.Value, nil)
		if err == nil && code == http.StatusNotFound {
			return
		}
		last = fmt.Sprintf("%d %v %.300s", code, err, text)
	}
	t.Errorf("%s is left behind: %s", x, last)
}

// send makes a request, with a body where there is one, and gives what comes back.
func send(ctx context.Context, method, url, token string, body any) (code int, text []byte, err error) {
	var out io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		out = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, out)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("X-Auth-Token", token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}
