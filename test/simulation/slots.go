package simulation

// slots bound how many calls run at a time, first come first served, as the
// agent's do.
type slots struct {
	free  int
	queue []func()
}

func (s *slots) run(job func()) {
	if s.free == 0 {
		s.queue = append(s.queue, job)
		return
	}
	s.free--
	job()
}

func (s *slots) done() {
	if len(s.queue) == 0 {
		s.free++
		return
	}
	job := s.queue[0]
	s.queue = s.queue[1:]
	job()
}
