package carry

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile/live"
)

func row(id, status string) live.Row {
	return live.Row{ID: id, Name: "n-" + id, Status: live.ParseStatus(status)}
}

func ids(rows []live.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

func TestRowsTold(t *testing.T) {
	r := newRowsTold()
	check := func(what string, got, want []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s; want -, got +:\n%s", what, diff)
		}
	}
	a, b := row("a", "CREATE_COMPLETE"), row("b", "CREATE_COMPLETE")
	begun := r.begin()
	check("all are new", ids(r.changed([]live.Row{a, b})), []string{"a", "b"})
	check("none is gone", r.gone(begun, []live.Row{a, b}), nil)
	check("nothing changed", ids(r.changed([]live.Row{a, b})), nil)
	a.Tags = []string{"x"}
	check("a tag changed", ids(r.changed([]live.Row{a, b})), []string{"a"})

	// A stack is made and looked at while an inventory that does not know it is on
	// its way: it is not gone.
	begun = r.begin()
	c := row("c", "CREATE_IN_PROGRESS")
	r.looked([]live.Row{c})
	check("b went, c is younger", r.gone(begun, []live.Row{a}), []string{"b"})
	check("what a look showed is told by a list", ids(r.changed([]live.Row{a, c})), []string{"c"})
	check("and once", ids(r.changed([]live.Row{a, c})), nil)
	check("b is told when it comes back", ids(r.changed([]live.Row{b})), []string{"b"})

	r.forget(missing([]string{"a", "b"}, []live.Row{b}))
	check("a was not found and is told again", ids(r.changed([]live.Row{a, b})), []string{"a"})

	// What only a look showed can be gone too.
	r.looked([]live.Row{row("d", "CREATE_COMPLETE")})
	begun = r.begin()
	check("c and d went", r.gone(begun, []live.Row{a, b}), []string{"c", "d"})
}
