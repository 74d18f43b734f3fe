package driver

import (
	"math"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// The enums of this package have the numbers of the wire, so they cross it by
// conversion. An unknown number survives as it is: who acts on it says so.

// wireInt32 keeps a count inside what the wire can hold.
func wireInt32(n int) int32 {
	return int32(min(max(n, math.MinInt32), math.MaxInt32))
}

// wireTime is unset for the zero time.
func wireTime(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func timeFrom(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

// each translates a list; an empty list is nil on the other side.
func each[A, B any](as []A, f func(A) B) []B {
	if len(as) == 0 {
		return nil
	}
	bs := make([]B, len(as))
	for i, a := range as {
		bs[i] = f(a)
	}
	return bs
}

// filled is nil for an empty map, so that both sides hold the same value.
func filled[K comparable, V any](m map[K]V) map[K]V {
	if len(m) == 0 {
		return nil
	}
	return m
}

// validText mends text that is not UTF-8 (it may quote a backend): the wire would
// refuse the whole answer for it.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
