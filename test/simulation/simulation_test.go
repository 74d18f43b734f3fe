package simulation

import (
	"os"
	"strconv"
	"testing"
	"time"
)

func TestSeeds(t *testing.T) {
	from, to := 1, 30
	if s := os.Getenv("SEED"); s != "" {
		from, _ = strconv.Atoi(s)
		to = from
	}
	if s := os.Getenv("TO"); s != "" {
		to, _ = strconv.Atoi(s)
	}
	begin := time.Now()
	total := Counts{}
	var virtual time.Duration
	requests := 0
	for seed := from; seed <= to; seed++ {
		s := Make(uint64(seed), Small)
		var log *eventLog
		if from == to {
			log = newEventLog(os.Stdout, os.Getenv("FULL") != "")
		}
		r := run(s, log)
		total.Add(r.Counts)
		virtual += r.Virtual
		requests += r.Requests
		if r.Violation != nil {
			t.Errorf("seed %d: %v", seed, r.Violation)
		}
	}
	t.Logf("%d seeds in %v, %v virtual, %d requests", to-from+1, time.Since(begin), virtual, requests)
	if os.Getenv("COUNTS") != "" {
		for _, n := range total.Names() {
			t.Logf("%6d %s", total[n], n)
		}
	}
}
