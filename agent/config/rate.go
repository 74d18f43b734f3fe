package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Rate is a number of times per second, minute or hour, written "30/m".
type Rate struct {
	Count int
	Per   time.Duration
}

// Every is the time between two; 0 for the zero Rate.
func (r Rate) Every() time.Duration {
	if r.Count == 0 {
		return 0
	}
	return r.Per / time.Duration(r.Count)
}

var rateUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

func parseRate(text string) (Rate, error) {
	count, unit, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	per, known := rateUnits[strings.TrimSpace(unit)]
	if err != nil || !known || n < 1 || n > 1_000_000 {
		return Rate{}, fmt.Errorf("%q is not a rate such as 30/m (per s, m or h, at least 1)", text)
	}
	return Rate{Count: n, Per: per}, nil
}
