package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const whole = `listen: 127.0.0.1:8480
stateDir: state
drivers: {dir: /usr/lib/heatsync/drivers, lock: /etc/heatsync/drivers.lock}
fleets:
- name: prod
  readOnly: false
  source:
    git: {url: https://git.example.org/clusters.git, branch: main, path: clusters, interval: 30s}
    auth: {tokenFile: secrets/token}
  cloud: {name: mycloud, rpcTimeout: 180s, maxResources: 1000}
  poll: {inProgress: 5s, recent: 30s, inventory: 5m, deepCheck: {rate: 30/m}}
  concurrency: 20
  maxCreates: 20
- name: lab
  readOnly: true
  source: {directory: ./clusters}
  cloud: {rpcTimeout: 0s, margin: 0s}
  secrets: {barbican: {}}
secrets: {age: {dir: ../store, identityFile: age.key}}
`

func TestWholeFile(t *testing.T) {
	c, err := Parse("/etc/heatsync/heatsync.yaml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	prod := defaultFleet()
	prod.Name = "prod"
	prod.Source.Git = &Git{URL: "https://git.example.org/clusters.git", Branch: "main", Path: "clusters", Interval: 30 * time.Second}
	prod.Source.Auth.TokenFile = "/etc/heatsync/secrets/token"
	prod.Cloud.Name = "mycloud"
	lab := defaultFleet()
	lab.Name, lab.ReadOnly = "lab", true
	lab.Source.Directory = "/etc/heatsync/clusters"
	lab.Cloud.RPCTimeout, lab.Cloud.Margin = 0, 0
	lab.Secrets.Barbican = &Barbican{}
	want := defaults()
	want.Secrets.Age = &Age{Dir: "/etc/store", IdentityFile: "/etc/heatsync/age.key"}
	want.StateDir = "/etc/heatsync/state"
	want.Fleets = []Fleet{prod, lab}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if s := c.Settings(c.Fleets[0]); s.SettleIn != 210*time.Second || s.Poll.DeepEvery != 2*time.Second || s.Poll.Source != 30*time.Second {
		t.Errorf("settings of prod: %+v", s)
	}
	if c.SecretsOf(c.Fleets[0]).Age == nil || c.SecretsOf(c.Fleets[1]).Barbican == nil || !c.Settings(c.Fleets[0]).Secrets {
		t.Errorf("stores %+v and %+v", c.SecretsOf(c.Fleets[0]), c.SecretsOf(c.Fleets[1]))
	}
	if s := c.Settings(c.Fleets[1]); s.SettleIn != 0 || !s.ReadOnly {
		t.Errorf("settings of lab: %+v", s)
	}
}

func TestProblems(t *testing.T) {
	const fleet = "fleets: [{name: prod, source: {directory: x}}]\n"
	tests := []struct{ name, text, want string }{
		{"empty file", "", "c.yaml: the file is empty"},
		{"not YAML", "a: [", "c.yaml:1:1: not YAML"},
		{"unknown field, near", fleet + "stateDri: x", "c.yaml:2:1: stateDri: unknown field: did you mean stateDir?"},
		{"unknown field, far", fleet + "zzzzzzzzz: x", "unknown field: there are drivers, fleets, listen"},
		{"unknown field, deep", "fleets: [{name: prod, source: {git: {uri: x}}}]", "c.yaml:1:38: fleets[0].source.git.uri: unknown field: did you mean url?"},
		{"key twice", fleet + "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2", "c.yaml:3:1: listen: written twice"},
		{"text for a mapping", fleet + "drivers: x", "c.yaml:2:10: drivers: must be a mapping"},
		{"mapping for a list", "fleets: {}", "fleets: must be a list"},
		{"wrong duration", "fleets: [{name: p, source: {directory: x}, poll: {recent: 5}}]", `fleets[0].poll.recent: must be a duration such as 30s or 5m, found "5"`},
		{"wrong number", "fleets: [{name: p, source: {directory: x}, concurrency: many}]", "must be a whole number"},
		{"text for true", "fleets: [{name: p, readOnly: 'true', source: {directory: x}}]", "must be true or false"},
		{"wrong rate", "fleets: [{name: p, source: {directory: x}, poll: {deepCheck: {rate: 30}}}]", "is not a rate such as 30/m"},
		{"anchor", "fleets: [&f {name: p, source: {directory: x}}]", "anchors and aliases"},
		{"no fleets", "listen: 127.0.0.1:1", "c.yaml:1:1: fleets: at least one fleet is required"},
		{"no name", "fleets: [{source: {directory: x}}]", "fleets[0].name: is required"},
		{"bad name", "fleets: [{name: Prod, source: {directory: x}}]", "fleets[0].name:"},
		{"long name", "fleets: [{name: a23456789012345678901, source: {directory: x}}]", "at most 20"},
		{"name twice", "fleets: [{name: p, source: {directory: x}}, {name: p, source: {directory: y}}]", `fleets[1].name: "p" is already fleets[0]`},
		{"no source", "fleets: [{name: p}]", "fleets[0].source: needs exactly one of git and directory"},
		{"two sources", "fleets: [{name: p, source: {directory: x, git: {url: https://a/b}}}]", "exactly one"},
		{"branch and tag", "fleets: [{name: p, source: {git: {url: https://a/b, branch: a, tag: b}}}]", "exclude each other"},
		{"key without hosts", "fleets: [{name: p, source: {git: {url: ssh://a/b}, auth: {sshKeyFile: k}}}]", "go together"},
		{"token in a URL", "fleets: [{name: p, source: {git: {url: 'https://s3cret@h/x.git'}}}]", "c.yaml:1:40: fleets[0].source.git.url: holds a user name or a token"},
		{"token as a query", "fleets: [{name: p, source: {git: {url: 'https://h/x.git?t=s3cret'}}}]", "c.yaml:1:40: fleets[0].source.git.url: has a query"},
		{"token without https", "fleets: [{name: p, source: {git: {url: 'http://h/x.git'}, auth: {tokenFile: k}}}]", "c.yaml:1:65: fleets[0].source.auth: credentials over http:// can be read"},
		{"odd branch", "fleets: [{name: p, source: {git: {url: 'https://h/x.git', branch: ../x}}}]", "c.yaml:1:67: fleets[0].source.git.branch: "},
		{"listen", fleet + "listen: here", "listen: must be host:port"},
		{"two stores", fleet + "secrets: {age: {dir: a, identityFile: k}, barbican: {}}", "c.yaml:2:10: secrets: age and barbican exclude each other"},
		{"store in the state", fleet + "stateDir: s\nsecrets: {age: {dir: s/secrets, identityFile: k}}", "secrets.age.dir: must lie outside stateDir (s)"},
		{"store is the state", "stateDir: /s\nfleets: [{name: p, source: {directory: x}, secrets: {age: {dir: /s/, identityFile: k}}}]", "fleets[0].secrets.age.dir: must lie outside stateDir (/s)"},
		{"store in the state by the file's folder", fleet + "stateDir: /etc/hs\nsecrets: {age: {dir: secrets, identityFile: /k}}", "secrets.age.dir: must lie outside stateDir"},
		{"identity in the state", fleet + "stateDir: /s\nsecrets: {age: {dir: /t, identityFile: /s/k}}", "secrets.age.identityFile: must lie outside stateDir"},
		{"identity in the store", fleet + "secrets: {age: {dir: /t, identityFile: /t/k}}", "secrets.age.identityFile: must not lie in the folder that it opens"},
		{"store without identity", fleet + "secrets: {age: {dir: a}}", "secrets.age.identityFile: is required"},
		{"unknown store", fleet + "secrets: {vault: {}}", "secrets.vault: unknown field"},
		{"field of barbican", fleet + "secrets: {barbican: {project: x}}", "secrets.barbican.project: unknown field"},
		{"two documents", fleet + "---\nlisten: x", "one document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := "c.yaml"
			if strings.Contains(tt.text, "/etc/hs") {
				file = "/etc/hs/c.yaml"
			}
			_, err := Parse(file, []byte(tt.text))
			if e := new(Error); !errors.As(err, &e) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := Parse("c.yaml", []byte("lisen: x\nfleets: [{name: p, sorce: {}}]\n"))
	want := "c.yaml:1:1: lisen: unknown field: did you mean listen?\n" +
		"c.yaml:2:20: fleets[0].sorce: unknown field: did you mean source?"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestRecordingFilePerFleet(t *testing.T) {
	c := Config{Recording: Recording{File: "/var/lib/x/events.jsonl"}}
	if got := c.RecordingFile("prod"); got != "/var/lib/x/events.prod.jsonl" {
		t.Errorf("got %q", got)
	}
}

func TestWatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heatsync.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write(whole)
	type told struct {
		c   Config
		err error
	}
	tell := make(chan told, 10)
	nudge := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		Watch(t.Context(), file, []byte(whole), nudge, func(c Config, err error) { tell <- told{c, err} })
	}()
	next := func() told {
		t.Helper()
		select {
		case x := <-tell:
			return x
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was told")
		}
		return told{}
	}
	nudge <- struct{}{} // and by its answer the watcher is known to stand
	if x := next(); x.err != nil || len(x.c.Fleets) != 2 {
		t.Errorf("nudged: %+v", x)
	}
	write(whole + "oops: 1\n")
	if x := next(); x.err == nil {
		t.Error("a broken file was told as a good one")
	}
	write(strings.Replace(whole, "name: lab", "name: lab-2", 1))
	if x := next(); x.err != nil || x.c.Fleets[1].Name != "lab-2" {
		t.Errorf("changed: %+v", x)
	}
}

func TestQuietFleetsShareWhatTheyAsk(t *testing.T) {
	tests := []struct {
		fleets    int
		inventory time.Duration
		want      time.Duration
	}{
		{fleets: 1, inventory: 5 * time.Minute, want: 8 * time.Second}, // less than twice recent: without effect
		{fleets: 20, inventory: 5 * time.Minute, want: 160 * time.Second},
		{fleets: 100, inventory: 5 * time.Minute, want: 5 * time.Minute}, // no less often than the inventory itself
		{fleets: 100, inventory: 10 * time.Second, want: time.Minute},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.fleets, " fleets, inventory ", tt.inventory), func(t *testing.T) {
			f := defaultFleet()
			f.Poll.Inventory = tt.inventory
			c := Config{Fleets: make([]Fleet, tt.fleets)}
			if got := c.Settings(f).Poll.Quiet; got != tt.want {
				t.Errorf("quiet fleets look for newest updates every %v, want %v", got, tt.want)
			}
		})
	}
}
