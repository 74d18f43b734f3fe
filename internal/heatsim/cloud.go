package heatsim

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Cloud is one Keystone and one Heat. It is safe for concurrent use; requests
// are carried out one at a time.
type Cloud struct {
	mu     sync.Mutex
	opts   Options
	clock  Clock
	now    time.Time // of what is being carried out
	rand   *rand.Rand
	agenda agenda

	projects map[string]*project // by name
	byID     map[string]*project
	users    map[string]*user // by name
	creds    []madeCredential
	tokens   map[string]*token

	stacks    map[string]*stack // by id: live, deleted, nested
	configs   map[string]*softwareConfig
	physical  map[string]*Physical
	broken    []*ResourceFault
	waiting   []*waiting
	lastBase  string // of the last request, for URLs made outside of one
	addresses uint32 // floating ones handed out

	changes uint64 // of what the copies of stacks show
	log     []Exchange
	counts  map[string]int
	kept    map[string]*answer // by a proxy on the way, see repeated
}

type project struct {
	id, name string
	index    stackIndex
	catalog  json.RawMessage // for a base; nil: not asked for
	base     string
}

type user struct {
	User
	id string
}

// New builds a cloud as the options say.
func New(o Options) *Cloud {
	o.setDefaults()
	c := &Cloud{
		opts: o, clock: o.Clock, now: o.Clock.Now().UTC(),
		rand:     rand.New(rand.NewPCG(o.Seed, 0x68656174)),
		projects: map[string]*project{}, byID: map[string]*project{}, users: map[string]*user{},
		tokens: map[string]*token{},
		stacks: map[string]*stack{}, configs: map[string]*softwareConfig{}, physical: map[string]*Physical{},
		counts: map[string]int{}, kept: map[string]*answer{},
	}
	for _, u := range o.Users {
		c.users[u.Name] = &user{User: u, id: c.hexID()}
		for _, name := range u.Projects {
			c.addProject(name)
		}
	}
	for _, cred := range o.Credentials {
		c.addProject(cred.Project)
		c.creds = append(c.creds, madeCredential{AppCredential: cred, roles: []string{roleOf(c.users[cred.User])}})
	}
	return c
}

func (c *Cloud) addProject(name string) {
	if c.projects[name] != nil {
		return
	}
	p := &project{id: c.hexID(), name: name, index: newStackIndex()}
	c.projects[name], c.byID[p.id] = p, p
}

// hexID is an id as Keystone makes them.
func (c *Cloud) hexID() string {
	var raw [16]byte
	for i := range raw {
		raw[i] = byte(c.rand.Uint32())
	}
	return hex.EncodeToString(raw[:])
}

// uuid is an id as Heat and its neighbours make them.
func (c *Cloud) uuid() string {
	h := c.hexID()
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

const shortAlphabet = "abcdefghijklmnopqrstuvwxyz234567"

// shortID is the tail of a physical resource name.
func (c *Cloud) shortID() string {
	var b strings.Builder
	for range 12 {
		b.WriteByte(shortAlphabet[c.rand.IntN(len(shortAlphabet))])
	}
	return b.String()
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
