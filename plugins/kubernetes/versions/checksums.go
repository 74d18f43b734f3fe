package versions

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// sumOf finds the SHA-256 of a file in one of the forms in which projects publish
// them: digits alone (dl.k8s.io, cri-tools), lines of sha256sum with text or binary
// mark (containerd, runc, cni-plugins, helm, Calico), lines of BSD's tool, and the
// index of a Helm repository.
func sumOf(name, checksumFile string, text []byte) (string, error) {
	if trimmed := strings.TrimSpace(string(text)); trimmed == "" || trimmed[0] == '<' {
		return "", errors.New("it is empty or a web page, not checksums")
	}
	if path.Base(checksumFile) == "index.yaml" {
		return sumOfChart(name, text)
	}
	sums := map[string]bool{}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		sum, of := sumLine(strings.TrimSpace(line))
		if of == name || of == "" && len(lines) == 1 {
			sums[sum] = true
		}
	}
	return only(sums, name)
}

var bsd = regexp.MustCompile(`^SHA256 ?\((.+)\) ?= ?([0-9A-Fa-f]+)$`)

// sumLine gives a line's checksum and file; a line of digits alone names no file.
func sumLine(line string) (sum, name string) {
	if parts := bsd.FindStringSubmatch(line); parts != nil {
		return parts[2], path.Base(parts[1])
	}
	sum, name, _ = strings.Cut(line, " ")
	name = strings.TrimPrefix(strings.TrimSpace(name), "*")
	if name != "" {
		name = path.Base(name)
	}
	return sum, name
}

func sumOfChart(name string, text []byte) (string, error) {
	var index struct {
		Entries map[string][]struct {
			Digest string   `yaml:"digest"`
			URLs   []string `yaml:"urls"`
		} `yaml:"entries"`
	}
	if err := yaml.Unmarshal(text, &index); err != nil {
		return "", fmt.Errorf("it is not the index of a Helm repository: %w", err)
	}
	sums := map[string]bool{}
	for _, releases := range index.Entries {
		for _, r := range releases {
			for _, u := range r.URLs {
				if path.Base(u) == name {
					sums[r.Digest] = true
				}
			}
		}
	}
	return only(sums, name)
}

// only gives the one checksum there is, in lower case.
func only(sums map[string]bool, name string) (string, error) {
	switch len(sums) {
	case 0:
		return "", fmt.Errorf("it has no checksum of %s", name)
	case 1:
	default:
		return "", fmt.Errorf("it has %d different checksums of %s", len(sums), name)
	}
	for sum := range sums {
		sum = strings.ToLower(sum)
		if !hex64.MatchString(sum) {
			return "", fmt.Errorf("what it has for %s is not 64 hexadecimal digits", name)
		}
		return sum, nil
	}
	panic("unreachable")
}
