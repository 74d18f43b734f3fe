package reconcile

import (
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile/spec"
)

// secrets answers as a store would that keeps what it has.
func (w *world) secrets(c Command) Event {
	switch c := c.(type) {
	case ReadSecrets:
		if w.storeIs != nil {
			return SecretsRead{At: w.at(), ID: c.ID, Fault: w.storeIs}
		}
		ids, ok := w.store[c.Cluster]
		return SecretsRead{At: w.at(), ID: c.ID, IDs: ids, None: !ok}
	case MakeSecrets:
		if w.storeIs != nil {
			return SecretsDone{At: w.at(), ID: c.ID, Fault: w.storeIs}
		}
		if _, ok := w.store[c.Cluster]; !ok {
			var ids []SecretID
			for _, n := range c.Needs {
				w.nextID++
				ids = append(ids, SecretID{Name: n.Name, ID: fmt.Sprintf("v%d", w.nextID)})
			}
			w.store[c.Cluster] = ids
			w.done = append(w.done, "make "+c.Cluster)
		}
		return SecretsDone{At: w.at(), ID: c.ID}
	case DropSecrets:
		if w.storeIs != nil {
			return SecretsDone{At: w.at(), ID: c.ID, Fault: w.storeIs}
		}
		if _, ok := w.store[c.Cluster]; ok {
			delete(w.store, c.Cluster)
			w.done = append(w.done, "drop "+c.Cluster)
		}
		return SecretsDone{At: w.at(), ID: c.ID}
	}
	return nil
}

// digestWith is a digest that covers the ids of secrets.
func (w *world) digestWith(c *spec.Cluster, secrets []SecretID) string {
	d := w.digest(c)
	if len(secrets) == 0 {
		return d
	}
	h := fnv.New32a()
	for _, s := range secrets {
		h.Write([]byte(s.Name + "=" + s.ID + ";"))
	}
	return d[:len(d)-8] + fmt.Sprintf("%08x", h.Sum32())
}

func withStore(s *Settings) { s.Secrets = true }

// sealed is a world whose driver needs two secrets, with one cluster.
func sealed(t *testing.T) *world {
	w := newWorld(t)
	w.driver.Secrets = []SecretNeed{{"ca", "ca"}, {"join", "token"}}
	w.clusters("a")
	return w
}

func TestSecretsAreMadeOnceBeforeTheStack(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.wrote("make a", "create a")
	w.is("a settled")
	w.restart(withStore, nil).run(time.Hour)
	w.wrote()
	w.is("a settled")
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(5 * time.Minute)
	w.wrote("update a")
	if n := len(w.store["a"]); n != 2 {
		t.Errorf("%d secrets", n)
	}
}

func TestWhatIsUnmadeIsPlannedAndNotMade(t *testing.T) {
	w := sealed(t).start(func(s *Settings) { s.Secrets, s.ReadOnly = true, true }, nil).run(5 * time.Minute)
	w.is("a waiting/read-only")
	w.wrote()
	w = sealed(t).start(func(s *Settings) { s.Secrets, s.MaxCreates = true, -1 }, nil).run(5 * time.Minute)
	w.is("a held/max-creates")
	w.wrote()
}

// TestNoUnmadeIDIsCarriedOut looks at every step: its ids are the store's.
func TestNoUnmadeIDIsCarriedOut(t *testing.T) {
	w := sealed(t)
	w.onDo = func(d Do) *StepEnded {
		if diff := cmp.Diff(w.store[d.Cluster], d.Secrets); diff != "" {
			t.Errorf("%s (-store +step):\n%s", d.Step.Title, diff)
		}
		return nil
	}
	w.start(withStore, nil).run(5 * time.Minute)
	w.wrote("make a", "create a")
}

func TestKilledBetweenMakeAndRender(t *testing.T) {
	w := sealed(t)
	w.hold = func(c Command) bool { _, ok := c.(MakeSecrets); return ok }
	w.start(withStore, nil).run(time.Minute)
	made := w.held[0]
	w.hold, w.held = nil, nil
	w.carry(made) // carried out; its answer dies with the agent
	ids := w.store["a"]
	w.restart(withStore, nil).run(5 * time.Minute)
	w.wrote("make a", "create a")
	if diff := cmp.Diff(ids, w.store["a"]); diff != "" {
		t.Errorf("made anew:\n%s", diff)
	}
}

// TestAnotherAgentMadeThem has a set appear between the reading and the making.
func TestAnotherAgentMadeThem(t *testing.T) {
	w := sealed(t)
	w.hold = func(c Command) bool { _, ok := c.(MakeSecrets); return ok }
	w.start(withStore, nil).run(time.Minute)
	w.store["a"] = []SecretID{{"ca", "theirs"}, {"join", "theirs too"}}
	w.release()
	w.run(5 * time.Minute)
	w.wrote("create a")
	w.is("a settled")
}

func TestAStackWithoutItsSecretsIsHeld(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	kept := w.store["a"]
	delete(w.store, "a")
	w.done = nil
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.restart(withStore, nil).run(30 * time.Minute)
	w.is("a held/secret")
	w.wrote()
	if said := w.status("a"); said.Who != Operator || !strings.Contains(said.Message, `stack "prod--a" exists and its secrets are not in the store`) {
		t.Errorf("%+v", said)
	}
	w.store["a"] = kept
	w.run(5 * time.Minute)
	w.wrote("update a")
	w.is("a settled")
}

func TestASetThatVanishesIsNoticed(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	delete(w.store, "a")
	w.done = nil
	w.run(time.Hour)
	w.is("a held/secret")
	w.wrote()
}

func TestASetThatLacksOneIsHeld(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.done = nil
	w.driver.Version, w.driver.SHA256, w.driver.Secrets = "2.0.0", "bb", append(w.driver.Secrets, SecretNeed{"key", "key"})
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(10 * time.Minute)
	w.is("a held/secret")
	w.wrote()
	if m := w.status("a").Message; m != `the cluster's set of secrets lacks key, which driver "docker" needs` {
		t.Error(m)
	}
}

// A set that nothing was made with is made anew when the driver needs more by the
// time its stack is made.
func TestASetThatNothingWasMadeWithIsMadeAnew(t *testing.T) {
	w := sealed(t)
	w.onDo = func(d Do) *StepEnded {
		return &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultQuota, Who: Operator, Summary: "no room", Transient: true}}
	}
	w.start(withStore, nil).run(5 * time.Minute)
	w.onDo, w.done = nil, nil
	w.driver.Version, w.driver.SHA256, w.driver.Secrets = "2.0.0", "bb", append(w.driver.Secrets, SecretNeed{"key", "key"})
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(2 * time.Hour)
	w.is("a settled")
	w.wrote("drop a", "make a", "create a")
	if n := len(w.store["a"]); n != len(w.driver.Secrets) {
		t.Errorf("the set has %d of %d", n, len(w.driver.Secrets))
	}
}

func TestAStoreThatIsDownIsTriedAgain(t *testing.T) {
	w := sealed(t)
	w.storeIs = &Fault{Code: FaultDependency, Who: Operator, Transient: true, Summary: "the secret store does not answer"}
	w.start(withStore, nil).run(2 * time.Minute)
	w.is("a retrying/dependency")
	w.wrote()
	w.storeIs = nil
	w.run(10 * time.Minute)
	w.wrote("make a", "create a")
	w.is("a settled")
}

func TestWithoutAStoreNothingIsMade(t *testing.T) {
	w := sealed(t).start(nil, nil).run(5 * time.Minute)
	w.is("a held/secret")
	w.wrote()
}

// A deletion needs no secret: a config that lost its store does not keep a stack.
// Found by seed 11298 of the simulation.
func TestWithoutAStoreWhatIsAskedAwayGoes(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.wrote("make a", "create a")
	w.restart(nil, nil).run(time.Minute)
	w.is("a held/secret")
	w.done = nil
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.push().run(10 * time.Minute)
	w.wrote("delete a")
	w.is("a settled")
}

func TestSecretsGoWithTheirCluster(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.done = nil
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.push().run(5 * time.Second)
	if w.store["a"] == nil {
		t.Error("dropped while the stack is there")
	}
	w.run(10 * time.Minute)
	w.wrote("delete a", "drop a")
	w.is("a settled")
	w.file("a.yaml", clusterDoc("a", ""))
	w.push().run(5 * time.Minute)
	w.wrote("make a", "create a")
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.push().run(10 * time.Minute)
	w.wrote("delete a", "drop a")
}

func TestPauseKeepsSecrets(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.file("a.yaml", clusterDoc("a", ", lifecycle: Absent"))
	w.push()
	w.done = nil
	w.send(Asked{At: w.at(), Ask: Pause})
	w.run(10 * time.Minute)
	w.wrote()
	w.send(Asked{At: w.at(), Ask: Resume})
	w.run(10 * time.Minute)
	w.wrote("drop a")
}

// TestAVanishedDocumentDropsNothing takes the file away, and then the stack too.
func TestAVanishedDocumentDropsNothing(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.done = nil
	delete(w.files, "a.yaml")
	w.push().run(10 * time.Minute)
	w.is("a held/orphan")
	delete(w.stacks, w.one("a").row.ID)
	w.run(30 * time.Minute)
	w.wrote()
	if w.store["a"] == nil {
		t.Error("dropped, and nobody asked for it")
	}
}

// TestSecretsThatTurnedIntoOthersAreReadAgain has a step refused for them.
func TestSecretsThatTurnedIntoOthersAreReadAgain(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.done = nil
	its := w.store["a"]
	w.store["a"] = []SecretID{{"ca", "x"}, {"join", "y"}}
	w.onDo = func(d Do) *StepEnded {
		if cmp.Equal(d.Secrets, w.store["a"]) {
			return nil
		}
		return &StepEnded{Verdict: Stale, Fault: &Fault{Code: FaultConflict, Who: Nobody, Transient: true, Summary: "others"}}
	}
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.wrote()
	w.is("a held/secret")
	w.store["a"] = its
	w.run(10 * time.Minute)
	w.wrote("update a")
	w.is("a settled")
}

// TestARecordingOfSecretsReplays goes through the codec and a snapshot.
func TestARecordingOfSecretsReplays(t *testing.T) {
	for _, ev := range []Event{
		SecretsRead{At: At{time.Unix(1, 0).UTC()}, ID: 3, IDs: []SecretID{{"ca", "v1"}}},
		SecretsDone{At: At{time.Unix(1, 0).UTC()}, ID: 3, Fault: &Fault{Code: FaultDependency}},
	} {
		text, err := EncodeEvent(ev)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeEvent(text)
		if diff := cmp.Diff(ev, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	}
	w := sealed(t)
	w.hold = func(c Command) bool { _, ok := c.(MakeSecrets); return ok }
	w.start(withStore, nil).run(time.Minute)
	text, err := w.e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if w.e, err = Restore(text); err != nil {
		t.Fatal(err)
	}
	w.release()
	w.run(5 * time.Minute)
	w.wrote("make a", "create a")
	w.is("a settled")
}

// Two agents with two stores, or a backup of an earlier cluster of that name: the
// set is not the one the nodes know.
func TestAStackIsHeldWhileTheStoreHoldsAnotherSet(t *testing.T) {
	w := sealed(t).start(withStore, nil).run(5 * time.Minute)
	w.wrote("make a", "create a")
	its := w.store["a"]
	w.store["a"] = []SecretID{{"ca", "other"}, {"join", "other"}}
	w.run(2 * time.Hour)
	w.is("a held/secret")
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(time.Hour)
	w.is("a held/secret")
	w.wrote()
	w.store["a"] = its
	w.run(5 * time.Minute)
	w.is("a settled")
	w.wrote("update a")
}
