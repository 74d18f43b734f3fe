package gitsource

import "fmt"

// FieldError is a field of [Options] that cannot be used. Its text repeats no URL,
// for that may hold a token.
type FieldError struct {
	Field   string // url, branch, tag, commit, path, auth, stateDir, ignoreFile; "" for several
	Summary string
}

// Error gives "field: summary".
func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Summary
	}
	return e.Field + ": " + e.Summary
}

func fieldError(field, format string, args ...any) *FieldError {
	return &FieldError{Field: field, Summary: fmt.Sprintf(format, args...)}
}
