package versions

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// UnknownError says that a version is in no file, and which are near it.
type UnknownError struct {
	Version string
	Nearest []string // at most two, the nearest first
}

// Error implements error.
func (e *UnknownError) Error() string {
	text := fmt.Sprintf("Kubernetes %q is not a release that this driver knows", e.Version)
	switch len(e.Nearest) {
	case 0:
		return text + "; it knows none"
	case 1:
		return text + "; it knows " + e.Nearest[0]
	}
	return text + "; the nearest are " + strings.Join(e.Nearest, " and ")
}

var version = regexp.MustCompile(`^v(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})$`)

// parse reads "v1.34.2". Release candidates are no releases.
func parse(text string) ([3]int, error) {
	parts := version.FindStringSubmatch(text)
	if parts == nil {
		return [3]int{}, fmt.Errorf("%q is not a version such as v1.34.2", text)
	}
	var out [3]int
	for i := range out {
		out[i], _ = strconv.Atoi(parts[i+1])
	}
	return out, nil
}

// compare orders versions; what is none comes first.
func compare(a, b string) int {
	left, _ := parse(a)
	right, _ := parse(b)
	return slices.Compare(left[:], right[:])
}

// minorOf gives "v1.34" of "v1.34.2", and "" of what is no version.
func minorOf(text string) string {
	v, err := parse(text)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("v%d.%d", v[0], v[1])
}

// nearest gives the two versions whose minor, then patch, are closest. Of what is
// no version, the two newest.
func (c *Catalog) nearest(wanted string) []string {
	all := c.Versions()
	slices.Reverse(all)
	if w, err := parse(wanted); err == nil {
		slices.SortStableFunc(all, func(a, b string) int {
			left, _ := parse(a)
			right, _ := parse(b)
			for i := range w {
				if by := cmp.Compare(distance(left[i], w[i]), distance(right[i], w[i])); by != 0 {
					return by
				}
			}
			return 0
		})
	}
	return all[:min(2, len(all))]
}

func distance(a, b int) int { return max(a-b, b-a) }
