package leftovers

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/heatsync/heatsync/plugins/driver"
)

// AnswerError is an answer that was no success. What the service wrote beside the
// status is not kept.
type AnswerError struct {
	Service string
	Code    int
}

// Error says which service answered what.
func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.Service, e.Code, http.StatusText(e.Code))
}

// why is what keeps one thing, in words that are the same each time.
func why(err error) string {
	var a *AnswerError
	switch {
	case errors.As(err, &a) && a.Code == http.StatusConflict:
		return "is in use or being changed"
	case errors.As(err, &a):
		return a.Error()
	}
	return err.Error()
}

// FaultOf reads an error of Clean in the agent's words.
func FaultOf(err error) driver.Fault {
	f := driver.Fault{Code: "unavailable", Who: "cloud", Summary: err.Error(), Transient: true, Remedy: "it is tried again"}
	var a *AnswerError
	if !errors.As(err, &a) {
		return f
	}
	switch a.Code {
	case http.StatusUnauthorized, http.StatusForbidden:
		f.Code, f.Who, f.Remedy = "auth", "operator", "let the fleet's credential list and delete in "+a.Service+"; for Octavia that is the role load-balancer_member"
	case http.StatusTooManyRequests:
		f.Code = "rate-limit"
	}
	return f
}
