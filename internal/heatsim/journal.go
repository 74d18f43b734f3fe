package heatsim

import (
	"net/http"
	"strings"
	"time"
)

// Exchange is one request the cloud saw.
type Exchange struct {
	Seq     int
	At      time.Time
	Method  string
	Path    string // below /v1/{project} for Heat ("/stacks/..."), with /identity for Keystone
	Query   string
	Project string // name; empty for Keystone and unknown ones
	Bytes   int    // of the request's body
	Status  int    // of the answer; 0 when the connection was cut or the request is under way
}

// maxJournal bounds the journal; the oldest half goes first. Counts stay.
const maxJournal = 100_000

func (c *Cloud) record(k *call) Exchange {
	x := Exchange{At: c.now, Method: k.method, Path: k.path, Query: k.query.Encode(), Bytes: len(k.body)}
	if k.parts[0] == "orchestration" && len(k.parts) > 2 {
		x.Path = "/" + strings.Join(k.parts[3:], "/")
		if p := c.byID[k.parts[2]]; p != nil {
			x.Project = p.name
		}
	}
	c.counts[x.Method+" "+shape(x.Path)]++
	c.counts[x.Method]++
	x.Seq = c.counts[""] + 1
	c.counts[""]++
	if len(c.log) >= maxJournal {
		c.log = append(c.log[:0], c.log[maxJournal/2:]...)
	}
	c.log = append(c.log, x)
	return x
}

func (c *Cloud) settleLog(x Exchange, a *answer, e Effect) {
	for i := len(c.log) - 1; i >= 0; i-- {
		if c.log[i].Seq == x.Seq {
			if e.Answer != AnswerCut && a != nil {
				c.log[i].Status = a.status
			}
			return
		}
	}
}

// shape is a path with names and ids replaced by *.
func shape(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 2 && parts[1] == "stacks" && parts[2] != "preview" && parts[2] != "detail" {
		for i := 2; i < len(parts); i++ {
			if i == 2 || i == 3 || i == 5 || i == 7 {
				parts[i] = "*"
			}
		}
	}
	return strings.Join(parts, "/")
}

// Journal is a copy of the requests seen, oldest first.
func (c *Cloud) Journal() []Exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Exchange(nil), c.log...)
}

// Count is the number of requests seen by method ("POST"), by method and path
// with * for names and ids ("PUT /stacks/*/*"), or all of them ("").
func (c *Cloud) Count(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[what]
}

// Writes is the number of Heat requests that were not reads.
func (c *Cloud) Writes() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, x := range c.log {
		if x.Project != "" && x.Method != http.MethodGet {
			n++
		}
	}
	return n
}
