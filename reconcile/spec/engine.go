package spec

import "strings"

// engine holds what Magnum lets a container engine use (api/validation.py). Of
// engines that are not in the table their drivers judge.
type engine struct {
	coe      string
	networks []string // the first is the default
	volumes  []string
}

var engines = []engine{
	{"kubernetes", []string{"flannel", "calico", "cilium"}, []string{"cinder"}},
	{"swarm", []string{"docker", "flannel"}, []string{"rexray"}},
	{"swarm-mode", []string{"docker", "flannel"}, []string{"rexray"}},
	{"mesos", []string{"docker"}, []string{"rexray"}},
}

func engineOf(coe string) (engine, bool) {
	for _, e := range engines {
		if e.coe == coe {
			return e, true
		}
	}
	return engine{}, false
}

// engineWords writes one column of the table as "kubernetes: a, b; swarm: c".
func engineWords(column func(engine) []string) string {
	var parts []string
	for _, e := range engines {
		parts = append(parts, e.coe+" has "+strings.Join(column(e), ", "))
	}
	return strings.Join(parts, "; ")
}
