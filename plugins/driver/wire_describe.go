package driver

import (
	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

func descriptionToWire(d Description) *pb.DescribeResponse {
	return &pb.DescribeResponse{
		Name: d.Name, Version: d.Version,
		Targets: each(d.Targets, func(t Target) *pb.Target {
			return &pb.Target{Coe: t.COE, Distro: t.Distro, ServerType: t.ServerType}
		}),
		Attributes: each(d.Attributes, func(a Attribute) *pb.Attribute {
			return &pb.Attribute{Name: a.Name, Effect: pb.Effect(a.Effect), Required: a.Required, Doc: a.Doc}
		}),
		Labels: each(d.Labels, labelToWire),
		Secrets: each(d.Secrets, func(s SecretNeed) *pb.SecretNeed {
			return &pb.SecretNeed{Name: s.Name, Kind: string(s.Kind), Doc: s.Doc}
		}),
		Features: each(d.Features, func(f Feature) string { return string(f) }),
	}
}

func descriptionFromWire(d *pb.DescribeResponse) Description {
	return Description{
		Name: d.GetName(), Version: d.GetVersion(),
		Targets: each(d.GetTargets(), func(t *pb.Target) Target {
			return Target{COE: t.GetCoe(), Distro: t.GetDistro(), ServerType: t.GetServerType()}
		}),
		Attributes: each(d.GetAttributes(), func(a *pb.Attribute) Attribute {
			return Attribute{Name: a.GetName(), Effect: Effect(a.GetEffect()), Required: a.GetRequired(), Doc: a.GetDoc()}
		}),
		Labels: each(d.GetLabels(), labelFromWire),
		Secrets: each(d.GetSecrets(), func(s *pb.SecretNeed) SecretNeed {
			return SecretNeed{Name: s.GetName(), Kind: SecretKind(s.GetKind()), Doc: s.GetDoc()}
		}),
		Features: each(d.GetFeatures(), func(f string) Feature { return Feature(f) }),
	}
}

func labelToWire(l Label) *pb.Label {
	return &pb.Label{
		Name: l.Name, Type: string(l.Type), DefaultValue: l.Default, Allowed: l.Allowed, Pattern: l.Pattern,
		Effect: pb.Effect(l.Effect), Sensitive: l.Sensitive, Deprecated: l.Deprecated, Doc: l.Doc,
	}
}

func labelFromWire(l *pb.Label) Label {
	return Label{
		Name: l.GetName(), Type: LabelType(l.GetType()), Default: l.GetDefaultValue(), Allowed: l.GetAllowed(), Pattern: l.GetPattern(),
		Effect: Effect(l.GetEffect()), Sensitive: l.GetSensitive(), Deprecated: l.GetDeprecated(), Doc: l.GetDoc(),
	}
}

func diagnosticToWire(d Diagnostic) *pb.Diagnostic {
	return &pb.Diagnostic{
		Severity: pb.Severity(d.Severity), Code: d.Code, Path: d.Path,
		Summary: validText(d.Summary), Remedy: validText(d.Remedy),
	}
}

func diagnosticFromWire(d *pb.Diagnostic) Diagnostic {
	return Diagnostic{
		Severity: Severity(d.GetSeverity()), Code: d.GetCode(), Path: d.GetPath(),
		Summary: d.GetSummary(), Remedy: d.GetRemedy(),
	}
}
