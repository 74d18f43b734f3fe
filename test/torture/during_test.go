package torture

import (
	"testing"
	"time"
)

// TestDuring holds the checks' view of history to what it is to see: a write to
// what was frozen in the revision in force, once a step begun before is over.
func TestDuring(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	red := tree{Clusters: map[string]document{"a": {Lifecycle: "Present"}}}
	held := tree{Clusters: map[string]document{"a": {Lifecycle: "Suspended"}}}
	gone := tree{Clusters: map[string]document{}}
	w := &world{cloud: &cloud{pace: pace{grace: 10 * time.Second}}}
	w.people = &people{commits: []commit{
		{Revision: "1", Tree: red, Begun: at(0)},
		{Revision: "2", Tree: held, Begun: at(100)},
		{Revision: "3", Tree: gone, Begun: at(150)},
		{Revision: "4", Tree: red, Begun: at(200)},
		{Revision: "5", Tree: held, Begun: at(300)}, // no agent ever had it
		{Revision: "6", Tree: red, Begun: at(400)},
	}}
	r := &trialRun{world: w, watch: newWatch(w)}
	for revision, seconds := range map[string]int{"1": 1, "2": 120, "3": 151, "4": 201, "6": 401} {
		r.watch.force[revision] = at(seconds)
	}
	for _, tt := range []struct {
		name    string
		seconds int
		want    bool
	}{
		{"before", 50, false},
		{"pushed, not in force", 119, false},
		{"in force, a step may be on its way", 129, false},
		{"in force", 131, true},
		{"frozen another way", 199, true},
		{"released, though not yet in force", 200, false},
		{"frozen where no agent saw it", 350, false},
		{"after", 500, false},
	} {
		if got, since := r.during(at(tt.seconds), func(s tree) bool { return s.frozen("a") }); got != tt.want {
			t.Errorf("%s: %v since %s, want %v", tt.name, got, since, tt.want)
		}
	}
}
