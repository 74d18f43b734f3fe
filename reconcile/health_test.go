package reconcile

import (
	"testing"
	"time"
)

// Whatever a settled cluster's health is, it stays settled, and the status says since
// when its health is so: not when it was read last.
func TestHealthHasItsSince(t *testing.T) {
	w := newWorld(t)
	w.driver.Health, w.health = true, Unhealthy
	w.clusters("a")
	w.start(nil, nil).run(10 * time.Minute)
	first := w.status("a")
	w.run(10 * time.Minute)
	if s := w.status("a"); s.Health != Unhealthy || s.HealthSince.IsZero() || !s.HealthSince.Equal(first.HealthSince) || s.HealthReasons["api"] == "" {
		t.Errorf("%s since %v, then %s since %v: %v", first.Health, first.HealthSince, s.Health, s.HealthSince, s.HealthReasons)
	}
	w.is("a settled")
	changed := w.now
	w.health = Healthy
	w.run(10 * time.Minute)
	if s := w.status("a"); s.Health != Healthy || !s.HealthSince.After(changed) || s.HealthSince.After(changed.Add(2*time.Minute)) {
		t.Errorf("%s since %v, and it changed at %v", s.Health, s.HealthSince, changed)
	}
	w.wrote("create a")
}
