package transport

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Clock is time as the transport sees it, so that tests need not wait.
type Clock interface {
	// Now is the current time, with a monotonic part.
	Now() time.Time
	// Sleep waits for d, or returns ctx's error as soon as ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the real time.
type SystemClock struct{}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// queue holds a vendor's requests back: all of them while the vendor has asked for a pause, and each as the rate
// limit asks.
type queue struct {
	clock Clock
	limit *rate.Limiter // nil: none

	mu          sync.Mutex
	pausedUntil time.Time
}

func newQueue(clock Clock, perSecond float64) *queue {
	q := &queue{clock: clock}
	if perSecond > 0 {
		q.limit = rate.NewLimiter(rate.Limit(perSecond), 1)
	}
	return q
}

// pause stops the queue for d from now; a longer pause that is under way stays.
func (q *queue) pause(d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if until := q.clock.Now().Add(d); until.After(q.pausedUntil) {
		q.pausedUntil = until
	}
}

func (q *queue) paused() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pausedUntil.Sub(q.clock.Now())
}

// wait returns when a request may go out.
func (q *queue) wait(ctx context.Context) error {
	for {
		d := q.paused()
		if d <= 0 {
			break
		}
		// Spread what has gathered, or it would all hit the limit again.
		if err := q.clock.Sleep(ctx, d+rand.N(d/4+50*time.Millisecond)); err != nil { //nolint:gosec // jitter
			return err
		}
	}
	if q.limit == nil {
		return ctx.Err()
	}
	now := q.clock.Now()
	slot := q.limit.ReserveN(now, 1)
	if err := q.clock.Sleep(ctx, slot.DelayFrom(now)); err != nil {
		slot.Cancel()
		return err
	}
	return nil
}

const (
	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 30 * time.Second
)

// backoff is the wait after the nth failed attempt, n from 0: doubled each time, half of it at random.
func backoff(n int) time.Duration {
	d := lastBackoff
	if n < 7 {
		d = min(firstBackoff<<n, lastBackoff)
	}
	return d/2 + rand.N(d/2) //nolint:gosec // jitter
}
