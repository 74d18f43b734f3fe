package version

import (
	"runtime/debug"
	"testing"
)

func TestString(t *testing.T) {
	old := version
	t.Cleanup(func() { version = old })

	version = "1.2.3"
	if got := String(); got != "1.2.3" {
		t.Errorf("String() = %q, want what the linker was told", got)
	}
	version = ""
	if got := String(); got == "" {
		t.Error("String() is empty without a linker's word")
	}
}

func TestFromBuildInfo(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	tests := []struct {
		name string
		main string
		set  []debug.BuildSetting
		want string
	}{
		{"go install of a release", "v1.4.0", nil, "1.4.0"},
		{"a work tree without version control", "(devel)", nil, "devel"},
		{"a clean commit", "(devel)", []debug.BuildSetting{commit}, "devel-0123456789ab"},
		{"a commit with edits", "", []debug.BuildSetting{commit, dirty}, "devel-0123456789ab-dirty"},
		{"a short commit", "", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}, "devel-abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fromBuildInfo(&debug.BuildInfo{Main: debug.Module{Version: tt.main}, Settings: tt.set})
			if got != tt.want {
				t.Errorf("fromBuildInfo() = %q, want %q", got, tt.want)
			}
		})
	}
}
