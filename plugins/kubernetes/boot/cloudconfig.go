package boot

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// cloudConfig is the document of ubuntu and fedora-atomic.
func (n node) cloudConfig() (string, error) {
	type writeFile struct {
		Path        string `yaml:"path"`
		Permissions string `yaml:"permissions"`
		Encoding    string `yaml:"encoding,omitempty"`
		Content     string `yaml:"content"`
	}
	var document struct {
		WriteFiles []writeFile `yaml:"write_files"`
		RunCmd     [][]string  `yaml:"runcmd"`
	}
	for _, f := range n.files {
		entry := writeFile{Path: f.path, Permissions: fmt.Sprintf("%04o", f.mode), Content: f.text}
		switch {
		case f.secret != "":
			entry.Encoding, entry.Content = "b64", f.secret
		case f.packed:
			entry.Encoding, entry.Content = "gz+b64", packedScript()
		}
		document.WriteFiles = append(document.WriteFiles, entry)
	}
	enable := []string{"systemctl", "enable"}
	document.RunCmd = append(document.RunCmd, []string{"systemctl", "daemon-reload"})
	for _, u := range n.units {
		if u.text != "" {
			document.WriteFiles = append(document.WriteFiles, writeFile{Path: "/etc/systemd/system/" + u.name, Permissions: "0644", Content: u.text})
		}
		if u.mask {
			document.RunCmd = append(document.RunCmd, []string{"systemctl", "mask", "--now", u.name})
		}
		if u.enable {
			enable = append(enable, u.name)
		}
	}
	// cloud-init is itself part of the boot: who waits here for a unit that is
	// ordered after it waits for ever
	start := append([]string{"systemctl", "start", "--no-block"}, enable[2:]...)
	document.RunCmd = append(document.RunCmd, enable, start)

	var text bytes.Buffer
	text.WriteString("#cloud-config\n")
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return "", fmt.Errorf("cloud-config: %w", err)
	}
	return text.String(), nil
}
