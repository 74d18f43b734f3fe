package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/heatsync/heatsync/reconcile"
)

// recordVersion is the form of a recording.
const recordVersion = 1

// recordHead is a recording's first line: the engine's state as it stood, nil
// for one that waits for Started.
type recordHead struct {
	Heatsync int             `json:"heatsync"` // recordVersion
	Fleet    string          `json:"fleet"`
	Version  string          `json:"version"` // of the agent: another one may answer otherwise
	Snapshot json.RawMessage `json:"snapshot,omitempty"`
}

// recordLine is every further line: one event, and what the commands it led to
// hash to.
type recordLine struct {
	Event    string          `json:"event"`
	Data     json.RawMessage `json:"data"`
	Commands int             `json:"commands"`
	Sum      string          `json:"sum"`
}

// eventTypes are all events by name.
var eventTypes = func() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, ev := range []reconcile.Event{
		reconcile.Started{},
		reconcile.SettingsChanged{},
		reconcile.Revision{},
		reconcile.Unchanged{},
		reconcile.SourceFailed{},
		reconcile.Listed{},
		reconcile.Looked{},
		reconcile.PartsRead{},
		reconcile.Described{},
		reconcile.DriverLost{},
		reconcile.Rendered{},
		reconcile.Planned{},
		reconcile.StepEnded{},
		reconcile.HealthRead{},
		reconcile.SecretsRead{},
		reconcile.SecretsDone{},
		reconcile.Asked{},
		reconcile.Moment{},
	} {
		out[nameOf(ev)] = reflect.TypeOf(ev)
	}
	return out
}()

func nameOf(v any) string { return reflect.TypeOf(v).Name() }

func encodeLine(ev reconcile.Event, out reconcile.Output) ([]byte, error) {
	data, err := json.Marshal(ev)
	if err != nil {
		return nil, err
	}
	sum, err := sumOf(out.Commands)
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(recordLine{Event: nameOf(ev), Data: data, Commands: len(out.Commands), Sum: sum})
	return append(line, '\n'), err
}

func (l recordLine) event() (reconcile.Event, error) {
	t, ok := eventTypes[l.Event]
	if !ok {
		return nil, fmt.Errorf("unknown event %q", l.Event)
	}
	v := reflect.New(t)
	if err := json.Unmarshal(l.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("event %s: %w", l.Event, err)
	}
	return v.Elem().Interface().(reconcile.Event), nil
}

// namedCommand is a command as recordings hash it and people read it.
type namedCommand struct {
	Name    string            `json:"name"`
	Command reconcile.Command `json:"command"`
}

// sumOf hashes commands by their content.
func sumOf(cs []reconcile.Command) (string, error) {
	if len(cs) == 0 {
		return "", nil
	}
	named := make([]namedCommand, len(cs))
	for i, c := range cs {
		named[i] = namedCommand{nameOf(c), c}
	}
	data, err := json.Marshal(named)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8]), nil
}
