package reconcile

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// The names under which events and commands are recorded.
var (
	eventTypes = typesOf(map[string]any{
		"started": Started{}, "settings": SettingsChanged{}, "revision": Revision{}, "unchanged": Unchanged{},
		"source-failed": SourceFailed{}, "listed": Listed{}, "looked": Looked{}, "parts": PartsRead{},
		"described": Described{}, "driver-lost": DriverLost{}, "rendered": Rendered{}, "planned": Planned{},
		"step-ended": StepEnded{}, "health": HealthRead{}, "asked": Asked{}, "moment": Moment{},
		"secrets": SecretsRead{}, "secrets-done": SecretsDone{},
	})
	commandTypes = typesOf(map[string]any{
		"read-source": ReadSource{}, "list": List{}, "look": Look{}, "read-parts": ReadParts{}, "ask-render": AskRender{},
		"ask-plan": AskPlan{}, "do": Do{}, "read-health": ReadHealth{}, "wake-at": WakeAt{},
		"read-secrets": ReadSecrets{}, "make-secrets": MakeSecrets{}, "drop-secrets": DropSecrets{},
	})
)

// named maps recorded names to types and back.
type named struct {
	byName map[string]reflect.Type
	byType map[reflect.Type]string
}

func typesOf(samples map[string]any) named {
	n := named{byName: map[string]reflect.Type{}, byType: map[reflect.Type]string{}}
	for name, v := range samples {
		t := reflect.TypeOf(v)
		n.byName[name], n.byType[t] = t, name
	}
	return n
}

// envelope is one event or command on a line of its own.
type envelope struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

func (n named) encode(v any) ([]byte, error) {
	name, ok := n.byType[reflect.TypeOf(v)]
	if !ok {
		return nil, fmt.Errorf("%T cannot be recorded", v)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", name, err)
	}
	return json.Marshal(envelope{Type: name, Body: body})
}

func (n named) decode(data []byte) (any, error) {
	var env envelope
	if err := json.Unmarshal(data, &env); err != nil {
		return nil, err
	}
	t, ok := n.byName[env.Type]
	if !ok {
		return nil, fmt.Errorf("no event or command is called %q", env.Type)
	}
	v := reflect.New(t)
	if err := json.Unmarshal(env.Body, v.Interface()); err != nil {
		return nil, fmt.Errorf("%s: %w", env.Type, err)
	}
	return v.Elem().Interface(), nil
}

// EncodeEvent writes an event as one line of JSON, without the line's end. The
// same event gives the same bytes.
func EncodeEvent(ev Event) ([]byte, error) { return eventTypes.encode(ev) }

// DecodeEvent reads what EncodeEvent wrote.
func DecodeEvent(data []byte) (Event, error) {
	v, err := eventTypes.decode(data)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	return v.(Event), nil
}

// EncodeCommand writes a command as one line of JSON, without the line's end.
func EncodeCommand(c Command) ([]byte, error) { return commandTypes.encode(c) }

// DecodeCommand reads what EncodeCommand wrote.
func DecodeCommand(data []byte) (Command, error) {
	v, err := commandTypes.decode(data)
	if err != nil {
		return nil, fmt.Errorf("command: %w", err)
	}
	return v.(Command), nil
}
