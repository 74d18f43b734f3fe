package driverhost

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// slow is a reader that gets no turn for a while, as on a busy machine.
type slow struct {
	heard bytes.Buffer
	once  bool
}

func (s *slow) Write(p []byte) (int, error) {
	if !s.once {
		s.once = true
		time.Sleep(3 * outputGrace)
	}
	return s.heard.Write(p)
}

// A panic is the last that a driver says, and its cause is asked for first.
func TestLastWordsAreHeardHoweverLate(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var said slow
	p, err := startProcess(&executable{name: driver.FilePrefix + "dies-talking", path: self}, nil, &out, &said)
	if err != nil {
		t.Fatal(err)
	}
	if !p.wait(20 * time.Second) {
		t.Fatal("it does not end")
	}
	if !bytes.HasSuffix(said.heard.Bytes(), []byte("panic: its last words\n")) {
		t.Errorf("heard are %d bytes, and the last words are not among them", said.heard.Len())
	}
}
