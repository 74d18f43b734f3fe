package plan

// Effect says what a change disturbs.
type Effect string

// The effects, from least to worst.
const (
	None    Effect = "none"
	InPlace Effect = "in-place"
	Add     Effect = "add"
	Remove  Effect = "remove"
	Reboot  Effect = "reboot"
	Rolling Effect = "rolling"
	Replace Effect = "replace"
	Refused Effect = "refused"
)

var rank = map[Effect]int{"": 0, None: 1, InPlace: 2, Add: 3, Remove: 4, Reboot: 5, Rolling: 6, Replace: 7, Refused: 8}

// Known tells whether e is one of the effects above.
func (e Effect) Known() bool { return rank[e] > 0 }

// Gentle tells whether e only adds or changes in place: such a change may
// supersede what Heat is doing.
func (e Effect) Gentle() bool { return e.Known() && rank[e] <= rank[Add] }

// Replaces tells whether what runs is lost and made anew, at once or in turn.
func (e Effect) Replaces() bool { return e == Replace || e == Rolling }

// Disturbs tells whether running nodes notice: a reboot or worse.
func (e Effect) Disturbs() bool { return rank[e] >= rank[Reboot] }

// Worst gives the more disturbing of the two.
func Worst(a, b Effect) Effect {
	if rank[a] >= rank[b] {
		return a
	}
	return b
}

// Intent says what is wanted of a cluster.
type Intent string

// The intents.
const (
	Present Intent = "present"
	Absent  Intent = "absent"
	Adopt   Intent = "adopt"
)

// StepKind says what a step does to the stack.
type StepKind string

// The kinds of steps.
const (
	StepCreate StepKind = "create"
	StepUpdate StepKind = "update"
	StepDelete StepKind = "delete"
	StepAdopt  StepKind = "adopt"
	StepDrain  StepKind = "drain"
)

// Change is one difference between what is wanted and what is live.
type Change struct {
	Path   string `json:"path"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Effect Effect `json:"effect"`
	Drift  bool   `json:"drift,omitempty"` // the live side was changed by somebody else
}

// Step is one write.
type Step struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Kind       StepKind `json:"kind"`
	Disruption Effect   `json:"disruption,omitempty"` // the worst effect of the step
	Nodes      []Node   `json:"nodes,omitempty"`      // whom the step is about
}

// Node names one node of a step.
type Node struct {
	Name     string `json:"name,omitempty"` // "": its server never joined the cluster
	ServerID string `json:"serverID"`
	Group    string `json:"group"`
}

// Severity of a diagnostic.
type Severity string

// The severities. An error holds the cluster, a warning is shown.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// DriverBroken is the code of a diagnostic that is the driver's own fault, whatever
// the cluster's document says: a template that contradicts itself.
const DriverBroken = "driver-template"

// OtherSecrets is the code of a diagnostic of a stack that was made with other
// secrets than the store holds.
const OtherSecrets = "secret"

// Diagnostic is one thing a driver finds wrong with a cluster.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Path     string   `json:"path,omitempty"` // into the document, for instance labels.docker_tag
	Summary  string   `json:"summary"`
	Remedy   string   `json:"remedy,omitempty"`
}

// Facts are what the parts of a stack told about its cluster, for people.
type Facts struct {
	Known      bool   `json:"known,omitempty"`
	APIAddress string `json:"apiAddress,omitempty"`
	NodesLive  int    `json:"nodesLive,omitempty"`
}

// Plan is one cluster's plan: what differs, and the steps that mend it. It is
// asked again after each step, so only its first step is ever carried out.
type Plan struct {
	Digest      string       `json:"digest,omitempty"`
	Changes     []Change     `json:"changes,omitempty"`
	Steps       []Step       `json:"steps,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	Facts       Facts        `json:"facts,omitzero"`
}

// Empty tells whether there is nothing to do.
func (p Plan) Empty() bool { return len(p.Steps) == 0 }

// Disruption is the worst effect of all changes and steps.
func (p Plan) Disruption() Effect {
	var e Effect
	for _, c := range p.Changes {
		e = Worst(e, c.Effect)
	}
	for _, s := range p.Steps {
		e = Worst(e, s.Disruption)
	}
	return e
}

// Drifted tells whether any change undoes what somebody else did.
func (p Plan) Drifted() bool {
	for _, c := range p.Changes {
		if c.Drift {
			return true
		}
	}
	return false
}

// FirstError returns the first diagnostic that holds the cluster.
func FirstError(ds []Diagnostic) (Diagnostic, bool) {
	for _, d := range ds {
		if d.Severity == Error {
			return d, true
		}
	}
	return Diagnostic{}, false
}
