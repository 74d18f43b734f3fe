package pki

import (
	"crypto/rand"
	"fmt"
	"math/big"
)

const tokenLetters = "abcdefghijklmnopqrstuvwxyz0123456789"

// NewToken makes a bootstrap token of Kubernetes: [a-z0-9]{6}.[a-z0-9]{16}. The
// first six characters are its id, which Kubernetes shows.
func NewToken() (string, error) {
	const id, all = 6, 22
	text := make([]byte, 0, all+1)
	for i := range all {
		if i == id {
			text = append(text, '.')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(tokenLetters))))
		if err != nil {
			return "", fmt.Errorf("make a bootstrap token: %w", err)
		}
		text = append(text, tokenLetters[n.Int64()])
	}
	return string(text), nil
}
