package driverhost

import "sync"

// feed hands changes to one reader in order, and never blocks who pushes.
type feed struct {
	out  chan Change
	more chan struct{}
	stop chan struct{}
	done chan struct{}
	once sync.Once

	mu    sync.Mutex
	queue []Change
}

func newFeed() *feed {
	f := &feed{out: make(chan Change), more: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go f.pump()
	return f
}

// push forgets an older change of the same driver that was not read yet.
func (f *feed) push(c Change) {
	f.mu.Lock()
	kept := f.queue[:0]
	for _, q := range f.queue {
		if q.Name != c.Name {
			kept = append(kept, q)
		}
	}
	f.queue = append(kept, c)
	f.mu.Unlock()
	select {
	case f.more <- struct{}{}:
	default:
	}
}

func (f *feed) pop() (Change, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return Change{}, false
	}
	c := f.queue[0]
	f.queue = f.queue[1:]
	return c, true
}

func (f *feed) pump() {
	defer close(f.done)
	defer close(f.out)
	for {
		c, ok := f.pop()
		if !ok {
			select {
			case <-f.more:
				continue
			case <-f.stop:
				return
			}
		}
		select {
		case f.out <- c:
		case <-f.stop:
			return
		}
	}
}

func (f *feed) close() {
	f.once.Do(func() { close(f.stop) })
	<-f.done
}
