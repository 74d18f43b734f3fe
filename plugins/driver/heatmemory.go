package driver

import "sync"

// yamlMemory keeps what YAML texts mean: nested templates are the same for all
// clusters of a driver, and a digest is taken of each. The values are shared and
// must not be changed. It is safe for concurrent use.
type yamlMemory struct {
	mu   sync.Mutex
	held map[string]any
	size int // bytes of text
}

// maxYAMLHeld bounds the texts kept, in bytes; beyond it the memory begins anew.
const maxYAMLHeld = 2 << 20

// parsedYAML has no effect but on time: the same text gives the same value.
var parsedYAML yamlMemory

func (m *yamlMemory) parse(text []byte) (any, error) {
	m.mu.Lock()
	v, ok := m.held[string(text)]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += len(text); m.held == nil || m.size > maxYAMLHeld {
		m.held, m.size = map[string]any{}, len(text)
	}
	m.held[string(text)] = v
	return v, nil
}
