package live

import (
	"slices"
	"strings"
	"testing"
)

// FuzzTags holds the reading of tags to what ownership rests on: their order does
// not matter, what was written is read back, and no tag of others is lost or taken
// for ours.
func FuzzTags(f *testing.F) {
	for _, text := range []string{
		"", "heatsync", "heatsync\nheatsync.fleet=prod\nheatsync.cluster=pay\nheatsync.driver=docker\nheatsync.spec=1-00",
		"HEATSYNC\nHeatsync.Fleet=Prod", "heatsync\nheatsync.fleet=a\nheatsync.fleet=b", "heatsync.fleet=a\nheatsync.fleet=b\nheatsync.fleet=a",
		"heatsync.fleet=\nheatsync.fleet=a", "owner=me\nheatsyncs\n\n", "heatsync.fleet=a=b\n\xff", "\u212aheatsync",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tags := strings.Split(text, "\n")
		m := ParseTags(tags)
		backwards := slices.Clone(tags)
		slices.Reverse(backwards)
		if got := ParseTags(backwards); got != m {
			t.Errorf("backwards %+v, forwards %+v", got, m)
		}
		if got := ParseTags(slices.Concat(tags, tags)); got != m {
			t.Errorf("twice %+v, once %+v", got, m)
		}
		if got := ParseTags(m.Tags()); m.Marked && got != m {
			t.Errorf("written and read back %+v, not %+v", got, m)
		}
		others := Others(tags)
		if got := ParseTags(others); got != (Marks{}) {
			t.Errorf("other people's tags %q mark %+v", others, got)
		}
		if got := ParseTags(slices.Concat(m.Tags(), others)); m.Marked && (got != m || !WholeTags(slices.Concat(m.Tags(), others), m)) {
			t.Errorf("beside other tags %+v, not %+v", got, m)
		}
		for _, tag := range tags {
			if tag != "" && !strings.HasPrefix(strings.ToLower(tag), TagMark) && !slices.Contains(others, tag) {
				t.Errorf("the tag %q is lost", tag)
			}
		}
		if m.Owns("prod", "pay") && !strings.Contains(strings.ToLower(text), "heatsync.cluster=pay") {
			t.Errorf("%q own prod/pay", tags)
		}
	})
}

// FuzzStatus: Heat's spelling survives, and only two statuses prove anything.
func FuzzStatus(f *testing.F) {
	for _, text := range []string{"", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "_COMPLETE", "COMPLETE", "ROLLBACK_COMPLETE", "CREATE_COMPLETE_COMPLETE", "X_FAILED"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := ParseStatus(text)
		if s.String() != text {
			t.Errorf("%q became %q", text, s)
		}
		if s.Proven() != (text == "CREATE_COMPLETE" || text == "UPDATE_COMPLETE") {
			t.Errorf("%q proves: %v", text, s.Proven())
		}
	})
}
