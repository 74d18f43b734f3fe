package nodes

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// cause is the likeliest reason why an API did not answer, in words that are the
// same each time and repeat nothing a server said.
type cause struct {
	text string
	// silent: nobody answered, as while a cluster boots. Otherwise somebody did,
	// and what the cluster is like cannot be known.
	silent bool
}

// causeOf reads an error of a request.
func causeOf(err error) cause {
	var name x509.HostnameError
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case isExpired(err):
		return cause{text: "its certificate is not valid at this time: look at the clocks of agent and nodes, then at the certificate"}
	case isUntrusted(err):
		return cause{text: "its certificate is signed by another CA than this cluster's: the address belongs to another cluster, or the cluster was made with other secrets"}
	case errors.As(err, &name):
		return cause{text: "its certificate does not name this address"}
	case errors.Is(err, http.ErrSchemeMismatch):
		return cause{text: "it does not speak TLS"}
	case isAlert(err):
		return cause{text: "it refused the agent's client certificate"}
	case errors.Is(err, errTooMuch), errors.Is(err, errRedirect):
		return cause{text: firstOf(err, errTooMuch, errRedirect).Error()}
	case apierrors.IsUnauthorized(err):
		return cause{text: "it does not know the agent's client certificate (401): the cluster was made with another CA"}
	case apierrors.IsForbidden(err):
		return cause{text: "it does not allow the agent to look (403)"}
	case apierrors.IsTooManyRequests(err):
		return cause{text: "it is overloaded (429)"}
	case apierrors.ReasonForError(err) != "", statusOf(err) != 0:
		return cause{text: statusText(err)}
	case errors.As(err, &dns):
		return cause{text: "its name cannot be resolved", silent: true}
	case errors.Is(err, syscall.ECONNREFUSED):
		return cause{text: "the connection is refused: nothing listens there", silent: true}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return cause{text: "there is no route to it", silent: true}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &op) && op.Timeout():
		return cause{text: "it does not answer in time: a firewall, a security group or a node that is down", silent: true}
	case errors.Is(err, context.Canceled):
		return cause{text: "the agent ended the call"}
	case errors.As(err, &op), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return cause{text: "the connection broke", silent: true}
	}
	return cause{text: "what it answers cannot be read: it may not be Kubernetes that answers"}
}

func isUntrusted(err error) bool {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &unknown) || errors.As(err, &invalid)
}

func isExpired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// isAlert tells whether the other side ended the handshake.
func isAlert(err error) bool {
	var alert tls.AlertError
	var op *net.OpError
	return errors.As(err, &alert) || errors.As(err, &op) && op.Op == "remote error"
}

func firstOf(err error, known ...error) error {
	for _, k := range known {
		if errors.Is(err, k) {
			return k
		}
	}
	return err
}

// statusOf is the HTTP status of an answer that was no success, 0 for none.
func statusOf(err error) int {
	var s apierrors.APIStatus
	if errors.As(err, &s) {
		return int(s.Status().Code)
	}
	return 0
}

func statusText(err error) string {
	code := statusOf(err)
	if text := http.StatusText(code); text != "" {
		return "it answers " + text
	}
	return "it answers with an unknown error"
}
