package simulation

import (
	"fmt"
	"time"
)

// Requests that one agent may make in ten minutes, whatever goes wrong: lanes and
// looks have a price of their own, each cluster has one.
const (
	budgetTime    = 10 * time.Minute
	budgetFleet   = 180
	budgetCluster = 40
)

// pace counts an agent's requests by minute.
type pace struct {
	minute  int64
	minutes [int(budgetTime / time.Minute)]int
}

// spend counts one request, and holds the last ten minutes against the budget.
func (a *agent) spend() {
	p, n := &a.pace, int64(len(a.pace.minutes))
	now := int64(a.w.now.Sub(beginning) / time.Minute)
	for ; p.minute < now; p.minute++ {
		p.minutes[(p.minute+1)%n] = 0
	}
	p.minutes[now%n]++
	sum := 0
	for _, m := range p.minutes {
		sum += m
	}
	a.w.most = max(a.w.most, float64(sum)/float64(a.budget()))
	if sum > a.budget() {
		a.w.fail("budget", "%s", fmt.Sprintf("%s made %d requests in %v, %d are allowed with %d clusters", a.id, sum, budgetTime, a.budget(), len(a.fleet.names)))
	}
}

func (a *agent) budget() int { return budgetFleet + budgetCluster*len(a.fleet.names) }
