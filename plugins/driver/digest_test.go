package driver

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the vectors in testdata")

// vector is one file of testdata/digest: what another language must arrive at.
type vector struct {
	Why         string            `json:"why"`
	Template    string            `json:"template"`
	Templates   map[string]string `json:"templates"`
	Files       map[string]string `json:"files"`
	Environment string            `json:"environment"`
	Parameters  map[string]string `json:"parameters"`
	SecretIDs   map[string]string `json:"secretIds"`
	Canonical   string            `json:"canonical"`
	Digest      string            `json:"digest"`
}

func (v vector) content() Content {
	asBytes := func(in map[string]string) map[string][]byte {
		out := make(map[string][]byte, len(in))
		for k, text := range in {
			out[k] = []byte(text)
		}
		return out
	}
	return Content{
		Template: []byte(v.Template), Templates: asBytes(v.Templates), Files: asBytes(v.Files),
		Environment: []byte(v.Environment), Parameters: v.Parameters, SecretIDs: v.SecretIDs,
	}
}

func TestDigestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/digest/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var v vector
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			canonical, err := v.content().canonical()
			if err != nil {
				t.Fatal(err)
			}
			digest, err := Digest(v.content())
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				v.Canonical, v.Digest = string(canonical), digest
				rewrite(t, file, v)
				return
			}
			if string(canonical) != v.Canonical {
				t.Errorf("canonical\ngot  %s\nwant %s", canonical, v.Canonical)
			}
			if digest != v.Digest {
				t.Errorf("digest: got %s, want %s", digest, v.Digest)
			}
		})
	}
}

func rewrite(t *testing.T, file string, v vector) {
	t.Helper()
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

const hot = "heat_template_version: 2018-08-31\nparameters:\n  size: {type: number, default: 10}\n"

func TestDigestIsOfWhatHeatReads(t *testing.T) {
	want, err := Digest(Content{Template: []byte(hot)})
	if err != nil {
		t.Fatal(err)
	}
	for name, template := range map[string]string{
		"comments, order and layout": "# a comment\nparameters:\n    size:\n        default: 10\n        type: number\nheat_template_version: 2018-08-31\n",
		"quoted date":                "heat_template_version: \"2018-08-31\"\nparameters:\n  size: {type: number, default: 10}\n",
		"JSON":                       `{"heat_template_version": "2018-08-31", "parameters": {"size": {"type": "number", "default": 1e1}}}`,
		"an alias":                   "heat_template_version: 2018-08-31\nparameters:\n  size: &s {type: number, default: 10}\n  <<: {size: *s}\n",
		"octal and underscore":       "heat_template_version: 2018-08-31\nparameters:\n  size: {type: number, default: 012}\n",
	} {
		if got, err := Digest(Content{Template: []byte(template)}); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", name, got, err, want)
		}
	}
}

func TestDigestSeesEachInput(t *testing.T) {
	seen := map[string]string{}
	for name, c := range map[string]Content{
		"empty":             {},
		"template":          {Template: []byte(hot)},
		"nested template":   {Templates: map[string][]byte{"node.yaml": []byte(hot)}},
		"file":              {Files: map[string][]byte{"node.yaml": []byte(hot)}},
		"environment":       {Environment: []byte("parameter_defaults: {a: b}")},
		"parameter":         {Parameters: map[string]string{"a": "1"}},
		"parameter's value": {Parameters: map[string]string{"a": "2"}},
		"secret":            {SecretIDs: map[string]string{"a": "1"}},
		"yes":               {Template: []byte("a: yes")},
		"quoted yes":        {Template: []byte("a: 'yes'")},
		"null":              {Template: []byte("a:")},
	} {
		digest, err := Digest(c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, twice := seen[digest]; twice {
			t.Errorf("%s and %s share %s", name, other, digest)
		}
		seen[digest] = name
		if !IsDigest(digest) {
			t.Errorf("%s: IsDigest(%q) is false", name, digest)
		}
	}
	t.Log(len(maps.Clone(seen)), "digests")
}

func TestDigestRefuses(t *testing.T) {
	for name, c := range map[string]Content{
		"broken YAML":                          {Template: []byte("a: [")},
		"broken JSON":                          {Template: []byte("{")},
		"two documents":                        {Template: []byte("a: 1\n---\nb: 2\n")},
		"two JSON values":                      {Template: []byte("{}{}")},
		"a key twice":                          {Template: []byte("a: 1\na: 2\n")},
		"a whole number that JSON cannot hold": {Template: []byte("a: 9007199254740993")},
		"infinity":                             {Template: []byte("a: .inf")},
		"a file not UTF-8":                     {Files: map[string][]byte{"a": {0xff}}},
		"aliases that blow up":                 {Template: []byte(billionLaughs())},
	} {
		if got, err := Digest(c); err == nil {
			t.Errorf("%s: got %s, want an error", name, got)
		}
	}
}

func billionLaughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		n, m := string(rune('0'+i)), string(rune('0'+i-1))
		b.WriteString("a" + n + ": &a" + n + " [" + strings.Repeat("*a"+m+", ", 9) + "*a" + m + "]\n")
	}
	return b.String()
}
