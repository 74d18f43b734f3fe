package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/internal/heatsim"
)

// trouble is something outside the agent that goes wrong and is mended again.
type trouble struct {
	name  string
	spoil func(t *testing.T, s *story)
	mend  func(t *testing.T, s *story)
	// told says whether the status tells of it so that somebody can act.
	told   func(f fleetStatus) bool
	source bool // it is the repository's: nothing can be pushed meanwhile
	// spares says that a driver that runs goes on: the file is not its own any more.
	spares bool
}

var troubles = []trouble{
	{
		name: "wrong credentials",
		spoil: func(_ *testing.T, s *story) {
			s.cloud.sim.SetPassword("demo", "another")
			s.cloud.sim.RevokeTokens()
		},
		mend: func(_ *testing.T, s *story) { s.cloud.sim.SetPassword("demo", "openstack") },
		told: func(f fleetStatus) bool { return f.CloudError.says("auth", "operator", "clouds.yaml") },
	},
	{
		name:  "Heat unreachable",
		spoil: func(_ *testing.T, s *story) { s.cloud.faults.Add(heatsim.Rule{Effect: heatsim.Refuse(503)}) },
		mend:  func(_ *testing.T, s *story) { s.cloud.faults.Clear() },
		told:  func(f fleetStatus) bool { return f.CloudError.says("unavailable", "", "") },
	},
	{
		name:  "Heat's answers cut",
		spoil: func(_ *testing.T, s *story) { s.cloud.faults.Add(heatsim.Rule{Effect: heatsim.Truncate()}) },
		mend:  func(_ *testing.T, s *story) { s.cloud.faults.Clear() },
		told:  func(f fleetStatus) bool { return f.CloudError != nil },
	},
	{
		name:   "Git unreachable",
		source: true,
		spoil:  func(_ *testing.T, s *story) { s.host.down.Store(true) },
		mend:   func(_ *testing.T, s *story) { s.host.down.Store(false) },
		told:   func(f fleetStatus) bool { return f.SourceError.says("unavailable", "", "503") },
	},
	{
		name:   "no such branch",
		source: true,
		spoil:  func(t *testing.T, s *story) { s.repo.run(t, s.repo.bare, "branch", "-m", "main", "elsewhere") },
		mend:   func(t *testing.T, s *story) { s.repo.run(t, s.repo.bare, "branch", "-m", "elsewhere", "main") },
		told:   func(f fleetStatus) bool { return f.SourceError.says("config", "", "main") },
	},
	{
		name:  "driver missing",
		spoil: func(t *testing.T, s *story) { s.agent.removeDriver(t); s.agent.pin(t) },
		mend:  func(t *testing.T, s *story) { s.agent.install(t) },
		told:  driverTold("docker"),
	},
	{
		name:   "driver of another checksum",
		spares: true,
		spoil:  func(t *testing.T, s *story) { s.agent.plant(t, "says") },
		mend:   func(t *testing.T, s *story) { s.agent.install(t) },
		told:   driverTold("heatsync driver"),
	},
	{
		name:  "no driver at all in the file",
		spoil: func(t *testing.T, s *story) { s.agent.plant(t, "says"); s.agent.pin(t) },
		mend:  func(t *testing.T, s *story) { s.agent.install(t) },
		told:  driverTold("docker"),
	},
	{
		name:  "driver that never answers",
		spoil: func(t *testing.T, s *story) { s.agent.plant(t, "silent"); s.agent.pin(t) },
		mend:  func(t *testing.T, s *story) { s.agent.install(t) },
		told:  driverTold("docker"),
	},
}

// says tells whether a fault has the code, and a remedy for who must act that
// names what.
func (f *fault) says(code, who, what string) bool {
	return f != nil && f.Code == code && (who == "" || f.Who == who) && f.Remedy != "" && strings.Contains(f.Summary+f.Remedy, what)
}

// driverTold wants the clusters to say that the driver is what is wrong.
func driverTold(what string) func(fleetStatus) bool {
	return func(f fleetStatus) bool {
		for _, c := range f.Clusters {
			if c.Code == "driver" && c.Who == "operator" && c.Remedy != "" && strings.Contains(c.Message+c.Remedy, what) {
				return true
			}
		}
		return false
	}
}

func (a *agent) removeDriver(t *testing.T) {
	t.Helper()
	if err := os.Remove(a.file("drivers/heatsync-driver-docker")); err != nil {
		t.Fatal(err)
	}
}

// plant puts a program of testdata in the docker driver's place.
func (a *agent) plant(t *testing.T, program string) {
	t.Helper()
	a.removeDriver(t)
	if err := os.Link(filepath.Join(filepath.Dir(driverFile), program), a.file("drivers/heatsync-driver-docker")); err != nil {
		t.Fatal(err)
	}
}

// TestTroubleIsToldAndPasses has an agent meet each trouble twice: from its start,
// and when all is settled. It says so, loses and doubles nothing, and goes on by
// itself when the trouble is mended.
func TestTroubleIsToldAndPasses(t *testing.T) {
	t.Parallel()
	for _, k := range troubles {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := begin(t, simulated(t))
			s.push(t, "one cluster", files{"fleet.yaml": s.fleetFile(), at("one"): cluster("one")})
			k.spoil(t, s)
			s.agent.start(t)
			s.tells(t, "word of trouble from the start", k)
			k.mend(t, s)
			s.is(t, "settled", "one")
			s.troubleAgain(t, k)
		})
	}
}

// troubleAgain has the trouble meet a settled fleet and a change for it.
func (s *story) troubleAgain(t *testing.T, k trouble) {
	t.Helper()
	before := s.rows(t)
	change := func() {
		s.push(t, "a bigger one", files{at("one"): cluster("one", "flavor: "+s.cloud.site.otherFlavor)})
	}
	k.spoil(t, s)
	if !k.source {
		change()
	}
	if k.spares {
		if out, code := s.agent.command(t, "driver", "list"); code != 1 || !strings.Contains(out, "wrong-checksum") {
			t.Errorf("heatsync driver list ends with %d:\n%s", code, out)
		}
	} else {
		s.tells(t, "word of trouble in the middle", k)
	}
	k.mend(t, s)
	if k.source {
		change()
	}
	s.is(t, "settled", "one")
	now := s.rows(t)
	if len(now) != 1 || now["one"].ID != before["one"].ID {
		t.Errorf("stacks %v became %v", before, now)
	}
	if got := s.parameter(t, now["one"], "flavor"); got != s.cloud.site.otherFlavor {
		t.Errorf("the cluster has flavor %q", got)
	}
	s.nothingToDo(t)
}

// tells waits until the status tells of the trouble, whatever the revision.
func (s *story) tells(t *testing.T, what string, k trouble) {
	t.Helper()
	s.wait(t, what, func() (string, bool) {
		f, err := s.status(t.Context())
		if err != nil {
			return err.Error(), false
		}
		return f.String(), k.told(f)
	})
}
