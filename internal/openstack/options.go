package openstack

import (
	"net/http"
	"os"
	"time"
)

// CloudOptions says which cloud to open and how hard to press it. The zero
// value reads what OpenStack's own clients read, with DefaultOptions' numbers.
type CloudOptions struct {
	Name      string // cloud in clouds.yaml; "" is OS_CLOUD, else the OS_* variables, else the only cloud
	File      string // clouds.yaml; "" looks where OpenStack's clients look
	Region    string // wins over clouds.yaml's
	Interface string // public, internal or admin; wins over clouds.yaml's

	AllowInsecure bool // take "verify: false" at its word; it is an error else

	RPCTimeout time.Duration // Heat's rpc_response_timeout; answers are waited for so long and 30 s more
	InFlight   int           // requests to Heat at once, at most
	Rate       float64       // requests to Heat a second, on average
	PageSize   int           // rows of one page of the whole list
	Unpaced    bool          // no gate before Heat: for a cloud served in place, whose only goroutine must not wait

	Env       func(string) string // reads an environment variable; nil is os.Getenv
	Now       func() time.Time    // tells how long tokens still live; nil is time.Now
	Transport http.RoundTripper   // instead of the network, for instance an OpenStack served in place; nil is the network
	Observer  Observer            // hears of each request; nil is nobody
	UserAgent string              // "" is heatsync/<version>
}

// DefaultOptions has the numbers that stand in for zeros: 180 s, 16 requests at
// once, 50 a second, pages of 500 rows. One list page costs Heat about 1.2 s of a core.
func DefaultOptions() CloudOptions {
	return CloudOptions{RPCTimeout: 180 * time.Second, InFlight: 16, Rate: 50, PageSize: 500, Env: os.Getenv}
}

// filled gives o with defaults for zeros.
func (o CloudOptions) filled() CloudOptions {
	d := DefaultOptions()
	if o.RPCTimeout <= 0 {
		o.RPCTimeout = d.RPCTimeout
	}
	if o.InFlight <= 0 {
		o.InFlight = d.InFlight
	}
	if o.Rate <= 0 {
		o.Rate = d.Rate
	}
	if o.PageSize <= 0 {
		o.PageSize = d.PageSize
	}
	if o.Env == nil {
		o.Env = d.Env
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Observer hears of each request once its answer began: service is the
// catalogue's type (orchestration, identity), code the HTTP status or 0 for no
// answer, d without the time heatsync itself held the request back. It is called
// concurrently and must not block.
type Observer interface {
	Request(service, method string, code int, d time.Duration)
}
