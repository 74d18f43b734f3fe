package secretstore

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// shown is a version as it may be seen.
type shown struct{ Name, Kind, ID, Value string }

func (v Version) shown() shown {
	s := shown{Name: v.Name, Kind: v.Kind, ID: v.ID}
	if len(v.Value) > 0 {
		s.Value = "(secret)"
	}
	return s
}

// Format prints a version without its value, whatever the verb.
func (v Version) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%+v", v.shown()) }

// LogValue implements slog.LogValuer.
func (v Version) LogValue() slog.Value { return slog.AnyValue(v.shown()) }

// MarshalJSON leaves the value out: what may be read again is made by the stores.
func (v Version) MarshalJSON() ([]byte, error) { return json.Marshal(v.shown()) }
