package transport

import (
	"context"
	"sync/atomic"
	"time"
)

// InFlight counts the requests that have been sent and whose replies have not been read, for a process that has to end.
// Clients may share one; nil counts nothing.
type InFlight struct{ requests atomic.Int64 }

// begin counts a request; end takes it off again.
func (f *InFlight) begin() (end func()) {
	if f == nil {
		return func() {}
	}
	f.requests.Add(1)
	return func() { f.requests.Add(-1) }
}

// Wait returns once no request has been on its way for quiet, so that one which follows at once is waited for as well; or
// when ctx ends.
func (f *InFlight) Wait(ctx context.Context, quiet time.Duration) {
	const steps = 10
	for idle := 0; idle < steps; idle++ {
		if f.requests.Load() > 0 {
			idle = -1
		}
		if (SystemClock{}).Sleep(ctx, quiet/steps) != nil {
			return
		}
	}
}
