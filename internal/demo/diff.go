package demo

import (
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/diff"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// diffLine is one line of a commit's short diff: a file's name ('@'), a line
// that came ('+') or one that went ('-').
type diffLine struct {
	sign rune
	text string
}

// shortDiff is what a commit changed, without context.
func shortDiff(c *object.Commit) ([]diffLine, error) {
	parent, err := c.Parent(0)
	if err != nil {
		return nil, err
	}
	patch, err := parent.Patch(c)
	if err != nil {
		return nil, err
	}
	var out []diffLine
	for _, f := range patch.FilePatches() {
		from, to := f.Files()
		switch {
		case from == nil:
			out = append(out, diffLine{'@', to.Path() + " (new)"})
		case to == nil:
			out = append(out, diffLine{'@', from.Path() + " (gone)"})
			continue
		default:
			out = append(out, diffLine{'@', to.Path()})
		}
		for _, chunk := range f.Chunks() {
			sign := map[diff.Operation]rune{diff.Add: '+', diff.Delete: '-'}[chunk.Type()]
			if sign == 0 {
				continue
			}
			for line := range strings.Lines(chunk.Content()) {
				out = append(out, diffLine{sign, strings.TrimRight(line, "\n")})
			}
		}
	}
	return out, nil
}
