package contract

import (
	"net/http"
	"testing"
)

// credentials makes, uses and deletes an application credential as the software of
// a cluster gets one.
func credentials(t *testing.T, c *cloud) {
	url := c.auth + "/users/" + c.userID + "/application_credentials"
	ask := func(who *cloud, name string, roles ...any) reply {
		opts := map[string]any{"name": name, "description": "contract " + name, "unrestricted": false}
		if roles != nil {
			opts["roles"] = roles
		}
		return who.do(t, http.MethodPost, url, map[string]any{"application_credential": opts})
	}
	called := name(t)
	made := ask(c, called, map[string]any{"name": "member"})
	id, secret := made.text1("application_credential.id"), made.text1("application_credential.secret")
	if made.status != http.StatusCreated || id == "" || secret == "" || made.text1("application_credential.project_id") != c.project {
		t.Fatalf("made: %d %s", made.status, made.text)
	}
	t.Cleanup(func() { c.removeURL(url + "/" + id) })
	if r := ask(c, called); r.status != http.StatusConflict {
		t.Errorf("a name that is taken: %d %s", r.status, r.text)
	}
	if r := ask(c, name(t), map[string]any{"name": "no-such-role"}); r.status < 400 || r.status > 404 {
		t.Errorf("a role that the user has not: %d %s", r.status, r.text)
	}
	found := false
	for _, entry := range c.do(t, http.MethodGet, url, nil).list("application_credentials") {
		e := entry.(map[string]any)
		if _, shown := e["secret"]; shown {
			t.Error("a list shows a secret")
		}
		found = found || e["id"] == id && e["description"] == "contract "+called && e["project_id"] == c.project
	}
	if !found {
		t.Error("it is not listed")
	}
	inside := &cloud{client: c.client, auth: c.auth, login: credentialLogin(id, secret), real: c.real, pause: c.pause}
	inside.authenticate(t)
	if inside.project != c.project || inside.userID != c.userID {
		t.Errorf("it logs in as %s in %s", inside.userID, inside.project)
	}
	if r := ask(inside, name(t)); r.status != http.StatusForbidden {
		t.Errorf("a restricted one makes another: %d %s", r.status, r.text)
	}
	if r := inside.do(t, http.MethodDelete, url+"/"+id, nil); r.status != http.StatusForbidden {
		t.Errorf("a restricted one deletes itself: %d %s", r.status, r.text)
	}
	if c.second != nil {
		if r := c.second.do(t, http.MethodGet, url, nil); r.status != http.StatusForbidden {
			t.Errorf("another user lists them: %d %s", r.status, r.text)
		}
	}
	if r := c.do(t, http.MethodDelete, url+"/"+id, nil); r.status != http.StatusNoContent {
		t.Fatalf("deleted: %d %s", r.status, r.text)
	}
	if r := c.do(t, http.MethodDelete, url+"/"+id, nil); r.status != http.StatusNotFound {
		t.Errorf("deleted again: %d %s", r.status, r.text)
	}
	if r := c.send(t, http.MethodPost, c.auth+"/auth/tokens", inside.login, nil); r.status != http.StatusNotFound {
		t.Errorf("it still logs in: %d %s", r.status, r.text)
	}
	if r := inside.do(t, http.MethodGet, "/stacks", nil); r.status != http.StatusUnauthorized {
		t.Errorf("its token still works: %d %s", r.status, r.text)
	}
}
