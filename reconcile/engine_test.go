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

// five is a world with five settled clusters.
func five(t *testing.T) *world {
	w := newWorld(t)
	w.clusters("a", "b", "c", "d", "e")
	w.start(nil, nil).run(5 * time.Minute)
	w.wrote("create a", "create b", "create c", "create d", "create e")
	w.is("a settled", "b settled", "c settled", "d settled", "e settled")
	return w
}

func TestCreateUpdateAndNothingMore(t *testing.T) {
	w := five(t)
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(5 * time.Minute)
	w.wrote("update b")
	w.is("a settled", "b settled")
	if got := w.status("b").SettledRevision; got != "c1" {
		t.Errorf("settled revision %q", got)
	}
	w.run(24 * time.Hour)
	w.wrote()
}

func TestTemplateEditRollsOut(t *testing.T) {
	w := newWorld(t)
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 2}"))
	w.clusters("a", "b", "c", "d", "e")
	w.start(nil, nil).run(5 * time.Minute)
	w.done = nil
	w.file("template.yaml", templateDoc("base", ", labels: {x: y}"))
	w.push()
	if n := len(w.done); n != 2 {
		t.Errorf("%d updates at once, want 2", n)
	}
	w.is("a waiting/update", "b waiting/update", "c held/rollout")
	w.run(5 * time.Minute)
	w.wrote("update a", "update b", "update c", "update d", "update e")
	w.is("e settled")
}

func TestStackDeletedByHandComesBack(t *testing.T) {
	w := five(t)
	delete(w.stacks, w.one("c").row.ID)
	w.run(15 * time.Minute)
	w.wrote("create c")
	w.is("c settled")
}

func TestP9PatchedStackIsPutRight(t *testing.T) {
	w := five(t)
	s := w.one("d")
	s.params, s.row.Updated = "meddled", w.now
	s.row.Status = live.Status{Action: live.Update, State: live.Complete}
	w.run(2 * time.Minute)
	w.wrote("update d")
	w.is("d settled")
	if !w.found(FoundDrift, "d") {
		t.Error("no drift was found")
	}
}

func TestP9PatchBeforeTheStartIsFoundByTheTour(t *testing.T) {
	w := five(t)
	w.one("d").params = "meddled"
	w.restart(nil, nil).run(time.Hour)
	w.wrote("update d")
}

func TestDriftReportLeavesTheStack(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("drift: report"))
	w.push()
	s := w.one("d")
	s.params, s.row.Updated = "meddled", w.now.Add(time.Second)
	s.row.Status = live.Status{Action: live.Update, State: live.Complete}
	w.run(time.Hour)
	w.wrote()
	w.is("d held/drift")
	if len(w.status("d").Drift) == 0 {
		t.Error("the drift is not shown")
	}
}

func TestBrokenFileHoldsOnlyItsOwn(t *testing.T) {
	w := five(t)
	w.file("b.yaml", "kind: [\n")
	w.file("c.yaml", clusterDoc("c", ", flavor: big"))
	w.push().run(5 * time.Minute)
	w.wrote("update c")
	w.is("b held/unreadable", "c settled")
	w.file("b.yaml", clusterDoc("b", ""))
	w.push().run(time.Minute)
	w.is("b settled")
	w.wrote()
}

func TestVanishedFileOrphans(t *testing.T) {
	w := five(t)
	delete(w.files, "b.yaml")
	w.push().run(24 * time.Hour)
	w.wrote()
	w.is("b held/orphan")
	if !w.found(FoundOrphan, "b") {
		t.Error("the orphan is not reported")
	}
}

func TestAbsentDeletesAndTheFileMayGo(t *testing.T) {
	w := five(t)
	w.file("b.yaml", "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: b}\nspec: {lifecycle: Absent}\n")
	w.push().run(5 * time.Minute)
	w.wrote("delete b")
	w.is("b settled")
	delete(w.files, "b.yaml")
	w.push().run(5 * time.Minute)
	w.wrote()
	if n := len(w.e.Status().Clusters); n != 4 {
		t.Errorf("%d clusters are left, want 4", n)
	}
}

func TestP2MoreDeletesThanTheGuardAllows(t *testing.T) {
	w := five(t)
	for _, n := range []string{"a", "b"} {
		w.file(n+".yaml", clusterDoc(n, ", lifecycle: Absent"))
	}
	w.push().run(24 * time.Hour)
	w.wrote()
	w.is("a held/max-deletes", "b held/max-deletes")
	w.file("fleet.yaml", fleetDoc("maxDeletes: 2"))
	w.push().run(5 * time.Minute)
	w.wrote("delete a", "delete b")
}

func TestP2DeletesWaitForAWholeInventory(t *testing.T) {
	w := five(t)
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.listIs = &Fault{Code: FaultUnavailable, Who: Cloud, Transient: true, Summary: "no answer"}
	w.restart(nil, nil).run(time.Hour)
	w.wrote()
	w.listIs = nil
	w.run(15 * time.Minute)
	w.wrote("delete a")
}

func TestP2FailedListsChangeNothing(t *testing.T) {
	w := five(t)
	w.listIs = &Fault{Code: FaultUnavailable, Who: Cloud, Transient: true, Summary: "no answer"}
	w.run(24 * time.Hour)
	w.wrote()
	w.is("a settled")
}

func TestMaxCreatesHoldsAllUntilApproved(t *testing.T) {
	w := newWorld(t)
	for i := range 21 {
		w.clusters(fmt.Sprintf("n%d", i))
	}
	w.start(nil, nil).run(time.Hour)
	w.wrote()
	w.is("n0 held/max-creates", "n20 held/max-creates")
	w.send(Asked{At: w.at(), Ask: Approve})
	w.run(5 * time.Minute)
	if n := len(w.done); n != 21 {
		t.Errorf("%d writes, want 21", n)
	}
}

func TestCreatesThatHeatDoesNotShowYetHaveNotVanished(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b", "c", "d", "e", "f", "g", "h")
	w.start(nil, nil).run(5 * time.Minute)
	w.is("a settled", "h settled")
	if w.found(FoundGuard, "") {
		t.Error("creates that Heat has taken hold up the others")
	}
}

func TestManyVanishedAtOnceAreNotMadeAgainUnasked(t *testing.T) {
	w := five(t)
	for _, n := range []string{"a", "b", "c", "d"} {
		delete(w.stacks, w.one(n).row.ID)
	}
	w.run(time.Hour)
	w.wrote()
	w.is("a held/max-creates")
	w.send(Asked{At: w.at(), Ask: Approve})
	w.run(5 * time.Minute)
	w.wrote("create a", "create b", "create c", "create d")
}

func TestSuspendedIsLeftAlone(t *testing.T) {
	w := five(t)
	w.file("b.yaml", clusterDoc("b", ", lifecycle: Suspended, flavor: big"))
	s := w.one("b")
	s.params, s.row.Updated = "meddled", w.now
	w.push().run(24 * time.Hour)
	w.wrote()
	w.is("b held/suspended")
}

func TestP4ForeignStackWithOurNameIsNotTouched(t *testing.T) {
	for name, tags := range map[string][]string{"no tags": nil, "another fleet": live.Marks{Marked: true, Fleet: "other", Cluster: "x", Driver: "docker", Digest: "1-0"}.Tags()} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clusters("x", "y")
			w.make("prod--x", tags, "theirs", "a web shop")
			w.start(nil, nil).run(24 * time.Hour)
			w.wrote("create y")
			w.is("x stalled/conflict", "y settled")
			w.file("x.yaml", clusterDoc("x", ", lifecycle: Absent"))
			w.push().run(time.Hour)
			w.wrote()
		})
	}
}

func TestUntaggedStackOfOursIsRepaired(t *testing.T) {
	w := five(t)
	s := w.one("a")
	s.row.Tags, s.row.Updated = nil, w.now
	w.run(10 * time.Minute)
	w.wrote("update a")
	w.is("a settled")
}

func TestP3DoubleIsReportedAndNeitherIsWritten(t *testing.T) {
	w := five(t)
	s := w.one("a")
	w.make("prod--a", s.row.Tags, "x", s.desc)
	w.run(6 * time.Minute)
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(24 * time.Hour)
	w.wrote()
	w.is("a stalled/conflict")
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.push().run(time.Hour)
	w.wrote()
}

func TestAdoptTakesOverWithTagsAlone(t *testing.T) {
	w := newWorld(t)
	w.file("x.yaml", clusterDoc("x", ", adopt: {stack: payments-x7f}"))
	w.file("y.yaml", clusterDoc("y", ", adopt: {stack: nowhere}"))
	id := w.make("payments-x7f", nil, "old", "magnum made this")
	w.run(time.Minute)
	w.start(nil, nil).run(10 * time.Minute)
	w.wrote("adopt x", "update x")
	w.is("x settled", "y stalled/config")
	if s := w.stacks[id]; s.row.Name != "payments-x7f" || len(w.stacks) != 1 {
		t.Errorf("the stack is not the one that was adopted: %+v", s.row)
	}
}

func TestP5RevertDuringAnUpdateIsTakenUpAtOnce(t *testing.T) {
	w := five(t)
	w.took = time.Hour
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push()
	w.is("b waiting/update")
	w.file("b.yaml", clusterDoc("b", ""))
	w.push()
	w.wrote("update b", "update b")
	w.run(2 * time.Hour)
	w.is("b settled")
	w.wrote()
}

func TestP5ReplacingUpdateIsWaitedFor(t *testing.T) {
	w := five(t)
	w.effect, w.took = plan.Replace, time.Hour
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push()
	w.file("b.yaml", clusterDoc("b", ""))
	w.push()
	w.wrote("update b")
	w.file("b.yaml", clusterDoc("b", ", lifecycle: Absent"))
	w.push()
	w.wrote("delete b")
}

func TestP3AmbiguousCreateWaitsAndLooks(t *testing.T) {
	for name, taken := range map[string]bool{"taken": true, "not taken": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clusters("a")
			tries := 0
			w.onDo = func(c Do) *StepEnded {
				if tries++; tries > 1 {
					return nil
				}
				if taken {
					w.write(c)
				}
				return &StepEnded{Verdict: Ambiguous, Fault: &Fault{Code: FaultTimeout, Who: Cloud, Summary: "no answer"}}
			}
			w.start(func(s *Settings) { s.SettleIn = 210 * time.Second }, &Hints{Clean: true})
			if !taken {
				w.is("a waiting/ambiguous")
			}
			w.run(200 * time.Second)
			if tries != 1 {
				t.Errorf("%d creates before the first can be known", tries)
			}
			w.run(10 * time.Minute)
			w.is("a settled")
			w.one("a")
		})
	}
}

func TestCreatesOfAStartWithoutHintsWait(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.start(func(s *Settings) { s.SettleIn = 210 * time.Second }, nil).run(3 * time.Minute)
	w.is("a waiting/settle-in")
	w.wrote()
	w.run(5 * time.Minute)
	w.wrote("create a")
}

func TestUpdateDroppedWith202IsSentAgain(t *testing.T) {
	w := five(t)
	dropped := false
	w.onDo = func(c Do) *StepEnded {
		if dropped {
			return nil
		}
		dropped = true
		return &StepEnded{Verdict: Accepted, StackID: c.StackID}
	}
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.wrote("update b")
	w.is("b settled")
}

// Heat's times have a resolution of a second: an update that begins and ends
// within the second of the one before shows in the digest alone.
func TestUpdateWithinTheSecondOfTheLastIsSeen(t *testing.T) {
	w := five(t)
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Minute)
	w.onDo = func(c Do) *StepEnded {
		s := w.stacks[c.StackID]
		was := s.row
		w.write(c)
		s.row.Status, s.row.Updated, s.ends, s.params = was.Status, was.Updated, time.Time{}, s.next
		return &StepEnded{Verdict: Accepted, StackID: c.StackID}
	}
	w.file("b.yaml", clusterDoc("b", ", flavor: bigger"))
	w.push().run(10 * time.Second)
	w.wrote("update b", "update b")
	w.is("b settled")
}

func TestFailedUpdateIsRetriedThenStalls(t *testing.T) {
	w := five(t)
	w.fail = "Quota exceeded for cores"
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(2 * time.Minute)
	w.is("b retrying/quota")
	w.run(2 * time.Hour)
	w.is("b stalled/quota")
	if n := len(w.done); n < 5 || n > 9 {
		t.Errorf("%d tries in two hours", n)
	}
	w.fail, w.done = "", nil
	w.file("b.yaml", clusterDoc("b", ", flavor: bigger"))
	w.push().run(2 * time.Minute)
	w.wrote("update b")
	w.is("b settled")
}

func TestStackThatHangsIsFreed(t *testing.T) {
	w := five(t)
	hang := true
	w.onDo = func(c Do) *StepEnded {
		w.took = 20 * time.Second
		if hang {
			w.took = 1000 * time.Hour
		}
		return nil
	}
	w.file("b.yaml", clusterDoc("b", ", timeout: 30m, flavor: big"))
	w.push().run(39 * time.Minute)
	w.wrote("update b")
	hang = false
	w.run(5 * time.Minute)
	w.wrote("update b")
	w.is("b settled")
}

func TestStackThatNothingFreesStalls(t *testing.T) {
	w := five(t)
	w.took = 10000 * time.Hour
	w.file("b.yaml", clusterDoc("b", ", timeout: 30m, flavor: big"))
	w.push().run(12 * time.Hour)
	w.is("b stalled/internal")
	if n := len(w.done); n != 1+recoveries {
		t.Errorf("%d writes, want %d", n, 1+recoveries)
	}
}

func TestP1NothingIsWrittenWithoutAFleetDocument(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"none":       {"fleet.yaml": "# nothing\n"},
		"two":        {"fleet2.yaml": fleetDoc("maxDeletes: 9")},
		"unreadable": {"fleet.yaml": "kind: {"},
	} {
		t.Run(name, func(t *testing.T) {
			w := five(t)
			w.file("b.yaml", clusterDoc("b", ", flavor: big"))
			w.file("c.yaml", clusterDoc("c", ", lifecycle: Absent"))
			w.clusters("f")
			for path, text := range files {
				w.file(path, text)
			}
			w.push().run(24 * time.Hour)
			w.wrote()
			w.is("a settled", "b held/unreadable", "c held/unreadable", "f held/unreadable")
		})
	}
}

func TestP1NothingIsWrittenBeforeTheSourceIsRead(t *testing.T) {
	w := five(t)
	w.sourceIs = &Fault{Code: FaultUnavailable, Who: Operator, Transient: true, Summary: "git is away"}
	w.restart(nil, nil).run(24 * time.Hour)
	w.wrote()
	w.is("a retrying/unavailable")
	w.sourceIs = nil
	w.run(15 * time.Minute)
	w.is("a settled")
}

func TestLastGoodRevisionStaysInForce(t *testing.T) {
	w := five(t)
	w.sourceIs = &Fault{Code: FaultUnavailable, Who: Operator, Transient: true, Summary: "branch gone"}
	w.run(time.Hour)
	delete(w.stacks, w.one("c").row.ID)
	w.run(time.Hour)
	w.wrote("create c")
	if w.e.Status().SourceError == nil {
		t.Error("the source's error is not shown")
	}
}

func TestPauseAndReadOnlyPlanAndDoNotWrite(t *testing.T) {
	w := five(t)
	w.send(Asked{At: w.at(), Ask: Pause})
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Hour)
	w.wrote()
	w.is("b held/paused")
	w.send(Asked{At: w.at(), Ask: Resume})
	w.run(5 * time.Minute)
	w.wrote("update b")
	s := w.settings()
	s.ReadOnly = true
	w.send(SettingsChanged{At: w.at(), Settings: s})
	w.file("b.yaml", clusterDoc("b", ""))
	w.clusters("f")
	w.push().run(time.Hour)
	w.wrote()
	w.is("b waiting/read-only", "f waiting/read-only")
	if w.status("b").Plan == nil {
		t.Error("the plan is not shown")
	}
}

func TestPauseHoldsOverRestarts(t *testing.T) {
	w := five(t)
	w.send(Asked{At: w.at(), Ask: Pause})
	h := w.e.Hints()
	w.clusters("f")
	w.restart(nil, &h).run(time.Hour)
	w.wrote()
	w.is("f held/paused", "a settled")
}

func TestDriverUpgradeThatDisturbsIsHeld(t *testing.T) {
	w := five(t)
	w.salt, w.effect = "y", plan.Replace
	w.driver.Version, w.driver.SHA256 = "2.0.0", "bb"
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(time.Hour)
	w.wrote()
	w.is("a held/driver-change")
	w.send(Asked{At: w.at(), Ask: Approve})
	w.run(time.Hour)
	if n := len(w.done); n != 5 {
		t.Errorf("%d writes, want 5", n)
	}
	w.is("a settled")
}

func TestDriverUpgradeInPlaceRollsOut(t *testing.T) {
	w := five(t)
	w.salt = "y"
	w.driver.Version, w.driver.SHA256 = "2.0.0", "bb"
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(time.Hour)
	if n := len(w.done); n != 5 {
		t.Errorf("%d writes, want 5", n)
	}
}

func TestLostDriverStopsItsClustersOnly(t *testing.T) {
	w := five(t)
	w.send(DriverLost{At: w.at(), Name: "docker", Fault: Fault{Code: FaultDriver, Who: Operator, Transient: true, Summary: "docker crashed"}})
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Hour)
	w.wrote()
	w.is("b retrying/driver")
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(5 * time.Minute)
	w.wrote("update b")
}

// Credentials that Keystone refuses stall a step for a person; when the project can
// be read again, the person has acted.
func TestP7StalledForTheCloudGoesOnWhenItCanBeReadAgain(t *testing.T) {
	w := five(t)
	refused := Fault{Code: FaultAuth, Who: Operator, Summary: "keystone does not take the credentials"}
	w.listIs = &refused
	w.onDo = func(Do) *StepEnded { return &StepEnded{Verdict: Refused, Fault: &refused} }
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Minute)
	w.is("b stalled/auth")
	w.listIs, w.onDo = nil, nil
	w.run(2 * time.Minute)
	w.wrote("update b")
	w.is("b settled")
}

// A diagnostic that names its driver already is not named twice.
func TestBrokenDriverIsNamedOnce(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b")
	w.renderErr["a"] = plan.Diagnostic{Severity: plan.Error, Code: plan.DriverBroken, Summary: `driver "docker": parameter "x" is sent but not declared`}
	w.renderErr["b"] = plan.Diagnostic{Severity: plan.Error, Code: plan.DriverBroken, Summary: `parameter "x" is sent but not declared`}
	w.start(nil, nil).run(time.Minute)
	for _, name := range []string{"a", "b"} {
		if m := w.status(name).Message; m != `driver "docker": parameter "x" is sent but not declared` {
			t.Errorf("%s: message %q", name, m)
		}
	}
}

func TestRefusedSpecIsTheAuthors(t *testing.T) {
	w := newWorld(t)
	w.file("a.yaml", clusterDoc("a", ", labels: {docker_tagg: x}"))
	w.renderErr["a"] = plan.Diagnostic{Severity: plan.Error, Code: "unknown-label", Path: "labels.docker_tagg", Summary: "unknown label"}
	w.start(nil, nil).run(time.Hour)
	w.wrote()
	w.is("a stalled/config")
	if s := w.status("a"); s.Who != Author || s.Message[:7] != "a.yaml:" {
		t.Errorf("message %q for %s", s.Message, s.Who)
	}
}

func TestRefusedStepStallsOrRetries(t *testing.T) {
	for name, transient := range map[string]bool{"retrying": true, "stalled": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clusters("a")
			tries := 0
			w.onDo = func(Do) *StepEnded {
				tries++
				return &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultQuota, Who: Operator, Transient: transient, Summary: "no room"}}
			}
			w.start(nil, nil).run(30 * time.Second)
			w.is("a " + name + "/quota")
			w.run(30 * time.Minute)
			if max := map[bool]int{true: 7, false: 1}[transient]; tries > max {
				t.Errorf("%d tries in half an hour, want at most %d", tries, max)
			}
		})
	}
}

func TestQuietFleetAsksLittle(t *testing.T) {
	w := five(t)
	w.run(time.Hour)
	w.commands = map[string]int{}
	w.run(time.Hour)
	lists := w.commands["reconcile.List"]
	if lists > 12+60+2 {
		t.Errorf("%d lists in a quiet hour", lists)
	}
	if n := w.commands["reconcile.Look"]; n != 0 {
		t.Errorf("%d looks in a quiet hour", n)
	}
}

func TestOneOfManyQuietFleetsAsksLess(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b")
	w.start(func(s *Settings) { s.Poll.Quiet = 160 * time.Second }, nil)
	w.run(time.Hour)
	w.commands = map[string]int{}
	w.run(time.Hour)
	if lists := w.commands["reconcile.List"]; lists > 12+23+2 || lists < 9+18 {
		t.Errorf("%d lists in a quiet hour", lists)
	}
}

func TestHintsSaveTheDeepCheck(t *testing.T) {
	w := five(t)
	w.run(time.Minute)
	h := w.e.Hints()
	h.Clean = true
	w.restart(nil, &h)
	w.commands = map[string]int{}
	w.is("a settled", "e settled")
	w.wrote()
}

func TestP2InventoryThatLosesRowsDeletesNothing(t *testing.T) {
	w := five(t)
	for _, n := range []string{"a", "b"} {
		w.file(n+".yaml", clusterDoc(n, ", lifecycle: Absent"))
	}
	w.push()
	w.lost = map[string]bool{w.one("a").row.ID: true}
	w.run(time.Hour)
	w.wrote()
	w.restart(nil, nil).run(time.Hour)
	w.wrote()
	w.is("b held/max-deletes")
}

func TestInventoryThatLosesRowsMakesNoSecondStack(t *testing.T) {
	w := five(t)
	w.lost = map[string]bool{w.one("a").row.ID: true, w.one("b").row.ID: true}
	w.run(24 * time.Hour)
	w.wrote()
	w.one("a")
}

func TestAnotherProjectBehindTheFleetMakesNothingUnasked(t *testing.T) {
	w := five(t)
	h := w.e.Hints()
	h.Cloud = "old"
	w.stacks = map[string]*stack{}
	w.e, w.todo, w.told, w.toldRow = New(), nil, map[string]string{}, map[string]string{}
	w.send(Started{At: w.at(), Settings: w.settings(), Hints: &h, Cloud: "new"})
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(time.Hour)
	w.wrote()
	w.is("a held/max-creates")
	w.send(Asked{At: w.at(), Ask: Approve})
	w.run(5 * time.Minute)
	if n := len(w.done); n != 5 {
		t.Errorf("%d writes, want 5", n)
	}
}

func TestMissingDriverIsSaidOnceItHadTimeToStart(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.send(Started{At: w.at(), Settings: w.settings()})
	w.is("a waiting/observe")
	w.run(time.Minute)
	w.is("a stalled/driver")
}

func TestP6OneBadClusterDoesNotDelayTheOthers(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b", "c")
	w.file("bad.yaml", templateDoc("odd", ", driver: nowhere")+"---\n"+strings.Replace(clusterDoc("bad", ""), "base", "odd", 1))
	w.onDo = func(c Do) *StepEnded {
		if c.Cluster == "a" {
			return &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultQuota, Who: Operator, Transient: true, Summary: "no room"}}
		}
		return nil
	}
	w.start(nil, nil).run(time.Minute)
	w.is("a retrying/quota", "b settled", "c settled", "bad stalled/driver")
}

func TestP7AfterFaultsEverySettlesAndNothingIsLeftToDo(t *testing.T) {
	w := five(t)
	w.fail = "connection refused"
	w.file("template.yaml", templateDoc("base", ", labels: {x: y}"))
	w.push().run(30 * time.Minute)
	w.fail = ""
	w.run(2 * time.Hour)
	w.is("a settled", "b settled", "c settled", "d settled", "e settled")
	w.done = nil
	w.restart(nil, nil).run(3 * time.Hour)
	w.wrote()
}

func TestP4AnotherFleetsStackWithOurDescriptionIsNotTouched(t *testing.T) {
	w := newWorld(t)
	w.clusters("x")
	w.make("prod--x", live.Marks{Marked: true, Fleet: "other", Cluster: "x", Driver: "docker", Digest: "1-0"}.Tags(), "theirs", live.Description("prod", "x"))
	w.start(nil, nil).run(time.Hour)
	w.wrote()
	w.is("x stalled/conflict")
}

func TestP3TwoStacksOfDifferentNamesWithOurTags(t *testing.T) {
	w := five(t)
	w.make("payments-x7f", w.one("a").row.Tags, "x", "")
	w.run(6 * time.Minute)
	w.is("a stalled/conflict")
}

func TestP2OnlyAWholeInventorySaysThatStacksAreGone(t *testing.T) {
	for _, lane := range []Lane{LaneInventory, LaneRecent, LaneInProgress} {
		t.Run(string(lane), func(t *testing.T) {
			w := five(t)
			id := w.one("a").row.ID
			l := w.e.lane(lane)
			l.Open, l.Asked = true, w.now
			w.e.Handle(Listed{At: w.at(), Lane: lane, Gone: []string{id}})
			if _, ok := w.e.cloud.rows[id]; !ok {
				t.Error("the stack was forgotten")
			}
		})
	}
}

func TestP5NewerReplacingChangeWaitsForTheGentleOne(t *testing.T) {
	w := five(t)
	w.took = time.Hour
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push()
	w.effect = plan.Replace
	w.file("b.yaml", clusterDoc("b", ", flavor: bigger"))
	w.push()
	w.wrote("update b")
	w.is("b waiting/update")
}

func TestAnswerNobodyWaitsForChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.onDo = func(c Do) *StepEnded {
		for _, ev := range []Event{
			StepEnded{At: w.at(), ID: c.ID + 1, Verdict: Accepted, StackID: "s9"},
			Planned{At: w.at(), ID: c.ID},
			Looked{At: w.at(), ID: c.ID},
		} {
			if out := w.e.Handle(ev); len(out.Commands) != 0 {
				t.Errorf("%T brought %v", ev, out.Commands)
			}
		}
		if w.e.clusters["a"].Open == nil {
			t.Error("the step is no longer waited for")
		}
		return nil
	}
	w.start(nil, nil).run(time.Minute)
	w.is("a settled")
}

func TestListAskedBeforeALookSaysNothing(t *testing.T) {
	w := five(t)
	old := w.one("a").row
	w.took = time.Hour
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push()
	l := w.e.lane(LaneInventory)
	l.Open, l.Asked = true, w.now.Add(-time.Minute)
	w.send(Listed{At: w.at(), Lane: LaneInventory, Complete: true, Rows: []live.Row{old}, Gone: []string{w.one("b").row.ID}})
	w.is("a waiting/update", "b settled")
	w.wrote("update a")
}

func TestSpecWithMoreResourcesThanHeatTakesIsRefused(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.resources = 1001
	w.start(func(s *Settings) { s.MaxResources = 1000 }, nil).run(time.Hour)
	w.wrote()
	w.is("a stalled/config")
}

func TestBrokenDriverIsTheOperatorsNotTheAuthors(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.renderErr["a"] = plan.Diagnostic{Severity: plan.Error, Code: plan.DriverBroken, Summary: "parameter x is not declared", Remedy: "report it to the driver's author"}
	w.start(nil, nil).run(time.Minute)
	w.is("a stalled/driver")
	if s := w.status("a"); s.Who != Operator {
		t.Errorf("%s must act", s.Who)
	}
}

func TestP4TagsOfOthersStay(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.file("x.yaml", clusterDoc("x", ", adopt: {stack: payments-x7f}"))
	id := w.make("payments-x7f", []string{"cost=42", "Team"}, "old", "magnum made this")
	w.run(time.Minute)
	w.start(nil, nil).run(10 * time.Minute)
	s := w.one("a")
	s.row.Tags = append(s.row.Tags, "cost=7", "heatsync.odd")
	w.run(7 * time.Minute)
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.is("a settled", "x settled")
	if got := live.Others(s.row.Tags); !slices.Equal(got, []string{"cost=7"}) {
		t.Errorf("other tags after an update: %q", s.row.Tags)
	}
	if got := live.Others(w.stacks[id].row.Tags); !slices.Equal(got, []string{"Team", "cost=42"}) {
		t.Errorf("other tags after an adoption: %q", got)
	}
	if slices.Contains(s.row.Tags, "heatsync.odd") {
		t.Errorf("a tag that looks like ours stayed: %q", s.row.Tags)
	}
}

func TestP4StrangersStackStandsInNobodysWay(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "x")
	w.make("prod--x", nil, "theirs", "a web shop")
	w.start(nil, nil).run(time.Hour)
	w.wrote("create a")
	w.is("x stalled/conflict")
	for _, n := range []string{"a", "x"} {
		w.file(n+".yaml", clusterDoc(n, ", lifecycle: Absent"))
	}
	w.push().run(time.Hour)
	w.wrote("delete a")
	w.is("a settled", "x settled")
}

func TestStatusAlwaysSaysWhenItLooksAgain(t *testing.T) {
	w := five(t)
	w.file("b.yaml", "kind: [")
	w.push().run(time.Minute)
	for _, c := range w.e.Status().Clusters {
		if at := c.NextLook; at.Before(w.now) || at.After(w.now.Add(7*time.Minute)) {
			t.Errorf("%s (%s) is looked at again at %s, it is %s", c.Name, c.Outcome, at, w.now)
		}
	}
}
