package heatsim

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// act is POST actions. Check, suspend and resume overwrite the stack's status
// whatever it was, and leave updated_time alone.
func (c *Cloud) act(k *call, s *stack) (*answer, error) {
	body, err := readBody(k)
	if err != nil {
		return nil, err
	}
	if len(body) < 1 {
		return nil, badRequest("No action specified")
	}
	if len(body) > 1 {
		return nil, badRequest("Multiple actions specified")
	}
	if !s.live() {
		return nil, noSuchStack(s.name + "/" + s.id)
	}
	action := hot.Keys(body)[0]
	switch action {
	case "check", "suspend", "resume":
		if err := c.idle(s); err != nil {
			return nil, err
		}
		c.visit(s, map[string]string{"check": "CHECK", "suspend": "SUSPEND", "resume": "RESUME"}[action])
	case "cancel_update":
		if s.state() != "UPDATE_IN_PROGRESS" {
			return nil, refuse(http.StatusBadRequest, "NotSupported", "Cancelling update when stack is ('"+s.action+"', '"+s.status+"') is not supported.")
		}
		if s.run != nil {
			s.run.over = true
		}
		c.rollBack(s)
	case "cancel_without_rollback":
		if s.state() != "UPDATE_IN_PROGRESS" && s.state() != "CREATE_IN_PROGRESS" {
			return nil, refuse(http.StatusBadRequest, "NotSupported", "Canceling without rollback when stack is ('"+s.action+"', '"+s.status+"') is not supported.")
		}
		if s.run != nil {
			s.run.over = true
		}
		s.stop(c, s.action+" aborted (user triggered cancel)", "Stack "+s.action+" cancelled")
		c.setState(s, s.action, "FAILED", "Stack "+s.action+" cancelled")
	default:
		return nil, badRequest("Invalid action " + action + " specified")
	}
	return reply(http.StatusOK, json.RawMessage("null")), nil
}

// visit runs check, suspend or resume over a tree: resource states now, the
// stack's when the time is over.
func (c *Cloud) visit(s *stack, action string) {
	c.setState(s, action, "IN_PROGRESS", "Stack "+action+" started")
	c.after(c.opts.Durations.Check*time.Duration(1+s.size()), func() { c.visited(s, action) })
}

func (c *Cloud) visited(s *stack, action string) {
	if !s.live() || s.state() != action+"_IN_PROGRESS" {
		return
	}
	failure := c.visitResources(s, action)
	if failure != "" {
		c.setState(s, action, "FAILED", failure)
		return
	}
	c.setState(s, action, "COMPLETE", "Stack "+action+" completed successfully")
}

func (c *Cloud) visitResources(s *stack, action string) string {
	failure := ""
	for _, name := range hot.Keys(s.resources) {
		r := s.resources[name]
		if r.job != nil {
			continue
		}
		if why := c.visitResource(r, action); why != "" {
			c.setResource(r, action, "FAILED", why)
			if failure == "" {
				failure = "Resource " + action + " failed: " + why
			}
		} else {
			reason := "state changed"
			if sc := schemas[r.kind]; action == "CHECK" && sc != nil && !sc.Check {
				reason = "CHECK not supported for " + r.typ
			}
			c.setResource(r, action, "COMPLETE", reason)
		}
	}
	return failure
}

func (c *Cloud) visitResource(r *resource, action string) string {
	if why := c.failure(r, action); why != "" && why != neverAnswers {
		return why
	}
	if r.child != nil {
		c.setState(r.child, action, "IN_PROGRESS", "Stack "+action+" started")
		if why := c.visitResources(r.child, action); why != "" {
			c.setState(r.child, action, "FAILED", why)
			return "resources." + r.name + ": " + why
		}
		c.setState(r.child, action, "COMPLETE", "Stack "+action+" completed successfully")
		return ""
	}
	sc, p := schemas[r.kind], c.physical[r.physical]
	if action == "CHECK" && sc != nil && sc.Check && (p == nil || p.Gone) {
		return "NotFound: resources." + r.name + ": The resource " + r.physical + " could not be found. (HTTP 404)"
	}
	return ""
}
