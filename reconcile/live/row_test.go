package live

import (
	"reflect"
	"testing"
	"time"
)

// TestRowEqualSeesEveryField changes one field after the other.
func TestRowEqualSeesEveryField(t *testing.T) {
	full := func() Row {
		noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		return Row{
			ID: "i", Name: "n", Status: ParseStatus("CREATE_COMPLETE"), Reason: "r", Created: noon, Updated: noon, Deleted: noon,
			Tags: []string{"a", "b"}, Owner: "o", Project: "p",
		}
	}
	if !full().Equal(full()) {
		t.Fatal("a row differs from itself")
	}
	for i := range reflect.TypeFor[Row]().NumField() {
		other := full()
		reflect.ValueOf(&other).Elem().Field(i).SetZero()
		if full().Equal(other) {
			t.Errorf("another %s is not seen", reflect.TypeFor[Row]().Field(i).Name)
		}
	}
}
