package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"
)

// output is the value of -o: text for people, json or yaml for programs.
type output struct{ format string }

func (o *output) flag(c *cobra.Command) {
	c.Flags().StringVarP(&o.format, "output", "o", "text", "`format`: text, json or yaml")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json", "yaml"}, cobra.ShellCompDirectiveNoFileComp))
}

func (o *output) check() error {
	switch o.format {
	case "text", "json", "yaml":
		return nil
	}
	return fmt.Errorf("-o %q is none of text, json, yaml", o.format)
}

// write gives v in the format asked for; text writes it for people.
func (o *output) write(w io.Writer, v any, text func(io.Writer)) error {
	if err := o.check(); err != nil {
		return err
	}
	switch o.format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	case "yaml":
		data, err := yaml.Marshal(v)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	text(w)
	return nil
}
