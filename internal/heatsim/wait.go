package heatsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// sortMembers orders by number, then by text.
func sortMembers(list []*resource) {
	sort.Slice(list, func(i, j int) bool {
		a, errA := strconv.Atoi(list[i].name)
		b, errB := strconv.Atoi(list[j].name)
		if errA == nil && errB == nil {
			return a < b
		}
		return list[i].name < list[j].name
	})
}

// waits starts the wait of a resource that ends by signals instead of by
// time, and says whether it is one.
func (c *Cloud) waits(r *resource, j *job, done func(string)) bool {
	source, want := r, 1
	switch r.kind {
	case "OS::Heat::WaitCondition":
		p := c.physical[hot.Text(r.props["handle"])]
		if p == nil || p.resource == nil {
			return false
		}
		source = p.resource
		if n, ok := toNumber(r.props["count"]); ok {
			want = int(n)
		}
	case "OS::Heat::SoftwareDeployment", "OS::Heat::StructuredDeployment":
		if hot.Text(r.props["signal_transport"]) == "NO_SIGNAL" {
			return false
		}
	default:
		return false
	}
	w := &waiting{resource: r, job: j, source: source, want: want, done: done}
	c.waiting = append(c.waiting, w)
	c.look(w)
	if secs, ok := toNumber(r.props["timeout"]); ok {
		c.after(time.Duration(secs)*time.Second, func() {
			c.endWait(w, fmt.Sprintf("WaitConditionTimeout: resources.%s: %d of %d received", r.name, len(source.order), want))
		})
	}
	if c.opts.AutoSignal {
		c.after(c.opts.Durations.Boot, func() {
			for i := len(source.order); i < want && r.job == j; i++ {
				c.take(source, map[string]any{"status": "SUCCESS", "data": "", "reason": ""})
			}
		})
	}
	return true
}

type waiting struct {
	resource, source *resource
	job              *job
	want             int
	done             func(string)
}

func (c *Cloud) endWait(w *waiting, failure string) {
	c.waiting = slices.DeleteFunc(c.waiting, func(o *waiting) bool { return o == w })
	c.end(w.resource, w.job, failure, w.done)
}

// look ends a wait whose signals are all there, or one of them a failure.
func (c *Cloud) look(w *waiting) {
	good := 0
	for _, id := range w.source.order {
		s := w.source.signals[id]
		if s["status"] == "FAILURE" {
			failure := "WaitConditionFailure: resources." + w.resource.name + ": " + hot.Text(s["reason"])
			c.after(0, func() { c.endWait(w, failure) })
			return
		}
		good++
	}
	if good >= w.want {
		c.after(0, func() { c.endWait(w, "") })
	}
}

// take stores a signal; the same id overwrites.
func (c *Cloud) take(r *resource, details map[string]any) {
	if r.signals == nil {
		r.signals = map[string]map[string]any{}
	}
	id := hot.Text(details["id"])
	if id == "" {
		id = strconv.Itoa(len(r.order) + 1)
	}
	if r.signals[id] == nil {
		r.order = append(r.order, id)
	}
	status := hot.Text(details["status"])
	if status == "" {
		status = "SUCCESS"
	}
	r.signals[id] = map[string]any{"status": status, "reason": details["reason"], "data": details["data"]}
	for _, w := range slices.Clone(c.waiting) {
		if w.source == r {
			c.look(w)
		}
	}
}

func (c *Cloud) waitData(r *resource) any {
	p := c.physical[hot.Text(r.props["handle"])]
	if p == nil || p.resource == nil {
		return nil
	}
	data := map[string]any{}
	for _, id := range p.resource.order {
		data[id] = p.resource.signals[id]["data"]
	}
	return hot.JSON(data)
}

func isHandle(kind string) bool {
	return kind == "OS::Heat::WaitConditionHandle" || kind == "OS::Heat::UpdateWaitConditionHandle"
}

// handleAttribute answers what only handles have. A handle's token is made
// when first asked for and lives as long as any.
func (c *Cloud) handleAttribute(r *resource, name string) (any, bool) {
	if !isHandle(r.kind) {
		return nil, false
	}
	transport := hot.Text(r.props["signal_transport"])
	if transport == "" {
		transport = "TOKEN_SIGNAL"
	}
	if transport == "NO_SIGNAL" {
		return nil, true
	}
	endpoint := c.handleBase() + stackPath(r.stack) + "/resources/" + r.name + "/signal"
	switch name {
	case "endpoint":
		return endpoint, true
	case "token":
		return c.handleToken(r), true
	case "curl_cli":
		return "curl -i -X POST -H 'X-Auth-Token: " + c.handleToken(r) +
			"' -H 'Content-Type: application/json' -H 'Accept: application/json' " + endpoint, true
	case "signal":
		return hot.JSON(map[string]any{"alarm_url": endpoint}), true
	}
	return nil, false
}

func (c *Cloud) handleBase() string {
	if c.opts.Endpoint != "" {
		return c.opts.Endpoint
	}
	return c.lastBase
}

func (c *Cloud) handleToken(r *resource) string {
	if id, ok := r.data["token"].(string); ok {
		return id
	}
	t := &token{
		id: "gAAAAA" + c.hexID(), user: &user{User: User{Name: r.physicalName()}, id: c.hexID()},
		project: r.stack.project, issued: c.now, expires: c.now.Add(c.opts.TokenLife), signals: r,
	}
	c.tokens[t.id] = t
	r.data["token"] = t.id
	return t.id
}

func (c *Cloud) signal(k *call, r *resource) (*answer, error) {
	if k.token.signals != nil && k.token.signals != r {
		return nil, refuse(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
	}
	details := map[string]any{}
	if len(k.body) > 0 {
		if err := json.Unmarshal(k.body, &details); err != nil {
			return nil, badRequest("Malformed JSON in request body.")
		}
	}
	if !isHandle(r.kind) && r.kind != "OS::Heat::SoftwareDeployment" && r.kind != "OS::Heat::StructuredDeployment" {
		return nil, refuse(http.StatusBadRequest, "ResourceActionNotSupported", "Signal resource is not supported for resource.")
	}
	// Heat takes signals in the background, after its answer.
	c.after(0, func() { c.take(r, hot.Plain(details).(map[string]any)) })
	return reply(http.StatusOK, json.RawMessage("null")), nil
}
