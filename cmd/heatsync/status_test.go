package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile"
)

func TestStatusTellsWhyAClusterIsNotHealthy(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	sick := reconcile.ClusterStatus{
		Name: "web", Health: reconcile.Unhealthy, HealthSince: now.Add(-3 * time.Minute),
		HealthReasons: map[string]string{"w-0.Reason": "KubeletNotReady: no network", "w-0.Ready": "False", "w-1.Ready": "True", "console": "server 1 said last: STOPPED", "api": "there is no route to it"},
	}
	many := sick
	many.HealthReasons = map[string]string{}
	for _, n := range strings.Fields("a b c d e f g h") {
		many.HealthReasons[n+".Reason"] = "down"
	}
	well, unread, silent := sick, sick, sick
	well.Health, unread.HealthSince, silent.HealthReasons = reconcile.Healthy, time.Time{}, map[string]string{"api": "ok"}
	for name, c := range map[string]struct {
		status reconcile.ClusterStatus
		want   string
	}{
		"why, the cluster first": {sick, "  web is UNHEALTHY for 3m:\n    api: there is no route to it\n    console: server 1 said last: STOPPED\n    w-0.Reason: KubeletNotReady: no network\n"},
		"many reasons": {many, "  web is UNHEALTHY for 3m:\n    a.Reason: down\n    b.Reason: down\n    c.Reason: down\n" +
			"    d.Reason: down\n    e.Reason: down\n    f.Reason: down\n    and 2 reasons more\n"},
		"healthy": {well, ""}, "never read": {unread, ""}, "nothing to tell": {silent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			writeHealth(&got, c.status, now)
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
