package simulation

import (
	"encoding/json"
	"fmt"
	"os"
)

// Save writes a scenario down, to be kept as a case.
func (s Scenario) Save(file string) error {
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}

// Load reads a scenario that Save wrote.
func Load(file string) (Scenario, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Scenario{}, err
	}
	var s Scenario
	if err := json.Unmarshal(text, &s); err != nil {
		return Scenario{}, fmt.Errorf("%s: %w", file, err)
	}
	for i, a := range s.Acts {
		if deeds[a.Kind] == nil || a.Fleet >= len(s.Fleets) {
			return Scenario{}, fmt.Errorf("%s: act %d: no such thing as %q in fleet %d", file, i, a.Kind, a.Fleet)
		}
	}
	return s, nil
}
