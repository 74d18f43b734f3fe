package carry

import "strings"

// OneLine is an error as people see it.
func OneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
