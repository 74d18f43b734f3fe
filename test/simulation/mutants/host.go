package mutants

// HostTests is the package whose tests hunt the mutants of the host: processes,
// sockets and files are none of the simulation's.
const HostTests = "./internal/driverhost"

// Host lists the mutants of what keeps driver processes.
func Host() []Mutant { return host }

var host = []Mutant{
	{"host-unpinned", "a file that the lock does not pin runs", []Place{{
		"internal/driverhost/candidate.go", "c.WillRun = err == nil", "if MUTANT {\n\t\t\terr = f.usable()\n\t\t}\n\t\tc.WillRun = err == nil",
	}}},
	{"host-checksum", "a file that was exchanged after the lock was read runs", []Place{{
		"internal/driverhost/executable_linux.go", "if err == nil && sum != pin.sha256 {", "if err == nil && sum != pin.sha256 && !MUTANT {",
	}}},
	{"host-name", "a driver may call itself as another does", []Place{{
		"internal/driverhost/session.go", "if d.Name != s.name {", "if d.Name != s.name && !MUTANT {",
	}}},
	{"host-environment", "a driver sees the agent's environment", []Place{{
		"internal/driverhost/environment.go", `env := []string{"PATH=/usr/bin:/bin"`, "if MUTANT {\n\t\treturn os.Environ()\n\t}\n\tenv := []string{\"PATH=/usr/bin:/bin\"",
	}}},
	{"host-refused", "a step whose driver died was refused", []Place{{
		"internal/driverhost/handle.go", "verdict := driver.Ambiguous\n", "verdict := driver.Ambiguous\n\tif MUTANT {\n\t\tverdict = driver.Refused\n\t}\n",
	}}},
	{"host-reply", "an answer that breaks the contract is believed", []Place{{
		"internal/driverhost/handle.go", "if err := check(answer); err != nil {", "if err := check(answer); err != nil && !MUTANT {",
	}}},
	{"host-hung", "a process that does not answer is left alone", []Place{{
		"internal/driverhost/worker.go", "if misses >= w.host.options.Timing.Misses ||", "if !MUTANT && misses >= w.host.options.Timing.Misses ||",
	}}},
	{"host-circuit", "a driver that crashes is started again without rest", []Place{{
		"internal/driverhost/breaker.go", "if b.trial || len(b.crashes) >= b.timing.Crashes {", "if !MUTANT && (b.trial || len(b.crashes) >= b.timing.Crashes) {",
	}}},
	{"host-orphan", "a driver's children outlive it", []Place{{
		"internal/driverhost/process.go", "if !p.retired {", "if !p.retired && !(MUTANT && s == syscall.SIGKILL) {",
	}}},
}
