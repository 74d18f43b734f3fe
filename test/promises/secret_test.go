package promises

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
)

const secretConfig = `listen: 127.0.0.1:0
stateDir: state
drivers: {dir: drivers, lock: drivers/drivers.lock}
log: {level: debug}
recording: {file: recording/recording.jsonl}
fleets:
- name: one
  source: {git: {url: %[1]s/fleet.git, branch: main, interval: 100ms}, auth: {tokenFile: keys/token}}
  cloud: {rpcTimeout: 0s, margin: 0s} # as the environment says: with a password
  poll: {inProgress: 50ms, recent: 300ms, inventory: 500ms, deepCheck: {rate: 10/s}}
- name: two
  source: {git: {url: %[2]s/fleet.git, branch: main, interval: 100ms}, auth: {username: ann, passwordFile: keys/password}}
  cloud: {name: app, file: keys/clouds.yaml, rpcTimeout: 0s, margin: 0s}
  poll: {inProgress: 50ms, recent: 300ms, inventory: 500ms, deepCheck: {rate: 10/s}}
`

const secretClouds = `clouds:
  app:
    region_name: RegionOne
    auth_type: v3applicationcredential
    auth: {auth_url: %s, application_credential_id: credential-1, application_credential_secret: %s}
`

// secretFleet has one cluster for each way of telling a secret.
const secretFleet = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: %[1]s}
spec: {drift: correct, maxDeletes: 1, rollout: {maxConcurrent: 20}}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: small}
spec: {coe: toy, image: none, flavor: m1.small, labels: {colour: %[2]s, pin: %[3]s}}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: mortal}
spec: {coe: dying, image: none, flavor: m1.small, labels: {pin: %[3]s}}
---
apiVersion: heatsync/v1
kind: Cluster
metadata: {name: typo}
spec: {template: small, labels: {pin: "%[4]s!"}}
---
apiVersion: heatsync/v1
kind: Cluster
metadata: {name: dies}
spec: {template: mortal}
`

// secretWorld is an agent that was trusted with much, and whose company tells
// it on.
type secretWorld struct {
	*agent
	cloud  *cloud
	hosts  map[string]*gitHost // by fleet
	secret canaries
}

const (
	cloudPassword = "the cloud's password"
	appSecret     = "the application credential's secret"
	gitToken      = "the token for Git"
	gitPassword   = "the password for Git"
	pinOld        = "a sensitive label"
	pinNew        = "a sensitive label's next value"
	pinWrong      = "a sensitive label's refused value"
	pinStranger   = "a hidden parameter that somebody else wrote"
)

func newSecretWorld(t *testing.T) *secretWorld {
	t.Helper()
	w := &secretWorld{agent: newAgent(t), secret: canaries{}, hosts: map[string]*gitHost{}}
	for _, what := range []string{cloudPassword, appSecret, gitToken, gitPassword, pinOld, pinNew, pinWrong, pinStranger} {
		w.secret[what] = newCanary()
	}
	w.cloud = newCloud(t, heatsim.Options{
		Seed:  1,
		Users: []heatsim.User{{Name: "demo", Password: w.secret[cloudPassword], Projects: []string{"demo"}}},
		Credentials: []heatsim.AppCredential{{
			ID: "credential-1", Name: "heatsync", Secret: w.secret[appSecret], User: "demo", Project: "demo", Unrestricted: true,
		}},
	})
	w.hosts["one"], w.hosts["two"] = newGitHost(t, w.secret[gitToken]), newGitHost(t, w.secret[gitPassword])
	w.write(t, "keys/token", w.secret[gitToken]+"\n")
	w.write(t, "keys/password", w.secret[gitPassword]+"\n")
	auth := heatsim.AuthURL(w.cloud.server.URL)
	w.write(t, "keys/clouds.yaml", fmt.Sprintf(secretClouds, auth, w.secret[appSecret]))
	w.write(t, "heatsync.yaml", fmt.Sprintf(secretConfig, w.hosts["one"].URL, w.hosts["two"].URL))
	w.environ = append(w.environ, "OS_AUTH_URL="+auth, "OS_USERNAME=demo", "OS_PASSWORD="+w.secret[cloudPassword],
		"OS_PROJECT_NAME=demo", "OS_USER_DOMAIN_NAME=Default", "OS_PROJECT_DOMAIN_NAME=Default", "OS_REGION_NAME=RegionOne")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w.install(t, "toy", self, "")
	w.install(t, "dying", self, "")
	return w
}

// push has both fleets ask for clusters of a colour and a pin.
func (w *secretWorld) push(t *testing.T, colour, pin string) {
	t.Helper()
	for fleet, host := range w.hosts {
		text := fmt.Sprintf(secretFleet, fleet, colour, w.secret[pin], w.secret[pinWrong])
		host.push(t, text+documents(present, []string{"works", "fails", "tells", "panics", "panics-in-plan"}))
	}
}

// awaitClusters waits until what is wanted of each cluster holds in both fleets.
func (w *secretWorld) awaitClusters(t *testing.T, what string, want map[string]func(reconcile.ClusterStatus) bool) {
	t.Helper()
	for fleet := range w.hosts {
		await(t, time.Minute, "fleet "+fleet+": "+what, func() error {
			all, err := w.clusters(fleet)
			for name, holds := range want {
				if c := all[name]; !holds(c) {
					err = errors.Join(err, fmt.Errorf("%s: %s %s %s", name, c.Outcome, c.Code, c.Message))
				}
			}
			return err
		})
	}
}

func settled(c reconcile.ClusterStatus) bool { return c.Outcome == reconcile.Settled }

func inTrouble(c reconcile.ClusterStatus) bool {
	return c.Outcome == reconcile.Retrying || c.Outcome == reconcile.Stalled
}

// TestP10NoSecretLeaves: none of what the agent is trusted with gets out, however
// much its drivers, its Git hosts and its cloud tell.
//
// Two places hold a secret by their nature and are left out: a sensitive label is
// written in Git, so Git's objects and a recording, which holds the files of the
// source as they are, hold it too; and who gives OS_PASSWORD to the agent finds it
// in the agent's own environment.
func TestP10NoSecretLeaves(t *testing.T) {
	w := newSecretWorld(t)
	w.cloud.sim.Break(heatsim.ResourceFault{Stack: "*--fails", Name: "server", Reason: "ResourceInError: no valid host was found"})
	w.push(t, "red", pinOld)
	w.start(t)
	w.awaitClusters(t, "its clusters are where they will be", map[string]func(reconcile.ClusterStatus) bool{
		"works": settled, "fails": inTrouble, "tells": inTrouble, "panics": inTrouble, "panics-in-plan": inTrouble, "typo": inTrouble, "dies": inTrouble,
	})
	w.sweep(t, "with failing steps and drivers")

	w.meddle(t, "one--works")
	w.sweep(t, "with a stranger's parameters")

	w.askAll(t, "pause")
	w.push(t, "blue", pinNew)
	w.sweep(t, "with a change that waits")
	if out, _ := w.command(t, "plan", "-o", "json"); !strings.Contains(string(out), `"labels.colour"`) {
		t.Errorf("no change is planned: the sweep showed nothing\n%s", out)
	}

	for _, status := range []int{http.StatusUnauthorized, http.StatusInternalServerError, http.StatusOK} {
		w.fallIll(t, status)
		w.sweep(t, fmt.Sprintf("while Git answers %d and the cloud is ill", status))
	}
	w.recover(t)
	w.askAll(t, "resume")
	w.awaitClusters(t, "it has taken up the change", map[string]func(reconcile.ClusterStatus) bool{"works": settled})
	w.sweep(t, "after the change")
	w.mustHaveTold(t)

	planted := w.write(t, "state/fleets/one/planted", base64.StdEncoding.EncodeToString([]byte("ann:"+w.secret[gitToken])))
	if found := w.leaks(w.places(t)); len(found) != 1 || !strings.Contains(found[0], filepath.Base(planted)) {
		t.Errorf("a planted secret: found %q, want it alone", found)
	}
	t.Logf("%d tokens were issued", len(w.cloud.issued()))
}

// askAll pauses or resumes both fleets.
func (w *secretWorld) askAll(t *testing.T, what string) {
	t.Helper()
	for fleet := range w.hosts {
		if out, code := w.command(t, what, fleet, "--url", "http://"+w.address); code != 0 {
			t.Fatalf("heatsync %s %s: %s", what, fleet, out)
		}
	}
}

// fallIll has Git and the cloud repeat what they are asked, credentials included,
// until the agent has heard it.
func (w *secretWorld) fallIll(t *testing.T, status int) {
	t.Helper()
	for _, host := range w.hosts {
		host.ill.Store(int32(status))
	}
	w.cloud.fallIll(true)
	w.cloud.sim.RevokeTokens()
	for fleet := range w.hosts {
		before, err := w.fleet(fleet)
		if err != nil {
			t.Fatal(err)
		}
		await(t, time.Minute, "fleet "+fleet+" hears of it", func() error {
			f, err := w.fleet(fleet)
			if err == nil && (f.SourceError == nil || f.CloudError == nil || f.Lanes.Source.After(before.Lanes.Source)) {
				before, err = f, errors.New("it has no fault, or had none just now")
			}
			return err
		})
	}
}

func (w *secretWorld) recover(t *testing.T) {
	t.Helper()
	for _, host := range w.hosts {
		host.ill.Store(0)
	}
	w.cloud.fallIll(false)
	w.cloud.sim.RevokeTokens()
	for fleet := range w.hosts {
		await(t, 2*time.Minute, "fleet "+fleet+" is well again", func() error {
			f, err := w.fleet(fleet)
			if err == nil && (f.SourceError != nil || f.CloudError != nil) {
				err = fmt.Errorf("source: %v, cloud: %v", f.SourceError, f.CloudError)
			}
			return err
		})
	}
}

// mustHaveTold makes sure that the story was played: what the drivers told about
// themselves has reached the log, without what is secret in it.
func (w *secretWorld) mustHaveTold(t *testing.T) {
	t.Helper()
	log := string(w.read(t, "log"))
	for _, told := range []string{
		"stdout: ", "stderr: ", "the token is [redacted]", "the cloud does not take [redacted]", "panicked in Plan", "with [redacted]",
		driver.Handshake().MagicCookieKey, "no valid host",
	} {
		if !strings.Contains(log, told) {
			t.Errorf("the log does not tell %q: the story was not played", told)
		}
	}
}
