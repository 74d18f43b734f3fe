package openstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
)

// findEntry gives the cloud o names and what to call it in messages.
func findEntry(o CloudOptions) (entry, string, error) {
	name := first(o.Name, o.Env("OS_CLOUD"))
	if name == "" && o.File == "" && o.Env("OS_AUTH_URL") != "" {
		return fromEnv(o.Env), "the environment", nil
	}
	all, file, err := readClouds(o)
	switch {
	case errors.Is(err, fs.ErrNotExist) && name == "" && o.File == "":
		return entry{}, "", errors.New("no cloud: set OS_CLOUD or OS_AUTH_URL, or name one in the config")
	case err != nil:
		return entry{}, "", err
	case name == "" && len(all) == 1:
		name = slices.Collect(maps.Keys(all))[0]
	case name == "":
		return entry{}, "", fmt.Errorf("%s has %d clouds: name one of %s", file, len(all), names(all))
	}
	e, ok := all[name]
	if !ok {
		return entry{}, "", fmt.Errorf("%s has no cloud %q, it has %s", file, name, names(all))
	}
	e, err = e.inRegion(first(o.Region, e.RegionName, o.Env("OS_REGION_NAME")))
	if err != nil {
		return entry{}, "", fmt.Errorf("%s: cloud %q: %w", file, name, err)
	}
	return e, fmt.Sprintf("cloud %q", name), nil
}

// inRegion settles which of the entry's regions is meant. "" is fine where there
// is no choice.
func (e entry) inRegion(region string) (entry, error) {
	var known []string
	for _, r := range e.Regions {
		known = append(known, r.Name)
	}
	switch {
	case region == "" && len(known) > 1:
		return e, fmt.Errorf("which region? region_name is missing, regions are %s", strings.Join(known, ", "))
	case region == "" && len(known) == 1:
		region = known[0]
	case len(known) > 0 && !slices.Contains(known, region):
		return e, fmt.Errorf("no region %q, regions are %s", region, strings.Join(known, ", "))
	}
	for _, r := range e.Regions {
		if r.Name == region {
			e = e.under(entry{Cloud: r.Values})
		}
	}
	e.RegionName = region
	return e, nil
}

// under lays over's values upon e's.
func (e entry) under(over entry) entry {
	merged := overlay(asMap(e), asMap(over))
	text, _ := json.Marshal(merged) // of maps and strings
	var out entry
	_ = json.Unmarshal(text, &out)
	return out
}

func asMap(e entry) map[string]any {
	text, _ := json.Marshal(e)
	out := map[string]any{}
	_ = json.Unmarshal(text, &out)
	return out
}

func overlay(below, above map[string]any) map[string]any {
	for k, v := range above {
		inner, ok := v.(map[string]any)
		under, both := below[k].(map[string]any)
		if ok && both {
			v = overlay(under, inner)
		}
		below[k] = v
	}
	return below
}

// fromEnv makes an entry of the OS_* variables.
func fromEnv(env func(string) string) entry {
	e := entry{HeatEndpoint: env("OS_ORCHESTRATION_ENDPOINT_OVERRIDE"), Cloud: clouds.Cloud{
		AuthType:   clouds.AuthType(env("OS_AUTH_TYPE")),
		RegionName: env("OS_REGION_NAME"),
		Interface:  first(env("OS_INTERFACE"), env("OS_ENDPOINT_TYPE")),
		CACertFile: env("OS_CACERT"), ClientCertFile: env("OS_CERT"), ClientKeyFile: env("OS_KEY"),
		AuthInfo: &clouds.AuthInfo{
			AuthURL:  env("OS_AUTH_URL"),
			Token:    first(env("OS_TOKEN"), env("OS_AUTH_TOKEN")),
			Username: env("OS_USERNAME"), UserID: env("OS_USER_ID"), Password: env("OS_PASSWORD"),
			ApplicationCredentialID:     env("OS_APPLICATION_CREDENTIAL_ID"),
			ApplicationCredentialName:   env("OS_APPLICATION_CREDENTIAL_NAME"),
			ApplicationCredentialSecret: env("OS_APPLICATION_CREDENTIAL_SECRET"),
			SystemScope:                 env("OS_SYSTEM_SCOPE"),
			ProjectName:                 first(env("OS_PROJECT_NAME"), env("OS_TENANT_NAME")),
			ProjectID:                   first(env("OS_PROJECT_ID"), env("OS_TENANT_ID")),
			UserDomainName:              env("OS_USER_DOMAIN_NAME"), UserDomainID: env("OS_USER_DOMAIN_ID"),
			ProjectDomainName: env("OS_PROJECT_DOMAIN_NAME"), ProjectDomainID: env("OS_PROJECT_DOMAIN_ID"),
			DomainName: env("OS_DOMAIN_NAME"), DomainID: env("OS_DOMAIN_ID"),
			DefaultDomain: env("OS_DEFAULT_DOMAIN"), TrustID: env("OS_TRUST_ID"),
		},
	}}
	if insecure, err := strconv.ParseBool(env("OS_INSECURE")); err == nil && insecure {
		e.Verify = new(false)
	}
	return e
}

func names(all map[string]entry) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), ", ")
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
