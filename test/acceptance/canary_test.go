package acceptance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// pieces are what tells of a secret where only a part of it is shown, by its file's
// name: in clear, and in the base64 of the whole file, as nodes get it.
type pieces struct{ clear, encoded map[string][]byte }

// in names the secrets that a text shows something of.
func (p pieces) in(text []byte) []string {
	var out []string
	for how, all := range map[string]map[string][]byte{"": p.clear, " (base64)": p.encoded} {
		for name, piece := range all {
			if bytes.Contains(text, piece) {
				out = append(out, name+how)
			}
		}
	}
	slices.Sort(out)
	return out
}

// canaries are the pieces of a control-plane node's secrets to look for.
func canaries(t *testing.T, files map[string][]byte) pieces {
	t.Helper()
	out := pieces{map[string][]byte{}, map[string][]byte{}}
	for name, text := range files {
		piece := secretIn(t, name, text)
		if piece == nil {
			continue
		}
		at := bytes.Index(text, piece)
		if len(piece) < 16 || at < 0 {
			t.Fatalf("%q is no piece of %s to look for", piece, name)
		}
		whole := text[(at+2)/3*3 : (at+len(piece))/3*3] // base64 is of three bytes each
		out.clear[name], out.encoded[name] = piece, []byte(base64.StdEncoding.EncodeToString(whole))
	}
	return out
}

// secretIn is a piece of a file that nobody else may know: a line from the middle of a
// key, what a credential or a token proves itself by. Nil for what is public.
func secretIn(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	switch block, _ := pem.Decode(text); {
	case name == "ca-hash", block != nil && block.Type == "CERTIFICATE":
		return nil
	case block != nil:
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
		return lines[len(lines)/2]
	case name == "token":
		_, secret, _ := bytes.Cut(bytes.TrimSpace(text), []byte("."))
		return secret
	}
	var credential struct{ Secret string }
	if err := json.Unmarshal(text, &credential); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return []byte(credential.Secret)
}

// TestCanariesAreFoundInPart wants a part of a secret to be found where a whole one is
// not: quoted, encoded, or by itself.
func TestCanariesAreFoundInPart(t *testing.T) {
	t.Parallel()
	secret, half := strings.Repeat("app-credential/", 5), "0123456789abcdef"
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bytes.Repeat([]byte("key of a CA"), 12)})
	line := string(bytes.Split(key, []byte("\n"))[2])
	cloud := `{"auth_url":"https://keystone.example.org/v3","id":"5d3c8a1e","secret":"` + secret + `","ca":""}`
	files := map[string][]byte{
		"ca.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("public")}), "ca-hash": []byte("sha256:00"),
		"ca.key": key, "token": []byte("abcdef." + half + "\n"), "cloud.json": []byte(cloud),
	}
	wanted := canaries(t, files)
	for text, want := range map[string]string{
		`{"password": "` + secret + `"}`:                  "cloud.json",
		fmt.Sprintf("%q", cloud):                          "cloud.json",
		base64.StdEncoding.EncodeToString([]byte(cloud)):  "cloud.json (base64)",
		"kubeadm join --token x." + half:                  "token",
		base64.StdEncoding.EncodeToString(files["token"]): "token (base64)",
		`{"key": "` + line + `"}`:                         "ca.key",
		base64.StdEncoding.EncodeToString(key):            "ca.key (base64)",
		"https://keystone.example.org/v3 5d3c8a1e abcdef sha256:00 " + string(files["ca.crt"]): "",
	} {
		if got := strings.Join(wanted.in([]byte(text)), " "); got != want {
			t.Errorf("in %.60q is %q, want %q", text, got, want)
		}
	}
}
