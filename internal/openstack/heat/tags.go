package heat

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Tags is a stack's complete tag list, ready for a write. Only [NewTags] makes a
// useful one: a write replaces all tags, and a PUT that names none erases them,
// so the zero Tags is refused.
type Tags struct{ joined string }

// MaxTag is the length of a tag in characters that Heat takes.
const MaxTag = 80

var errNoTags = errors.New("a stack is not written without tags")

// NewTags checks the list as Heat would (at most 80 characters each, no comma)
// and wants at least one tag and none empty, which Heat would store.
func NewTags(tags ...string) (Tags, error) {
	if len(tags) == 0 {
		return Tags{}, errNoTags
	}
	for _, t := range tags {
		switch {
		case t == "":
			return Tags{}, errors.New("an empty tag")
		case strings.Contains(t, ","):
			return Tags{}, fmt.Errorf("tag %q has a comma", t)
		case utf8.RuneCountInString(t) > MaxTag:
			return Tags{}, fmt.Errorf("tag %q is longer than %d characters", t, MaxTag)
		}
	}
	return Tags{joined: strings.Join(tags, ",")}, nil
}

// List gives the tags, nil for the zero Tags.
func (t Tags) List() []string {
	if t.joined == "" {
		return nil
	}
	return strings.Split(t.joined, ",")
}
