package torture

import (
	"context"
	"math/rand/v2"
	"time"
)

// monkey kills agent and drivers.
type monkey struct {
	random          *rand.Rand
	began           time.Time
	agents, drivers int
	row             int // drivers killed since the last agent
}

// about kills until ctx ends. The agent is up when it returns.
func (m *monkey) about(ctx context.Context, a *agent, every time.Duration) error {
	for rest(ctx, time.Duration(m.random.Int64N(int64(2*every)))) {
		if err := m.strike(a); err != nil {
			return err
		}
	}
	return nil
}

// Agents are killed for so long, then left alone for so long: an agent counts a
// stack that hangs from when it first saw it, so one that never lives for a
// quarter of an hour never takes any up.
const (
	agentsDie  = 8 * time.Minute
	agentsLive = 17 * time.Minute
)

// strike kills once. A driver is killed at most three times in a row: the host
// rests a driver that crashes five times a minute, for a minute.
func (m *monkey) strike(a *agent) error {
	if m.began.IsZero() {
		m.began = time.Now()
	}
	spared := time.Since(m.began)%(agentsDie+agentsLive) > agentsDie
	if spared || m.random.IntN(5) < 3 && m.row < 3 {
		if m.row >= 3 {
			m.row = 0 // a blow is left out
			return nil
		}
		if a.killDrivers() > 0 {
			m.drivers++
			m.row++
		}
		return nil
	}
	if err := a.kill(); err != nil {
		return err
	}
	m.agents, m.row = m.agents+1, 0
	return a.launch()
}

// breaker takes services away, one at a time.
type breaker struct {
	w      *world
	random *rand.Rand
	calm   bool // wait until Heat is at no work first: what dies with it hangs until its timeout
	halts  map[string]int
}

// about goes on until ctx ends; all services are up when it returns. Each halt
// comes before any comes again.
func (b *breaker) about(ctx context.Context, every time.Duration) error {
	var left []halt
	for rest(ctx, every/2+time.Duration(b.random.Int64N(int64(every)))) {
		if b.random.IntN(4) == 0 || b.w.cloud.services == nil {
			b.w.repo.down.Store(true)
			rest(ctx, 4*b.w.cloud.pace.commit)
			b.w.repo.down.Store(false)
			b.halts["Git host down"]++
			continue
		}
		if len(left) == 0 {
			left = append(left, halts...)
			b.random.Shuffle(len(left), func(i, k int) { left[i], left[k] = left[k], left[i] })
		}
		if err := b.halt(ctx, left[0]); err != nil {
			return err
		}
		b.halts[left[0].name]++
		left = left[1:]
	}
	return nil
}

// halt takes one service away for some seconds. When it is to be calm, people rest
// until the service is gone, and go on while it is away.
func (b *breaker) halt(ctx context.Context, h halt) error {
	gone := func() {}
	if b.calm {
		b.w.truce.Lock()
		gone = b.w.truce.Unlock
		b.awaitCalm(ctx)
	}
	return h.play(ctx, b.w.cloud.services, gone, time.Duration(3+b.random.IntN(10))*time.Second)
}

// awaitCalm waits a little for a moment when Heat works on none of the stacks.
func (b *breaker) awaitCalm(ctx context.Context) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		rows, err := b.w.living(ctx)
		working := 0
		for _, of := range rows {
			for _, r := range of {
				if r.Status.Working() {
					working++
				}
			}
		}
		if err == nil && working == 0 || !rest(ctx, 100*time.Millisecond) {
			return
		}
	}
}
