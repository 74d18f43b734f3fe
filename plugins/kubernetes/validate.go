package kubernetes

import (
	"fmt"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Validate implements driver.Validator: what the schema cannot say. Rules that
// Magnum has are in its order (reference: magnum/api/validation.py,
// magnum/api/attr_validator.py, magnum/drivers).
func (d Driver) Validate(c driver.Cluster) []driver.Diagnostic {
	if c.AdoptedStack != "" {
		return nil
	}
	var r rules
	for _, check := range []func(*rules, driver.Cluster){
		attributeRules, proxyRules, nameRules, masterRules, networkRules, rangeRules, listRules, bareMetalRules, volumeRules,
		cloudRules, groupRules, ingressRules, nodeLabelRules, kubeletRules, d.releaseRules, labelRules,
	} {
		check(&r, c)
	}
	if !driver.HasErrors(r.found) {
		_, ds := d.selection(c)
		r.found = append(r.found, ds...)
	}
	return r.found
}

// rules collects what is wrong.
type rules struct{ found []driver.Diagnostic }

// wrong adds an error.
func (r *rules) wrong(path, remedy, format string, args ...any) {
	r.say(driver.SeverityError, "invalid", path, remedy, fmt.Sprintf(format, args...))
}

func (r *rules) say(s driver.Severity, code, path, remedy, summary string) {
	r.found = append(r.found, driver.Diagnostic{Severity: s, Code: code, Path: path, Summary: summary, Remedy: remedy})
}
