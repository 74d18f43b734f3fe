package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// FuzzParse holds the reader of the config to its promises on any bytes: it
// returns, each problem has a place in the file and one line, what passes has all
// that the agent builds on, and a second reading says the same.
func FuzzParse(f *testing.F) {
	const fleet = "fleets: [{name: prod, source: {directory: x}}]\n"
	for _, text := range []string{
		"", "\n", "a: [", fleet, fleet + "stateDri: x", fleet + "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2", fleet + "drivers: x", "fleets: {}", "null", "---\n---\n",
		"fleets: [{name: p, source: {directory: x}, poll: {recent: 5, inProgress: -1s, deepCheck: {rate: 1000000/s}}}]", "fleets: [&f {name: p, source: {directory: x}}, *f]",
		"fleets:\n- name: p\n  readOnly: true\n  source: {git: {url: 'https://u:pw@h/x.git', branch: b, path: ../x}, auth: {tokenFile: t}}\n  cloud: {name: c, rpcTimeout: 9999999h, maxResources: -1}\n  concurrency: 0\n",
		fleet + "log: {level: loud, format: json}\nrecording: {file: r, maxBytes: 9223372036854775808}\nweb: {configFile: w}", "fleets: [null]", "fleets: [[]]", "{{}: x}", "? - a\n: b\n", "\t",
		"fleets: [{name: p, source: {directory: x}, cloud: {margin: 1h}, maxCreates: 1e3}]", "\"\\0\"", "\xff", "a: !!binary x", "%YAML 3.0\n---\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("/etc/heatsync/c.yaml", text)
		again, second := Parse("/etc/heatsync/c.yaml", text)
		if !reflect.DeepEqual(c, again) || (err == nil) != (second == nil) || (err != nil && err.Error() != second.Error()) {
			t.Errorf("two readings differ: %v, %v", err, second)
		}
		if err != nil {
			placed(t, err, strings.Count(string(text), "\n")+1)
			return
		}
		if len(c.Fleets) == 0 || c.StateDir == "" {
			t.Errorf("a config without fleets or state passes: %+v", c)
		}
		names := map[string]bool{}
		for _, f := range c.Fleets {
			if f.Name == "" || len(f.Name) > 20 || names[f.Name] || (f.Source.Git == nil) == (f.Source.Directory == "") {
				t.Errorf("a fleet without a name of its own and one source passes: %+v", f)
			}
			names[f.Name] = true
			if s := c.Settings(f); s.Poll.InProgress <= 0 || s.Poll.Recent <= 0 || s.Poll.Inventory <= 0 || s.Poll.Source <= 0 || s.SettleIn < 0 || f.Concurrency < 1 {
				t.Errorf("a fleet that is never looked at, or all the time: %+v, concurrency %d", s, f.Concurrency)
			}
		}
	})
}

// placed wants problems that name a place in the file, one line each.
func placed(t *testing.T, err error, lines int) {
	t.Helper()
	e := new(Error)
	if !errors.As(err, &e) || len(e.Problems) == 0 {
		t.Fatalf("no list of problems: %v", err)
	}
	for _, p := range e.Problems {
		if p.Summary == "" || p.Line < 0 || p.Line > lines || (p.Line > 0) != (p.Column > 0) || strings.ContainsAny(p.String(), "\n\r\v\f") {
			t.Errorf("no place, or more than a line: %+v of %d lines", p, lines)
		}
	}
}
