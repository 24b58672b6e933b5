package provider

import (
	"runtime/debug"
	"testing"
)

// TestTuneGC: the user's own settings stay.
func TestTuneGC(t *testing.T) { //nolint:paralleltest // it changes the process
	const percent, limit = 123, int64(1 << 40)
	for variable, want := range map[string]struct {
		percent int
		limit   int64
	}{"": {gcPercent, memoryLimit}, "GOGC": {percent, memoryLimit}, "GOMEMLIMIT": {gcPercent, limit}} {
		oldPercent, oldLimit := debug.SetGCPercent(percent), debug.SetMemoryLimit(limit)
		TuneGC(func(name string) string {
			if name == variable {
				return "set"
			}
			return ""
		})
		gotPercent, gotLimit := debug.SetGCPercent(oldPercent), debug.SetMemoryLimit(oldLimit)
		if gotPercent != want.percent || gotLimit != want.limit {
			t.Errorf("%q set: %d percent, %d bytes", variable, gotPercent, gotLimit)
		}
	}
}
