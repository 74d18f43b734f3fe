package reconcile

// Driver is what the engine knows of a driver that is up.
type Driver struct {
	Name    string       `json:"name"`
	Version string       `json:"version"`
	SHA256  string       `json:"sha256"` // of the executable; renders are kept per executable
	Targets []Target     `json:"targets"`
	Health  bool         `json:"health,omitempty"`  // it can be asked for health
	Secrets []SecretNeed `json:"secrets,omitempty"` // what a cluster of it needs
	// Masterless: it builds no masters, so the default master group counts for nothing.
	Masterless bool `json:"masterless,omitempty"`
}

// Target is one combination a driver serves; an empty Distro or ServerType
// matches any.
type Target struct {
	COE        string `json:"coe"`
	Distro     string `json:"distro,omitempty"`
	ServerType string `json:"serverType,omitempty"`
}

func (t Target) serves(coe, distro, serverType string) bool {
	return t.COE == coe && (t.Distro == "" || t.Distro == distro) && (t.ServerType == "" || t.ServerType == serverType)
}

// Health says whether a cluster works.
type Health string

// The healths.
const (
	Healthy   Health = "HEALTHY"
	Unhealthy Health = "UNHEALTHY"
	Unknown   Health = "UNKNOWN"
)
