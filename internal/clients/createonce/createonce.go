// Package createonce creates things at vendors that offer neither idempotency keys nor an undo.
//
// One POST is sent. Where its outcome is unclear, the vendor is asked whether the thing exists by now, and it is taken
// only if it is provably the one that this POST made: it has exactly what was sent, and came into being since.
// "Since" is measured by the vendor's own clock, as its look-up reply states it, so that a wrong clock on either side
// does no harm. What can't be proven is an error that names every candidate.
package createonce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// slack covers creation times that the vendor states in whole seconds. The Date header is in whole seconds too, so
// "since" lies one to two seconds before the POST: an equal thing made in that time has to be told apart by who made it.
const slack = time.Second

const (
	// lookUps is how often a thing is looked for after an unclear failure, since listings lag behind.
	lookUps = 5
	// lookUpPause is the wait before the second look-up; it doubles from then on.
	lookUpPause = 500 * time.Millisecond
	// longestReserve caps the part of the time, a quarter, that a POST leaves for look-ups.
	longestReserve = 30 * time.Second
	// posts caps how often a POST is sent that the server has refused each time.
	posts = 5
	// postPause is the wait before the second POST, unless the vendor asks for more; it doubles from then on.
	postPause = time.Second
)

// Candidate is a thing with the natural key of the one to be created.
type Candidate struct {
	ID    string
	Label string // what a person knows it by, such as its name
}

// Error says that a create failed, and which things with the same natural key exist.
type Error struct {
	Err        error // why the create failed; nil where a look-up before the POST found a thing already there
	LookUp     error // why the look-up afterwards failed, if it did
	Unclear    bool  // whether the thing may have been created
	Candidates []Candidate
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	switch {
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		b.WriteString("it exists already")
	}
	if e.Unclear {
		b.WriteString("; it may have been created all the same")
	}
	if e.LookUp != nil {
		fmt.Fprintf(&b, "; looking it up failed: %v", e.LookUp)
	}
	for _, c := range e.Candidates {
		fmt.Fprintf(&b, "; %q exists with id %s", c.Label, c.ID)
	}
	return b.String()
}

// Unwrap implements errors.Unwrap.
func (e *Error) Unwrap() error { return e.Err }

// Creation tells how one kind of thing is created and recognised.
type Creation[T any] struct {
	Clock transport.Clock // waits between look-ups
	// Post sends the create request, as transport.Create.
	Post func(ctx context.Context) (T, error)
	// LookUp returns the things whose natural key equals the new one's, without regard to case and outer blanks, and
	// the vendor's time from the reply.
	LookUp func(ctx context.Context) ([]T, time.Time, error)
	// Ours reports whether found is proven to be made by this Post: it has what was sent and was created at since (by
	// the vendor's clock) or later. A nil Ours means that nothing can be proven.
	Ours func(ctx context.Context, found T, since time.Time) (bool, error)
	// Describe names a thing for an error.
	Describe func(T) Candidate
}

// Run creates the thing once. Its error is an *Error. A cancelled ctx stops it before a POST is sent, not afterwards.
func (c Creation[T]) Run(ctx context.Context) (T, error) {
	var none T
	started := time.Now() // not c.Clock's: what the vendor does meanwhile takes real time
	maybe := false        // whether an earlier POST may have acted
	for attempt := 1; ; attempt++ {
		made, err := c.post(ctx)
		if err == nil {
			return made, nil
		}
		if !maybe && !transport.Unclear(err) {
			return none, c.rejected(ctx, err)
		}
		maybe = true
		found, failure := c.resolveUnclear(ctx, started, err)
		if failure == nil {
			return found, nil
		}
		repeat := transport.Refused(err) && failure.LookUp == nil && len(failure.Candidates) == 0
		if !repeat || attempt == posts || !transport.Pause(ctx, c.Clock, postPause<<(attempt-1), err) {
			return none, failure
		}
	}
}

// post sends the request, and leaves time to look for what it made.
func (c Creation[T]) post(ctx context.Context) (T, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/4, longestReserve)))
		defer cancel()
	}
	return c.Post(ctx)
}

// resolveUnclear looks for what an unclear POST may have made. It runs on even if the caller is interrupted: the answer must
// reach the state.
func (c Creation[T]) resolveUnclear(ctx context.Context, started time.Time, cause error) (T, *Error) {
	var none T
	ctx, cancel := transport.Detach(ctx)
	defer cancel()
	failure := &Error{Err: cause, Unclear: true}
	for attempt := range lookUps {
		if attempt > 0 && c.Clock.Sleep(ctx, lookUpPause<<(attempt-1)) != nil {
			break
		}
		found, now, err := c.LookUp(ctx)
		if err != nil {
			failure.LookUp = err
			break
		}
		failure.add(c.describe(found))
		if c.Ours == nil && len(found) > 0 {
			break
		}
		ours, err := c.ours(ctx, found, now, now.Add(-time.Since(started)-slack))
		if err != nil {
			failure.LookUp = err
			break
		}
		if len(ours) == 1 {
			return ours[0], nil
		}
		if len(ours) > 1 {
			break
		}
	}
	return none, failure
}

// ours returns those of found that are proven to come from this Post.
func (c Creation[T]) ours(ctx context.Context, found []T, now, since time.Time) ([]T, error) {
	if c.Ours == nil || now.IsZero() {
		return nil, nil
	}
	var ours []T
	for _, thing := range found {
		proven, err := c.Ours(ctx, thing, since)
		if err != nil {
			return nil, err
		}
		if proven {
			ours = append(ours, thing)
		}
	}
	return ours, nil
}

// rejected adds what exists already to a clear refusal, since a taken name is its usual reason.
func (c Creation[T]) rejected(ctx context.Context, cause error) *Error {
	failure := &Error{Err: cause}
	if transport.IsStatus(cause, 400, 409, 422) {
		if found, _, err := c.LookUp(ctx); err == nil { // without it, the refusal itself says enough
			failure.add(c.describe(found))
		}
	}
	return failure
}

func (c Creation[T]) describe(found []T) []Candidate {
	var candidates []Candidate
	for _, thing := range found {
		candidates = append(candidates, c.Describe(thing))
	}
	return candidates
}

// add keeps what has been seen before: where a listing lags, what one reply shows the next may lack.
func (e *Error) add(candidates []Candidate) {
	for _, candidate := range candidates {
		e.Candidates = Add(e.Candidates, candidate)
	}
}

// Add appends a candidate, unless one of its id is there already.
func Add(candidates []Candidate, candidate Candidate) []Candidate {
	if slices.ContainsFunc(candidates, func(c Candidate) bool { return c.ID == candidate.ID }) {
		return candidates
	}
	return append(candidates, candidate)
}

// CandidatesOf returns the candidates that err names.
func CandidatesOf(err error) []Candidate {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Candidates
	}
	return nil
}
