package driverhost

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// What a driver answers is held against the contract before anybody acts on it.

func checkDescription(d driver.Description) error {
	if d.Version == "" {
		return errors.New("it has no version")
	}
	seen := map[string]bool{}
	for _, a := range d.Attributes {
		if a.Name == "" || seen[a.Name] {
			return fmt.Errorf("attribute %q stands there without a name or twice", a.Name)
		}
		seen[a.Name] = true
		if !knownEffect(a.Effect) {
			return fmt.Errorf("attribute %q has the unknown effect %d", a.Name, a.Effect)
		}
	}
	seen = map[string]bool{}
	for _, l := range d.Labels {
		if l.Name == "" || seen[l.Name] {
			return fmt.Errorf("label %q stands there without a name or twice", l.Name)
		}
		seen[l.Name] = true
		if !knownEffect(l.Effect) {
			return fmt.Errorf("label %q has the unknown effect %d", l.Name, l.Effect)
		}
		if _, err := regexp.Compile(l.Pattern); err != nil {
			return fmt.Errorf("label %q: its pattern %q is no regular expression", l.Name, l.Pattern)
		}
	}
	return nil
}

func knownEffect(e driver.Effect) bool {
	return e >= driver.EffectUnspecified && e <= driver.EffectRefused
}

func checkDiagnostics(ds []driver.Diagnostic) error {
	for _, d := range ds {
		if d.Severity != driver.SeverityError && d.Severity != driver.SeverityWarning {
			return fmt.Errorf("diagnostic %q has the unknown severity %d", d.Code, d.Severity)
		}
		if d.Summary == "" {
			return fmt.Errorf("diagnostic %q says nothing", d.Code)
		}
	}
	return nil
}

func checkRendered(r driver.Rendered) error {
	if err := checkDiagnostics(r.Diagnostics); err != nil {
		return err
	}
	switch failed := driver.HasErrors(r.Diagnostics); {
	case failed && r.Digest != "":
		return fmt.Errorf("a digest %q beside an error", r.Digest)
	case failed:
		return nil
	case r.Digest == "":
		return errors.New("neither a digest nor an error")
	case !driver.IsDigest(r.Digest):
		return fmt.Errorf("%q is no digest", r.Digest)
	case r.Resources < 0:
		return fmt.Errorf("a stack of %d resources", r.Resources)
	}
	return nil
}

func checkPlan(p driver.Plan) error {
	if err := checkDiagnostics(p.Diagnostics); err != nil {
		return err
	}
	for _, part := range p.Need {
		if part <= driver.PartUnspecified || part > driver.PartNodes {
			return fmt.Errorf("it needs the unknown part %d", part)
		}
	}
	if len(p.Need) > 0 && len(p.Steps) > 0 {
		return errors.New("steps beside parts that it still needs")
	}
	if p.Digest != "" && !driver.IsDigest(p.Digest) {
		return fmt.Errorf("%q is no digest", p.Digest)
	}
	for _, c := range p.Changes {
		if c.Effect <= driver.EffectUnspecified || !knownEffect(c.Effect) {
			return fmt.Errorf("change of %q has the unknown effect %d", c.Path, c.Effect)
		}
	}
	return checkSteps(p.Steps)
}

func checkSteps(steps []driver.Step) error {
	for i, s := range steps {
		switch {
		case s.ID == "":
			return fmt.Errorf("step %d has no id", i)
		case slices.ContainsFunc(steps[:i], func(other driver.Step) bool { return other.ID == s.ID }):
			return fmt.Errorf("two steps have the id %q", s.ID)
		case s.Kind <= driver.StepUnspecified || s.Kind > driver.StepDrain:
			return fmt.Errorf("step %q has the unknown kind %d", s.ID, s.Kind)
		case s.Disruption <= driver.EffectUnspecified || !knownEffect(s.Disruption):
			return fmt.Errorf("step %q has the unknown disruption %d", s.ID, s.Disruption)
		}
	}
	return nil
}

func checkPreview(r driver.PreviewReport) error {
	for _, c := range r.Changes {
		if c.Effect <= driver.EffectUnspecified || !knownEffect(c.Effect) {
			return fmt.Errorf("change of resource %q has the unknown effect %d", c.Resource, c.Effect)
		}
	}
	return checkDiagnostics(r.Diagnostics)
}

func checkHealth(r driver.HealthReport) error {
	if r.Health <= driver.HealthUnspecified || r.Health > driver.Unknown {
		return fmt.Errorf("the unknown health %d", r.Health)
	}
	return nil
}

// checkResult says what makes a result one that cannot be believed.
func checkResult(in driver.ApplyInput, r driver.Result) error {
	switch {
	case r == (driver.Result{}):
		return errors.New("an empty result")
	case r.Verdict <= driver.VerdictUnspecified || r.Verdict > driver.Ambiguous:
		return fmt.Errorf("the unknown verdict %d", r.Verdict)
	case in.StackID != "" && r.StackID != "" && r.StackID != in.StackID:
		return fmt.Errorf("a result for the stack %q, asked was %q", r.StackID, in.StackID)
	case r.Verdict == driver.Accepted || r.Fault == (driver.Fault{}):
		return nil
	case !slices.Contains(faultCodes, r.Fault.Code):
		return fmt.Errorf("the unknown fault code %q", r.Fault.Code)
	case !slices.Contains(actors, r.Fault.Who):
		return fmt.Errorf("%q is nobody who could act on a fault", r.Fault.Who)
	}
	return nil
}

var (
	faultCodes = []string{"auth", "quota", "rate-limit", "conflict", "dependency", "capacity", "driver", "timeout", "unavailable", "internal", "config"}
	actors     = []string{"author", "operator", "cloud", "nobody"}
)
