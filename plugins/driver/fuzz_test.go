package driver

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

// FuzzCanonical holds the canonical form of JSON to its promises: it is JSON of
// the same value, its own canonical form, and that of every other spelling.
func FuzzCanonical(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `{"b":1,"a":[true,"x\u0000\u20ac\ud83d\ude00",1e21,-0,0.000001,1E-7,9007199254740992]}`, `{"a":1,"a":2}`,
		`{"\ud800":1}`, "{\"\xff\":1}", `{"\ufb33":1,"\ud83d\ude00":2}`, `9007199254740993`, `1e999`, `[1]2`, `{"n":5e-324,"m":1.7976931348623157e308}`,
		`"\u007f\u0080\u2028\/"`, `123456789012345678901234567890`, `-1e-400`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parseJSON(text)
		if err != nil {
			return
		}
		form, err := canonical(nil, v)
		if err != nil {
			return
		}
		var again any // parseJSON takes no whole number this large, and floats are written as such
		if err := json.Unmarshal(form, &again); err != nil {
			t.Fatalf("%q is no JSON: %v", form, err)
		}
		if !reflect.DeepEqual(v, again) {
			t.Errorf("%q is another value: %v, not %v", form, again, v)
		}
		if twice, err := canonical(nil, again); err != nil || !bytes.Equal(form, twice) {
			t.Errorf("%q becomes %q (%v)", form, twice, err)
		}
		var spaced bytes.Buffer
		if err := json.Indent(&spaced, text, " ", "\t"); err != nil {
			t.Fatal(err)
		}
		if w, err := parseJSON(spaced.Bytes()); err != nil || !sameForm(w, form) {
			t.Errorf("with blanks it is another value: %v (%v)", w, err)
		}
		if !utf8.Valid(form) || bytes.ContainsAny(form, "\n\r\t") {
			t.Errorf("%q is not canonical", form)
		}
	})
}

func sameForm(v any, form []byte) bool {
	got, err := canonical(nil, v)
	return err == nil && bytes.Equal(got, form)
}

// FuzzTemplate holds the reader of templates to what the digest rests on: it
// returns, and what it read is the same template when it is written as JSON.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{
		"heat_template_version: 2018-08-31\nresources: {r: {type: OS::Heat::None}}\n", `{"heat_template_version": "2018-08-31"}`,
		"a: &x {b: 1}\nc: {<<: *x, d: yes}\n", "a: &a [*a]\n", "a: &x [1,2]\nb: [*x,*x]\nc: {<<: [*x]}\n", "t: 1:30\no: 0644\nx: 0x1F\nb: 0b11\nf: 1_000.5\n",
		"d: 2001-12-14t21:59:43.10-05:00\ne: .inf\n", "k: !!binary aGk=\nl: !!int '3'\n", "? [a]\n: b\n", "a: 1\na: 2\n", "# nothing\n", "---\n...\n---\n", "\t", "a: |\n  x\n  y\nb: >-\n  z\n",
		"- ~\n- Null\n- 'null'\n- ''\n", "a: -0\nb: -0.0\nc: 1e5\nd: 1.e+5\n", "%YAML 1.1\n--- {}\n", "*x", "<<: 1", "\"\\ud83d\"", "a: 99999999999999999999",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parseHeat(text)
		if err != nil {
			return
		}
		form, err := canonical(nil, v)
		if err != nil {
			return
		}
		if len(form) > 64<<20 {
			t.Fatalf("%d bytes blow up to %d", len(text), len(form))
		}
		if _, object := v.(map[string]any); !object {
			return
		}
		other, err := parseHeat(form)
		if err != nil && strings.Contains(err.Error(), "beyond 2^53") {
			return // 1e16 is written as a whole number, which is refused when a person writes it
		}
		if err != nil || !sameForm(other, form) {
			t.Errorf("as JSON it is another template: %q, %v (%v)", form, other, err)
		}
		one, err1 := Digest(Content{Template: text})
		two, err2 := Digest(Content{Template: form})
		if err1 != nil || err2 != nil || one != two || !IsDigest(one) {
			t.Errorf("digests %q and %q (%v, %v)", one, two, err1, err2)
		}
	})
}

// onWire is one message of the contract, with its translation there and back.
type onWire struct {
	message func() proto.Message
	back    func(proto.Message) proto.Message // wire to Go to wire
}

func translated[W proto.Message, G any](message func() W, from func(W) G, to func(G) W) onWire {
	return onWire{
		func() proto.Message { return message() },
		func(m proto.Message) proto.Message { return to(from(m.(W))) },
	}
}

func messages() []onWire {
	return []onWire{
		translated(func() *pb.DescribeResponse { return &pb.DescribeResponse{} }, descriptionFromWire, descriptionToWire),
		translated(func() *pb.RenderRequest { return &pb.RenderRequest{} }, renderInputFromWire, renderInputToWire),
		translated(func() *pb.RenderResponse { return &pb.RenderResponse{} }, renderedFromWire, renderedToWire),
		translated(func() *pb.PlanRequest { return &pb.PlanRequest{} }, planInputFromWire, planInputToWire),
		translated(func() *pb.PlanResponse { return &pb.PlanResponse{} }, planFromWire, planToWire),
		translated(func() *pb.ApplyRequest { return &pb.ApplyRequest{} }, applyInputFromWire, applyInputToWire),
		translated(func() *pb.Result { return &pb.Result{} }, resultFromWire, resultToWire),
		translated(func() *pb.CheckHealthRequest { return &pb.CheckHealthRequest{} }, healthInputFromWire, healthInputToWire),
		translated(func() *pb.CheckHealthResponse { return &pb.CheckHealthResponse{} }, healthReportFromWire, healthReportToWire),
		translated(func() *pb.GetAccessResponse { return &pb.GetAccessResponse{} }, accessFromWire, accessToWire),
		translated(func() *pb.PreviewRequest { return &pb.PreviewRequest{} }, previewInputFromWire, previewInputToWire),
		translated(func() *pb.PreviewResponse { return &pb.PreviewResponse{} }, previewReportFromWire, previewReportToWire),
	}
}

// FuzzWire holds both sides' translation of any message: it returns, gives what
// can be sent again, and is the same the second time.
func FuzzWire(f *testing.F) {
	seed := func(which int, m proto.Message) {
		data, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(which), data)
	}
	seed(0, &pb.DescribeResponse{Name: "toy", Labels: []*pb.Label{{Name: "l", Effect: 99, Pattern: "("}}, Features: []string{"x"}})
	seed(2, &pb.RenderResponse{Digest: "1-x", Resources: math.MinInt32, Diagnostics: []*pb.Diagnostic{{Severity: 7}}})
	seed(4, &pb.PlanResponse{Need: []pb.Part{99, -1}, Steps: []*pb.Step{{Kind: 99, Disruption: -4}}, Facts: &pb.Facts{NodesLive: -1}})
	seed(5, &pb.ApplyRequest{Kind: 77, Intent: -1, Cluster: &pb.Cluster{NodeGroups: []*pb.NodeGroup{{MaxNodeCount: new(int32(3))}}}})
	seed(6, &pb.Result{Verdict: 42, Fault: &pb.Fault{Code: "x", RetryAfterSeconds: -5}})
	seed(8, &pb.CheckHealthResponse{Health: 9, Nodes: []*pb.Node{{Pods: -1}}})
	seed(11, &pb.PreviewResponse{Changes: []*pb.ResourceChange{{Effect: 1000}}})
	for i := range messages() {
		f.Add(uint8(i), []byte{0x0a, 0x00, 0x12, 0x02, 0x08, 0x01})
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		all := messages()
		w := all[int(which)%len(all)]
		m := w.message()
		if proto.Unmarshal(data, m) != nil {
			return
		}
		once := w.back(m)
		text, err := proto.Marshal(once)
		if err != nil {
			t.Fatalf("%v cannot be sent: %v", m, err)
		}
		read := w.message()
		if err := proto.Unmarshal(text, read); err != nil {
			t.Fatal(err)
		}
		if twice := w.back(read); !proto.Equal(once, twice) {
			t.Errorf("the second time it is another message:\n%v\n%v", once, twice)
		}
	})
}
