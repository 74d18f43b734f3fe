package driver

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

type labelKind struct {
	noun    string
	accepts func(string) bool
}

// labelKinds holds what each type takes; a type that is not here takes any text.
var labelKinds = map[LabelType]labelKind{
	LabelInt:    {"a whole number", isInt},
	LabelBool:   {"true or false", isBool},
	LabelFloat:  {"a number", isFloat},
	LabelSemver: {"a version such as v1.34.2", semver.MatchString},
	LabelCIDR:   {"a network such as 10.100.0.0/16", isCIDR},
	LabelURL:    {"an absolute URL", isURL},
}

func isInt(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

// isBool takes what oslo.utils' strutils.bool_from_string takes, the function
// that Magnum and Heat read labels with.
func isBool(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no":
		return true
	}
	return false
}

func isFloat(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && !strings.ContainsAny(s, "xXpPnN_")
}

var semver = regexp.MustCompile(`^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

func isCIDR(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Path != "")
}
