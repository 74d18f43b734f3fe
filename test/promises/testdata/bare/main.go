// Command bare is a driver that does nothing, under whatever name its file has.
package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

func main() {
	driver.Serve(bare{strings.TrimPrefix(filepath.Base(os.Args[0]), driver.FilePrefix)})
}

type bare struct{ name string }

func (b bare) Describe() driver.Description {
	return driver.Description{Name: b.name, Version: "1.0.0", Targets: []driver.Target{{COE: b.name}}}
}

func (bare) Render(driver.RenderInput) driver.Rendered { return driver.Rendered{} }
func (bare) Plan(driver.PlanInput) driver.Plan         { return driver.Plan{} }

func (bare) Apply(context.Context, driver.ApplyInput, func(string)) driver.Result {
	return driver.Result{Verdict: driver.Refused}
}
