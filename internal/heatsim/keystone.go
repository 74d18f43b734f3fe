package heatsim

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

type token struct {
	id         string
	user       *user
	project    *project // nil: unscoped
	methods    []string
	issued     time.Time
	expires    time.Time
	restricted bool   // may not make trusts
	appCred    bool   // may not be scoped again
	credential string // id of the application credential it was got with, "" for none
	signals    *resource
}

// role is the one role a user has in each of its projects.
func (t *token) role() string { return roleOf(t.user) }

func roleOf(u *user) string {
	if u != nil && u.Admin {
		return "admin"
	}
	return "member"
}

func keystoneError(status int) *answer {
	messages := map[int]string{
		http.StatusUnauthorized: "The request you have made requires authentication.",
		http.StatusForbidden:    "You are not authorized to perform the requested action.",
		http.StatusNotFound:     "Could not find token.",
		http.StatusConflict:     "Conflict occurred attempting to store application credential.",
		http.StatusBadRequest:   "Expecting to find auth in request body. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.",
	}
	a := reply(status, map[string]any{"error": map[string]any{
		"code": status, "title": http.StatusText(status), "message": messages[status],
	}})
	if status == http.StatusUnauthorized {
		a.header.Set("WWW-Authenticate", "Keystone uri=\"/identity\"")
	}
	return a
}

func (c *Cloud) keystone(k *call) *answer {
	rest := k.parts[1:]
	switch {
	case len(rest) == 0:
		return reply(http.StatusMultipleChoices, map[string]any{
			"versions": map[string]any{"values": []any{c.keystoneVersion(k)}},
		})
	case len(rest) == 1 && rest[0] == "v3":
		return reply(http.StatusOK, map[string]any{"version": c.keystoneVersion(k)})
	case slices.Equal(rest, []string{"v3", "auth", "tokens"}):
		return c.tokensResource(k)
	case len(rest) >= 4 && rest[1] == "users" && rest[3] == "application_credentials":
		return c.credentialsResource(k, rest[2], rest[4:])
	default:
		return keystoneError(http.StatusNotFound)
	}
}

func (c *Cloud) keystoneVersion(k *call) map[string]any {
	return map[string]any{
		"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
		"links":       []any{map[string]any{"rel": "self", "href": k.base + "/identity/v3/"}},
		"media-types": []any{map[string]any{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}},
	}
}

func (c *Cloud) tokensResource(k *call) *answer {
	if k.method == http.MethodPost {
		return c.issueToken(k)
	}
	if c.validToken(k.header.Get("X-Auth-Token")) == nil {
		return keystoneError(http.StatusUnauthorized)
	}
	subject := c.validToken(k.header.Get("X-Subject-Token"))
	switch {
	case subject == nil:
		return keystoneError(http.StatusNotFound)
	case k.method == http.MethodDelete:
		delete(c.tokens, subject.id)
		return reply(http.StatusNoContent, nil)
	case k.method == http.MethodGet || k.method == http.MethodHead:
		a := reply(http.StatusOK, c.tokenBody(k, subject))
		a.header.Set("X-Subject-Token", subject.id)
		return a
	default:
		return keystoneError(http.StatusMethodNotAllowed)
	}
}

// validToken is nil for unknown, revoked and expired tokens.
func (c *Cloud) validToken(id string) *token {
	t := c.tokens[id]
	if t == nil || !c.now.Before(t.expires) {
		return nil
	}
	return t
}

type nameOrID struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Domain struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"domain"`
	Password string `json:"password"`
}

type authRequest struct {
	Auth *struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User nameOrID `json:"user"`
			} `json:"password"`
			Token struct {
				ID string `json:"id"`
			} `json:"token"`
			AppCred struct {
				ID     string   `json:"id"`
				Name   string   `json:"name"`
				Secret string   `json:"secret"`
				User   nameOrID `json:"user"`
			} `json:"application_credential"`
		} `json:"identity"`
		Scope json.RawMessage `json:"scope"`
	} `json:"auth"`
}

func (c *Cloud) issueToken(k *call) *answer {
	var req authRequest
	if err := json.Unmarshal(k.body, &req); err != nil || req.Auth == nil || len(req.Auth.Identity.Methods) == 0 {
		return keystoneError(http.StatusBadRequest)
	}
	if c.credentialIsGone(&req) {
		return keystoneError(http.StatusNotFound)
	}
	t := &token{id: "gAAAAA" + c.hexID() + c.hexID(), issued: c.now, expires: c.now.Add(c.opts.TokenLife)}
	if !c.identify(t, &req) || !c.scopeToken(t, req.Auth.Scope) {
		return keystoneError(http.StatusUnauthorized)
	}
	c.tokens[t.id] = t
	a := reply(http.StatusCreated, c.tokenBody(k, t))
	a.header.Set("X-Subject-Token", t.id)
	return a
}

func (c *Cloud) identify(t *token, req *authRequest) bool {
	id := req.Auth.Identity
	t.methods = id.Methods
	switch id.Methods[0] {
	case "password":
		t.user = c.findUser(id.Password.User)
		return t.user != nil && t.user.Password == id.Password.User.Password
	case "token":
		old := c.validToken(id.Token.ID)
		if old == nil || old.appCred || old.signals != nil {
			return false
		}
		t.user, t.expires, t.methods = old.user, old.expires, append([]string{"token"}, old.methods...)
		return true
	case "application_credential":
		return c.identifyByCredential(t, req)
	default:
		return false
	}
}

// credentialIsGone tells of a login with an application credential that does not
// exist: Keystone answers that with 404, not 401 (seen on Keystone 22).
func (c *Cloud) credentialIsGone(req *authRequest) bool {
	id := req.Auth.Identity
	return id.Methods[0] == "application_credential" && id.AppCred.ID != "" &&
		!slices.ContainsFunc(c.creds, func(m madeCredential) bool { return m.ID == id.AppCred.ID })
}

func (c *Cloud) identifyByCredential(t *token, req *authRequest) bool {
	asked := req.Auth.Identity.AppCred
	for _, cred := range c.creds {
		owner := c.users[cred.User]
		if owner == nil || cred.Secret != asked.Secret {
			continue
		}
		byName := asked.ID == "" && asked.Name == cred.Name && c.findUser(asked.User) == owner
		if byName || (asked.ID != "" && asked.ID == cred.ID) {
			t.user, t.project, t.appCred, t.restricted = owner, c.projects[cred.Project], true, !cred.Unrestricted
			t.credential = cred.ID
			return len(req.Auth.Scope) == 0
		}
	}
	return false
}

func (c *Cloud) findUser(n nameOrID) *user {
	if n.ID == "" {
		return c.users[n.Name]
	}
	for _, u := range c.users {
		if u.id == n.ID {
			return u
		}
	}
	return nil
}

func (c *Cloud) scopeToken(t *token, raw json.RawMessage) bool {
	if t.appCred {
		return true
	}
	var scope struct {
		Project *nameOrID `json:"project"`
	}
	if len(raw) > 0 {
		// "unscoped" is a string; anything that names no project is unscoped here.
		_ = json.Unmarshal(raw, &scope)
	}
	if scope.Project == nil {
		if len(raw) == 0 && len(t.user.Projects) > 0 {
			t.project = c.projects[t.user.Projects[0]]
		}
		return true
	}
	p := c.projects[scope.Project.Name]
	if scope.Project.ID != "" {
		p = c.byID[scope.Project.ID]
	}
	if p == nil || !slices.Contains(t.user.Projects, p.name) {
		return false
	}
	t.project = p
	return true
}

func (c *Cloud) tokenBody(k *call, t *token) map[string]any {
	const layout = "2006-01-02T15:04:05.000000Z"
	domain := map[string]any{"id": "default", "name": "Default"}
	body := map[string]any{
		"methods": t.methods, "issued_at": t.issued.Format(layout), "expires_at": t.expires.Format(layout),
		"audit_ids": []string{t.id[6:28]},
		"user":      map[string]any{"id": t.user.id, "name": t.user.Name, "domain": domain, "password_expires_at": nil},
	}
	if t.project != nil {
		role := t.role()
		body["project"] = map[string]any{"id": t.project.id, "name": t.project.name, "domain": domain}
		body["is_domain"] = false
		body["roles"] = []any{map[string]any{"id": "role-" + role, "name": role}}
		if !k.query.Has("nocatalog") {
			body["catalog"] = c.catalog(k, t.project)
		}
	}
	return map[string]any{"token": body}
}

// catalog is a project's, as text: most of a token's answer, and always the same.
func (c *Cloud) catalog(k *call, p *project) json.RawMessage {
	if p.catalog != nil && p.base == k.base {
		return p.catalog
	}
	entry := func(kind, name, url string) map[string]any {
		var endpoints []any
		for _, iface := range []string{"public", "internal", "admin"} {
			endpoints = append(endpoints, map[string]any{
				"id": name + "-" + iface, "interface": iface, "url": url,
				"region": c.opts.Region, "region_id": c.opts.Region,
			})
		}
		return map[string]any{"id": name, "type": kind, "name": name, "endpoints": endpoints}
	}
	p.base = k.base
	p.catalog, _ = json.Marshal([]any{
		entry("identity", "keystone", k.base+"/identity/v3"),
		entry("orchestration", "heat", k.base+"/orchestration/v1/"+p.id),
	})
	return p.catalog
}

// RevokeTokens makes every token handed out so far answer 401.
func (c *Cloud) RevokeTokens() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.tokens)
}

// SetPassword changes a user's password and revokes its tokens, as Keystone does.
func (c *Cloud) SetPassword(name, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users[name]
	if u == nil {
		return
	}
	u.Password = password
	for id, t := range c.tokens {
		if t.user == u {
			delete(c.tokens, id)
		}
	}
}
