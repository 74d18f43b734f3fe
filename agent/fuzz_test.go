package agent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/reconcile"
)

// FuzzHints puts any bytes in the place of the hints. They are believed only with
// their checksum, and never as those of a clean stop twice.
func FuzzHints(f *testing.F) {
	for _, h := range []string{
		`{}`, `null`, `{"clean":true,"paused":true,"cloud":"p","revision":"r","clusters":{"web":{"stackID":"i","digest":"d","updated":"2026-01-02T03:04:05Z"}}}`,
		`{"clean":1}`, `{"clusters":{"web":null}}`, `[]`, `{"clean":true}`,
	} {
		f.Add([]byte(h), []byte(nil))
		f.Add([]byte(h), []byte(`{"version":1,"sha256":"","hints":`+h+`}`))
		f.Add([]byte(h), []byte(`{"version":2,"sha256":"x","hints":`+h+`}`))
	}
	f.Add([]byte(nil), []byte("\x00\x00"))
	f.Add([]byte(`{"clean":true}`), []byte(`{"version":1,"sha256":"00","hints":{"clean":true}}{}`))
	f.Fuzz(func(t *testing.T, raw, whole []byte) {
		path := filepath.Join(t.TempDir(), "hints.json")
		sum := sha256.Sum256(raw)
		signed := []byte(`{"version":1,"sha256":"` + hex.EncodeToString(sum[:]) + `","hints":` + string(raw) + `}`)
		for _, text := range [][]byte{signed, whole} {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			h, err := (&hintsFile{path: path}).read()
			if err != nil && (h.Clean || h.Paused || h.Clusters != nil || strings.ContainsAny(err.Error(), "\n\r")) {
				t.Errorf("hints beside an error, or more than a line: %+v, %q", h, err)
			}
			if err == nil && !vouched(text) {
				t.Errorf("hints without their checksum are believed: %q", text)
			}
			taken, err := (&hintsFile{path: path}).take()
			if err != nil {
				continue
			}
			if again, err := (&hintsFile{path: path}).take(); err != nil || again == nil || again.Clean || again.Paused != taken.Paused || len(again.Clusters) != len(taken.Clusters) {
				t.Errorf("taken twice: %+v, then %+v (%v)", taken, again, err)
			}
		}
	})
}

// vouched tells, in another way than the agent, whether some JSON value in the text
// has the checksum that stands in it.
func vouched(text []byte) bool {
	for i := range text {
		var v json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(text[i:])).Decode(&v); err != nil {
			continue
		}
		if sum := sha256.Sum256(v); bytes.Contains(text, []byte(hex.EncodeToString(sum[:]))) {
			return true
		}
	}
	return bytes.Contains(text, []byte(`\`)) // an escaped checksum
}

// FuzzReplay tells any recording to an engine: it ends with a count or an error of
// one line.
func FuzzReplay(f *testing.F) {
	for _, max := range []int64{1 << 20, 600} {
		file := filepath.Join(f.TempDir(), "r.jsonl")
		recordSome(f, file, max, 4)
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(text[:len(text)/2])
	}
	for _, text := range []string{
		``, `{}`, `{"heatsync":2}`, `{"heatsync":1,"snapshot":null}`, `{"heatsync":1,"snapshot":{}}` + "\n" + `{"event":"Moment","data":{}}`,
		`{"heatsync":1,"snapshot":{"clusters":[{}],"rows":[{}]}}` + "\n" + `{"event":"Listed","data":null}`, `{"heatsync":1}` + "\n" + `{"event":"Nothing"}`,
		`{"heatsync":1}` + "\n" + `{"event":"StepEnded","data":{"id":1}}` + "\n\n", `{"heatsync":1}` + "\n" + `{"event":"Started","data":{"settings":{"poll":{"source":-1}}}}` + "\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var out bytes.Buffer
		r, err := Replay(bytes.NewReader(text), &out)
		if r.Differ > r.Events || r.Events > bytes.Count(text, []byte("\n")) {
			t.Errorf("%+v", r)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("more than a line: %q", err)
		}
	})
}

// FuzzEvent: an event that is read is written the same again.
func FuzzEvent(f *testing.F) {
	for name := range eventTypes {
		f.Add(name, []byte(`{}`))
		f.Add(name, []byte(`{"at":"2026-01-02T03:04:05.000000006Z","id":7,"rows":[{"id":"a"}],"err":{"code":"auth"}}`))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		ev, err := recordLine{Event: name, Data: data}.event()
		if err != nil {
			return
		}
		line, err := encodeLine(ev, reconcile.Output{})
		if err != nil {
			return // a time beyond the year 9999
		}
		var read recordLine
		if err := json.Unmarshal(line, &read); err != nil {
			t.Fatal(err)
		}
		again, err := read.event()
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := encodeLine(again, reconcile.Output{}); err != nil || !bytes.Equal(line, twice) {
			t.Errorf("%q became %q (%v)", line, twice, err)
		}
	})
}
