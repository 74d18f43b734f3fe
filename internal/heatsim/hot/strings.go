package hot

import (
	"crypto/md5"  //nolint:gosec // digest offers it
	"crypto/sha1" //nolint:gosec // digest offers it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"net/url"
	"sort"
	"strings"
)

func strReplace(strict bool) function {
	return func(s *Scope, arg any) (any, error) {
		a, err := s.args("str_replace", arg, "template", "params")
		if err != nil {
			return nil, err
		}
		if unknown(a...) {
			return Unknown{}, nil
		}
		params, ok := a[1].(map[string]any)
		if !ok {
			return nil, badArgs("str_replace", "a map with template and params")
		}
		text := Text(a[0])
		names := Keys(params)
		sort.SliceStable(names, func(i, j int) bool { return len(names[i]) > len(names[j]) })
		pairs := make([]string, 0, 2*len(names))
		for _, name := range names {
			if name == "" {
				continue
			}
			if strict && !strings.Contains(text, name) {
				return nil, refuse("ValueError", "The following params were not found in the template: %s", name)
			}
			pairs = append(pairs, name, Text(params[name]))
		}
		return strings.NewReplacer(pairs...).Replace(text), nil
	}
}

func (s *Scope) listJoin(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) < 2 {
		return nil, badArgs("list_join", "a list: [delimiter, [values]]")
	}
	if unknown(list...) {
		return Unknown{}, nil
	}
	var parts []string
	for _, part := range list[1:] {
		if part == nil {
			continue
		}
		values, ok := part.([]any)
		if !ok {
			return nil, refuse("TypeError", "\"list_join\" must operate on a list")
		}
		for _, v := range values {
			switch v.(type) {
			case nil, string, []any, map[string]any:
				parts = append(parts, Text(v))
			default:
				// Numbers too: a number parameter must go through str_replace.
				return nil, refuse("TypeError", "Items to join must be string, map or list not %s", Text(v))
			}
		}
	}
	return strings.Join(parts, Text(list[0])), nil
}

func (s *Scope) strSplit(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) < 2 || len(list) > 3 {
		return nil, badArgs("str_split", "a list: [delimiter, string, (index)]")
	}
	if unknown(list...) {
		return Unknown{}, nil
	}
	parts := []any{}
	if list[1] != nil {
		for _, p := range strings.Split(Text(list[1]), Text(list[0])) {
			parts = append(parts, p)
		}
	}
	if len(list) == 2 {
		return parts, nil
	}
	v := Walk(parts, list[2:])
	if v == nil {
		return nil, refuse("ValueError", "Incorrect index to \"str_split\" should be between 0 and %d", len(parts)-1)
	}
	return v, nil
}

func (s *Scope) digest(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) != 2 {
		return nil, badArgs("digest", "a list: [algorithm, value]")
	}
	if unknown(list...) {
		return Unknown{}, nil
	}
	text := []byte(Text(list[1]))
	switch strings.ToLower(Text(list[0])) {
	case "md5":
		sum := md5.Sum(text) //nolint:gosec // digest offers it
		return hex.EncodeToString(sum[:]), nil
	case "sha1":
		sum := sha1.Sum(text) //nolint:gosec // digest offers it
		return hex.EncodeToString(sum[:]), nil
	case "sha256":
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:]), nil
	case "sha512":
		sum := sha512.Sum512(text)
		return hex.EncodeToString(sum[:]), nil
	}
	return nil, refuse("ValueError", "Algorithm must be one of md5, sha1, sha256, sha512")
}

func (s *Scope) makeURL(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	m := asMap(r)
	if unknown(m) {
		return Unknown{}, nil
	}
	u := url.URL{Scheme: Text(m["scheme"]), Host: Text(m["host"]), Path: Text(m["path"]), Fragment: Text(m["fragment"])}
	if port := Text(m["port"]); port != "" {
		u.Host += ":" + port
	}
	if user := Text(m["username"]); user != "" {
		u.User = url.UserPassword(user, Text(m["password"]))
	}
	query := url.Values{}
	for _, k := range Keys(asMap(m["query"])) {
		query.Set(k, Text(asMap(m["query"])[k]))
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
