// Package version says which build of heatsync this is. Every program of the
// project answers with String, so the agent, its drivers and a bug report agree.
// It refuses to know anything else about the build.
package version

import "runtime/debug"

// version is set by the Makefile and by goreleaser with
// -ldflags "-X github.com/heatsync/heatsync/internal/version.version=...".
var version string

// String gives the version without a leading "v" where it was a release: what
// the linker was told; else the module's version as `go install` recorded it;
// else "devel", with the commit where Go knows it. It is never empty, does not
// change while the program runs, and is safe for concurrent use.
func String() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	return fromBuildInfo(info)
}
