package simulation

import "sync"

// Sweep runs the seeds from first to last on as many goroutines as workers, each
// seed on one of them, and tells each report as it comes, one at a time. It ends
// early when told says so.
func Sweep(first, last uint64, size Size, workers int, told func(seed uint64, r Report) (more bool)) {
	var (
		mu   sync.Mutex
		next = first
		stop bool
		all  sync.WaitGroup
	)
	take := func() (uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		if stop || next > last {
			return 0, false
		}
		next++
		return next - 1, true
	}
	for range workers {
		all.Go(func() {
			for {
				seed, ok := take()
				if !ok {
					return
				}
				r := Run(Make(seed, size))
				mu.Lock()
				if !stop && !told(seed, r) {
					stop = true
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
}
