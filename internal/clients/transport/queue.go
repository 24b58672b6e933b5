package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Clock is time as the transport sees it, so that tests need not wait. Deadlines of contexts use the real clock.
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

// pauseAfter returns when the pause ends that outlasts t; zero where none does.
func (q *queue) pauseAfter(t time.Time) time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.pausedUntil.After(t) {
		return q.pausedUntil
	}
	return time.Time{}
}

// wait returns when a request may go out, or why it may not.
func (q *queue) wait(ctx context.Context) *Error {
	waited := q.clock.Now() // no pause up to then is left to wait for
	for {
		for until := q.pauseAfter(waited); !until.IsZero(); until = q.pauseAfter(waited) {
			if failure := q.sitOut(ctx, until.Sub(q.clock.Now())); failure != nil {
				return failure
			}
			waited = until
		}
		if err := q.takeTurn(ctx); err != nil {
			return NotSent(err)
		}
		if q.pauseAfter(waited).IsZero() {
			return nil
		}
	}
}

// sitOut waits for the end of a pause, unless that is more than the time left.
func (q *queue) sitOut(ctx context.Context, pause time.Duration) *Error {
	left := timeLeft(ctx)
	if pause <= 0 {
		return nil // it has come and gone meanwhile
	}
	if pause >= left {
		return &Error{
			Kind: KindReply, Status: http.StatusTooManyRequests, RetryAfter: pause, Wait: pause,
			Message: "the vendor has asked for a pause, and this request was not sent",
		}
	}
	// Spread what has gathered, or it would all hit the limit again.
	spread := rand.N(min(pause/4, mostSpread) + 50*time.Millisecond) //nolint:gosec // jitter
	if err := q.clock.Sleep(ctx, pause+min(spread, (left-pause)/2)); err != nil {
		return NotSent(err)
	}
	return nil
}

// takeTurn waits as the rate limit asks.
func (q *queue) takeTurn(ctx context.Context) error {
	if q.limit == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	now := q.clock.Now()
	turn := q.limit.ReserveN(now, 1)
	err := context.DeadlineExceeded
	if delay := turn.DelayFrom(now); delay <= timeLeft(ctx) {
		err = q.clock.Sleep(ctx, delay)
	}
	if err != nil {
		turn.CancelAt(q.clock.Now())
	}
	return err
}

// timeLeft is the time until ctx's deadline, by the real clock.
func timeLeft(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return maxOperation
	}
	return time.Until(deadline)
}

// Pause waits before a repeat, as long as the vendor asked for after cause if that is longer than atLeast, and reports
// whether the repeat may go on. It may not where the wait is longer than the time left; where that is the vendor's wish,
// cause says so from then on.
func Pause(ctx context.Context, clock Clock, atLeast time.Duration, cause error) bool {
	wait, left := atLeast, timeLeft(ctx)
	if failure, ok := errors.AsType[*Error](cause); ok {
		wait = max(wait, failure.RetryAfter)
		if failure.RetryAfter >= left {
			failure.Wait = failure.RetryAfter
		}
	}
	return wait < left && clock.Sleep(ctx, wait) == nil
}

// mostSpread caps the jitter after a pause.
const mostSpread = 2 * time.Second

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
