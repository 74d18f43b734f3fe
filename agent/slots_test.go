package agent

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlotsBoundAndKeepOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2)
		var mu sync.Mutex
		busy, most := 0, 0
		var order []int
		for i := range 6 {
			s.run(func() {
				mu.Lock()
				busy++
				most = max(most, busy)
				order = append(order, i)
				mu.Unlock()
				time.Sleep(time.Duration(i+1) * time.Second)
				mu.Lock()
				busy--
				mu.Unlock()
			})
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if most != 2 {
			t.Errorf("%d ran at a time", most)
		}
		for i, n := range order {
			if i != n {
				t.Errorf("order %v", order)
				break
			}
		}
	})
}

func TestSlotsGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		release := make(chan struct{})
		var ran sync.WaitGroup
		ran.Add(1)
		s.run(func() { <-release })
		s.run(func() { ran.Done() })
		s.resize(2)
		ran.Wait()
		close(release)
	})
}
