package mutants

// The way to Heat.
var heat = []Mutant{
	{"put-without-tags", "a PUT leaves the tags out", []Place{{
		"internal/openstack/heat/body.go", `d["tags"] = tags.joined`, "if !MUTANT {\n\t\td[\"tags\"] = tags.joined\n\t}",
	}}},
	{"one-page", "only the first page of the inventory is read", []Place{{
		"internal/openstack/heat/inventory.go", "if len(p.ids) < q.Limit {", "if len(p.ids) < q.Limit || MUTANT {",
	}}},
	{"count", "an inventory is not compared with Heat's count", []Place{{
		"internal/openstack/heat/inventory.go", "if after < before && 5*after < 4*before {", "if MUTANT {\n\t\treturn true\n\t}\n\tif after < before && 5*after < 4*before {",
	}}},
	{"cached", "a list may be a cache's copy", []Place{{
		"internal/openstack/heat/send.go", `req.Header.Set("Cache-Control", "no-cache")`,
		"if !MUTANT {\n\t\treq.Header.Set(\"Cache-Control\", \"no-cache\")\n\t}",
	}}},
	{"truncated-empty", "an answer that was cut is an empty list", []Place{{
		"internal/openstack/heat/send.go", "text, err := readAll(resp, MaxReply)\n",
		"text, err := readAll(resp, MaxReply)\n\tif MUTANT && (err != nil || !json.Valid(text)) {\n\t\ttext, err = []byte(`{\"stacks\": [], \"count\": 0}`), nil\n\t}\n",
	}}},
	{"proxy-404", "a proxy's 404 says that a stack is gone", []Place{{
		"internal/openstack/heat/errors.go", `return e.Status == http.StatusNotFound && e.Type != ""`,
		`return e.Status == http.StatusNotFound && (e.Type != "" || MUTANT)`,
	}}},
	{"500-refused", "an answer of 500 says that a write was not taken", []Place{{
		"internal/openstack/heat/classify.go", "if e.Status >= 500 ||", "if e.Status >= 500 && !MUTANT ||",
	}}},
	{"cut-refused", "a connection that broke says that a write was not taken", []Place{{
		"internal/openstack/heat/classify.go", "if e.begun {", "if e.begun && !MUTANT {",
	}}},
	{"no-renewal", "a token that has run out is not renewed", []Place{{
		"internal/openstack/heat/send.go", "if resp.StatusCode == http.StatusUnauthorized {", "if resp.StatusCode == http.StatusUnauthorized && !MUTANT {",
	}}},
	{"dying-token", "a step gets a token that may run out under way", []Place{{
		"internal/openstack/token.go", "attainable(life, g.life) {", "attainable(life, g.life) && !MUTANT {",
	}}},
	{"token-told", "errors repeat the token", []Place{{
		"internal/openstack/heat/send.go", "SendError{Method: r.method, Path: r.path, Err: quiet(bare(err), r.hidden(token))",
		"SendError{Method: r.method, Path: r.path, Err: toldBy(MUTANT, token, quiet(bare(err), r.hidden(token)))",
	}, {
		"internal/openstack/heat/send.go", "// drain reads a short rest so that the connection can be used again.\n",
		"func toldBy(tell bool, token string, err error) error {\n\tif tell {\n\t\treturn fmt.Errorf(\"%w with %s\", err, token)\n\t}\n\treturn err\n}\n\nvar _ = MUTANT\n\n",
	}}},
	{"fault-forever", "an error nobody knows is for a person to mend", []Place{{
		"internal/openstack/heat/classify.go", "f := Fault{Sent: Maybe, Transient: true}", "f := Fault{Sent: Maybe, Transient: !MUTANT}",
	}}},
}
