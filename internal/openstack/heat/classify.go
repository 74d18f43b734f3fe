package heat

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Classify tells what err means. It is total: an error it does not know is
// internal, transient and, for a write, ambiguous. A nil error gives the zero
// Fault.
func Classify(err error) Fault {
	var (
		known  Faulter
		answer *Error
		reply  *ReplyError
		renew  *RenewError
		send   *SendError
	)
	switch {
	case err == nil:
		return Fault{}
	case errors.As(err, &renew):
		return renewal(renew)
	case errors.As(err, &answer):
		return answered(answer)
	case errors.As(err, &reply):
		return Fault{Code: Unavailable, Who: Cloud, Sent: Maybe, Transient: true, Remedy: notHeat}
	case errors.As(err, &send):
		f := unanswered(send.Err)
		if errors.As(send.Err, &known) {
			f = known.Fault()
		}
		f.Sent = sentOf(send)
		return f
	case errors.As(err, &known):
		return known.Fault()
	}
	return unanswered(err)
}

const notHeat = "look at what stands between heatsync and Heat: the answer was cut or is not Heat's"

func sentOf(e *SendError) Sent {
	if e.begun {
		return Maybe
	}
	return NotSent
}

// renewal tells what a failed renewal means: its cause may know, and the request
// itself was refused before any work.
func renewal(e *RenewError) Fault {
	var known Faulter
	f := unanswered(e.Err)
	if errors.As(e.Err, &known) {
		f = known.Fault()
	} else if f.Code == Internal {
		f.Code, f.Who = Auth, Operator
		f.Remedy = "check the credentials in clouds.yaml and that Keystone answers"
	}
	f.Sent = Answered
	return f
}

// unanswered tells what a request that had no answer means.
func unanswered(err error) Fault {
	f := Fault{Sent: Maybe, Transient: true}
	var (
		dns     *net.DNSError
		op      *net.OpError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, context.Canceled):
		f.Code, f.Who, f.Remedy = Timeout, Nobody, "the call was given up by heatsync itself; nothing to do"
	case untrusted(err):
		f.Code, f.Who, f.Transient = Config, Operator, false
		f.Remedy = "name the CA that signed the endpoint's certificate (cacert in clouds.yaml), or have the certificate renewed"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Code, f.Who, f.Remedy = Timeout, Cloud, "find out why Heat or the way to it is slow"
	case errors.As(err, &dns):
		f.Code, f.Who, f.Remedy = Unavailable, Operator, "check the endpoint's host name and the resolver"
	case errors.As(err, &op), isCut(err):
		f.Code, f.Who, f.Remedy = Unavailable, Cloud, "bring Heat's API, or the proxy before it, back"
	default:
		f.Code, f.Who, f.Remedy = Internal, Nobody, "report it with the log if it stays"
	}
	return f
}

// answered tells what an answer means: by Heat's error type, then by status.
func answered(e *Error) Fault {
	f := Fault{Sent: Answered, RetryAfter: e.RetryAfter}
	if e.Status >= 500 || e.Status == http.StatusRequestTimeout || e.Status < 300 {
		f.Sent = Maybe
	}
	m, ok := byType[e.Type]
	if !ok {
		m = byStatus
	}
	v := m(e)
	f.Code, f.Who, f.Transient, f.Remedy = v.code, v.who, v.transient, v.remedy
	return f
}

// isCut tells whether a connection ended under the request.
func isCut(err error) bool {
	text := err.Error()
	for _, s := range []string{"EOF", "connection reset", "broken pipe", "server closed", "connection refused"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
