package config

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// check says what no single field can know.
func (d *decoder) check(c *Config) {
	d.checkListen(c.Listen)
	d.notEmpty("stateDir", c.StateDir)
	d.notEmpty("drivers.dir", c.Drivers.Dir)
	d.notEmpty("drivers.lock", c.Drivers.Lock)
	d.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	d.oneOf("log.format", c.Log.Format, "text", "json")
	if c.Recording.MaxBytes < 1<<20 {
		d.at("recording.maxBytes", "must be at least %d", 1<<20)
	}
	d.checkSecrets("secrets", c.Secrets, c.StateDir)
	if len(c.Fleets) == 0 {
		d.at("fleets", "at least one fleet is required")
	}
	for i := range c.Fleets {
		d.checkFleet(fmt.Sprintf("fleets[%d]", i), &c.Fleets[i])
		d.checkSecrets(fmt.Sprintf("fleets[%d].secrets", i), c.Fleets[i].Secrets, c.StateDir)
	}
	d.checkUnique(c.Fleets)
}

func (d *decoder) notEmpty(field, value string) {
	if value == "" {
		d.at(field, "must not be empty")
	}
}

func (d *decoder) oneOf(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		d.at(field, "must be one of %s, found %q", strings.Join(allowed, ", "), value)
	}
}

func (d *decoder) checkListen(listen string) {
	if listen == "" {
		return
	}
	_, port, err := net.SplitHostPort(listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		d.at("listen", "must be host:port, found %q", listen)
	}
}

// Names of fleets are part of stack names and tags.
var fleetName = regexp.MustCompile(`^[a-z]([a-z0-9]*(-[a-z0-9]+)*)?$`)

const maxFleetName = 20

func (d *decoder) checkFleet(field string, f *Fleet) {
	switch {
	case f.Name == "":
		d.at(field+".name", "is required")
	case len(f.Name) > maxFleetName || !fleetName.MatchString(f.Name):
		d.at(field+".name", "%q must be at most %d lower-case letters, digits and single dashes, and begin with a letter", f.Name, maxFleetName)
	}
	d.checkSource(field+".source", f.Source)
	for _, p := range []struct {
		name string
		is   time.Duration
	}{{"inProgress", f.Poll.InProgress}, {"recent", f.Poll.Recent}, {"inventory", f.Poll.Inventory}} {
		if p.is < 10*time.Millisecond {
			d.at(field+".poll."+p.name, "must be at least 10ms")
		}
	}
	if f.Concurrency < 1 || f.Concurrency > 1000 {
		d.at(field+".concurrency", "must be 1 to 1000")
	}
	if f.MaxCreates < 0 {
		d.at(field+".maxCreates", "must not be negative")
	}
	if f.Cloud.MaxResources < -1 || f.Cloud.MaxResources == 0 {
		d.at(field+".cloud.maxResources", "must be a number above 0, or -1 for no limit")
	}
}

func (d *decoder) checkSource(field string, s Source) {
	git := s.Git != nil
	before := len(d.problems)
	switch {
	case git == (s.Directory != ""):
		d.at(field, "needs exactly one of git and directory")
	case !git && s.Auth != Auth{}:
		d.at(field+".auth", "is of no use with a directory")
	case git:
		d.checkGit(field+".git", *s.Git)
	}
	a := s.Auth
	if a.TokenFile != "" && a.PasswordFile != "" {
		d.at(field+".auth", "tokenFile and passwordFile exclude each other")
	}
	if a.PasswordFile != "" && a.Username == "" {
		d.at(field+".auth", "passwordFile needs a username")
	}
	if (a.SSHKeyFile == "") != (a.KnownHostsFile == "") {
		d.at(field+".auth", "sshKeyFile and knownHostsFile go together")
	}
	if git && len(d.problems) == before {
		d.checkGitOptions(field, s)
	}
}

func (d *decoder) checkGit(field string, g Git) {
	if g.URL == "" {
		d.at(field+".url", "is required")
	}
	set := 0
	for _, v := range []string{g.Branch, g.Tag, g.Commit} {
		if v != "" {
			set++
		}
	}
	if set > 1 {
		d.at(field, "branch, tag and commit exclude each other")
	}
	if g.Interval < 10*time.Millisecond {
		d.at(field+".interval", "must be at least 10ms")
	}
}

// checkUnique wants each fleet name once. The same name on two clouds would be
// no conflict in Heat, but it would be one in metrics, paths and this file's
// readers.
func (d *decoder) checkUnique(fleets []Fleet) {
	first := map[string]int{}
	for i, f := range fleets {
		if j, seen := first[f.Name]; seen && f.Name != "" {
			d.at(fmt.Sprintf("fleets[%d].name", i), "%q is already fleets[%d]", f.Name, j)
			continue
		}
		first[f.Name] = i
	}
}
