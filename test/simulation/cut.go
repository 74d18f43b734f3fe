package simulation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cut says what is left of a seed's scenario that was shrunk, in words short enough
// for a command.
type Cut struct {
	Acts     []int         // by their numbers
	Busy     time.Duration // 0: as it was
	Clusters [][]string    // of each fleet that is left; nil: as they were
}

// noActs stands for an empty list of acts.
const noActs = "none"

// String is the acts' numbers, the busy time and each fleet's clusters, with slashes
// between: 0,3,4/12m30s/c1,c2/c1.
func (c Cut) String() string {
	var acts []string
	for _, i := range c.Acts {
		acts = append(acts, strconv.Itoa(i))
	}
	if len(acts) == 0 {
		acts = []string{noActs}
	}
	out := []string{strings.Join(acts, ",")}
	if c.Busy > 0 || len(c.Clusters) > 0 {
		out = append(out, c.Busy.String())
	}
	for _, names := range c.Clusters {
		out = append(out, strings.Join(names, ","))
	}
	return strings.Join(out, "/")
}

// ParseCut reads what String wrote; what is missing at its end stays as it was.
func ParseCut(text string) (Cut, error) {
	words := strings.Split(text, "/")
	var c Cut
	if words[0] != noActs {
		for word := range strings.SplitSeq(words[0], ",") {
			n, err := strconv.Atoi(word)
			if err != nil {
				return Cut{}, fmt.Errorf("keep %q: %q is no number of an act", text, word)
			}
			c.Acts = append(c.Acts, n)
		}
	}
	if len(words) > 1 {
		d, err := time.ParseDuration(words[1])
		if err != nil || d < 0 {
			return Cut{}, fmt.Errorf("keep %q: %q is no busy time", text, words[1])
		}
		c.Busy = d
	}
	for i := 2; i < len(words); i++ {
		c.Clusters = append(c.Clusters, strings.Split(words[i], ","))
	}
	return c, nil
}

// CutTo says what Shrink left of a scenario.
func (s Scenario) CutTo(smaller Scenario) Cut {
	c := Cut{Busy: smaller.Busy}
	for _, f := range smaller.Fleets {
		c.Clusters = append(c.Clusters, f.Clusters)
	}
	rest := smaller.Acts
	for i, a := range s.Acts {
		if len(rest) > 0 && a == rest[0] {
			c.Acts, rest = append(c.Acts, i), rest[1:]
		}
	}
	return c
}

// Keep gives the scenario with only what a cut leaves of it.
func (s Scenario) Keep(c Cut) (Scenario, error) {
	all := s.Acts
	s.Acts = nil
	for i, a := range all {
		if slices.Contains(c.Acts, i) {
			s.Acts = append(s.Acts, a)
		}
	}
	if len(s.Acts) != len(c.Acts) {
		return s, fmt.Errorf("keep %v: the seed has the acts 0 to %d, each once", c, len(all)-1)
	}
	if c.Busy > 0 {
		s.Busy = c.Busy
	}
	if len(c.Clusters) > len(s.Fleets) {
		return s, fmt.Errorf("keep %v: the seed has %d fleets", c, len(s.Fleets))
	}
	if len(c.Clusters) > 0 {
		s.Fleets = slices.Clone(s.Fleets[:len(c.Clusters)])
	}
	for i, names := range c.Clusters {
		for _, name := range names {
			if !slices.Contains(s.Fleets[i].Clusters, name) {
				return s, fmt.Errorf("keep %v: fleet %d of the seed has no cluster %q", c, i, name)
			}
		}
		s.Fleets[i].Clusters = names
	}
	for i, a := range s.Acts {
		if a.Fleet >= len(s.Fleets) {
			return s, fmt.Errorf("keep %v: act %d is of fleet %d", c, c.Acts[i], a.Fleet)
		}
	}
	return s, nil
}
