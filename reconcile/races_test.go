package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

func absentDoc(name string) string {
	return strings.Replace("apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %}\nspec: {lifecycle: Absent}\n", "%", name, 1)
}

func TestP3CreateOutlivesTheDocumentThatAskedForIt(t *testing.T) {
	for name, how := range map[string]func(w *world){
		"in flight": func(w *world) { w.hold = steps },
		"ambiguous": func(w *world) {
			w.onDo = func(c Do) *StepEnded {
				return &StepEnded{Verdict: Ambiguous, Fault: &Fault{Code: FaultTimeout, Who: Cloud, Summary: "no answer"}}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start(func(s *Settings) { s.SettleIn = 210 * time.Second }, &Hints{Clean: true}).run(time.Minute)
			w.clusters("a")
			how(w)
			w.push()
			delete(w.files, "a.yaml")
			w.push()
			w.onDo = func(Do) *StepEnded { t.Error("a second create while the first may be taken"); return nil }
			w.clusters("a")
			w.push().run(2 * time.Minute)
			if n := len(w.held); n > 1 {
				t.Errorf("%d creates are in flight", n)
			}
			w.onDo = nil
			w.release()
			w.run(20 * time.Minute)
			w.wrote("create a")
			w.is("a settled")
		})
	}
}

func TestCreateWithoutADocumentIsForgottenInTheEnd(t *testing.T) {
	w := newWorld(t)
	w.start(func(s *Settings) { s.SettleIn = 210 * time.Second }, &Hints{Clean: true}).run(time.Minute)
	w.clusters("a", "b")
	w.onDo = func(c Do) *StepEnded {
		if c.Cluster == "b" {
			w.write(c)
		}
		return &StepEnded{Verdict: Ambiguous, Fault: &Fault{Code: FaultTimeout, Who: Cloud, Summary: "no answer"}}
	}
	w.push()
	delete(w.files, "a.yaml")
	delete(w.files, "b.yaml")
	w.push().run(time.Hour)
	w.wrote("create b")
	w.is("b held/orphan")
	if n := len(w.e.Status().Clusters); n != 1 {
		t.Errorf("%d clusters, want the orphan alone", n)
	}
}

func TestDriverThatPlansWhatNobodyAsksForIsNotObeyed(t *testing.T) {
	absent := func(w *world) { w.file("a.yaml", absentDoc("a")) }
	change := func(w *world) { w.file("a.yaml", clusterDoc("a", ", flavor: big")) }
	for name, tt := range map[string]struct {
		ask  func(*world)
		kind plan.StepKind
	}{
		"delete for a change":  {change, plan.StepDelete},
		"create for a change":  {change, plan.StepCreate},
		"adopt for a change":   {change, plan.StepAdopt},
		"create for absent":    {absent, plan.StepCreate},
		"adopt for absent":     {absent, plan.StepAdopt},
		"delete for a new one": {func(w *world) { w.clusters("f") }, plan.StepDelete},
		"update for a new one": {func(w *world) { w.clusters("f") }, plan.StepUpdate},
	} {
		t.Run(name, func(t *testing.T) {
			w := five(t)
			w.planAs = tt.kind
			tt.ask(w)
			w.push().run(24 * time.Hour)
			w.wrote()
		})
	}
}

func TestHangingDeleteByAStrangerIsNotOursToRepeat(t *testing.T) {
	w := five(t)
	w.took = 10000 * time.Hour
	w.planAs = plan.StepDelete // as heatstack plans it
	s := w.one("a")
	s.row.Status, s.row.Updated = live.Status{Action: live.Delete, State: live.InProgress}, w.now
	w.run(24 * time.Hour)
	w.wrote()
	w.is("a stalled")
}

func TestRolloutTurnEndsWithTheUpdate(t *testing.T) {
	for name, then := range map[string]func(*world){
		"suspended meanwhile":     func(w *world) { w.file("a.yaml", clusterDoc("a", ", lifecycle: Suspended")) },
		"document gone meanwhile": func(w *world) { delete(w.files, "a.yaml") },
		"unreadable meanwhile":    func(w *world) { w.file("a.yaml", "kind: [") },
		"stack gone meanwhile": func(w *world) {
			w.run(20 * time.Second)
			w.file("a.yaml", clusterDoc("a", ", lifecycle: Suspended"))
			delete(w.stacks, w.one("a").row.ID)
		},
		"a second stack meanwhile": func(w *world) { w.make("prod--a", w.one("a").row.Tags, "x", "") },
		"another driver meanwhile": func(w *world) { w.file("a.yaml", clusterDoc("a", ", driver: nowhere")) },
	} {
		for _, dropped := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, dropped %v", name, dropped), func(t *testing.T) {
				w := newWorld(t)
				w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}"))
				w.clusters("a", "b")
				w.start(nil, nil).run(5 * time.Minute)
				w.done = nil
				w.onDo = func(c Do) *StepEnded {
					if c.Cluster == "a" && dropped {
						return &StepEnded{Verdict: Accepted, StackID: c.StackID}
					}
					return nil
				}
				w.file("template.yaml", templateDoc("base", ", labels: {x: y}"))
				w.push()
				w.is("b held/rollout")
				then(w)
				w.push().run(time.Hour)
				w.is("b settled")
			})
		}
	}
}

func TestApprovalOfWhatIsNotShownApprovesNothing(t *testing.T) {
	w := five(t)
	w.effect = plan.Replace
	meddle := func() {
		s := w.one("d")
		s.params, s.row.Updated = "meddled", w.now
		w.run(2 * time.Minute)
	}
	meddle()
	w.is("d held/replacement")
	w.send(Asked{At: w.at(), Ask: Pause})
	w.send(Asked{At: w.at(), Ask: Approve})
	w.is("d held/paused")
	w.send(Asked{At: w.at(), Ask: Resume})
	w.run(10 * time.Minute)
	w.wrote()
}

func TestApprovalIsOfThePlanThatWasHeld(t *testing.T) {
	w := five(t)
	w.effect = plan.Replace
	s := w.one("d")
	good := s.params
	s.params, s.row.Updated = "meddled", w.now
	w.run(2 * time.Minute)
	w.is("d held/replacement")
	w.onDo = func(Do) *StepEnded {
		return &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultUnavailable, Who: Cloud, Transient: true, Summary: "no"}}
	}
	w.send(Asked{At: w.at(), Ask: Approve})
	s.params, s.row.Updated = good, w.now.Add(time.Second)
	w.run(time.Hour)
	w.is("d settled")
	w.onDo = nil
	s.params, s.row.Updated = "meddled anew", w.now
	w.run(24 * time.Hour)
	w.wrote()
	w.is("d held/replacement")
}

func TestApprovedCreateThatIsNoLongerWantedIsHeldNextTime(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b")
	limit := func(s *Settings) { s.MaxCreates = 1 }
	w.onDo = func(Do) *StepEnded {
		return &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultQuota, Who: Operator, Transient: true, Summary: "no room"}}
	}
	w.start(limit, nil).run(time.Minute)
	w.is("a held/max-creates")
	w.send(Asked{At: w.at(), Ask: Approve})
	w.file("a.yaml", absentDoc("a"))
	w.push().run(time.Hour)
	w.clusters("a", "c", "d")
	w.push().run(time.Minute)
	w.is("a held/max-creates", "c held/max-creates")
}

func TestP3HintsAreNotCleanWhileACreateMayBeTaken(t *testing.T) {
	ambiguous := func(c Do) *StepEnded {
		return &StepEnded{Verdict: Ambiguous, Fault: &Fault{Code: FaultTimeout, Who: Cloud, Summary: "no answer"}}
	}
	settleIn := func(s *Settings) { s.SettleIn = 210 * time.Second }
	t.Run("ambiguous and suspended", func(t *testing.T) {
		w := newWorld(t)
		w.clusters("a")
		w.onDo = ambiguous
		w.start(settleIn, &Hints{Clean: true})
		w.is("a waiting/ambiguous")
		w.file("a.yaml", clusterDoc("a", ", lifecycle: Suspended"))
		w.push()
		if w.e.Hints().Clean {
			t.Error("clean while a create may still be taken")
		}
		w.run(time.Hour)
		if !w.e.Hints().Clean {
			t.Error("not clean long after")
		}
	})
	t.Run("begun without hints a moment ago", func(t *testing.T) {
		w := newWorld(t)
		w.start(settleIn, nil)
		if w.e.Hints().Clean {
			t.Error("clean while a create of the run before may still be taken")
		}
		w.run(time.Hour)
		if !w.e.Hints().Clean {
			t.Error("not clean long after")
		}
	})
}

// An inventory takes its time: one that was asked for before a look may have
// read a row after it.
func TestRowReadByAListAfterALookIsNotLost(t *testing.T) {
	w := five(t)
	w.took = 2 * time.Minute
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	asked := w.now
	w.now = w.now.Add(time.Second)
	w.push()
	w.is("a waiting/update")
	// Heat is quicker than the list, which was begun before the step.
	s := w.one("a")
	s.ends, s.row.Status.State, s.params = time.Time{}, live.Complete, s.next
	w.toldRow[s.row.ID] = mark(s.row)
	l := w.e.lane(LaneInventory)
	l.Open, l.Asked = true, asked
	w.send(Listed{At: w.at(), Lane: LaneInventory, Complete: true, Rows: []live.Row{s.row}})
	w.run(2 * time.Minute)
	w.is("a settled")
}

func TestFaultsInTurnEndInAStall(t *testing.T) {
	w := five(t)
	w.fail = "connection refused"
	w.onDo = func(c Do) *StepEnded {
		w.write(c)
		return &StepEnded{Verdict: Ambiguous, Fault: &Fault{Code: FaultTimeout, Who: Cloud, Summary: "no answer"}}
	}
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(6 * time.Hour)
	if n := len(w.done); n > 6+8 {
		t.Errorf("%d writes in six hours of faults", n)
	}
	w.is("b stalled")
}

func TestMissingDriversAreNamedInOneOrder(t *testing.T) {
	said := map[string]bool{}
	for range 20 {
		w := newWorld(t)
		w.clusters("a")
		w.send(Started{At: w.at(), Settings: w.settings()})
		for _, n := range []string{"x", "y", "z"} {
			w.send(DriverLost{At: w.at(), Name: n, Fault: Fault{Code: FaultDriver, Who: Operator, Summary: n + " is away"}})
		}
		w.run(time.Minute)
		said[w.status("a").Message] = true
	}
	if len(said) != 1 {
		t.Errorf("the same events give %d messages", len(said))
	}
}

func TestMomentThatComesEarlyIsAskedForAgain(t *testing.T) {
	w := five(t)
	out := w.e.Handle(Moment{At{w.now}})
	for _, c := range out.Commands {
		if wake, ok := c.(WakeAt); ok && wake.Time.After(w.now) {
			return
		}
	}
	t.Errorf("%v asks for no other moment", out.Commands)
}

func TestP3DoubleIsFoundAsSuch(t *testing.T) {
	w := five(t)
	w.make("prod--a", w.one("a").row.Tags, "x", "")
	w.run(6 * time.Minute)
	if !w.found(FoundDuplicate, "a") {
		t.Error("no finding of the duplicate")
	}
}

func TestStatusDoesNotSaySettledOfAClusterAskedAway(t *testing.T) {
	w := five(t)
	w.hold = func(c Command) bool { _, ok := c.(AskPlan); return ok }
	w.file("b.yaml", absentDoc("b"))
	w.push().run(time.Minute)
	w.is("b waiting")
}

func TestP2DeleteUnderWayCountsThoughItsDocumentChanged(t *testing.T) {
	for name, then := range map[string]func(*world){
		"gone":    func(w *world) { delete(w.files, "a.yaml") },
		"present": func(w *world) { w.clusters("a") },
	} {
		t.Run(name, func(t *testing.T) {
			w := five(t)
			w.took = time.Hour
			w.file("a.yaml", absentDoc("a"))
			w.push()
			w.wrote("delete a")
			then(w)
			w.file("b.yaml", absentDoc("b"))
			w.push().run(30 * time.Minute)
			w.wrote()
			w.is("b held/max-deletes")
		})
	}
}

func TestOneStackIsNotAdoptedTwice(t *testing.T) {
	w := newWorld(t)
	id := w.make("payments-x7f", nil, "old", "magnum made this")
	w.run(time.Minute)
	w.file("x.yaml", clusterDoc("x", ", adopt: {stack: payments-x7f}"))
	w.file("y.yaml", clusterDoc("y", ", adopt: {stack: "+id+"}"))
	w.start(nil, nil).run(10 * time.Minute)
	w.wrote()
	w.is("x stalled/config", "y stalled/config")
	delete(w.files, "y.yaml")
	w.push().run(10 * time.Minute)
	w.wrote("adopt x", "update x")
	w.is("x settled")
}

func TestAdoptedStackKeepsItsTemplateWhateverBecomesOfAdopt(t *testing.T) {
	for name, more := range map[string]string{"dropped": "", "renamed": ", adopt: {stack: other}"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.make("payments-x7f", nil, "old", "magnum made this")
			w.make("other", nil, "old", "magnum made this")
			w.run(time.Minute)
			w.file("x.yaml", clusterDoc("x", ", adopt: {stack: payments-x7f}"))
			w.start(nil, nil).run(10 * time.Minute)
			w.wrote("adopt x", "update x")
			w.file("x.yaml", clusterDoc("x", more))
			w.push().run(time.Hour)
			w.wrote()
			w.is("x stalled/config")
			w.file("x.yaml", absentDoc("x"))
			w.push().run(time.Hour)
			w.wrote("delete x")
		})
	}
}

func TestStackOfAnotherClusterIsNotAdopted(t *testing.T) {
	w := five(t)
	s := w.one("b")
	s.row.Tags = slices.DeleteFunc(slices.Clone(s.row.Tags), func(tag string) bool { return tag == live.TagMark })
	s.row.Updated = w.now
	w.file("x.yaml", clusterDoc("x", ", adopt: {stack: prod--b}"))
	w.push().run(time.Hour)
	w.wrote()
	w.is("x stalled/conflict")
}

func TestDeleteThatHeatDroppedHoldsNobody(t *testing.T) {
	w := five(t)
	w.onDo = func(c Do) *StepEnded {
		if c.Cluster == "a" {
			return &StepEnded{Verdict: Accepted, StackID: c.StackID}
		}
		return nil
	}
	w.file("a.yaml", absentDoc("a"))
	w.push()
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Suspended"))
	w.file("b.yaml", absentDoc("b"))
	w.push().run(10 * time.Minute)
	w.wrote("delete b")
}

func TestAbsentStackThatLostItsTagsGoesByTheOnlyDriver(t *testing.T) {
	w := five(t)
	s := w.one("a")
	s.row.Tags, s.row.Updated = nil, w.now
	w.file("a.yaml", absentDoc("a"))
	w.push().run(10 * time.Minute)
	w.wrote("delete a")
	w.send(Described{At: w.at(), Driver: Driver{Name: "other"}})
	s = w.one("b")
	s.row.Tags, s.row.Updated = nil, w.now
	w.file("b.yaml", clusterDoc("b", ", lifecycle: Suspended"))
	w.push().run(10 * time.Minute)
	w.file("b.yaml", absentDoc("b"))
	w.push().run(10 * time.Minute)
	w.wrote()
	w.is("b stalled/config")
}

// With more than one driver the document has to say whose stack it is, in the way
// that the remedy tells.
func TestAbsentStackThatLostItsTagsGoesByTheTemplatesDriver(t *testing.T) {
	w := five(t)
	w.send(Described{At: w.at(), Driver: Driver{Name: "other"}})
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Suspended"))
	w.push()
	s := w.one("a")
	s.row.Tags, s.row.Updated = nil, w.now
	w.run(10 * time.Minute)
	w.file("a.yaml", absentDoc("a"))
	w.push().run(10 * time.Minute)
	w.wrote()
	w.is("a stalled/config")
	if got := w.status("a").Remedy; !strings.Contains(got, "name the cluster's template in the document") {
		t.Errorf("remedy: %s", got)
	}
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.push().run(10 * time.Minute)
	w.wrote("delete a")
}

func TestP2StackOnItsWayCountsAmongThoseAskedAway(t *testing.T) {
	w := five(t)
	w.file("f.yaml", absentDoc("f"))
	w.push().run(time.Minute)
	w.hold = steps
	w.clusters("f")
	w.push() // its create is in flight
	w.file("a.yaml", absentDoc("a"))
	w.file("f.yaml", absentDoc("f"))
	w.push()
	if len(w.held) != 1 {
		t.Errorf("%d steps are in flight, want the create alone", len(w.held))
	}
	w.release()
	w.run(time.Hour)
	w.wrote("create f")
	w.is("a held/max-deletes", "f held/max-deletes")
}

func TestHangingDeleteWithoutItsDriverIsNotAskedForAllTheTime(t *testing.T) {
	w := five(t)
	w.took = 10000 * time.Hour
	w.file("a.yaml", absentDoc("a"))
	w.push()
	w.send(DriverLost{At: w.at(), Name: "docker", Fault: Fault{Code: FaultDriver, Who: Operator, Transient: true, Summary: "docker crashed"}})
	w.run(24 * time.Hour)
	w.wrote("delete a")
	w.is("a retrying/driver")
}

func TestUntaggedStackThatIsGoneIsLookedUp(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	id := w.make("prod--a", nil, "theirs", "a web shop")
	w.start(nil, nil).run(time.Minute)
	w.is("a stalled/conflict")
	l := w.e.lane(LaneInventory)
	l.Open, l.Asked = true, w.now.Add(-time.Hour) // asked for before the row was, and told once
	delete(w.stacks, id)
	delete(w.toldRow, id)
	w.send(Listed{At: w.at(), Lane: LaneInventory, Complete: true, Gone: []string{id}})
	w.run(10 * time.Minute)
	w.is("a settled")
}

// A database that was restored, or an engine of Heat that died at the last moment,
// leaves a stack DELETE_COMPLETE whose row never goes.
func TestStackThatDoesNotGoAfterItsDeletion(t *testing.T) {
	w := five(t)
	for _, name := range []string{"a", "b"} {
		s := w.one(name)
		s.row.Status, s.row.Updated = live.Status{Action: live.Delete, State: live.Complete}, w.now
	}
	w.run(10 * time.Minute)
	w.file("b.yaml", absentDoc("b"))
	w.push().run(5 * time.Minute)
	w.is("a waiting/delete", "b waiting/delete")
	looks := w.commands["reconcile.Look"]
	l := w.e.lane(LaneRecent)
	l.Open, l.Asked = true, w.now
	w.send(Listed{At: w.at(), Lane: LaneRecent, Rows: []live.Row{w.one("a").row, w.one("b").row}})
	if w.commands["reconcile.Look"] != looks {
		t.Error("rows that say nothing new are looked at")
	}
	w.run(80 * time.Minute)
	w.is("a stalled/conflict", "b settled") // one was deleted again, the other is somebody's
	w.wrote("delete b")
	looks = w.commands["reconcile.Look"]
	w.run(2 * time.Hour)
	if more := w.commands["reconcile.Look"] - looks; more > 30 {
		t.Errorf("%d looks in two hours at a stack that stalls", more)
	}
	delete(w.stacks, w.one("a").row.ID)
	w.run(2 * time.Hour)
	w.is("a settled")
}

// An agent that died may have left a create on its way. While it may land, its cluster
// counts among those asked away, whatever a look shows.
func TestP2CreateOfAnEarlierLifeCountsAmongThoseAskedAway(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("maxDeletes: 2"))
	for _, name := range []string{"a", "b", "c"} {
		w.file(name+".yaml", clusterDoc(name, ", lifecycle: Absent"))
	}
	late := w.one("c")
	delete(w.stacks, late.row.ID)
	w.restart(func(s *Settings) { s.SettleIn = 210 * time.Second }, nil).push()
	w.run(2 * time.Minute)
	w.is("a held/max-deletes", "b held/max-deletes", "c waiting/settle-in")
	late.row.Created = w.now
	w.stacks[late.row.ID] = late
	w.run(time.Hour)
	w.is("a held/max-deletes", "b held/max-deletes", "c held/max-deletes", "d settled", "e settled")
	w.wrote()
}

// One that did not land holds nobody up for longer.
func TestAbsentWithoutStackLetsTheGuardGo(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("maxDeletes: 2"))
	for _, name := range []string{"a", "b", "c"} {
		w.file(name+".yaml", clusterDoc(name, ", lifecycle: Absent"))
	}
	delete(w.stacks, w.one("c").row.ID)
	w.restart(func(s *Settings) { s.SettleIn = 210 * time.Second }, nil).push().run(6 * time.Minute)
	w.is("a settled", "b settled", "c settled")
	w.wrote("delete a", "delete b")
}

// Each delete that fails counts, also where Heat's legacy engine shows the failure of
// before once more: same status, same updated_time.
func TestDeletesThatFailAreSpacedOut(t *testing.T) {
	for engine, legacy := range map[string]bool{"convergence": false, "legacy": true} {
		t.Run(engine, func(t *testing.T) {
			w := five(t)
			w.legacy, w.fail = legacy, "it broke"
			w.file("a.yaml", absentDoc("a"))
			w.push().run(30 * time.Minute)
			w.is("a stalled/internal")
			w.wrote(slices.Repeat([]string{"delete a"}, 6)...)
		})
	}
}

// While the look at the end of a doubt is under way, nothing is known yet.
func TestP2DoubtfulCreateCountsUntilItIsLookedUp(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("maxDeletes: 1"))
	w.file("f.yaml", absentDoc("f")) // a look has shown that there is none
	w.push()
	w.restart(func(s *Settings) { s.SettleIn = 210 * time.Second }, &Hints{Clean: true}).push().run(10 * time.Minute)
	w.onDo = func(c Do) *StepEnded {
		if c.Step.Kind == plan.StepCreate {
			w.lost = map[string]bool{w.write(c): true} // lists are slow to show it
			return &StepEnded{Verdict: Ambiguous, Fault: &Fault{Code: FaultTimeout, Who: Cloud, Summary: "no answer"}}
		}
		return nil
	}
	w.clusters("f")
	w.push().run(time.Minute)
	w.file("a.yaml", absentDoc("a"))
	w.file("f.yaml", absentDoc("f"))
	w.push().run(time.Hour)
	w.wrote("create f")
	w.is("a held/max-deletes", "f held/max-deletes")
}

// Nor does a look of before a create say anything once it was sent, when none since
// has been answered.
func TestP2CreateMakesAnEarlierLookWorthless(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("maxDeletes: 1"))
	w.file("f.yaml", absentDoc("f")) // a look has shown that there is none
	w.push().run(time.Minute)
	w.onDo = func(c Do) *StepEnded {
		if c.Step.Kind == plan.StepCreate {
			w.lookIs = &Fault{Code: FaultRateLimit, Who: Cloud, Transient: true, Summary: "too many requests"}
		}
		return nil
	}
	w.clusters("f")
	w.push()
	w.lost = map[string]bool{w.one("f").row.ID: true} // lists are slow to show it
	w.run(time.Second)
	w.file("f.yaml", absentDoc("f"))
	w.push().run(4 * time.Minute)
	w.file("a.yaml", absentDoc("a"))
	w.push().run(time.Hour)
	w.wrote("create f")
	if s := w.status("f"); s.Outcome == Settled {
		t.Errorf("%+v", s)
	}
}
