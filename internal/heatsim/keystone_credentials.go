package heatsim

import (
	"encoding/json"
	"net/http"
	"slices"
)

// madeCredential is an application credential as Keystone keeps it: the secret is
// shown once, in the answer that made it.
type madeCredential struct {
	AppCredential
	description string
	roles       []string
}

// credentialsResource is /v3/users/{user}/application_credentials and what lies
// below, with the rules of Keystone's own policy: a user's own alone, and none
// made or deleted with a restricted one.
func (c *Cloud) credentialsResource(k *call, owner string, rest []string) *answer {
	t := c.validToken(k.header.Get("X-Auth-Token"))
	switch {
	case t == nil:
		return keystoneError(http.StatusUnauthorized)
	case t.user.id != owner, t.appCred && t.restricted && k.method != http.MethodGet:
		return keystoneError(http.StatusForbidden)
	case k.method == http.MethodPost && len(rest) == 0:
		return c.makeCredential(k, t)
	case k.method == http.MethodGet && len(rest) == 0:
		return c.listCredentials(k, t)
	case len(rest) != 1:
		return keystoneError(http.StatusMethodNotAllowed)
	}
	i := slices.IndexFunc(c.creds, func(m madeCredential) bool { return m.ID == rest[0] && m.User == t.user.Name })
	switch {
	case i < 0:
		return keystoneError(http.StatusNotFound)
	case k.method == http.MethodDelete:
		c.dropCredential(i)
		return reply(http.StatusNoContent, nil)
	case k.method == http.MethodGet:
		return reply(http.StatusOK, map[string]any{"application_credential": c.credentialBody(k, c.creds[i])})
	}
	return keystoneError(http.StatusMethodNotAllowed)
}

// dropCredential deletes one, and the tokens it was used for.
func (c *Cloud) dropCredential(i int) {
	id := c.creds[i].ID
	c.creds = slices.Delete(c.creds, i, i+1)
	for token, t := range c.tokens {
		if t.credential == id {
			delete(c.tokens, token)
		}
	}
}

func (c *Cloud) makeCredential(k *call, t *token) *answer {
	var in struct {
		Credential *struct {
			Name         string     `json:"name"`
			Description  string     `json:"description"`
			Secret       string     `json:"secret"`
			Unrestricted bool       `json:"unrestricted"`
			Roles        []nameOrID `json:"roles"`
		} `json:"application_credential"`
	}
	if err := json.Unmarshal(k.body, &in); err != nil || in.Credential == nil || in.Credential.Name == "" || t.project == nil {
		return keystoneError(http.StatusBadRequest)
	}
	asked := in.Credential
	if slices.ContainsFunc(c.creds, func(m madeCredential) bool { return m.User == t.user.Name && m.Name == asked.Name }) {
		return keystoneError(http.StatusConflict)
	}
	m := madeCredential{
		AppCredential: AppCredential{
			ID: c.hexID(), Name: asked.Name, Secret: asked.Secret,
			User: t.user.Name, Project: t.project.name, Unrestricted: asked.Unrestricted,
		},
		description: asked.Description,
	}
	if m.Secret == "" {
		m.Secret = c.hexID() + c.hexID()
	}
	for _, r := range asked.Roles {
		if r.Name != t.role() && r.ID != "role-"+t.role() {
			return keystoneError(http.StatusBadRequest) // it may give what the token has, and nothing else
		}
		m.roles = append(m.roles, t.role())
	}
	if len(m.roles) == 0 {
		m.roles = []string{t.role()}
	}
	c.creds = append(c.creds, m)
	body := c.credentialBody(k, m)
	body["secret"] = m.Secret
	return reply(http.StatusCreated, map[string]any{"application_credential": body})
}

func (c *Cloud) listCredentials(k *call, t *token) *answer {
	all := []any{}
	for _, m := range c.creds {
		if name := k.query.Get("name"); m.User == t.user.Name && (name == "" || name == m.Name) {
			all = append(all, c.credentialBody(k, m))
		}
	}
	self := c.credentialsURL(k, t.user)
	return reply(http.StatusOK, map[string]any{
		"application_credentials": all, "links": map[string]any{"self": self, "previous": nil, "next": nil},
	})
}

func (c *Cloud) credentialsURL(k *call, u *user) string {
	return k.base + "/identity/v3/users/" + u.id + "/application_credentials"
}

func (c *Cloud) credentialBody(k *call, m madeCredential) map[string]any {
	var roles []any
	for _, r := range m.roles {
		roles = append(roles, map[string]any{"id": "role-" + r, "name": r, "domain_id": nil})
	}
	owner := c.users[m.User]
	return map[string]any{
		"id": m.ID, "name": m.Name, "description": m.description, "unrestricted": m.Unrestricted, "roles": roles,
		"project_id": c.projects[m.Project].id, "user_id": owner.id, "system": nil, "expires_at": nil,
		"links": map[string]any{"self": c.credentialsURL(k, owner) + "/" + m.ID},
	}
}

// Credentials gives the application credentials that there are, in the order in
// which they were made.
func (c *Cloud) Credentials() []AppCredential {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []AppCredential
	for _, m := range c.creds {
		out = append(out, m.AppCredential)
	}
	return out
}
