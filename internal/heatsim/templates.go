package heatsim

import (
	"net/http"
	"sync"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// Templates keeps parsed templates by their text. Clouds that are given the same
// few again and again, as those of a simulation are, may share one. It is safe
// for concurrent use; the zero value is empty and ready.
type Templates struct {
	mu    sync.Mutex
	held  map[string]*hot.Template
	shown map[*hot.Template][]byte // as answers show them
}

// maxTemplates are kept; then it begins anew.
const maxTemplates = 1024

// parse gives the template that a text is.
func (m *Templates) parse(text string) (*hot.Template, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.held[text]; ok {
		return t, nil
	}
	t, err := hot.Parse(text)
	if err != nil {
		return t, err
	}
	if m.held == nil || len(m.held) >= maxTemplates {
		m.held, m.shown = map[string]*hot.Template{}, map[*hot.Template][]byte{}
	}
	m.held[text] = t
	return t, nil
}

// show gives a template as GET template shows it. Nobody changes the answer.
func (m *Templates) show(t *hot.Template) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	text := m.shown[t]
	if text == nil {
		if m.shown == nil {
			m.shown = map[*hot.Template][]byte{}
		}
		text = reply(http.StatusOK, t.Raw).body
		m.shown[t] = text
	}
	return text
}
