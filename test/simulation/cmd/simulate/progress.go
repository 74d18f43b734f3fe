package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/heatsync/heatsync/test/simulation"
)

// progress is how far a range has come, as its file has it: by which program, so
// that a range belongs to one engine, and what it has met, so that the rest of it
// is judged with what came before.
type progress struct {
	Program     string // SHA-256 of the binary
	Size        string
	First, Last uint64
	Next        uint64 // all seeds before it are done
	tally
}

// resume gives the range's progress so far. What is kept of another program, or of
// another range, is no progress of this one.
func (o options) resume(first, last uint64) (progress, error) {
	anew := progress{Size: o.size, First: first, Last: last, Next: first, tally: tally{Counts: simulation.Counts{}}}
	if o.progress == "" {
		return anew, nil
	}
	var err error
	if anew.Program, err = o.program(); err != nil {
		return anew, err
	}
	text, err := os.ReadFile(o.progress)
	if os.IsNotExist(err) {
		return anew, nil
	}
	if err != nil {
		return anew, err
	}
	var p progress
	err = json.Unmarshal(text, &p)
	switch {
	case err != nil || p.Size != o.size || p.First != first || p.Last != last || p.Next < first || p.Next > last+1:
		fmt.Fprintf(o.out, "%s is not the progress of seeds %d-%d: beginning at %d\n", o.progress, first, last, first)
		return anew, nil
	case p.Program != anew.Program:
		fmt.Fprintf(o.out, "another program has come to seed %d: beginning at %d again\n", p.Next, first)
		return anew, nil
	}
	return p, nil
}

// note keeps how far the range has come.
func (o options) note(p progress) {
	if o.progress == "" {
		return
	}
	text, err := json.MarshalIndent(p, "", " ")
	if err == nil {
		err = os.WriteFile(o.progress, append(text, '\n'), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
	}
}

// thisProgram is the SHA-256 of the running binary.
func thisProgram() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
