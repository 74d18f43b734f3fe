package heatsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var epoch = time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC)

// bench is a cloud, its clock and a logged-in client.
type bench struct {
	*Cloud
	clock *VirtualClock
	token string
	base  string
}

func newBench(t testing.TB, o Options) *bench {
	t.Helper()
	b := &bench{clock: NewVirtualClock(epoch)}
	o.Clock = b.clock
	b.Cloud = New(o)
	b.login(t)
	return b
}

func (b *bench) login(t testing.TB) {
	t.Helper()
	body := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","password":"openstack","domain":{"id":"default"}}}}}}`
	req, err := http.NewRequest(http.MethodPost, "http://sim/identity/v3/auth/tokens", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.RoundTripper().RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("login: %v %v", resp, err)
	}
	b.token = resp.Header.Get("X-Subject-Token")
	b.base = "http://sim/orchestration/v1/" + b.ProjectID("demo")
}

func (b *bench) do(t testing.TB, method, path string, body any) (int, map[string]any, error) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(method, b.base+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", b.token)
	req.Header.Set("Accept", "application/json")
	resp, err := b.RoundTripper().RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, nil, err
	}
	var m map[string]any
	_ = json.Unmarshal(text, &m)
	return resp.StatusCode, m, nil
}

const tiny = "heat_template_version: 2018-08-31\nresources: {r: {type: OS::Heat::RandomString}}\n"

func (b *bench) post(t testing.TB, name string) (int, error) {
	t.Helper()
	code, _, err := b.do(t, http.MethodPost, "/stacks", map[string]any{"stack_name": name, "template": tiny, "tags": "a,b"})
	return code, err
}

// only is the single live stack of a name.
func (b *bench) only(t testing.TB, name string) Stack {
	t.Helper()
	for _, s := range b.Stacks("demo", false, false) {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no stack %q", name)
	return Stack{}
}

func TestFaultsOfACreate(t *testing.T) {
	for _, k := range []struct {
		name   string
		effect Effect
		code   int   // 0: an error
		err    error // wanted then
		exists bool
		state  string
		tags   []string
	}{
		{name: "cut before", effect: CutBefore(), err: syscall.ECONNRESET},
		{name: "cut after", effect: CutAfter(), err: syscall.ECONNRESET, exists: true, state: "CREATE_COMPLETE", tags: []string{"a", "b"}},
		{name: "timeout, not done", effect: Timeout(false), code: 500},
		{name: "timeout, done", effect: Timeout(true), code: 500, exists: true, state: "CREATE_COMPLETE", tags: []string{"a", "b"}},
		{name: "late commit", effect: LateCommit(time.Second), code: 500, exists: true, state: "CREATE_COMPLETE", tags: []string{"a", "b"}},
		{name: "unauthorized", effect: Refuse(401), code: 401},
		{name: "forbidden", effect: Refuse(403), code: 403},
		{name: "rate limit", effect: RateLimit(time.Second), code: 429},
		{name: "bad gateway", effect: Refuse(502), code: 502},
		{name: "sign-in page", effect: SignInPage(), code: 200},
		{name: "truncated", effect: Truncate(), err: io.ErrUnexpectedEOF, exists: true, state: "CREATE_COMPLETE", tags: []string{"a", "b"}},
		{name: "engine dies before the row", effect: EngineDeath(EngineDiesBefore), code: 500},
		{name: "engine dies at the row", effect: EngineDeath(EngineDiesAtRow), code: 500, exists: true, state: "CREATE_IN_PROGRESS"},
		{name: "engine dies after the tags", effect: EngineDeath(EngineDiesAfter), code: 500, exists: true, state: "CREATE_IN_PROGRESS", tags: []string{"a", "b"}},
		{name: "tags late", effect: TagsLate(time.Hour), code: 201, exists: true, state: "CREATE_COMPLETE"},
		{name: "slow", effect: Slow(time.Minute), code: 201, exists: true, state: "CREATE_COMPLETE", tags: []string{"a", "b"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			b := newBench(t, Options{Faults: NewScript(Rule{Method: http.MethodPost, Path: "/stacks", Effect: k.effect})})
			code, err := b.post(t, "x")
			if (k.err == nil && code != k.code) || !errors.Is(err, k.err) {
				t.Errorf("answer %d, %v; want %d, %v", code, err, k.code, k.err)
			}
			b.clock.Advance(2 * time.Second)
			if n := b.CountByName("demo", "X"); (n == 1) != k.exists {
				t.Fatalf("%d stacks, want existence %v", n, k.exists)
			}
			if !k.exists {
				return
			}
			s := b.only(t, "x")
			if s.State() != k.state {
				t.Errorf("state %s, want %s", s.State(), k.state)
			}
			if diff := cmp.Diff(k.tags, s.Tags); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOverlappingCreates(t *testing.T) {
	for release, want := range map[int]int{19: 1, 22: 2} {
		b := newBench(t, Options{Release: release, Faults: NewScript(Rule{
			Method: http.MethodPost, Path: "/stacks", Times: 2, Effect: LateCommit(5 * time.Second),
		})})
		for range 2 {
			if code, err := b.post(t, "x"); code != 500 || err != nil {
				t.Fatal(code, err)
			}
		}
		b.clock.Advance(6 * time.Second)
		if n := b.CountByName("demo", "x"); n != want {
			t.Errorf("release %d: %d stacks, want %d", release, n, want)
		}
		if code, _ := b.post(t, "x"); code != http.StatusConflict {
			t.Errorf("release %d: a later create answers %d", release, code)
		}
	}
}

func TestDeadEngineIsTakenOver(t *testing.T) {
	b := newBench(t, Options{Durations: Durations{Create: time.Minute}})
	if code, err := b.post(t, "x"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	b.clock.Advance(time.Second)
	b.Settle()
	b.KillEngine()
	b.clock.Advance(240 * time.Hour)
	s := b.only(t, "x")
	if s.State() != "CREATE_IN_PROGRESS" {
		t.Fatalf("state %s after the engine's death", s.State())
	}
	before := s.Resources[0].Physical
	b.login(t)
	if code, _, err := b.do(t, http.MethodPatch, "/stacks/x/"+s.ID, map[string]any{}); code != 202 || err != nil {
		t.Fatal(code, err)
	}
	b.clock.Advance(2 * time.Minute)
	b.Settle()
	b.clock.Advance(time.Minute)
	s = b.only(t, "x")
	if s.State() != "UPDATE_COMPLETE" || s.Resources[0].Physical == before {
		t.Errorf("state %s, resource %s, was %s", s.State(), s.Resources[0].Physical, before)
	}
}

func TestHangingBackendBlocksDeletion(t *testing.T) {
	b := newBench(t, Options{})
	b.Break(ResourceFault{Type: "OS::Heat::RandomString", Hangs: true})
	if code, err := b.post(t, "x"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	for range 3 {
		b.clock.Advance(2 * time.Hour)
		b.login(t)
		s := b.only(t, "x")
		if code, _, err := b.do(t, http.MethodDelete, "/stacks/x/"+s.ID, nil); code != 204 || err != nil {
			t.Fatal(code, err)
		}
	}
	b.clock.Advance(24 * time.Hour)
	if s := b.only(t, "x"); s.State() != "DELETE_IN_PROGRESS" {
		t.Errorf("state %s, want DELETE_IN_PROGRESS for ever", s.State())
	}
}

func TestTimeout(t *testing.T) {
	b := newBench(t, Options{Durations: Durations{Create: 2 * time.Hour}})
	if code, err := b.post(t, "x"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	b.Settle()
	b.clock.Advance(61 * time.Minute)
	if s := b.only(t, "x"); s.State() != "CREATE_FAILED" || s.Reason != "Timed out" {
		t.Errorf("%s: %s", s.State(), s.Reason)
	}
}

func TestDroppedUpdate(t *testing.T) {
	script := NewScript()
	b := newBench(t, Options{Faults: script})
	if code, err := b.post(t, "x"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	s := b.only(t, "x")
	script.Add(Rule{Method: http.MethodPatch, Path: "/stacks/*/*", Effect: DropUpdate()})
	if code, _, _ := b.do(t, http.MethodPatch, "/stacks/x/"+s.ID, map[string]any{"tags": "new"}); code != 202 {
		t.Errorf("answer %d", code)
	}
	if s = b.only(t, "x"); !s.Updated.IsZero() || s.Tags[0] != "a" {
		t.Errorf("stack %v", s)
	}
}

func TestRepeatedPages(t *testing.T) {
	script := NewScript()
	b := newBench(t, Options{Faults: script})
	rows := func(query, cache string) (names []string) {
		req, err := http.NewRequest(http.MethodGet, b.base+"/stacks?sort_keys=creation_time&sort_dir=asc"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Auth-Token", b.token)
		req.Header.Set("Cache-Control", cache)
		resp, err := b.RoundTripper().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Stacks []struct {
				Name string `json:"stack_name"`
			}
		}
		if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Stacks {
			names = append(names, s.Name)
		}
		return names
	}
	for _, n := range []string{"one", "two"} {
		if code, err := b.post(t, n); code != 201 || err != nil {
			t.Fatal(code, err)
		}
		b.clock.Advance(time.Second)
	}
	marker := "&marker=" + b.only(t, "one").ID
	rows("&limit=1", "")
	rows("&limit=9", "")
	if code, err := b.post(t, "three"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	script.Add(Rule{Effect: RepeatPage()})
	for _, k := range []struct {
		says, query, cache string
		want               []string
	}{
		{"another page is the page before", "&limit=1" + marker, "no-cache", []string{"one"}},
		{"a list nobody asked for before", "&limit=8", "", []string{"one", "two", "three"}},
		{"a first page that a cache may answer", "&limit=9", "", []string{"one", "two"}},
		{"a first page that no cache may answer", "&limit=9", "no-cache", []string{"one", "two", "three"}},
	} {
		if diff := cmp.Diff(k.want, rows(k.query, k.cache)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k.says, diff)
		}
	}
}

func TestRestore(t *testing.T) {
	b := newBench(t, Options{})
	for _, n := range []string{"kept", "gone"} {
		if code, err := b.post(t, n); code != 201 || err != nil {
			t.Fatal(code, err)
		}
	}
	b.Settle()
	backup := b.Backup()
	gone := b.only(t, "gone")
	if code, _, _ := b.do(t, http.MethodDelete, "/stacks/gone/"+gone.ID, nil); code != 204 {
		t.Fatal(code)
	}
	if code, err := b.post(t, "later"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	b.Settle()
	b.Restore(backup)
	var names []string
	for _, s := range b.Stacks("demo", false, false) {
		names = append(names, s.Name+" "+s.State())
	}
	if len(names) != 2 || b.CountByName("demo", "later") != 0 || b.CountByName("demo", "gone") != 1 {
		t.Errorf("after the restore: %v", names)
	}
	if code, _, _ := b.do(t, http.MethodPatch, "/stacks/gone/"+gone.ID, map[string]any{}); code != 202 {
		t.Errorf("update of a restored stack: %d", code)
	}
	b.Settle()
	if s := b.only(t, "gone"); s.State() != "UPDATE_COMPLETE" {
		t.Errorf("state %s", s.State())
	}
}

func TestVanishedServerFailsTheCheck(t *testing.T) {
	b := newBench(t, Options{})
	template := "heat_template_version: 2018-08-31\nresources: {s: {type: OS::Nova::Server, properties: {flavor: f, image: i}}}\n"
	if code, _, _ := b.do(t, http.MethodPost, "/stacks", map[string]any{"stack_name": "x", "template": template}); code != 201 {
		t.Fatal(code)
	}
	b.Settle()
	s := b.only(t, "x")
	b.Vanish(b.Physicals("OS::Nova::Server")[0].ID)
	if code, _, _ := b.do(t, http.MethodPost, "/stacks/x/"+s.ID+"/actions", map[string]any{"check": nil}); code != 200 {
		t.Fatal(code)
	}
	if s = b.only(t, "x"); s.State() != "CHECK_FAILED" {
		t.Errorf("state %s", s.State())
	}
	b.do(t, http.MethodPatch, "/stacks/x/"+s.ID, map[string]any{})
	if s = b.only(t, "x"); s.State() != "UPDATE_COMPLETE" || len(b.Physicals("OS::Nova::Server")) != 1 {
		t.Errorf("state %s, servers %v", s.State(), b.Physicals("OS::Nova::Server"))
	}
}

func TestTokensEnd(t *testing.T) {
	b := newBench(t, Options{TokenLife: time.Minute})
	get := func() int { code, _, _ := b.do(t, http.MethodGet, "/stacks", nil); return code }
	if got := get(); got != 200 {
		t.Fatal(got)
	}
	b.clock.Advance(time.Minute)
	if got := get(); got != 401 {
		t.Errorf("expired: %d", got)
	}
	b.login(t)
	b.RevokeTokens()
	if got := get(); got != 401 {
		t.Errorf("revoked: %d", got)
	}
}

func TestLegacyEngineRefuses(t *testing.T) {
	b := newBench(t, Options{LegacyEngine: true, Durations: Durations{Create: time.Minute}})
	if code, err := b.post(t, "x"); code != 201 || err != nil {
		t.Fatal(code, err)
	}
	code, body, _ := b.do(t, http.MethodPatch, "/stacks/x/"+b.only(t, "x").ID, map[string]any{})
	if code != 409 || body["error"].(map[string]any)["type"] != "ActionInProgress" {
		t.Errorf("%d %v", code, body)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	run := func() string {
		b := newBench(t, Options{Seed: 7, Durations: Durations{Create: time.Second}})
		for i := range 20 {
			if code, err := b.post(t, fmt.Sprintf("s%02d", i)); code != 201 || err != nil {
				t.Fatal(code, err)
			}
			b.clock.Advance(300 * time.Millisecond)
		}
		_, body, _ := b.do(t, http.MethodGet, "/stacks", nil)
		raw, _ := json.Marshal(body)
		return string(raw)
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Error(diff)
	}
}

func TestQuota(t *testing.T) {
	b := newBench(t, Options{MaxStacks: 1})
	if code, _ := b.post(t, "x"); code != 201 {
		t.Fatal(code)
	}
	code, body, _ := b.do(t, http.MethodPost, "/stacks", map[string]any{"stack_name": "y", "template": tiny})
	if code != 400 || body["error"].(map[string]any)["type"] != "RequestLimitExceeded" {
		t.Errorf("%d %v", code, body)
	}
}

func BenchmarkInventory(b *testing.B) {
	k := newBench(b, Options{MaxStacks: -1})
	for i := range 10_000 {
		if code, err := k.post(b, fmt.Sprintf("s%05d", i)); code != 201 || err != nil {
			b.Fatal(code, err)
		}
		k.clock.Advance(50 * time.Millisecond)
	}
	for b.Loop() {
		marker := ""
		for range 10 {
			_, body, _ := k.do(b, http.MethodGet, "/stacks?limit=1000&sort_keys=creation_time&sort_dir=asc&tags=a"+marker, nil)
			rows := body["stacks"].([]any)
			if len(rows) != 1000 {
				b.Fatal(len(rows))
			}
			marker = "&marker=" + rows[999].(map[string]any)["id"].(string)
		}
	}
}
