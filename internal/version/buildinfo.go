package version

import (
	"runtime/debug"
	"strings"
)

// fromBuildInfo is what a program built without the Makefile can still say.
func fromBuildInfo(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return strings.TrimPrefix(v, "v")
	}
	settings := make(map[string]string, len(info.Settings))
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit == "" {
		return "devel"
	}
	s := "devel-" + commit[:min(len(commit), 12)]
	if settings["vcs.modified"] == "true" {
		s += "-dirty"
	}
	return s
}
