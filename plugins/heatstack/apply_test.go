package heatstack_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

func TestCreateTwiceMakesOneStack(t *testing.T) {
	w := newWorld(t)
	in := w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent}), driver.IntentPresent, nil)
	first, second := w.apply(in), w.apply(in)
	if first.Verdict != driver.Accepted || first.StackID == "" {
		t.Fatalf("%+v", first)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second time (-first +second):\n%s", diff)
	}
	if n := w.sim.Count("POST /stacks"); n != 1 {
		t.Errorf("%d creates were sent", n)
	}
	shown, err := w.client.Show(t.Context(), heat.Ref{Name: "prod--web", ID: first.StackID}, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sorted(in.Tags), sorted(shown.Tags)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if !shown.DisableRollback || shown.TimeoutMinutes != 60 || shown.Description != "heatsync prod/web" || shown.Parameters["token"] != "******" {
		t.Errorf("%+v", shown)
	}
}

func TestUpdateTwiceSendsOne(t *testing.T) {
	w := newWorld(t)
	w.created()
	w.c.Flavor = "big"
	in := w.next()
	for i := range 2 {
		if r := w.apply(in); r.Verdict != driver.Accepted {
			t.Fatalf("time %d: %+v", i, r)
		}
	}
	if n := w.sim.Count("PUT /stacks/*/*"); n != 1 {
		t.Errorf("%d updates were sent", n)
	}
}

func TestDeleteOfWhatIsGoneIsFine(t *testing.T) {
	w := newWorld(t)
	stack := w.created()
	p := w.plan(driver.PlanInput{Intent: driver.IntentAbsent, Stack: stack})
	in := w.step(p, driver.IntentAbsent, stack)
	in.Cluster = driver.Cluster{Fleet: "prod", Name: "web"}
	for i := range 3 {
		if r := w.apply(in); r.Verdict != driver.Accepted {
			t.Fatalf("time %d: %+v", i, r)
		}
		w.sim.Settle()
	}
	if w.stack("prod--web") != nil || w.sim.Count("DELETE") != 1 {
		t.Errorf("%d deletes, stack %+v", w.sim.Count("DELETE"), w.stack("prod--web"))
	}
}

// TestStalePlansWriteNothing changes what the plan saw, one thing at a time.
func TestStalePlansWriteNothing(t *testing.T) {
	for name, change := range map[string]func(*driver.ApplyInput){
		"other id":      func(in *driver.ApplyInput) { in.StackID, in.Precondition.ID = "x", "x" },
		"other status":  func(in *driver.ApplyInput) { in.Precondition.Status = "UPDATE_FAILED" },
		"other digest":  func(in *driver.ApplyInput) { in.Precondition.Digest = "1-00000000000000000000000000000000" },
		"updated since": func(in *driver.ApplyInput) { in.Precondition.Updated = time.Unix(1, 0) },
		"not there":     func(in *driver.ApplyInput) { in.StackName = "prod--other" },
		"saw no stack":  func(in *driver.ApplyInput) { in.Precondition = driver.Precondition{Absent: true} },
		"create over it": func(in *driver.ApplyInput) {
			in.Kind, in.Precondition = driver.StepCreate, driver.Precondition{Absent: true}
		},
		"other render":    func(in *driver.ApplyInput) { in.Cluster.Flavor = "huge" },
		"adopt, other id": func(in *driver.ApplyInput) { in.Kind, in.Precondition.ID = driver.StepAdopt, "x" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.created()
			w.c.Flavor = "big"
			in := w.next()
			change(&in)
			before := w.sim.Writes()
			if r := w.apply(in); r.Verdict != driver.Stale || r.Fault.Summary == "" {
				t.Errorf("%+v", r)
			}
			if n := w.sim.Writes() - before; n != 0 {
				t.Errorf("%d writes were sent", n)
			}
		})
	}
}

// TestVerdicts breaks the write, or the read before it.
func TestVerdicts(t *testing.T) {
	post := func(e heatsim.Effect) heatsim.Rule { return heatsim.Rule{Method: "POST", Path: "/stacks", Effect: e} }
	for _, c := range []struct {
		name string
		rule heatsim.Rule
		want driver.Verdict
		code string
	}{
		{"cut before", post(heatsim.CutBefore()), driver.Ambiguous, "unavailable"},
		{"cut after", post(heatsim.CutAfter()), driver.Ambiguous, "unavailable"},
		{"answer cut", post(heatsim.Truncate()), driver.Ambiguous, "unavailable"},
		{"engine timeout", post(heatsim.Timeout(true)), driver.Ambiguous, "timeout"},
		{"bad gateway", post(heatsim.Refuse(http.StatusBadGateway)), driver.Ambiguous, "unavailable"},
		{"sign-in page", post(heatsim.SignInPage()), driver.Ambiguous, "unavailable"}, // who answers so may have passed it on
		{"forbidden", post(heatsim.Refuse(http.StatusForbidden)), driver.Refused, "auth"},
		{"token refused", post(heatsim.Refuse(http.StatusUnauthorized)), driver.Refused, "auth"},
		{"rate limit", post(heatsim.RateLimit(7 * time.Second)), driver.Refused, "rate-limit"},
		{"read fails", heatsim.Rule{Method: "GET", Path: "/stacks", Effect: heatsim.CutBefore()}, driver.Refused, "unavailable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			in := w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent}), driver.IntentPresent, nil)
			w.script.Add(c.rule)
			r := w.apply(in)
			if r.Verdict != c.want || r.Fault.Code != c.code || r.Fault.Who == "" || r.Fault.Remedy == "" {
				t.Errorf("%+v, want verdict %d and code %q", r, c.want, c.code)
			}
			if c.name == "rate limit" && r.Fault.RetryAfter != 7*time.Second {
				t.Errorf("retry after %s", r.Fault.RetryAfter)
			}
			if n := w.sim.Count("POST /stacks"); n > 1 {
				t.Errorf("%d creates were sent", n)
			}
			for _, secret := range []string{canary, w.cred.Token} {
				if strings.Contains(fmt.Sprintf("%+v", r), secret) {
					t.Errorf("the result repeats a secret: %+v", r)
				}
			}
		})
	}
}

func TestNothingIsSentWithoutWhatAStepNeeds(t *testing.T) {
	for name, change := range map[string]func(*driver.ApplyInput){
		"no endpoint": func(in *driver.ApplyInput) { in.Credential.Endpoints = nil },
		"odd endpoint": func(in *driver.ApplyInput) {
			in.Credential.Endpoints = map[string]string{"orchestration": "file:///etc"}
		},
		"no token":       func(in *driver.ApplyInput) { in.Credential.Token = "" },
		"token expired":  func(in *driver.ApplyInput) { in.Credential.Expires = time.Unix(1, 0) },
		"tags not whole": func(in *driver.ApplyInput) { in.Tags = in.Tags[1:] },
		"tag too long":   func(in *driver.ApplyInput) { in.Tags = append(in.Tags, strings.Repeat("x", 81)) },
		"unknown label":  func(in *driver.ApplyInput) { in.Cluster.Labels = labels("color", "blue") },
		"unknown kind":   func(in *driver.ApplyInput) { in.Kind = driver.StepDrain },
		"huge secret":    func(in *driver.ApplyInput) { in.Secrets[0].Value = []byte(strings.Repeat("x", 60_000)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent}), driver.IntentPresent, nil)
			change(&in)
			if r := w.apply(in); r.Verdict != driver.Refused || r.Fault.Summary == "" || r.Fault.Code == "" {
				t.Errorf("%+v", r)
			}
			if n := w.sim.Count("POST /stacks"); n != 0 {
				t.Errorf("%d creates were sent", n)
			}
		})
	}
	t.Run("context over", func(t *testing.T) {
		w := newWorld(t)
		in := w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent}), driver.IntentPresent, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if r := w.d.Apply(ctx, in, nil); r.Verdict != driver.Refused {
			t.Errorf("%+v", r)
		}
	})
}

// TestAdoption takes over a stack somebody else made: tags first, then the
// parameters that the document and its template share. Its template stays.
func TestAdoption(t *testing.T) {
	w := newWorld(t)
	theirs := `{"heat_template_version": "2018-08-31", "parameters": {"flavor": {"type": "string"}, "size": {"type": "number"}},
		"resources": {"r": {"type": "OS::Heat::TestResource", "properties": {"value": {"get_param": "flavor"}}}}}`
	id, err := w.client.Create(t.Context(), "old-web", heatTags(t, "theirs"), heat.Spec{
		Template: []byte(theirs), Parameters: map[string]any{"flavor": "small", "size": 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.sim.Settle()
	w.c.AdoptedStack, w.c.Flavor = "old-web", "big"

	live := w.stack("old-web")
	p := w.plan(driver.PlanInput{Intent: driver.IntentAdopt, Stack: live})
	if len(p.Diagnostics) != 1 || p.Diagnostics[0].Code != "adopt-differs" || p.Diagnostics[0].Path != "flavor" {
		t.Errorf("%+v", p.Diagnostics)
	}
	in := w.step(p, driver.IntentAdopt, live)
	in.Tags = tags("0-00000000000000000000000000000000") // as the agent marks it
	if r := w.apply(in); r.Verdict != driver.Accepted || r.StackID != id {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()

	live = w.stack("old-web")
	p = w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: live})
	want := []driver.Change{{Path: "flavor", From: "small", To: "big", Effect: driver.EffectReboot}}
	if diff := cmp.Diff(want, p.Changes); diff != "" {
		t.Fatalf("changes (-want +got):\n%s", diff)
	}
	if r := w.apply(w.step(p, driver.IntentPresent, live)); r.Verdict != driver.Accepted {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()
	live = w.stack("old-web")
	if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: live, Deep: true}); len(p.Steps) != 0 {
		t.Errorf("still to do: %+v", p)
	}
	shown, err := w.client.Show(t.Context(), heat.Ref{Name: "old-web", ID: id}, false)
	if err != nil {
		t.Fatal(err)
	}
	if shown.Parameters["flavor"] != "big" || shown.Parameters["size"] != "3" || w.sim.Count("PUT") != 0 {
		t.Errorf("parameters %v after %d PUTs", shown.Parameters, w.sim.Count("PUT"))
	}
}

func TestAdoptionWithoutChangesEndsInTheDigestAlone(t *testing.T) {
	w := newWorld(t)
	stack := *w.created()
	w.c.AdoptedStack = "prod--web"
	stack.Tags = tags("0-00000000000000000000000000000000")
	p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: &stack})
	if len(p.Steps) != 1 || p.Steps[0].Disruption != driver.EffectNone || !strings.HasSuffix(p.Steps[0].Title, ": the digest alone") {
		t.Errorf("%+v", p)
	}
}

func TestOnlyACompleteStackIsAdopted(t *testing.T) {
	w := newWorld(t)
	w.c.AdoptedStack = "old-web"
	for _, stack := range []*driver.Stack{nil, {ID: "x", Name: "old-web", Status: "UPDATE_FAILED"}, {ID: "x", Name: "old-web", Status: "CHECK_COMPLETE"}} {
		p := w.plan(driver.PlanInput{Intent: driver.IntentAdopt, Stack: stack})
		if len(p.Steps) != 0 || !driver.HasErrors(p.Diagnostics) || p.Diagnostics[0].Path != "adopt.stack" {
			t.Errorf("%+v: %+v", stack, p)
		}
	}
}

func TestAnImpureRenderIsNotPlannedAgainForEver(t *testing.T) {
	w := newWorld(t)
	calls := 0
	w.with(func(s *heatstack.Stack) { calls++; s.Parameters["colour"] = fmt.Sprint(calls) })
	r := w.apply(w.step(w.plan(driver.PlanInput{Intent: driver.IntentPresent}), driver.IntentPresent, nil))
	if r.Verdict != driver.Refused || r.Fault.Code != "driver" || !strings.Contains(r.Fault.Summary, `driver "toy" renders one cluster to two digests`) {
		t.Errorf("%+v", r)
	}
	if n := w.sim.Count("POST /stacks"); n != 0 {
		t.Errorf("%d creates were sent", n)
	}
}
