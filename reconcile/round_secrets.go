package reconcile

import (
	"fmt"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile/plan"
)

// secretAgain is how long a reading of the store that holds a cluster counts: the
// set may be restored, or be another agent's that was just made.
const secretAgain = time.Minute

// knowSecrets makes sure that the ids of the cluster's secrets are known, before
// anything is rendered. Where there is a stack and no set nothing is made: it
// would not be what the nodes were made with.
func (e *Engine) knowSecrets(s *subject) (verdict, bool) {
	c, needs := s.c, s.driver.Driver.Secrets
	if len(needs) == 0 {
		return verdict{}, true
	}
	if name := s.driver.Driver.Name; !e.settings.Secrets {
		return held(HeldSecret, Operator, fmt.Sprintf("driver %q needs secrets (%s) and no secret store is configured", name, namesOf(needs)), "configure one: secrets in the config"), false
	}
	age := e.now.Sub(c.Secrets.At)
	if !c.Secrets.Read || c.Deep.Now && age >= restOfTour {
		return e.readSecrets(s), false
	}
	name, again := s.driver.Driver.Name, c.Secrets.At.Add(secretAgain)
	lacks := c.Secrets.lacks(needs)
	switch {
	case !c.Secrets.None && len(lacks) == 0:
		return verdict{}, true
	case s.want.Adopt == nil && !s.owned.exists():
		return verdict{}, true // to be made with its stack
	case !again.After(e.now):
		return e.readSecrets(s), false
	}
	v := held(HeldSecret, Operator, "", "restore the cluster's set in the secret store from your backup; nothing is made anew")
	v.next = again
	switch {
	case !c.Secrets.None:
		v.Message = fmt.Sprintf("the cluster's set of secrets lacks %s, which driver %q needs", strings.Join(lacks, ", "), name)
		v.Remedy = "go back to the driver that made the cluster, or restore the set from your backup"
	case s.want.Adopt != nil:
		v.Message = fmt.Sprintf("driver %q needs secrets (%s), and those of an adopted stack are not in the store", name, namesOf(needs))
		v.Remedy = "make a new cluster and move to it"
	case s.owned.kind == ownUntagged:
		return e.claim(s, func(*subject) verdict { return e.bereft(s, v) }), false
	default:
		return e.bereft(s, v), false
	}
	return v, false
}

// bereft is said of a stack whose secrets are gone.
func (e *Engine) bereft(s *subject, v verdict) verdict {
	v.Message = fmt.Sprintf("stack %q exists and its secrets are not in the store", s.owned.row.Name)
	return v
}

// heldForSecrets is said of a stack that was made with other secrets than the
// store holds. The store is read again, for the right set may be restored.
func (e *Engine) heldForSecrets(s *subject, d plan.Diagnostic) verdict {
	v := held(HeldSecret, Operator, d.Summary, d.Remedy)
	v.next = s.c.Secrets.At.Add(secretAgain)
	if !v.next.After(e.now) {
		return e.readSecrets(s)
	}
	return v
}

func (e *Engine) readSecrets(s *subject) verdict {
	return e.ask(s, open{Kind: openSecrets}, func(n uint64) Command { return ReadSecrets{ID: n, Cluster: s.c.Name} })
}

// makeSecrets has the set made that the first step of a cluster needs. It is read
// back and rendered with before anything is written. A set that lacks something goes
// first: it is written once, whole.
func (e *Engine) makeSecrets(s *subject) verdict {
	if s.outgrown() {
		return e.askToDrop(s)
	}
	v := e.ask(s, open{Kind: openMake}, func(n uint64) Command {
		return MakeSecrets{ID: n, Cluster: s.c.Name, Needs: s.driver.Driver.Secrets}
	})
	if !v.asked {
		return v
	}
	return waiting(WaitCreate, "the cluster's secrets are being made")
}

// dropSecrets has the set of a cluster removed whose stack is surely gone and that
// is asked away. It is asked once in a run of the agent: which driver the cluster
// had may not be known any more.
func (e *Engine) dropSecrets(s *subject) (verdict, bool) {
	if !e.settings.Secrets || s.c.Secrets.Dropped || e.paused || e.settings.ReadOnly || e.moved {
		return verdict{}, false
	}
	return e.askToDrop(s), true
}

func (e *Engine) askToDrop(s *subject) verdict {
	return e.ask(s, open{Kind: openDrop}, func(n uint64) Command { return DropSecrets{ID: n, Cluster: s.c.Name} })
}

func (e *Engine) secretsRead(ev SecretsRead) {
	c, _, ok := e.answered(ev.ID, openSecrets)
	if !ok {
		return
	}
	switch {
	case ev.Fault != nil && e.demanded(c.Name).kind == demandAbsent: // a delete goes without
		c.Secrets = secretsOf{Read: true, None: true, At: e.now}
		return
	case ev.Fault != nil:
		e.failed(c, "secrets", *ev.Fault)
		return
	}
	c.Retry.answered("secrets")
	c.Secrets = secretsOf{Read: true, IDs: ev.IDs, None: ev.None, At: e.now}
}

// secretsDone takes up the end of a making or a dropping. A set that was made is
// read back: it may be another agent's.
func (e *Engine) secretsDone(ev SecretsDone) {
	c, o, ok := e.answered(ev.ID, openMake)
	if !ok {
		if c, o, ok = e.answered(ev.ID, openDrop); !ok {
			return
		}
	}
	c.Secrets = secretsOf{}
	if ev.Fault != nil {
		e.failed(c, string(o.Kind), *ev.Fault)
		return
	}
	c.Secrets.Dropped = o.Kind == openDrop
}
