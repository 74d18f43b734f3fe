package boot

import (
	"embed"
	"strings"
)

//go:embed script/*.bash
var scriptParts embed.FS

// script is heatsync-bootstrap: the parts one after the other.
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
			text.WriteString("\n")
		}
		text.WriteString(body)
	}
	return text.String()
}
