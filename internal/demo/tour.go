package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

const (
	glance = 100 * time.Millisecond // between two looks at a step that is under way
	// steady is how long the agent must have looked on after a step was as wanted.
	steady = 700 * time.Millisecond
)

// Tour sets the stage and plays the story on it. The result tells all, an early
// end included; the error is one of the stage itself, or ctx's.
func Tour(ctx context.Context, o Options) (Result, error) {
	o = o.filled()
	began := time.Now()
	r := Result{Steps: []StepResult{}, Clusters: []reconcile.ClusterStatus{}}
	s, err := newStage(o, false, dockerDriver, kubernetesDriver)
	if err == nil {
		err = s.tour(ctx, &r)
	}
	r.Seconds = seconds(time.Since(began))
	if err == nil {
		s.summary(r)
	}
	err = errors.Join(err, s.close())
	if err != nil {
		r.Error = err.Error()
	}
	r.OK = err == nil && r.Totals.Failed == 0
	return r, err
}

func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

func (s *stage) tour(ctx context.Context, r *Result) error {
	began := time.Now()
	if err := s.strangers(ctx); err != nil {
		return err
	}
	if err := s.startAgent(); err != nil {
		return err
	}
	s.opening(began)
	defer s.count(ctx, r)
	steps := append(story(), kubernetesChapter()...)
	for i, st := range steps {
		s.screen.step(i+1, len(steps), st.title, st.why)
		done, err := s.perform(ctx, st)
		if err != nil {
			return fmt.Errorf("step %q: %w", st.name, err)
		}
		r.add(done)
		if !done.OK {
			r.Error = fmt.Sprintf("step %q: a check failed", st.name)
			break
		}
	}
	return nil
}

// strangers makes a stack that the agent must leave alone.
func (s *stage) strangers(ctx context.Context) error {
	who, err := logIn(ctx, s.cloud.base)
	if err != nil {
		return err
	}
	return s.cloud.hand(ctx, who.makeStack)
}

func (s *stage) opening(began time.Time) {
	p := s.screen.line
	p("%s", s.screen.paint(bold, "heatsync tour: real commits, a real agent and driver, a simulated OpenStack; all on this machine"))
	p("  repository %s", s.bare)
	p("  cloud      %s, with a stack of another team: %s", s.cloud.base, strangers)
	p("  agent      http://%s/, up after %.1f s", s.listen, time.Since(began).Seconds())
}

// perform does what a step says and waits until all is as wanted, and stays so
// while the agent looks on. An error is that the step could not be done at all.
func (s *stage) perform(ctx context.Context, st step) (StepResult, error) {
	began := time.Now()
	r := StepResult{Name: st.name, Title: st.title}
	start := moment{at: began, mark: s.cloud.mark(), stacks: s.cloud.stacks()}
	s.tellFrom(began)
	var err error
	if r.Commit, err = s.push(st); err != nil {
		return r, err
	}
	if st.act != nil {
		if err := st.act(ctx, s); err != nil {
			return r, err
		}
	}
	within, cancel := context.WithTimeout(ctx, s.options.StepTimeout)
	defer cancel()
	r.Checks = s.watch(within, st.want, start)
	if ctx.Err() != nil {
		return r, errors.New("interrupted")
	}
	if st.want.nothing && passed(r.Checks) {
		r.Checks = append(r.Checks, s.planAgain(within))
	}
	if st.want.opens != "" && passed(r.Checks) {
		r.Checks = append(r.Checks, s.letIn(within, st.want.opens))
	}
	if within.Err() != nil {
		r.Checks = append(r.Checks, Check{Name: "time", Detail: fmt.Sprintf("the step took longer than %s", s.options.StepTimeout)})
	}
	s.tellFrom(time.Time{})
	for _, c := range r.Checks {
		s.screen.check(c)
	}
	r.OK, r.Seconds = passed(r.Checks), seconds(time.Since(began))
	return r, nil
}

// moment is how things stood when a step began.
type moment struct {
	at     time.Time
	mark   int
	stacks map[string]stack
}

// tellFrom shows the agent's events with the time since t; the zero time ends that.
func (s *stage) tellFrom(t time.Time) {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	s.events.tell = nil
	if !t.IsZero() {
		s.events.tell = func(e event) { s.screen.event(time.Since(t), e) }
	}
}

// push makes the step's commit and gives its hash, "" if it has none.
func (s *stage) push(st step) (string, error) {
	if st.subject == "" {
		return "", nil
	}
	c, err := s.author.commit(st.subject, st.files)
	if err != nil {
		return "", err
	}
	lines, err := shortDiff(c)
	if err != nil {
		return "", err
	}
	s.revision = c.Hash.String()
	s.screen.commit(s.revision, st.subject, lines)
	return s.revision, nil
}

// watch looks until every check passes and has passed for a while of inventories,
// or ctx ends; it gives the last look.
func (s *stage) watch(ctx context.Context, w expectation, start moment) []Check {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	var since time.Time // all checks have passed from then on
	for {
		f, err := s.status(ctx)
		last := []Check{{Name: "api", Detail: fmt.Sprint(err)}}
		if err == nil {
			last = checks(w, s.sight(f, start))
		}
		switch now := time.Now(); {
		case !passed(last):
			since = time.Time{}
		case since.IsZero():
			since = now
		case f.Lanes.Inventory.Sub(since) > steady:
			return last
		}
		s.screen.progress(progressLine(f, time.Since(start.at)))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return s.again(w, start)
		}
	}
}

// again looks once more when the time is over.
func (s *stage) again(w expectation, start moment) []Check {
	f, err := s.status(context.Background())
	if err != nil {
		return []Check{{Name: "api", Detail: err.Error()}}
	}
	return checks(w, s.sight(f, start))
}

func (s *stage) sight(f reconcile.FleetStatus, start moment) sight {
	out := sight{
		revision: s.revision, status: f, stacks: s.cloud.stacks(), servers: s.cloud.servers(),
		before: start.stacks, events: s.events.since(start.at), written: map[string][]string{},
	}
	fresh := slices.DeleteFunc(slices.Sorted(maps.Keys(out.stacks)), func(name string) bool {
		_, old := start.stacks[name]
		return old
	})
	for _, x := range s.cloud.agentWrites(start.mark) {
		name := strings.Split(strings.TrimPrefix(x.Path, "/stacks/"), "/")[0]
		if x.Method == http.MethodPost { // does not say its stack's name, so each goes to one that is new
			name = "a stack that is not there"
			if len(fresh) > 0 {
				name, fresh = fresh[0], fresh[1:]
			}
		}
		out.written[name] = append(out.written[name], x.Method)
	}
	return out
}
