package contract

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// cloud is one project of one cloud as a case sees it.
type cloud struct {
	client  *http.Client
	auth    string // Keystone, with /v3
	login   any    // the auth request's body
	token   string
	heat    string // Heat, with the project
	project string
	user    string
	userID  string
	real    bool
	compute bool // Nova and its neighbours are there

	second  *cloud // another project of the same cloud
	restrct func(t *testing.T) *cloud
	pause   func(time.Duration)
}

// reply is an answer: its JSON, when it is JSON, in body.
type reply struct {
	status int
	header http.Header
	text   string
	body   any
}

func (c *cloud) authenticate(t *testing.T) {
	t.Helper()
	r := c.send(t, http.MethodPost, c.auth+"/auth/tokens", c.login, nil)
	if r.status != http.StatusCreated {
		t.Fatalf("authenticate: %d %s", r.status, r.text)
	}
	c.token = r.header.Get("X-Subject-Token")
	c.project = r.text1("token.project.id")
	c.user, c.userID = r.text1("token.user.name"), r.text1("token.user.id")
	for _, s := range r.list("token.catalog") {
		entry := s.(map[string]any)
		if entry["type"] == "compute" {
			c.compute = true
		}
		if entry["type"] == "orchestration" {
			for _, e := range entry["endpoints"].([]any) {
				if end := e.(map[string]any); end["interface"] == "public" {
					c.heat = end["url"].(string)
				}
			}
		}
	}
}

// do sends a request below Heat's project URL, or to a full URL.
func (c *cloud) do(t *testing.T, method, path string, body any, header ...string) reply {
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.heat + path
	}
	h := map[string]string{"X-Auth-Token": c.token, "Accept": "application/json"}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	return c.send(t, method, path, body, h)
}

func (c *cloud) send(t *testing.T, method, url string, body any, header map[string]string) reply {
	t.Helper()
	var payload io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, payload)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		if v == "" {
			req.Header[k] = nil
			continue
		}
		req.Header.Set(k, v)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, text: string(raw)}
	_ = json.Unmarshal(raw, &r.body)
	return r
}

// at follows a dotted path of keys; nil where there is none.
func (r reply) at(path string) any {
	v := r.body
	for _, key := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func (r reply) text1(path string) string { s, _ := r.at(path).(string); return s }

func (r reply) list(path string) []any { l, _ := r.at(path).([]any); return l }

// refusal is status and error.type of an answer.
func (r reply) refusal() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.status, r.text1("error.type")))
}

// name is one nobody else uses.
func name(t *testing.T) string {
	t.Helper()
	var raw [5]byte
	if _, err := rand.Read(raw[:]); err != nil {
		t.Fatal(err)
	}
	return "ct-" + hex.EncodeToString(raw[:])
}

type stack struct{ name, id string }

func (s stack) path() string { return "/stacks/" + s.name + "/" + s.id }

// create posts a stack, which goes when the test does. fields are the rest of
// the body.
func (c *cloud) create(t *testing.T, template string, fields map[string]any) stack {
	t.Helper()
	return c.createNamed(t, name(t), template, fields)
}

func (c *cloud) createNamed(t *testing.T, n, template string, fields map[string]any) stack {
	t.Helper()
	body := map[string]any{"stack_name": n, "template": template}
	for k, v := range fields {
		body[k] = v
	}
	r := c.do(t, http.MethodPost, "/stacks", body)
	if r.status != http.StatusCreated {
		t.Fatalf("create: %d %s", r.status, r.text)
	}
	s := stack{n, r.text1("stack.id")}
	t.Cleanup(func() { c.remove(t, s) })
	return s
}

func (c *cloud) remove(t *testing.T, s stack) {
	req, err := http.NewRequest(http.MethodDelete, c.heat+s.path(), nil)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("X-Auth-Token", c.token)
	resp, err := c.client.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	_ = resp.Body.Close()
}

// settled waits until the stack is not IN_PROGRESS any more and is in want.
func (c *cloud) settled(t *testing.T, s stack, want string) reply {
	t.Helper()
	r := c.poll(t, s, func(state string) bool { return !strings.HasSuffix(state, "_IN_PROGRESS") })
	if got := r.text1("stack.stack_status"); got != want {
		t.Fatalf("stack %s is %s (%s), want %s", s.name, got, r.text1("stack.stack_status_reason"), want)
	}
	return r
}

// reached waits for one state, passing through others.
func (c *cloud) reached(t *testing.T, s stack, want string) reply {
	t.Helper()
	r := c.poll(t, s, func(state string) bool { return state == want })
	if got := r.text1("stack.stack_status"); got != want {
		t.Fatalf("stack %s is %s (%s), want %s", s.name, got, r.text1("stack.stack_status_reason"), want)
	}
	return r
}

func (c *cloud) poll(t *testing.T, s stack, done func(state string) bool) reply {
	t.Helper()
	var r reply
	for range 600 {
		r = c.do(t, http.MethodGet, s.path()+"?resolve_outputs=false", nil)
		if r.status != http.StatusOK {
			t.Fatalf("show: %d %s", r.status, r.text)
		}
		if done(r.text1("stack.stack_status")) {
			return r
		}
		c.pause(200 * time.Millisecond)
	}
	return r
}

// made creates a stack and waits for CREATE_COMPLETE.
func (c *cloud) made(t *testing.T, template string, fields map[string]any) stack {
	t.Helper()
	s := c.create(t, template, fields)
	c.settled(t, s, "CREATE_COMPLETE")
	return s
}

// changed sends an update and waits for UPDATE_COMPLETE.
func (c *cloud) changed(t *testing.T, method string, s stack, body map[string]any) {
	t.Helper()
	c.accepted(t, method, s, body)
	c.settled(t, s, "UPDATE_COMPLETE")
}

func (c *cloud) accepted(t *testing.T, method string, s stack, body map[string]any) {
	t.Helper()
	if r := c.do(t, method, s.path(), body); r.status != http.StatusAccepted {
		t.Fatalf("%s: %d %s", method, r.status, r.text)
	}
}

func (c *cloud) show(t *testing.T, s stack) reply {
	t.Helper()
	r := c.do(t, http.MethodGet, s.path(), nil)
	if r.status != http.StatusOK {
		t.Fatalf("show: %d %s", r.status, r.text)
	}
	return r
}

// output is the value of one output.
func (c *cloud) output(t *testing.T, s stack, key string) any {
	t.Helper()
	r := c.do(t, http.MethodGet, s.path()+"/outputs/"+key, nil)
	if r.status != http.StatusOK {
		t.Fatalf("output %s: %d %s", key, r.status, r.text)
	}
	return r.at("output.output_value")
}

// tick lets more than a second pass, so that times differ.
func (c *cloud) tick() { c.pause(1100 * time.Millisecond) }
