package boot

import "fmt"

// Text is the user data of a group: cloud-init's cloud-config or Ignition's JSON,
// by the system. The placeholders of its role are in it, each once. What is
// wrong with the settings comes back as [*Fault]s, joined, in a fixed order.
func Text(s Settings) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	n, err := s.node()
	if err != nil {
		return "", err
	}
	switch s.System {
	case FedoraCoreOS:
		return n.ignition("3.4.0")
	case Flatcar:
		return n.ignition("3.3.0") // which every Flatcar that is still supported reads
	case Ubuntu, FedoraAtomic:
		return n.cloudConfig()
	}
	return "", fmt.Errorf("system %q", s.System) // check knows them all
}
