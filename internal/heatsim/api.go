package heatsim

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// fault is an answer that ends a request early.
type fault struct {
	status        int
	kind, message string
}

func (f *fault) Error() string { return f.kind + ": " + f.message }

func refuse(status int, kind, message string) error { return &fault{status, kind, message} }

func badRequest(message string) error {
	return refuse(http.StatusBadRequest, "HTTPBadRequest", message)
}

func noSuchStack(name string) error {
	return refuse(http.StatusNotFound, "EntityNotFound", "The Stack ("+name+") could not be found.")
}

var explanations = map[int]string{
	http.StatusBadRequest:          "The server could not comply with the request since it is either malformed or otherwise incorrect.",
	http.StatusForbidden:           "Access was denied to this resource.",
	http.StatusNotFound:            "The resource could not be found.",
	http.StatusMethodNotAllowed:    "The method specified is not allowed for this resource.",
	http.StatusConflict:            "There was a conflict when trying to complete your request.",
	http.StatusInternalServerError: "The server has either erred or is incapable of performing the requested operation.",
}

// heatError is Heat's error body. Without a message the key is absent, as for
// Heat's unexpected errors.
func heatError(status int, kind, message string) *answer {
	inner := map[string]any{"type": kind, "traceback": nil}
	if message != "" {
		inner["message"] = message
	}
	return reply(status, map[string]any{
		"code": status, "title": http.StatusText(status),
		"explanation": explanations[status], "error": inner,
	})
}

func errorAnswer(err error) *answer {
	var f *fault
	var h *hot.Error
	switch {
	case errors.As(err, &f):
		return heatError(f.status, f.kind, f.message)
	case errors.As(err, &h):
		return heatError(http.StatusBadRequest, h.Type, h.Message)
	default:
		return heatError(http.StatusInternalServerError, "RemoteError", "")
	}
}

// heat serves the orchestration API.
func (c *Cloud) heat(k *call) *answer {
	rest := k.parts[1:]
	if len(rest) < 2 {
		return c.heatVersions(k)
	}
	a := c.heatProject(k, rest[1], rest[2:])
	a.header.Set("X-Openstack-Request-Id", "req-"+c.uuid())
	return a
}

func (c *Cloud) heatVersions(k *call) *answer {
	return reply(http.StatusMultipleChoices, map[string]any{"versions": []any{map[string]any{
		"id": "v1.0", "status": "CURRENT",
		"links": []any{map[string]any{"rel": "self", "href": k.base + "/orchestration/v1/"}},
	}}})
}

func (c *Cloud) heatProject(k *call, projectID string, rest []string) *answer {
	k.token = c.validToken(k.header.Get("X-Auth-Token"))
	if k.late && k.token == nil {
		k.token = c.tokens[k.header.Get("X-Auth-Token")]
	}
	switch {
	case k.token == nil || k.token.project == nil:
		return keystoneError(http.StatusUnauthorized)
	case k.token.project.id != projectID:
		return heatError(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
	case k.token.signals != nil && (len(rest) == 0 || rest[len(rest)-1] != "signal"):
		return heatError(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
	case int64(len(k.body)) > c.opts.MaxBody:
		return heatError(http.StatusBadRequest, "RequestLimitExceeded", "Request limit exceeded: JSON body size "+
			"exceeds maximum allowed size.")
	}
	k.proj = k.token.project
	a, err := c.route(k, rest)
	if err != nil {
		return errorAnswer(err)
	}
	return a
}

func (c *Cloud) route(k *call, rest []string) (*answer, error) {
	if len(rest) == 0 {
		return notFoundPage(), nil
	}
	switch rest[0] {
	case "stacks":
		return c.routeStacks(k, rest[1:])
	case "validate":
		return c.only(k, http.MethodPost, c.validate)
	case "build_info":
		return c.only(k, http.MethodGet, func(*call) (*answer, error) {
			return reply(http.StatusOK, map[string]any{
				"api": map[string]any{"revision": "unknown"}, "engine": map[string]any{"revision": "unknown"},
			}), nil
		})
	case "resource_types":
		return c.resourceTypes(k, rest[1:])
	case "software_configs":
		return c.softwareConfigs(k, rest[1:])
	case "services":
		return nil, refuse(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
	default:
		return notFoundPage(), nil
	}
}

func (c *Cloud) only(k *call, method string, do func(*call) (*answer, error)) (*answer, error) {
	if k.method != method {
		return heatError(http.StatusMethodNotAllowed, "HTTPMethodNotAllowed", ""), nil
	}
	return do(k)
}

// lookups are the words that may follow /stacks/{name_or_id}.
var lookups = []string{"resources", "events", "template", "actions", "environment", "files", "outputs", "export", "abandon"}

func (c *Cloud) routeStacks(k *call, rest []string) (*answer, error) {
	switch {
	case len(rest) == 0 && k.method == http.MethodGet:
		return c.listStacks(k)
	case len(rest) == 0:
		return c.only(k, http.MethodPost, c.createStack)
	case len(rest) == 1 && rest[0] == "detail":
		return c.only(k, http.MethodGet, c.listDetail)
	case len(rest) == 1 && rest[0] == "preview":
		return c.only(k, http.MethodPost, c.previewCreate)
	case len(rest) == 1 || slices.Contains(lookups, rest[1]):
		return c.lookup(k, rest)
	}
	s, err := c.findByNameAndID(k, rest[0], rest[1])
	if err != nil {
		return nil, err
	}
	return c.routeStack(k, s, rest[2:])
}

// lookup redirects to the canonical URL.
func (c *Cloud) lookup(k *call, rest []string) (*answer, error) {
	var found *stack
	if s := c.stacks[rest[0]]; s != nil && s.project == k.proj && !s.hidden {
		found = s
	} else if all := k.proj.index.byName[fold(rest[0])]; len(all) > 0 {
		found = all[0]
	}
	if found == nil {
		return nil, noSuchStack(rest[0])
	}
	location := k.base + stackPath(found)
	if len(rest) > 1 {
		location += "/" + strings.Join(rest[1:], "/")
	}
	if len(k.query) > 0 {
		location += "?" + k.query.Encode()
	}
	a := c.byAccept(k, http.StatusFound, "Found", "The resource was found at "+location+"; you should be redirected automatically.\n\n")
	a.header.Set("Location", location)
	return a, nil
}

// byAccept is a body that follows the request's Accept: JSON whose code is a
// string, HTML for */*, or plain text.
func (c *Cloud) byAccept(k *call, status int, title, text string) *answer {
	accept := k.header.Get("Accept")
	line := statusLine(status)
	a := &answer{status: status, header: http.Header{}}
	switch {
	case strings.Contains(accept, "json"):
		return reply(status, map[string]any{"code": line, "title": title, "message": text})
	case strings.Contains(accept, "html") || strings.Contains(accept, "*/*"):
		a.header.Set("Content-Type", "text/html; charset=UTF-8")
		a.body = []byte("<html>\n <head>\n  <title>" + line + "</title>\n </head>\n <body>\n  <h1>" + line +
			"</h1>\n  " + text + "\n\n\n </body>\n</html>")
	default:
		a.header.Set("Content-Type", "text/plain; charset=UTF-8")
		a.body = []byte(line + "\n\n" + text + "\n")
	}
	return a
}

func statusLine(status int) string {
	return map[int]string{http.StatusFound: "302 Found", http.StatusAccepted: "202 Accepted"}[status]
}

func stackPath(s *stack) string {
	return "/orchestration/v1/" + s.project.id + "/stacks/" + s.name + "/" + s.id
}

// findByNameAndID finds deleted stacks too; both must match.
func (c *Cloud) findByNameAndID(k *call, name, id string) (*stack, error) {
	s := c.stacks[id]
	if s == nil || s.hidden || s.project != k.proj || s.name != name {
		return nil, noSuchStack(name + "/" + id)
	}
	return s, nil
}

func (c *Cloud) routeStack(k *call, s *stack, rest []string) (*answer, error) {
	if len(rest) == 0 {
		switch k.method {
		case http.MethodGet:
			return c.showStack(k, s)
		case http.MethodPut, http.MethodPatch:
			return c.updateStack(k, s)
		case http.MethodDelete:
			return c.deleteStack(k, s)
		default:
			return heatError(http.StatusMethodNotAllowed, "HTTPMethodNotAllowed", ""), nil
		}
	}
	read := func(do func(*call, *stack) (*answer, error)) (*answer, error) {
		return c.only(k, http.MethodGet, func(*call) (*answer, error) { return do(k, s) })
	}
	switch rest[0] {
	case "template":
		return read(c.showTemplate)
	case "environment":
		return read(c.showEnvironment)
	case "files":
		return read(c.showFiles)
	case "preview":
		if k.method != http.MethodPut && k.method != http.MethodPatch {
			return heatError(http.StatusMethodNotAllowed, "HTTPMethodNotAllowed", ""), nil
		}
		return c.previewUpdate(k, s)
	case "actions":
		return c.only(k, http.MethodPost, func(*call) (*answer, error) { return c.act(k, s) })
	case "outputs":
		return c.outputs(k, s, rest[1:])
	case "resources":
		return c.routeResources(k, s, rest[1:])
	case "events":
		return read(func(*call, *stack) (*answer, error) { return c.listEvents(k, s, "") })
	case "abandon", "export":
		return nil, refuse(http.StatusBadRequest, "NotSupported", "Stack Abandon is not supported.")
	default:
		return notFoundPage(), nil
	}
}
