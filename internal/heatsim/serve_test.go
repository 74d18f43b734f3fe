package heatsim

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHandlerBreaksConnections(t *testing.T) {
	script := NewScript()
	b := newBench(t, Options{Faults: script})
	server := httptest.NewServer(b.Handler())
	defer server.Close()
	get := func() (int, error) {
		req, err := http.NewRequest(http.MethodGet, server.URL+"/orchestration/v1/"+b.ProjectID("demo")+"/stacks", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Auth-Token", b.token)
		resp, err := server.Client().Do(req)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		return resp.StatusCode, err
	}
	if code, err := get(); code != 200 || err != nil {
		t.Fatalf("%d %v", code, err)
	}
	for name, effect := range map[string]Effect{"cut": CutAfter(), "truncated": Truncate()} {
		script.Clear()
		script.Add(Rule{Effect: effect})
		if code, err := get(); err == nil {
			t.Errorf("%s: %d and no error", name, code)
		}
	}
	if got := b.Count("GET /stacks"); got < 3 {
		t.Errorf("%d requests counted", got)
	}
}
