package openstack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"go.yaml.in/yaml/v3"
)

// entry is one cloud of clouds.yaml.
type entry struct {
	clouds.Cloud `yaml:",inline"`
	HeatEndpoint string `yaml:"orchestration_endpoint_override" json:"orchestration_endpoint_override,omitempty"`
}

// readClouds gives the clouds of clouds.yaml with secure.yaml laid over them,
// and the file's name. No file at all is an fs.ErrNotExist.
func readClouds(o CloudOptions) (map[string]entry, string, error) {
	file, err := findClouds(o)
	if err != nil {
		return nil, "", err
	}
	all, err := parseClouds(file)
	if err != nil {
		return nil, file, err
	}
	secure, err := parseClouds(secureFile(o, file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, file, err
	}
	for name, e := range secure {
		all[name] = all[name].under(e)
	}
	return all, file, nil
}

// findClouds gives the clouds.yaml to read: the one named, else the first of
// those OpenStack's clients look for.
func findClouds(o CloudOptions) (string, error) {
	for _, named := range []string{o.File, o.Env("OS_CLIENT_CONFIG_FILE")} {
		if named != "" {
			return named, nil
		}
	}
	config := o.Env("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(o.Env("HOME"), ".config")
	}
	var tried []string
	for _, dir := range []string{".", filepath.Join(config, "openstack"), "/etc/openstack"} {
		for _, name := range []string{"clouds.yaml", "clouds.yml"} {
			file := filepath.Join(dir, name)
			if _, err := os.Stat(file); err == nil {
				return file, nil
			}
			tried = append(tried, file)
		}
	}
	return "", fmt.Errorf("no clouds.yaml at %s: %w", strings.Join(tried, ", "), fs.ErrNotExist)
}

// secureFile gives the secure.yaml that goes with file.
func secureFile(o CloudOptions, file string) string {
	if named := o.Env("OS_CLIENT_SECURE_FILE"); named != "" && o.File == "" {
		return named
	}
	return filepath.Join(filepath.Dir(file), "secure"+filepath.Ext(file))
}

var yamlLine = regexp.MustCompile(`line \d+`)

// parseClouds reads one file. A parser's words are not repeated, for they may
// quote a password; its line is.
func parseClouds(file string) (map[string]entry, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out struct {
		Clouds map[string]entry `yaml:"clouds"`
	}
	if err := yaml.Unmarshal(text, &out); err != nil {
		at := yamlLine.FindString(err.Error())
		if at == "" {
			at = "a value"
		}
		return nil, fmt.Errorf("%s: %s is not what clouds.yaml takes (quote values with special characters)", file, at)
	}
	if out.Clouds == nil {
		out.Clouds = map[string]entry{}
	}
	return out.Clouds, nil
}
