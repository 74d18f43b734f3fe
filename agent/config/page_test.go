package config

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// names lists the fields of a type as people write them.
func names(t reflect.Type, at string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice:
		return names(t.Elem(), at+"[]")
	case t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Duration]() || t == rateType:
		return []string{at}
	}
	if t.NumField() == 0 { // written as {}
		return []string{at}
	}
	var out []string
	for i := range t.NumField() {
		out = append(out, names(t.Field(i).Type, join(at, t.Field(i).Tag.Get("yaml")))...)
	}
	return out
}

// The page names every field, and no other.
func TestPageHasEveryField(t *testing.T) {
	text, err := os.ReadFile("../../docs/operate/config.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(rest, "`")
			documented[name] = true
		}
	}
	for _, name := range names(reflect.TypeFor[Config](), "") {
		if !documented[name] {
			t.Errorf("docs/operate/config.md does not say what %s is", name)
		}
		delete(documented, name)
	}
	for name := range documented {
		t.Errorf("docs/operate/config.md tells of %s, which is no field", name)
	}
}
