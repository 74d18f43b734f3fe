package carry

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/spec"
)

func TestLastSaid(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for name, c := range map[string]struct{ console, want string }{
		"nothing":            {"\n \r\n", ""},
		"the last lines":     {"one\ntwo\nthree\n\nfour\n", "two | three | four"},
		"the boot script's":  {"[ 1.0] sh[7]: heatsync: fetching kubeadm\nlogin:\n[ 9.0] sh[7]: heatsync: STOPPED at kubeadm\nlogin: \n", "fetching kubeadm | STOPPED at kubeadm"},
		"moved cursors":      {"\x1b[1;31mFailed\x1b[0m to\tstart\x07\x00\xff\n", "Failed to start"},
		"a kubeadm token":    {"kubeadm join --token abcdef.0123456789abcdef\n", "kubeadm join --token <hidden>"},
		"a password":         {`"password": "hunter2" then token=xyz` + "\n", `"password": <hidden> then token=<hidden>`},
		"a key":              {"-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIEvQIBADANBgkqhkiG9w0", 4) + "==\n", "-----BEGIN PRIVATE KEY----- | <hidden>"},
		"an id is no secret": {"server 2ed40fcc-2a48-457e-a705-0e7d41fc1c4a\n", "server 2ed40fcc-2a48-457e-a705-0e7d41fc1c4a"},
		"a long line":        {long + "\n", long[:consoleLine] + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, lastSaid(c.console)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// screens are the consoles of a cloud.
type screens struct {
	text  string
	err   error
	asked []string
}

func (s *screens) Console(_ context.Context, server string, _ int) (string, error) {
	s.asked = append(s.asked, server)
	return s.text, s.err
}

func TestAConsoleTellsWhy(t *testing.T) {
	const server = "2ed40fcc-2a48-457e-a705-0e7d41fc1c4a"
	silent := map[string]string{"api": "there is no route to it"}
	for name, c := range map[string]struct {
		report driver.HealthReport
		err    error
		asked  bool
		says   string
	}{
		"nobody answers":          {driver.HealthReport{Health: driver.Unhealthy, Reasons: silent, ConsoleServerID: server}, nil, true, "server " + server + " said last: STOPPED at etcd"},
		"all is well":             {driver.HealthReport{Health: driver.Healthy, ConsoleServerID: server}, nil, false, ""},
		"no server is named":      {driver.HealthReport{Health: driver.Unknown, Reasons: silent}, nil, false, ""},
		"the cloud keeps none":    {driver.HealthReport{Health: driver.Unknown, Reasons: silent, ConsoleServerID: server}, errors.New("404"), true, ""},
		"the driver has its own":  {driver.HealthReport{Health: driver.Unknown, Reasons: map[string]string{"console": "mine"}, ConsoleServerID: server}, nil, false, "mine"},
		"a driver without a word": {driver.HealthReport{Health: driver.Unknown, ConsoleServerID: server}, nil, true, "server " + server + " said last: STOPPED at etcd"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			from := &screens{text: "heatsync: STOPPED at etcd\n", err: c.err}
			b.ReadConsoles(from)
			b.driver.report = c.report
			ev := b.run(b.Health(reconcile.ReadHealth{Cluster: "web", Driver: "docker", Spec: &spec.Cluster{}})).(reconcile.HealthRead)
			if ev.Fault != nil || ev.Reasons["console"] != c.says || (len(from.asked) > 0) != c.asked {
				t.Errorf("%+v, asked for %v", ev, from.asked)
			}
			b.run(b.Health(reconcile.ReadHealth{Cluster: "web", Driver: "docker", Spec: &spec.Cluster{}}))
			if len(from.asked) > 1 {
				t.Errorf("asked %d times in a minute", len(from.asked))
			}
			if len(silent) != 1 {
				t.Error("the driver's map was written to")
			}
		})
	}
}
