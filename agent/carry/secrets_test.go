package carry

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

const canary = "canary-77d0"

// shelf is a store in memory that can fail.
type shelf struct {
	sets map[secretstore.Owner]secretstore.Set
	err  error
	down bool             // reads fail too
	late *secretstore.Set // another agent's, that is there by the time of a Put
	put  error            // what a Put answers that was carried out
}

func (s *shelf) Get(_ context.Context, o secretstore.Owner) (secretstore.Set, error) {
	set, ok := s.sets[o]
	switch {
	case s.down:
		return secretstore.Set{}, s.err
	case !ok:
		return secretstore.Set{}, secretstore.ErrNone
	}
	return set, nil
}

func (s *shelf) Put(_ context.Context, set secretstore.Set) error {
	if s.late != nil {
		s.sets[set.Owner] = *s.late
	}
	if _, ok := s.sets[set.Owner]; ok {
		return secretstore.ErrExists
	}
	if s.err == nil {
		s.sets[set.Owner] = set
	}
	return errorOr(s.put, s.err)
}

func errorOr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func (s *shelf) Delete(_ context.Context, o secretstore.Owner) error {
	delete(s.sets, o)
	return s.err
}

// issuer is a Keystone that counts.
type issuer struct {
	made map[string]bool
	err  error
}

func (i *issuer) MakeCredential(context.Context, string, string) ([]byte, string, error) {
	if i.err != nil {
		return nil, "", i.err
	}
	id := fmt.Sprintf("ac%d", len(i.made))
	i.made[id] = true
	return []byte(`{"id": "` + id + `", "secret": "` + canary + `"}`), id, nil
}

func (i *issuer) DropCredential(_ context.Context, _, _, id string) error {
	delete(i.made, id)
	return i.err
}

func (i *issuer) DropCredentials(context.Context, string, string) error {
	if i.err == nil {
		clear(i.made)
	}
	return i.err
}

// cloudOf is as much of a cloud as secrets need.
type cloudOf struct {
	Cloud
	reads int
}

func (*cloudOf) Fault(err error) reconcile.Fault {
	return reconcile.Fault{Code: reconcile.FaultAuth, Who: reconcile.Operator, Summary: err.Error()}
}

func (*cloudOf) Credential(context.Context, time.Duration) (driver.Credential, error) {
	return driver.Credential{Token: "token"}, nil
}

func (c *cloudOf) ReadParts(_ context.Context, _, id string, p []live.Part) (live.Parts, error) {
	c.reads++
	return live.Parts{StackID: id, Read: p, Outputs: map[string]any{"api_address": "https://1.2.3.4:6443"}}, nil
}

// heard is a driver that keeps what it was given.
type heard struct {
	Driver
	render driver.RenderInput
	plan   driver.PlanInput
	apply  driver.ApplyInput
	health driver.HealthInput
	report driver.HealthReport
}

type drivers struct{ d Driver }

func (d drivers) Driver(string) (Driver, error) { return d.d, nil }

func (h *heard) Validate(context.Context, driver.Cluster) ([]driver.Diagnostic, error) {
	return nil, nil
}

func (h *heard) Render(_ context.Context, in driver.RenderInput) (driver.Rendered, error) {
	h.render = in
	return driver.Rendered{Digest: "1-0"}, nil
}

func (h *heard) Plan(_ context.Context, in driver.PlanInput) (driver.Plan, error) {
	h.plan = in
	return driver.Plan{}, nil
}

func (h *heard) Apply(_ context.Context, in driver.ApplyInput, _ func(string)) driver.Result {
	h.apply = in
	return driver.Result{Verdict: driver.Accepted}
}

func (h *heard) CheckHealth(_ context.Context, in driver.HealthInput) (driver.HealthReport, error) {
	h.health = in
	return h.report, nil
}

var (
	noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	web  = secretstore.Owner{Fleet: "prod", Cluster: "web"}
	all  = []reconcile.SecretNeed{{Name: kubernetesCA, Kind: "ca"}, {Name: "sa", Kind: "key"}, {Name: "join", Kind: "token"}, {Name: "cloud", Kind: "cloud-credential"}}
)

type bench struct {
	*Carrier
	t      *testing.T
	store  *shelf
	issuer *issuer
	cloud  *cloudOf
	driver *heard
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, store: &shelf{sets: map[secretstore.Owner]secretstore.Set{}}, issuer: &issuer{made: map[string]bool{}}, cloud: &cloudOf{}, driver: &heard{report: driver.HealthReport{Health: driver.Healthy}}}
	b.Carrier = New("prod", nil, b.cloud, drivers{b.driver}, nil)
	b.KeepSecrets(b.store, b.issuer, func() time.Time { return noon })
	return b
}

// run carries a job out and gives its one event.
func (b *bench) run(j Job) reconcile.Event {
	b.t.Helper()
	answers := j(b.t.Context())
	if len(answers) != 1 {
		b.t.Fatalf("%d answers", len(answers))
	}
	ev := answers[0](reconcile.At{Time: noon})
	if text, err := reconcile.EncodeEvent(ev); err != nil || strings.Contains(string(text), canary) || strings.Contains(string(text), "PRIVATE") {
		b.t.Errorf("the event holds a value: %s, %v", text, err)
	}
	return ev
}

func (b *bench) made() []reconcile.SecretID {
	b.t.Helper()
	if ev := b.run(b.MakeSecrets(reconcile.MakeSecrets{ID: 1, Cluster: "web", Needs: all})).(reconcile.SecretsDone); ev.Fault != nil {
		b.t.Fatalf("%+v", ev.Fault)
	}
	return b.run(b.ReadSecrets(reconcile.ReadSecrets{ID: 2, Cluster: "web"})).(reconcile.SecretsRead).IDs
}

func TestASetIsMadeWholeAndOnce(t *testing.T) {
	b := newBench(t)
	if ev := b.run(b.ReadSecrets(reconcile.ReadSecrets{Cluster: "web"})).(reconcile.SecretsRead); !ev.None || ev.Fault != nil {
		t.Errorf("%+v", ev)
	}
	first, second := b.made(), b.made()
	if diff := cmp.Diff(first, second); diff != "" || len(first) != len(all) || len(b.issuer.made) != 1 {
		t.Errorf("%d credentials; made anew:\n%s", len(b.issuer.made), diff)
	}
}

func TestTheLaterAgentTakesItsCredentialBack(t *testing.T) {
	b := newBench(t)
	b.store.late = &secretstore.Set{Owner: web, Versions: []secretstore.Version{{Name: "join", ID: "theirs"}}}
	if ids := b.made(); len(ids) != 1 || ids[0].ID != "theirs" || len(b.issuer.made) != 0 {
		t.Errorf("%v, credentials left: %v", ids, b.issuer.made)
	}
}

// TestACredentialStaysWhereItsSetMay ends a Put in each way it can.
func TestACredentialStaysWhereItsSetMay(t *testing.T) {
	full := &secretstore.Error{Text: "the disk is full", Transient: true, NotDone: true}
	lost := &secretstore.Error{Text: "no answer", Transient: true}
	for _, c := range []struct {
		name        string
		put         func(*shelf)
		credentials int
		fault       bool
	}{
		{"not done", func(s *shelf) { s.err = full }, 0, true},
		{"no answer, and it is not there yet", func(s *shelf) { s.err = lost }, 1, true},
		{"no answer, and it is there", func(s *shelf) { s.put = lost }, 1, false},
		{"there, by a call that was repeated", func(s *shelf) { s.put = secretstore.ErrExists }, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.put(b.store)
			ev := b.run(b.MakeSecrets(reconcile.MakeSecrets{Cluster: "web", Needs: all})).(reconcile.SecretsDone)
			if (ev.Fault != nil) != c.fault || len(b.issuer.made) != c.credentials {
				t.Errorf("%+v, %d credentials", ev.Fault, len(b.issuer.made))
			}
		})
	}
}

func TestMakingFailsWhole(t *testing.T) {
	b := newBench(t)
	ev := b.run(b.MakeSecrets(reconcile.MakeSecrets{Cluster: "web", Needs: append(all, reconcile.SecretNeed{Name: "x", Kind: "seal"})})).(reconcile.SecretsDone)
	if ev.Fault == nil || ev.Fault.Summary != `secret "x" is of kind "seal", which this agent cannot make` || len(b.store.sets)+len(b.issuer.made) != 0 {
		t.Errorf("%+v; left %v, %v", ev.Fault, b.store.sets, b.issuer.made)
	}
	b.issuer.err = errors.New("keystone is down")
	ev = b.run(b.MakeSecrets(reconcile.MakeSecrets{Cluster: "web", Needs: all})).(reconcile.SecretsDone)
	if ev.Fault == nil || ev.Fault.Code != reconcile.FaultAuth || len(b.store.sets) != 0 {
		t.Errorf("%+v", ev.Fault)
	}
}

// A death between the two must not leave a set whose credential is gone: the
// cluster may be wanted again.
func TestDroppingTakesTheSetFirst(t *testing.T) {
	b := newBench(t)
	b.made()
	b.issuer.err = errors.New("keystone is down")
	if ev := b.run(b.DropSecrets(reconcile.DropSecrets{Cluster: "web"})).(reconcile.SecretsDone); ev.Fault == nil || len(b.store.sets) != 0 || len(b.issuer.made) != 1 {
		t.Errorf("%+v", ev)
	}
	b.issuer.err = nil
	for range 2 {
		if ev := b.run(b.DropSecrets(reconcile.DropSecrets{Cluster: "web"})).(reconcile.SecretsDone); ev.Fault != nil {
			t.Errorf("%+v", ev.Fault)
		}
	}
	if len(b.store.sets)+len(b.issuer.made) != 0 {
		t.Errorf("left %v, %v", b.store.sets, b.issuer.made)
	}
}

// Where the set is gone already, a credential is looked for again while that may
// pass, and let be where Keystone does not let the agent look.
func TestACredentialWithoutItsSetIsLookedForAgain(t *testing.T) {
	b := newBench(t)
	for _, transient := range []bool{true, false} {
		b.issuer.err = &secretstore.Error{Text: "keystone", Transient: transient}
		if ev := b.run(b.DropSecrets(reconcile.DropSecrets{Cluster: "web"})).(reconcile.SecretsDone); (ev.Fault != nil) != transient {
			t.Errorf("transient %v: %+v", transient, ev.Fault)
		}
	}
}

func TestAStoreThatFailsIsADependency(t *testing.T) {
	b := newBench(t)
	b.store.down, b.store.err = true, &secretstore.Error{Text: "it is\ndown", Remedy: "mend it", Transient: true}
	want := &reconcile.Fault{Code: reconcile.FaultDependency, Who: reconcile.Operator, Summary: "it is down", Remedy: "mend it", Transient: true}
	if diff := cmp.Diff(want, b.run(b.ReadSecrets(reconcile.ReadSecrets{Cluster: "web"})).(reconcile.SecretsRead).Fault); diff != "" {
		t.Error(diff)
	}
	end := b.Step(t.Context(), reconcile.Do{Cluster: "web", Secrets: []reconcile.SecretID{{Name: "join", ID: "x"}}, Spec: &spec.Cluster{}})
	if end.Verdict != reconcile.Refused || cmp.Diff(want, end.Fault) != "" {
		t.Errorf("%+v", end)
	}
	end = b.Step(t.Context(), reconcile.Do{Cluster: "web", Step: plan.Step{Kind: plan.StepDelete}, Secrets: []reconcile.SecretID{{Name: "join", ID: "x"}}, Spec: &spec.Cluster{}})
	if end.Verdict != reconcile.Accepted || len(b.driver.apply.Secrets) != 0 {
		t.Errorf("a delete: %+v", end)
	}
}

func TestP10ValuesReachApplyAlone(t *testing.T) {
	b := newBench(t)
	ids := b.made()
	b.run(b.Render(reconcile.AskRender{Cluster: "web", Spec: &spec.Cluster{}, Secrets: ids}))
	b.run(b.Plan(reconcile.AskPlan{Cluster: "web", Intent: plan.Present, Spec: &spec.Cluster{}, Secrets: ids}))
	for what, secrets := range map[string][]driver.Secret{"render": b.driver.render.Secrets, "plan": b.driver.plan.Secrets} {
		if len(secrets) != len(all) {
			t.Errorf("%s got %d secrets", what, len(secrets))
		}
		for _, s := range secrets {
			if len(s.Value) > 0 || s.ID == "" {
				t.Errorf("%s got %v", what, s)
			}
		}
	}
	if end := b.Step(t.Context(), reconcile.Do{Cluster: "web", Secrets: ids, Spec: &spec.Cluster{}}); end.Verdict != reconcile.Accepted {
		t.Fatalf("%+v", end)
	}
	for i, s := range b.driver.apply.Secrets {
		if s.Name != all[i].Name || len(s.Value) == 0 {
			t.Errorf("apply got %v", s)
		}
	}
	ids[0].ID = "another"
	if end := b.Step(t.Context(), reconcile.Do{Cluster: "web", Secrets: ids, Spec: &spec.Cluster{}}); end.Verdict != reconcile.Stale {
		t.Errorf("%+v", end)
	}
}

func TestHealthTellsAStoreThatFailsFromADriver(t *testing.T) {
	b := newBench(t)
	cmd := reconcile.ReadHealth{Cluster: "web", Spec: &spec.Cluster{}, Row: live.Row{ID: "s1"}, Secrets: b.made()}
	b.store.down, b.store.err = true, &secretstore.Error{Text: "it is down", Transient: true}
	ev := b.run(b.Health(cmd)).(reconcile.HealthRead)
	if ev.Health != reconcile.Unknown || ev.Fault == nil || ev.Fault.Code != reconcile.FaultDependency || ev.Fault.Summary != "it is down" {
		t.Errorf("%+v", ev.Fault)
	}
}

func TestHealthGetsAClientForMinutes(t *testing.T) {
	b := newBench(t)
	cmd := reconcile.ReadHealth{Cluster: "web", Spec: &spec.Cluster{}, Row: live.Row{ID: "s1", Name: "prod--web", Updated: noon}, Secrets: b.made()}
	for range 2 {
		if ev := b.run(b.Health(cmd)).(reconcile.HealthRead); ev.Fault != nil || ev.Health != reconcile.Healthy {
			t.Fatalf("%+v", ev.Fault)
		}
	}
	if b.cloud.reads != 1 || string(b.driver.health.Parts.Outputs["api_address"]) != `"https://1.2.3.4:6443"` {
		t.Errorf("%d reads, %v", b.cloud.reads, b.driver.health.Parts.Outputs)
	}
	cmd.Row.Updated = noon.Add(time.Hour)
	b.run(b.Health(cmd))
	if b.cloud.reads != 2 {
		t.Errorf("%d reads after an update", b.cloud.reads)
	}
	in := b.driver.health
	block, _ := pem.Decode(in.ClientCertificatePEM)
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if c.Subject.String() != "CN=heatsync-health,O=system:masters" || !c.NotAfter.Equal(noon.Add(10*time.Minute)) || len(in.ClientKeyPEM) == 0 {
		t.Errorf("%s until %s", c.Subject, c.NotAfter)
	}
	if strings.Contains(string(in.CACertificatePEM), "PRIVATE") || len(in.CACertificatePEM) == 0 {
		t.Error("the CA's key went out")
	}
}
