package spec

import "testing"

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing to do", `straße 日本 "a" \ b`, `straße 日本 "a" \ b`},
		{"an escape sequence", "a\x1b[2Jb.yaml", `a\x1b[2Jb.yaml`},
		{"a line more", "a\nsettled.yaml", `a\nsettled.yaml`},
		{"a C1 control", "a\u009bb", `a\u009bb`},
		{"text turned round", "a\u202eb", `a\u202eb`},
		{"no UTF-8", "a\xffb", `a\xffb`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Plain(tt.text); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDiagnosticIsOneLine(t *testing.T) {
	f := Parse("a\x1b[2J\nb.yaml", []byte("\"k\\e\": 1\n"))
	for _, d := range f.Diagnostics {
		if text := d.String(); !isPlain(text) {
			t.Errorf("%q", text)
		}
	}
	if len(f.Diagnostics) == 0 {
		t.Error("nothing is wrong")
	}
}
