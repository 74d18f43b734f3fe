package house

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A rule looks at one file and says what is wrong with it, each complaint
// beginning with path:line.
type rule struct {
	name  string
	check func(source) []string
}

// rules are the import rules of the design's chapter "The house". Files of
// tests may import what they like, but for the import of packages by drivers.
var rules = []rule{
	{"only cmd and tests import the agent", imports(func(s source, room string) string {
		if within(room, "agent") && !within(s.dir(), "agent", "cmd", "test") {
			return "arrows point inward: cmd -> agent -> reconcile"
		}
		return ""
	})},
	{"nobody imports cmd", imports(func(s source, room string) string {
		if within(room, "cmd") && !within(s.dir(), "cmd") {
			return "arrows point inward: cmd -> agent -> reconcile"
		}
		return ""
	})},
	{"the core imports nothing of ours", imports(func(s source, room string) string {
		if within(s.dir(), "reconcile") && !within(room, "reconcile") {
			return "reconcile declares what it needs; the edges translate"
		}
		return ""
	})},
	{"the driver SDK imports nothing of ours but the wire", imports(func(s source, room string) string {
		if s.dir() == "plugins/driver" && room != "plugins/driverpb" {
			return "a third party imports plugins/driver and gets it whole"
		}
		return ""
	})},
	{"the wire imports nothing of ours", imports(func(s source, _ string) string {
		if within(s.dir(), "plugins/driverpb") {
			return "plugins/driverpb is generated code alone"
		}
		return ""
	})},
	{"drivers know neither agent, core nor internals", imports(driverImports)},
	{"the Heat client has three users", imports(func(s source, room string) string {
		if within(room, "internal/openstack/heat") && !within(s.dir(), "agent", "internal/openstack", "plugins/heatstack", "test") {
			return "internal/openstack/heat is for agent, internal/openstack and plugins/heatstack"
		}
		return ""
	})},
	{"examples are written as a third party would", imports(func(s source, room string) string {
		if within(s.dir(), "examples") && !within(room, "examples", "plugins") {
			return "an example may import nothing of ours but plugins/..."
		}
		return ""
	})},
	{"the core is pure", pureImports},
	{"the core has no clock, goroutine or terminal", pureCalls},
}

// imports makes a rule of a verdict on one import of ours: verdict gets the file
// and the imported folder and answers why it must not be, or "".
func imports(verdict func(s source, room string) string) func(source) []string {
	return func(s source) []string {
		if s.test {
			return nil
		}
		var wrong []string
		for _, i := range s.ast.Imports {
			of := unquote(i.Path.Value)
			room, ours := strings.CutPrefix(of, module+"/")
			if !ours && of != module {
				continue
			}
			if why := verdict(s, room); why != "" {
				wrong = append(wrong, fmt.Sprintf("%s: imports %s: %s", s.at(i.Pos()), of, why))
			}
		}
		return wrong
	}
}

// driverImports holds everything under plugins to what the design allows it.
func driverImports(s source, room string) string {
	if !within(s.dir(), "plugins") || within(room, "plugins") {
		return ""
	}
	if within(s.dir(), "plugins/heatstack") && within(room, "internal/openstack/heat") ||
		within(s.dir(), "plugins/drivertest") && within(room, "internal/heatsim") {
		return ""
	}
	return "drivers import plugins/driver and plugins/heatstack, never agent, reconcile or internal"
}

// Packages that do nothing but compute, inside families that otherwise touch the world.
var pureCousins = []string{"net/url", "net/netip"}

// worldly are standard packages (and all below them) through which a clock, the
// network, the disk, chance, a logger or another goroutine would come in.
var worldly = []string{
	"context", "crypto/rand", "database", "expvar", "io/fs", "io/ioutil", "log", "math/rand",
	"net", "os", "path/filepath", "plugin", "runtime", "sync", "syscall", "testing", "unsafe",
}

// yamlReaders are the third-party packages reconcile/spec may read documents with.
var yamlReaders = []string{"go.yaml.in/yaml", "sigs.k8s.io/yaml"}

// pureImports keeps the world out of reconcile: standard packages that compute,
// and in reconcile/spec a YAML reader; no third party's else.
func pureImports(s source) []string {
	if s.test || !within(s.dir(), "reconcile") {
		return nil
	}
	var wrong []string
	for _, i := range s.ast.Imports {
		of := unquote(i.Path.Value)
		domain, _, _ := strings.Cut(of, "/")
		switch {
		case within(of, module), slices.Contains(pureCousins, of):
		case within(of, yamlReaders...) && within(s.dir(), "reconcile/spec"):
		case within(of, worldly...), strings.Contains(domain, "."):
			wrong = append(wrong, fmt.Sprintf("%s: imports %s: reconcile is pure: events in, commands and findings out", s.at(i.Pos()), of))
		}
	}
	return wrong
}

// unquote is the path an import literal names; the parser has checked it.
func unquote(literal string) string {
	s, _ := strconv.Unquote(literal)
	return s
}
