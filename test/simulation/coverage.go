package simulation

import "slices"

// wantedCounts are what a nightly run has met at least once.
func wantedCounts() []string {
	var out []string
	for kind := range deeds {
		out = append(out, "act: "+string(kind))
	}
	for kind := range troubles {
		out = append(out, "fault: "+kind)
	}
	out = append(out, "guard: max-creates", "guard: max-deletes")
	return out
}

// Never lists what a run of nightly size should have met and has not.
func Never(c Counts) []string {
	var out []string
	for _, what := range wantedCounts() {
		if c[what] == 0 {
			out = append(out, what)
		}
	}
	slices.Sort(out)
	return out
}
