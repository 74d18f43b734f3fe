package gitsource

import (
	"strings"
	"testing"
)

// What Git hosts say on standard error is more than the one line that tells:
// banners, frames and the noise of a login shell stand around it.
func TestComplaint(t *testing.T) {
	for _, c := range []struct {
		name, said string
		reason     Reason
		tells      string
	}{
		{
			"git", "fatal: '/srv/x.git' does not appear to be a git repository", RepositoryGone,
			"fatal: '/srv/x.git' does not appear to be a git repository",
		},
		{
			"a frame", "remote: \nremote: ========\nremote: \nremote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\nremote: \nremote: ========\n", RepositoryGone,
			"ERROR: The project you were looking for could not be found or you don't have permission to view it.",
		},
		{
			"noise of a shell", "rm: cannot remove '/tmp/x': No such file or directory\nfatal: '/srv/x.git' does not appear to be a git repository\n", RepositoryGone,
			"fatal: '/srv/x.git' does not appear to be a git repository",
		},
		{
			"two lines that tell", "ERROR: Permission to a/b.git denied to key.\nfatal: Could not read from remote repository.\n", AuthRefused,
			"ERROR: Permission to a/b.git denied to key.",
		},
		{"a commit", "ERR upload-pack: not our ref 0123", CommitGone, "ERR upload-pack: not our ref 0123"},
		{"nothing known", "\n****\n  maintenance until 5  \nbye", Protocol, "maintenance until 5"},
		{"no words", "====", Protocol, "===="},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := complaint(location{host: "h"}, c.said)
			wantReason(t, err, c.reason)
			if !strings.Contains(err.Error(), c.tells) {
				t.Errorf("%q does not say %q", err, c.tells)
			}
			if strings.Contains(err.Error(), "remote:") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is not the one line that tells", err)
			}
		})
	}
}
