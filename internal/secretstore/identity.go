package secretstore

import (
	"errors"
	"os"

	"filippo.io/age"
)

// keys reads the identity file. No error repeats a line of it.
func (f *Folder) keys() ([]age.Identity, age.Recipient, error) {
	bad := func(err error) error {
		return &Error{Text: "the age identity cannot be used", Remedy: "write one with age-keygen and name it: secrets.age.identityFile", Err: err}
	}
	file, err := os.Open(f.identityFile)
	if err != nil {
		return nil, nil, bad(err)
	}
	defer file.Close()
	identities, err := age.ParseIdentities(file)
	if err != nil {
		return nil, nil, bad(errors.New(f.identityFile + " is no file of age identities"))
	}
	switch first := identities[0].(type) {
	case *age.X25519Identity:
		return identities, first.Recipient(), nil
	case *age.HybridIdentity:
		return identities, first.Recipient(), nil
	}
	return nil, nil, bad(errors.New("the first identity of " + f.identityFile + " cannot encrypt"))
}
