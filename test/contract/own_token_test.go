package contract

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// ownToken asks Keystone for what a restricted application credential may not do,
// while requests with other tokens are answered. A Keystone 22 with threads fails it:
// AuthContextMiddleware keeps a request's token in a field that all threads of a
// process share, and what is restricted by the token alone (who may make and delete
// application credentials, and of which roles) is judged by the token of whoever came
// last. The name that is asked for is taken, so that nothing is made either way.
func ownToken(t *testing.T, c *cloud) {
	url := c.auth + "/users/" + c.userID + "/application_credentials"
	body := fmt.Sprintf(`{"application_credential": {"name": %q}}`, name(t))
	made := c.do(t, http.MethodPost, url, body)
	if made.status != http.StatusCreated {
		t.Fatalf("made: %d %s", made.status, made.text)
	}
	t.Cleanup(func() { c.removeURL(url + "/" + made.text1("application_credential.id")) })

	weak := c.restrct(t)
	const times = 10
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() { weak.askOften(t, times, http.StatusForbidden, http.MethodPost, url, body) })
		asking.Go(func() { c.askOften(t, times, http.StatusConflict, http.MethodPost, url, body) })
		asking.Go(func() { c.askOften(t, times, http.StatusOK, http.MethodGet, url, "") })
	}
	asking.Wait()
}

// askOften sends a request several times, and wants the one status. It may be called
// beside others.
func (c *cloud) askOften(t *testing.T, times, want int, method, url, body string) {
	for n := range times {
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("X-Auth-Token", c.token)
		req.Header.Set("Content-Type", "application/json")
		resp, err := c.client.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s number %d: %s, want %d", method, n, resp.Status, want)
			return
		}
	}
}
