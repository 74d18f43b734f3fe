package driver

// Description says what a driver is. It never changes while a driver runs.
type Description struct {
	Name       string // as in heatsync-driver-<name>
	Version    string // semantic version of the driver
	Targets    []Target
	Attributes []Attribute // the attributes of a cluster that have an effect; any other that is set is an error
	Labels     []Label     // the labels that have an effect; any other is an error
	Secrets    []SecretNeed
	Features   []Feature // set by the SDK from the interfaces the driver implements
}

// Target is one combination a driver serves. An empty Distro or ServerType
// matches any.
type Target struct{ COE, Distro, ServerType string }

// Feature names an optional call of the contract.
type Feature string

// The optional calls of major 1.
const (
	FeaturePreview Feature = "preview"
	FeatureObserve Feature = "observe"
	FeatureHealth  Feature = "health"
	FeatureAccess  Feature = "access"
)

// Effect says what a change disturbs, from least to worst.
type Effect int

// The effects, in order of how much they disturb.
const (
	EffectUnspecified Effect = iota
	EffectNone               // nothing that runs notices
	EffectInPlace
	EffectAdd
	EffectRemove
	EffectReboot
	EffectRolling
	EffectReplace // what runs is lost and made anew
	EffectRefused // cannot be changed; a diagnostic says the way out
)

// Attribute says that an attribute of a cluster has an effect in this driver.
type Attribute struct {
	Name     string // the YAML's name, for instance "masterFlavor"
	Effect   Effect // of changing it on a live cluster
	Required bool
	Doc      string
}

// LabelType is the type of a label's value.
type LabelType string

// The types of labels.
const (
	LabelString LabelType = "string"
	LabelInt    LabelType = "int"
	LabelBool   LabelType = "bool"
	LabelFloat  LabelType = "float"
	LabelSemver LabelType = "semver"
	LabelCIDR   LabelType = "cidr"
	LabelURL    LabelType = "url"
)

// Label is one label of the driver's schema.
type Label struct {
	Name       string
	Type       LabelType
	Default    string
	Allowed    []string // empty: any value of the type
	Pattern    string   // RE2, matched whole; "": any
	Effect     Effect
	Sensitive  bool   // masked in plans
	Deprecated string // since when it means nothing, and what to use instead
	Doc        string
}

// SecretKind says how the agent makes a secret.
type SecretKind string

// The kinds of secrets, and what their values are.
const (
	SecretCA    SecretKind = "ca"    // a certificate, then its private key, PEM
	SecretKey   SecretKind = "key"   // a private key, PKCS#8 in PEM
	SecretToken SecretKind = "token" // a bootstrap token, [a-z0-9]{6}.[a-z0-9]{16}
	// SecretCloudCredential is an application credential in the cluster's project:
	// a JSON object of auth_url, region, id, secret, project_id and ca.
	SecretCloudCredential SecretKind = "cloud-credential"
)

// SecretNeed is a secret that a cluster of this driver needs.
type SecretNeed struct {
	Name string
	Kind SecretKind
	Doc  string
}

// Secret is one version of a secret: a random id that the digest covers, and a
// value that only Apply ever sees.
type Secret struct {
	Name, ID string
	Value    []byte
}
