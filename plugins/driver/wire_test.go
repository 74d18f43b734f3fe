package driver

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

// Every type crosses the wire and comes back as it was.
func TestWireRoundTrips(t *testing.T) {
	t.Run("cluster", roundTrip(clusterToWire, clusterFromWire))
	t.Run("description", roundTrip(descriptionToWire, descriptionFromWire))
	t.Run("diagnostic", roundTrip(diagnosticToWire, diagnosticFromWire))
	t.Run("rendered", roundTrip(renderedToWire, renderedFromWire))
	t.Run("plan", roundTrip(planToWire, planFromWire))
	t.Run("parts", roundTrip(partsToWire, partsFromWire))
	t.Run("apply input", roundTrip(applyInputToWire, applyInputFromWire))
	t.Run("result", roundTrip(resultToWire, resultFromWire))
	t.Run("health report", roundTrip(healthReportToWire, healthReportFromWire))
	t.Run("health input", roundTrip(healthInputToWire, healthInputFromWire))
	t.Run("access", roundTrip(accessToWire, accessFromWire))
	t.Run("preview report", roundTrip(previewReportToWire, previewReportFromWire))

	// What is pure gets no value of a secret.
	t.Run("render input", roundTripOf(func(in *RenderInput) { forget(in.Secrets) }, renderInputToWire, renderInputFromWire))
	t.Run("plan input", roundTripOf(func(in *PlanInput) { forget(in.Secrets) }, planInputToWire, planInputFromWire))
	t.Run("preview input", roundTripOf(func(in *PreviewInput) { forget(in.Secrets) }, previewInputToWire, previewInputFromWire))
}

func forget(secrets []Secret) {
	for i := range secrets {
		secrets[i].Value = nil
	}
}

func roundTrip[G any, W proto.Message](to func(G) W, from func(W) G) func(*testing.T) {
	return roundTripOf(func(*G) {}, to, from)
}

func roundTripOf[G any, W proto.Message](expect func(*G), to func(G) W, from func(W) G) func(*testing.T) {
	return rapid.MakeCheck(func(t *rapid.T) {
		want := generator[G]().Draw(t, "value")
		bytes, err := proto.Marshal(to(want))
		if err != nil {
			t.Fatal(err)
		}
		wire := to(want).ProtoReflect().New().Interface()
		if err := proto.Unmarshal(bytes, wire); err != nil {
			t.Fatal(err)
		}
		got := from(wire.(W))
		expect(&want)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
	})
}

func generator[G any]() *rapid.Generator[G] {
	count := rapid.Int32()
	return rapid.MakeCustom[G](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
		reflect.TypeFor[int]():      as(count, func(n int32) any { return int(n) }),
		reflect.TypeFor[Effect]():   as(count, func(n int32) any { return Effect(n) }),
		reflect.TypeFor[Severity](): as(count, func(n int32) any { return Severity(n) }),
		reflect.TypeFor[Verdict]():  as(count, func(n int32) any { return Verdict(n) }),
		reflect.TypeFor[Part]():     as(count, func(n int32) any { return Part(n) }),
		reflect.TypeFor[Intent]():   as(count, func(n int32) any { return Intent(n) }),
		reflect.TypeFor[StepKind](): as(count, func(n int32) any { return StepKind(n) }),
		reflect.TypeFor[Health]():   as(count, func(n int32) any { return Health(n) }),
		reflect.TypeFor[time.Time](): as(rapid.Int64Range(0, 1<<40), func(n int64) any {
			if n == 0 {
				return time.Time{}
			}
			return time.UnixMilli(n).UTC()
		}),
		reflect.TypeFor[time.Duration](): as(rapid.Int32Min(0), func(n int32) any {
			return time.Duration(n) * time.Second
		}),
		reflect.TypeFor[json.RawMessage](): as(rapid.String(), func(s string) any {
			return json.RawMessage(strconv.Quote(s))
		}),
	}})
}

func as[A any](g *rapid.Generator[A], f func(A) any) *rapid.Generator[any] { return rapid.Map(g, f) }

func TestWireKeepsWhatItCannotHold(t *testing.T) {
	if got := nodeGroupFromWire(nodeGroupToWire(NodeGroup{NodeCount: math.MaxInt})).NodeCount; got != math.MaxInt32 {
		t.Errorf("a count beyond 32 bits became %d", got)
	}
	if got := faultFromWire(faultToWire(Fault{RetryAfter: 1500 * time.Millisecond})).RetryAfter; got != 2*time.Second {
		t.Errorf("a wait of 1.5 s became %s", got)
	}
	if got := diagnosticToWire(Diagnostic{Summary: "a\xffb"}).GetSummary(); got != "a\uFFFDb" {
		t.Errorf("text that is not UTF-8 became %q", got)
	}
}

// The numbers of the enums are the wire's, so that they cross by conversion.
func TestEnumsHaveTheNumbersOfTheWire(t *testing.T) {
	for name, pair := range map[string][2]int{
		"effect":   {int(EffectRefused), int(pb.Effect_EFFECT_REFUSED)},
		"rolling":  {int(EffectRolling), int(pb.Effect_EFFECT_ROLLING)},
		"severity": {int(SeverityWarning), int(pb.Severity_SEVERITY_WARNING)},
		"verdict":  {int(Ambiguous), int(pb.Verdict_VERDICT_AMBIGUOUS)},
		"stale":    {int(Stale), int(pb.Verdict_VERDICT_STALE)},
		"part":     {int(PartNodes), int(pb.Part_PART_NODES)},
		"intent":   {int(IntentAdopt), int(pb.Intent_INTENT_ADOPT)},
		"kind":     {int(StepDrain), int(pb.StepKind_STEP_KIND_DRAIN)},
		"health":   {int(Unknown), int(pb.Health_HEALTH_UNKNOWN)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d here, %d on the wire", name, pair[0], pair[1])
		}
	}
}
