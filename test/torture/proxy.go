package torture

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// longest bounds one delivery: a Heat of test/openstack answers within 180 s.
const longest = 4 * time.Minute

// Proxy stands before a cloud's services and does to requests what its weather
// says. It is quiet until Storm. It keeps a record of every write to a stack.
type Proxy struct {
	// Hold, when not nil, is called with each request before it is delivered, from
	// many goroutines; it may block. It is set before the first request.
	Hold func(*http.Request, []byte)

	client *http.Client
	fronts []*front

	mu       sync.Mutex
	arrived  *sync.Cond // of mu: alone has fallen
	alone    int        // deliveries under way that no caller waits for
	storm    bool
	weather  Weather
	seen     map[string]uint64
	counts   map[Fault]int
	requests map[string]int
	writes   []Write
}

// front is one service as callers see it.
type front struct {
	*httptest.Server
	public string // as the catalogue has it
	target string // where it really is
}

// NewProxy makes a proxy without services. Close ends it.
func NewProxy() *Proxy {
	p := &Proxy{
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		seen: map[string]uint64{}, counts: map[Fault]int{}, requests: map[string]int{},
	}
	p.arrived = sync.NewCond(&p.mu)
	return p
}

// Front puts the proxy before a service and gives the address it has from now on.
// public is the base URL (scheme and host) that the catalogue names, target the one
// to deliver to. All fronts are made before the first request.
func (p *Proxy) Front(public, target string) string {
	f := &front{public: public, target: target}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(f, w, r) }))
	p.fronts = append(p.fronts, f)
	return f.URL
}

// Close ends all connections and waits for what is still being delivered.
func (p *Proxy) Close() {
	for _, f := range p.fronts {
		f.CloseClientConnections()
		f.Server.Close()
	}
	p.Settle()
	p.client.CloseIdleConnections()
}

// Storm begins bad weather, or changes it.
func (p *Proxy) Storm(w Weather) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.storm, p.weather = true, w
}

// Quiet ends the bad weather. What is on its way arrives yet: see Settle.
func (p *Proxy) Quiet() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.storm = false
}

// Settle waits until nothing is on its way that no caller waits for.
func (p *Proxy) Settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.alone > 0 {
		p.arrived.Wait()
	}
}

// exchange is one request, whole, on its way: it may outlive its caller.
type exchange struct {
	front             *front
	method, uri, host string
	header            http.Header
	body              []byte

	weather Weather
	fault   Fault
	amount  float64
}

func (p *Proxy) serve(f *front, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	x := p.meet(f, r, body)
	if p.Hold != nil {
		p.Hold(r, body)
	}
	p.play(x, w)
}

// meet counts a request and gives it its fate.
func (p *Proxy) meet(f *front, r *http.Request, body []byte) *exchange {
	x := &exchange{front: f, method: r.Method, uri: r.URL.RequestURI(), host: r.Host, header: r.Header.Clone(), body: body}
	kind := r.Method + " " + route(r.URL.Path)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests[kind]++
	if p.storm {
		n := p.seen[kind]
		p.seen[kind]++
		x.weather = p.weather
		x.fault, x.amount = p.weather.choose(kind, r.Method != http.MethodGet, n)
		if x.fault != None {
			p.counts[x.fault]++
		}
	}
	if write, ok := readWrite(r, body); ok {
		write.Fault = x.fault
		p.writes = append(p.writes, write)
	}
	return x
}

// play lets a request meet its fate.
func (p *Proxy) play(x *exchange, w http.ResponseWriter) {
	switch x.fault {
	case CutBefore:
		cut()
	case CutAfter:
		p.leave(x, 0)
		cut()
	case Late:
		p.leave(x, x.weather.part(x.amount))
		cut()
	case ServerError:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"code": 500, "title": "Internal Server Error", "explanation": "The server has either erred or is incapable of performing the requested operation.", "error": {"type": "RemoteError", "traceback": null}}`)
		return
	case Unavailable:
		page(w, http.StatusServiceUnavailable)
		return
	case TooMany:
		w.Header().Set("Retry-After", fmt.Sprint(1+int(x.amount*2)))
		page(w, http.StatusTooManyRequests)
		return
	case Unauthorised:
		w.Header().Set("WWW-Authenticate", `Keystone uri="`+x.front.URL+`"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}`)
		return
	case Delay:
		time.Sleep(x.weather.part(x.amount))
	}
	p.answer(x, w)
}

// answer delivers a request and gives what is left of its answer.
func (p *Proxy) answer(x *exchange, w http.ResponseWriter) {
	a, err := p.deliver(x)
	if x.fault == Twice && err == nil {
		a, err = p.deliver(x)
	}
	if err != nil || x.fault == CutAnswer {
		cut()
	}
	switch x.fault {
	case GatewayLost:
		page(w, http.StatusGatewayTimeout)
		return
	case Shortened:
		a.body = a.body[:len(a.body)/2]
	}
	for key, values := range a.header {
		w.Header()[key] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
	w.WriteHeader(a.status)
	if x.fault == Truncated {
		_, _ = w.Write(a.body[:len(a.body)/2])
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		cut()
	}
	_, _ = w.Write(a.body)
}

// leave delivers a request that nobody waits for.
func (p *Proxy) leave(x *exchange, after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alone++
	go func() {
		time.Sleep(after)
		_, _ = p.deliver(x)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.alone--
		p.arrived.Broadcast()
	}()
}

// answered is a whole answer of the cloud.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// deliver gives the request to the service, whether or not its caller still waits.
func (p *Proxy) deliver(x *exchange) (answered, error) {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	out, err := http.NewRequestWithContext(ctx, x.method, x.front.target+x.uri, bytes.NewReader(x.body))
	if err != nil {
		return answered{}, err
	}
	out.Header = x.header.Clone()
	out.Header.Del("Connection")
	out.Header.Set("Accept-Encoding", "identity")
	out.Host = x.host // links in answers lead to the proxy again
	resp, err := p.client.Do(out)
	if err != nil {
		return answered{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answered{}, err
	}
	a := answered{status: resp.StatusCode, header: resp.Header.Clone(), body: p.behind(body)}
	for _, hop := range []string{"Connection", "Transfer-Encoding", "Content-Length"} {
		a.header.Del(hop)
	}
	return a, nil
}

// behind puts the fronts' addresses in the place of the services' own, in the
// catalogue for instance.
func (p *Proxy) behind(body []byte) []byte {
	for _, f := range p.fronts {
		if f.public != "" {
			body = bytes.ReplaceAll(body, []byte(f.public+"/"), []byte(f.URL+"/"))
		}
	}
	return body
}

// cut closes the caller's connection.
func cut() { panic(http.ErrAbortHandler) }

// page answers as a proxy in front of a cloud would, in HTML.
func page(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><head><title>%d %[2]s</title></head><body><h1>%[2]s</h1></body></html>\n", status, http.StatusText(status))
}

// route is a path without what is a cluster's or a project's own.
func route(path string) string {
	if _, below, ok := strings.Cut(path, "/stacks"); ok {
		parts := strings.Split(strings.Trim(below, "/"), "/")
		for i := range min(2, len(parts)) {
			if parts[i] != "" && parts[i] != "preview" && parts[i] != "detail" {
				parts[i] = "*"
			}
		}
		return strings.TrimRight("/stacks/"+strings.Join(parts, "/"), "/")
	}
	if strings.Contains(path, "/auth/tokens") {
		return "/auth/tokens"
	}
	return path
}
