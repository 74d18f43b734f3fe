package heat

import (
	"net/http"
	"strings"
)

// meaning is the part of a Fault that an answer of Heat decides.
type meaning struct {
	code      Code
	who       Who
	transient bool
	remedy    string
}

func always(m meaning) func(*Error) meaning { return func(*Error) meaning { return m } }

var (
	badTemplate = always(meaning{Config, Author, false, "correct what the message names in the documents or in the driver's template"})
	badEngine   = always(meaning{Internal, Cloud, true, "look for the request id in heat-engine's log"})
)

// byType has the error types of Heat's fault middleware (heat/api/middleware/fault.py,
// Heat 10 to 26) that mean more than their HTTP status.
var byType = map[string]func(*Error) meaning{
	"RequestLimitExceeded":          requestLimit,
	"StackResourceLimitExceeded":    always(meaning{Quota, Operator, false, "make the cluster smaller, or have max_resources_per_stack raised"}),
	"StackExists":                   always(meaning{Conflict, Nobody, true, "look the name up: the stack may be ours, or a deleted one about to go"}),
	"ActionInProgress":              always(meaning{Conflict, Nobody, true, "wait until the other action on the stack has ended"}),
	"NotSupported":                  notSupported,
	"EntityNotFound":                always(meaning{NotFound, Nobody, true, "look the name up: the stack was deleted or purged"}),
	"NotFound":                      always(meaning{NotFound, Nobody, true, "look the name up: the stack was deleted or purged"}),
	"ResourceNotFound":              always(meaning{NotFound, Nobody, true, "look at the stack's resources again"}),
	"ResourceNotAvailable":          always(meaning{NotFound, Nobody, true, "look at the stack's resources again once it has settled"}),
	"StackValidationFailed":         validation,
	"HTTPBadRequest":                badTemplate,
	"UserParameterMissing":          badTemplate,
	"UnknownUserParameter":          badTemplate,
	"ImmutableParameterModified":    always(meaning{Config, Author, false, "take the change back, or make a new cluster: this parameter cannot change"}),
	"InvalidTemplateReference":      badTemplate,
	"InvalidTemplateVersion":        badTemplate,
	"InvalidTemplateSection":        badTemplate,
	"InvalidSchemaError":            badTemplate,
	"CircularDependencyException":   badTemplate,
	"PhysicalResourceNameAmbiguity": always(meaning{Dependency, Author, false, "name the thing by its id: several carry this name"}),
	"ValueError":                    badTemplate,
	"ResourceTypeUnavailable":       always(meaning{Dependency, Operator, false, "the cloud lacks the service behind this resource type: choose a driver or labels that do without"}),
	"MissingCredentialError":        always(meaning{Auth, Operator, false, "give heatsync a user or an unrestricted application credential of the project"}),
	"Forbidden":                     forbidden,
	"HTTPForbidden":                 forbidden,
	"InvalidTenant":                 always(meaning{Auth, Operator, false, "the endpoint is of another project than the token: check project and region in clouds.yaml"}),
	"MessagingTimeout":              always(meaning{Timeout, Cloud, true, "heat-engine did not take the request in time: look at its load and at RabbitMQ"}),
	"RemoteError":                   remote,
	"StopActionFailed":              badEngine,
	"EventSendFailed":               badEngine,
	"InvalidEncryptionKey":          always(meaning{Internal, Cloud, true, "Heat's auth_encryption_key differs between engines or was changed"}),
}

// requestLimit splits what Heat puts under one name: quotas and sizes.
func requestLimit(e *Error) meaning {
	switch m := strings.ToLower(e.Message); {
	case strings.Contains(m, "template size"):
		return meaning{TooBig, Author, false, "make the template smaller: max_template_size holds for each template, boot scripts belong into files"}
	case strings.Contains(m, "size") && strings.Contains(m, "exceeds"):
		return meaning{TooBig, Author, false, "make files and parameters smaller, or have max_json_body_size raised"}
	case strings.Contains(m, "resources per stack"):
		return meaning{Quota, Operator, false, "make the cluster smaller, or have max_resources_per_stack raised"}
	}
	return meaning{Quota, Operator, false, "delete stacks that are not needed, or have max_stacks_per_tenant raised"}
}

// notSupported is said of a stack in the wrong state and of calls a site forbids.
func notSupported(e *Error) meaning {
	switch m := strings.ToLower(e.Message); {
	case strings.Contains(m, "deleting"), strings.Contains(m, "deleted"):
		return meaning{Conflict, Nobody, true, "wait until the stack is gone"}
	case strings.Contains(m, "suspend"):
		return meaning{Conflict, Operator, true, "resume the stack (openstack stack resume)"}
	case strings.Contains(m, "cancel"), strings.Contains(m, "when it is"):
		return meaning{Conflict, Nobody, true, "look at the stack's status again"}
	}
	return meaning{Config, Operator, false, "this Heat does not allow the call the message names"}
}

// validation tells a wrong document from a thing that is not there (yet).
func validation(e *Error) meaning {
	m := strings.ToLower(e.Message)
	for _, s := range []string{"unable to establish connection", "connection refused", "timed out", "service unavailable", "internal server error"} {
		if strings.Contains(m, s) {
			return meaning{Dependency, Cloud, true, "a service Heat asked while validating did not answer"}
		}
	}
	if strings.Contains(m, "resource type") {
		return badTemplate(e)
	}
	for _, s := range []string{"could not be found", "was not found", "no matches"} {
		if strings.Contains(m, s) {
			return meaning{Dependency, Author, false, "make what the message names (image, flavor, network, keypair), or name one that is there"}
		}
	}
	return badTemplate(e)
}

// forbidden advises by what was tried: since Heat 22 reads need the role reader,
// writes member, both on the project.
func forbidden(e *Error) meaning {
	role := "member"
	if e.Method == http.MethodGet && !strings.HasSuffix(e.Path, "/preview") {
		role = "reader"
	}
	return meaning{Auth, Operator, false, "give heatsync's user the role " + role + " on the project (a token scoped to system or domain does not do, and admin sees other projects' stacks)"}
}

// remote is any exception of the engine Heat has no status for. Without a
// message and on a create it is, as a rule, Keystone refusing the trust.
func remote(e *Error) meaning {
	if e.Message == "" && e.Method == http.MethodPost && e.Path == "/stacks" {
		return meaning{Auth, Operator, true, "a restricted application credential cannot create stacks: make it with --unrestricted, or use a password user (templates nested too deep answer the same)"}
	}
	return badEngine(e)
}

// byStatus is for answers whose type says nothing: a proxy's, or the auth
// layer's.
func byStatus(e *Error) meaning {
	switch e.Status {
	case http.StatusUnauthorized:
		return meaning{Auth, Operator, true, "Heat refused a token Keystone gave: check that the credentials still stand and that Heat trusts this Keystone"}
	case http.StatusForbidden:
		return forbidden(e)
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return meaning{Config, Operator, true, "check the orchestration endpoint in the catalogue: this is not Heat's answer"}
	case http.StatusConflict:
		return meaning{Conflict, Nobody, true, "look at the stack again"}
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return meaning{TooBig, Operator, false, "have the body limit of the proxy before Heat raised"}
	case http.StatusTooManyRequests:
		return meaning{RateLimit, Cloud, true, "nothing at once: heatsync slows down; have the limit raised if it stays"}
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return meaning{Timeout, Cloud, true, "the proxy before Heat gave up waiting: its timeout must exceed Heat's rpc_response_timeout"}
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return meaning{Unavailable, Cloud, true, "bring Heat's API behind the proxy back"}
	}
	switch {
	case e.Status >= 500:
		return badEngine(e)
	case e.Status >= 400:
		return badTemplate(e)
	case e.Status < 300: // a success, and not the one of this call
		return meaning{Unavailable, Cloud, true, notHeat}
	}
	return meaning{Config, Operator, true, "the endpoint redirects: correct it in the catalogue, or let Heat read the proxy's headers (enable_proxy_headers_parsing)"}
}
