package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

// readme is run from this folder.
const readme = "../../README.md"

// fenced is a code block of a page: its language, the file it says it is, its text.
var fenced = regexp.MustCompile("(?ms)^```([a-z]+)(?: (\\S+))?\n(.*?)^```$")

// TestReadme makes a story of the README: blocks with a file's name are written,
// commands of console blocks are run and must print what stands below them. A
// command without output may print what it likes.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "readme.txtar")
	if err := os.WriteFile(file, txtar.Format(readmeStory(t, string(page))), 0o600); err != nil {
		t.Fatal(err)
	}
	driver := buildDriver(t, "docker")
	testscript.Run(t, testscript.Params{
		Files: []string{file},
		Setup: func(e *testscript.Env) error {
			e.Setenv("DRIVER", driver)
			e.Setenv("HOME", e.WorkDir)
			e.Values[simKey{}] = &sim{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"heatsim": heatsimCommand, "install": installCommand, "mycloud": renameCloud, "typed": typedCommand,
		},
	})
}

// renameCloud calls heatsim's entry of clouds.yaml what the README calls it.
func renameCloud(ts *testscript.TestScript, _ bool, _ []string) {
	name := ts.MkAbs("clouds.yaml")
	text, err := os.ReadFile(name)
	ts.Check(err)
	ts.Check(os.WriteFile(name, bytes.Replace(text, []byte("  sim:"), []byte("  mycloud:"), 1), 0o600))
}

// typedCommand runs a command, which may say with its exit code that changes are pending.
func typedCommand(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitPending) {
		ts.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
}

func readmeStory(t *testing.T, page string) *txtar.Archive {
	t.Helper()
	var script bytes.Buffer
	script.WriteString("heatsim start\nmycloud\ninstall bin\n")
	story, commands := new(txtar.Archive), 0
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		switch kind, name, text := m[1], m[2], m[3]; {
		case name != "":
			story.Files = append(story.Files, txtar.File{Name: name, Data: []byte(text)})
		case kind == "console":
			for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
				command, output, _ := strings.Cut(part, "\n")
				commands++
				fmt.Fprintf(&script, "typed %s\n! stderr .\n", command)
				if strings.TrimSpace(output) == "" {
					continue
				}
				want := fmt.Sprintf("want%d", commands)
				fmt.Fprintf(&script, "cmp stdout %s\n", want)
				story.Files = append(story.Files, txtar.File{Name: want, Data: []byte(strings.TrimRight(output, "\n") + "\n")})
			}
		case kind == "sh": // make's targets: internal/house holds that they exist, the demo's script plays the tour
		default:
			t.Errorf("a block of the README is neither run nor written to a file:\n%s", m[0])
		}
	}
	if commands < 3 || len(story.Files) < 3 {
		t.Errorf("the README has %d commands and %d files: are its blocks still found?", commands, len(story.Files))
	}
	story.Comment = script.Bytes()
	return story
}
