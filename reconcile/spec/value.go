package spec

import (
	"strconv"
	"time"
)

// value is one checked node of a document: its place, its text, its children. A
// nil value stands for what was not written: it has no children and gives defaults.
type value struct {
	key          string // name in its parent; "" in a list
	line, column int32
	scalar       string // a scalar's text, as written
	items        []*value
}

func (v *value) child(key string) *value {
	for _, c := range v.all() {
		if c.key == key {
			return c
		}
	}
	return nil
}

func (v *value) all() []*value {
	if v == nil {
		return nil
	}
	return v.items
}

// text gives the text of the field key, or def where it is not written.
func (v *value) text(key, def string) string {
	if c := v.child(key); c != nil {
		return c.scalar
	}
	return def
}

// texts gives the texts of a list of them.
func (v *value) texts() []string {
	var out []string
	for _, c := range v.all() {
		out = append(out, c.scalar)
	}
	return out
}

// number gives the number of the field key; the reader has checked that it is one.
func (v *value) number(key string, def int) int {
	if c := v.child(key); c != nil {
		if n, err := strconv.Atoi(c.scalar); err == nil {
			return n
		}
	}
	return def
}

func (v *value) flag(key string, def bool) bool {
	if c := v.child(key); c != nil {
		return c.scalar == "true"
	}
	return def
}

// minutes gives the duration of the field key in whole minutes.
func (v *value) minutes(key, def string) int {
	d, err := time.ParseDuration(v.text(key, def))
	if err != nil {
		return 0
	}
	return int(d / time.Minute)
}

// dict gives the entries of the field key, nil when there are none.
func (v *value) dict(key string) map[string]string {
	items := v.child(key).all()
	if len(items) == 0 {
		return nil
	}
	m := make(map[string]string, len(items))
	for _, c := range items {
		m[c.key] = c.scalar
	}
	return m
}
