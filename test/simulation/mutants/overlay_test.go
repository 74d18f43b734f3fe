package mutants

import (
	"strings"
	"testing"
)

// Every mutant fits the sources as they are: whoever changes one of its texts
// hears of it here, before `make mutants`.
func TestMutantsFit(t *testing.T) {
	if _, err := Overlay("../../..", t.TempDir(), All()); err != nil {
		t.Fatal(err)
	}
	if n := len(All()); n < 25 {
		t.Errorf("there are %d mutants, fewer than 25", n)
	}
}

func TestMisfits(t *testing.T) {
	const file = "reconcile/plan/guard.go"
	place := func(find string) []Place { return []Place{{file, find, "MUTANT"}} }
	for _, tt := range []struct {
		name string
		all  []Mutant
		want string
	}{
		{"a text that is not there", []Mutant{{"m", "", place("no such text")}}, `mutant "m": its text is found 0 times`},
		{"a text that is there twice", []Mutant{{"m", "", place("return ")}}, `mutant "m": its text is found 3 times`},
		{"no switch", []Mutant{{"m", "", []Place{{file, "max(3", "max(4"}}}}, `mutant "m": `},
		{"one name twice", []Mutant{{"m", "", nil}, {"m", "", nil}}, `two mutants "m"`},
		{"one text twice", []Mutant{{"m", "", place("asked <= maxDeletes")}, {"n", "", place("<= maxDeletes")}}, `mutants "m" and "n"`},
		{"a file that is not there", []Mutant{{"m", "", []Place{{"reconcile/gone.go", "x", "MUTANT"}}}}, "reconcile/gone.go"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Overlay("../../..", t.TempDir(), tt.all)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Overlay: %v, want %q in it", err, tt.want)
			}
		})
	}
}
