package gitsource

import "io"

// limit fails with its error once more than left bytes were read.
type limit struct {
	r    io.Reader
	left int64
	err  error
	hit  bool
}

// Read implements io.Reader.
func (l *limit) Read(p []byte) (int, error) {
	if l.hit {
		return 0, l.err
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		l.hit = true
		return 0, l.err
	}
	return n, err
}

// head keeps the first bytes written to it and drops the rest.
type head struct{ b []byte }

// Write implements io.Writer; it never fails.
func (h *head) Write(p []byte) (int, error) {
	const most = 4 << 10
	h.b = append(h.b, p[:min(len(p), most-len(h.b))]...)
	return len(p), nil
}

func (h *head) String() string { return string(h.b) }
