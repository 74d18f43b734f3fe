package driver

// Severity of a diagnostic.
type Severity int

// The severities. An error holds the cluster; a warning is shown in the plan.
const (
	SeverityUnspecified Severity = iota
	SeverityError
	SeverityWarning
)

// Diagnostic is one thing that is wrong with a cluster, at a place in its document.
type Diagnostic struct {
	Severity Severity
	Code     string // stable: lower-case words joined by dashes
	Path     string // "labels.docker_tag", "nodeGroups[1].flavor"; "" is the cluster
	Summary  string // one line, no full stop, no secret
	Remedy   string // what the author can do
}

// HasErrors tells whether any of them is an error.
func HasErrors(ds []Diagnostic) bool {
	for _, d := range ds {
		if d.Severity == SeverityError {
			return true
		}
	}
	return false
}
