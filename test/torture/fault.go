package torture

import (
	"encoding/binary"
	"hash/fnv"
	"time"
)

// Fault is what happens to one request on its way.
type Fault string

// The faults. "Delivered" is what the cloud has got, whatever its caller sees.
const (
	None         Fault = ""
	CutBefore    Fault = "cut before send"       // not delivered, connection closed
	CutAfter     Fault = "cut after send"        // delivered, connection closed while the cloud works
	CutAnswer    Fault = "cut after commit"      // delivered, closed when the cloud has answered
	Late         Fault = "delivered late"        // closed at once, delivered seconds later
	Twice        Fault = "delivered twice"       // one after the other; the second answer is given
	Delay        Fault = "delayed"               // delivered after a while
	ServerError  Fault = "500 JSON"              // not delivered, answered as Heat does
	Unavailable  Fault = "503 HTML"              // not delivered, answered as a proxy does
	GatewayLost  Fault = "504 HTML after commit" // delivered, its answer lost at a proxy
	TooMany      Fault = "429 with Retry-After"  // not delivered
	Truncated    Fault = "truncated answer"      // delivered, half an answer and then a cut
	Shortened    Fault = "shortened answer"      // delivered, half an answer that claims to be whole
	Unauthorised Fault = "401 once"              // not delivered, the token is said to have ended
)

// Faults are all of them but None.
var Faults = []Fault{
	CutBefore, CutAfter, CutAnswer, Late, Twice, Delay, ServerError, Unavailable,
	GatewayLost, TooMany, Truncated, Shortened, Unauthorised,
}

// Weather says how often requests meet a fault and how long things take then.
type Weather struct {
	Seed   uint64
	Reads  float64       // share of GETs, 0 to 1
	Writes float64       // share of all other requests, those to Keystone included
	Pause  time.Duration // the longest delay, and the longest a late delivery takes
}

// choose gives the fault for the n-th request of a kind, and a number from 0 to 1
// for how much of it. It hangs on nothing but its arguments and the seed.
func (w Weather) choose(kind string, write bool, n uint64) (Fault, float64) {
	share := w.Reads
	if write {
		share = w.Writes
	}
	if w.number(kind, "whether", n) >= share {
		return None, 0
	}
	which := int(w.number(kind, "which", n) * float64(len(Faults)))
	return Faults[which], w.number(kind, "amount", n)
}

// number gives a number from 0 to below 1 for a question.
func (w Weather) number(kind, question string, n uint64) float64 {
	h := fnv.New64a()
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[:8], w.Seed)
	binary.LittleEndian.PutUint64(raw[8:], n)
	_, _ = h.Write(raw[:])
	_, _ = h.Write([]byte(kind + "\x00" + question))
	x := h.Sum64() // FNV's high bits hang little on the last bytes: mix them
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// part gives a share of the weather's pause.
func (w Weather) part(amount float64) time.Duration {
	return time.Duration(amount * float64(w.Pause))
}
