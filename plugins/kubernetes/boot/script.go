package boot

import (
	"embed"
	"strings"
)

//go:embed script/*.bash
var scriptParts embed.FS

// script is heatsync-bootstrap: the parts one after the other. Of comments it keeps
// those of the first part, which say what it is: user data is bounded, and packed text
// is most of a worker's.
var script = joinScript("say", "json", "metadata", "system", "volumes", "programs", "keys", "cloud", "etcd", "kubeadm", "addons", "main")

func joinScript(parts ...string) string {
	var text strings.Builder
	text.WriteString("#!/usr/bin/env bash\n")
	for i, part := range parts {
		raw, err := scriptParts.ReadFile("script/" + part + ".bash")
		if err != nil {
			panic(err) // a part that was not embedded: every test would find it
		}
		body := strings.TrimPrefix(string(raw), "# shellcheck shell=bash\n")
		if i > 0 {
			body = withoutComments(body)
		}
		text.WriteString(body)
	}
	return text.String()
}

// withoutComments takes away the lines that are one, or blank, but for those that
// shellcheck reads.
func withoutComments(body string) string {
	var text strings.Builder
	for line := range strings.Lines(body) {
		bare := strings.TrimSpace(line)
		if bare == "" || strings.HasPrefix(bare, "#") && !strings.HasPrefix(bare, "# shellcheck ") {
			continue
		}
		text.WriteString(line)
	}
	return text.String()
}
