package agent

import "sync"

// slots run jobs, at most n at a time, first come first served. A job that waits
// costs no goroutine. It is safe for concurrent use.
type slots struct {
	mu    sync.Mutex
	n     int
	busy  int
	queue []func()
}

func newSlots(n int) *slots { return &slots{n: n} }

// run starts the job now or when its turn comes; it does not block.
func (s *slots) run(job func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, job)
	s.fill()
}

// resize changes how many may run at a time; those that run go on.
func (s *slots) resize(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n = n
	s.fill()
}

// fill starts workers while there is room; s.mu is held.
func (s *slots) fill() {
	for s.busy < s.n && len(s.queue) > 0 {
		s.busy++
		go s.work(s.pop())
	}
}

// pop takes the oldest job; s.mu is held and there is one.
func (s *slots) pop() func() {
	job := s.queue[0]
	s.queue[0] = nil
	s.queue = s.queue[1:]
	return job
}

// work runs jobs until there is none or too many workers.
func (s *slots) work(job func()) {
	for {
		job()
		s.mu.Lock()
		if len(s.queue) == 0 || s.busy > s.n {
			s.busy--
			s.mu.Unlock()
			return
		}
		job = s.pop()
		s.mu.Unlock()
	}
}
