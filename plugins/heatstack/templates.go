package heatstack

import "sync"

// templateMemory keeps decoded templates by their text: a driver has few, and
// renders each for thousands of clusters. What it gives is shared and must not
// be changed. It is safe for concurrent use.
type templateMemory struct {
	mu   sync.Mutex
	held map[string]map[string]any
	size int // bytes of text
}

// maxHeld bounds the texts kept, in bytes; a driver that writes a template for
// each cluster begins anew when it is reached.
const maxHeld = 2 << 20

// decode is decode, once for each text that can be read.
func (m *templateMemory) decode(text string) (map[string]any, error) {
	m.mu.Lock()
	v, ok := m.held[text]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := decode(text)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += len(text); m.held == nil || m.size > maxHeld {
		m.held, m.size = map[string]map[string]any{}, len(text)
	}
	m.held[text] = v
	return v, nil
}
