package driverhost

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"sync"

	"github.com/heatsync/heatsync/plugins/driver"
)

// greeting takes a driver's stdout. go-plugin reads the first line as the
// handshake, whatever it is, and gives up on one of more than 64 KiB: a print
// before Serve would end the start. So go-plugin sees the one line that is a
// handshake, and all else goes to the journal.
type greeting struct {
	lines
	noise func(string)
	to    *io.PipeWriter

	mu   sync.Mutex
	said *handshake
}

// handshake is what a driver says of itself on stdout.
type handshake struct {
	core, protocol         int
	network, address, kind string
}

// certificate included, a handshake is some 1,000 bytes.
const handshakeBytes = 16 << 10

var handshakeShape = regexp.MustCompile(`^(\d{1,9})\|(\d{1,9})\|(unix|tcp)\|([^|]+)\|([a-z]+)(\|.*)?$`)

// newGreeting gives also what go-plugin reads.
func newGreeting(noise func(string)) (*greeting, *io.PipeReader) {
	r, w := io.Pipe()
	g := &greeting{noise: noise, to: w}
	g.lines = lines{limit: handshakeBytes, each: g.line}
	return g, r
}

func (g *greeting) line(text string) {
	parts := handshakeShape.FindStringSubmatch(text)
	if parts == nil || g.heard() != nil {
		g.noise(text[:min(len(text), lineBytes)])
		return
	}
	core, _ := strconv.Atoi(parts[1])
	protocol, _ := strconv.Atoi(parts[2])
	g.mu.Lock()
	g.said = &handshake{core, protocol, parts[3], parts[4], parts[5]}
	g.mu.Unlock()
	_, _ = io.WriteString(g.to, text+"\n") // go-plugin reads until it has a line or gives up
}

func (g *greeting) heard() *handshake {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.said
}

// complaint says what makes the driver one we cannot speak to; "" is nothing.
func (h *handshake) complaint() (detail, remedy string) {
	switch {
	case h.kind != "grpc" || h.core != 1:
		return fmt.Sprintf("it speaks %s over core protocol %d of go-plugin, not grpc over 1", h.kind, h.core), "report it to the driver's author"
	case h.protocol > driver.ProtocolVersion:
		return fmt.Sprintf("it speaks major %d of the driver contract, this heatsync major %d", h.protocol, driver.ProtocolVersion), "upgrade heatsync, or install an older driver"
	case h.protocol < driver.ProtocolVersion:
		return fmt.Sprintf("it speaks major %d of the driver contract, this heatsync major %d", h.protocol, driver.ProtocolVersion), "install a newer driver"
	case h.network != "unix":
		return "it listens on " + h.network + ", not on a unix socket", "report it to the driver's author"
	}
	return "", ""
}
