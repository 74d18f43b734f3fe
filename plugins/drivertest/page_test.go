package drivertest_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/drivertest"
)

var update = flag.Bool("update", false, "write the list of cases into the page")

const (
	page  = "../../docs/drivers/writing-a-driver.md"
	begin = "<!-- cases: written by go test ./plugins/drivertest -run TestPage -update -->\n"
	end   = "<!-- end of cases -->"
)

// TestPage holds the page's list of cases to the kit's.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	have, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks around the cases", page)
	}
	var b strings.Builder
	b.WriteString("\n| case | |\n|---|---|\n")
	for _, c := range drivertest.Cases() {
		fmt.Fprintf(&b, "| %s | %s |\n", c.ID, c.Says)
	}
	b.WriteString("\n")
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+b.String()+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), have); diff != "" {
		t.Errorf("run the test with -update (-want +page):\n%s", diff)
	}
}
