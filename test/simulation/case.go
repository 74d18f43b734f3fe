package simulation

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Keep gives the scenario with only some of its acts, by their numbers.
func (s Scenario) Keep(acts []int) Scenario {
	all := s.Acts
	s.Acts = nil
	for i, a := range all {
		if slices.Contains(acts, i) {
			s.Acts = append(s.Acts, a)
		}
	}
	return s
}

// Numbers gives the numbers of the acts that some smaller scenario kept, as Keep
// and the command take them; "" when leaving out acts was not all.
func (s Scenario) Numbers(smaller Scenario) string {
	if len(smaller.Fleets) != len(s.Fleets) || smaller.Busy != s.Busy {
		return ""
	}
	for i := range s.Fleets {
		if len(s.Fleets[i].Clusters) != len(smaller.Fleets[i].Clusters) {
			return ""
		}
	}
	var out []string
	rest := smaller.Acts
	for i, a := range s.Acts {
		if len(rest) > 0 && a == rest[0] {
			out, rest = append(out, strconv.Itoa(i)), rest[1:]
		}
	}
	return strings.Join(out, ",")
}

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
