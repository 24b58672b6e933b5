// Package createonce creates things at vendors that offer neither idempotency keys nor an undo.
//
// One POST is sent. Where its outcome is unclear, the vendor is asked whether the thing exists by now, and it is taken
// only if it is provably the one that this POST made: it has exactly what was sent, and was created between the POST and
// the look-up. Both ends are measured by the vendor's own clock, as its look-up reply states it: our clock plays no part,
// and a clock that differs between a gateway and the vendor proves nothing. What can't be proven is an error that names
// every candidate.
package createonce

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// slack covers times that the vendor states in whole seconds, as its Date header does.
const slack = time.Second

const (
	// lookUps is how often a thing is looked for after an unclear failure, since listings lag behind.
	lookUps = 5
	// longLookUps is that where a repeat may follow that nothing at the vendor would stop: half a minute.
	longLookUps = 7
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
	Named      *Candidate // what the reply to the create has the id of, where it is about something else; else nil
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
		b.WriteString("; it may have been created anyway")
	}
	if e.LookUp != nil {
		fmt.Fprintf(&b, "; looking it up failed: %v", e.LookUp)
	}
	for _, c := range e.Candidates {
		fmt.Fprintf(&b, "; %q exists with id %s", transport.SafeText(c.Label), transport.SafeText(c.ID))
	}
	if e.Named != nil {
		fmt.Fprintf(&b, "; the reply has the id %s of %q", transport.SafeText(e.Named.ID), transport.SafeText(e.Named.Label))
	}
	return b.String()
}

// Unwrap implements errors.Unwrap.
func (e *Error) Unwrap() error { return e.Err }

// Moment is one reading of the vendor's clock.
type Moment struct {
	Date     time.Time // as the reply's Date header states it, in whole seconds; zero where it doesn't
	Received time.Time // when the reply arrived, by our clock; only differences of it are used
}

// MomentOf is the moment of a reply; the zero Moment where there is none.
func MomentOf(response *transport.Response) Moment {
	if response == nil {
		return Moment{}
	}
	return Moment{Date: response.Date, Received: response.Received}
}

// Window is the time between a POST and the look-up that found something, by the vendor's clock.
type Window struct{ From, Until time.Time }

// Contains reports whether t lies in the window.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.From) && !t.After(w.Until) }

// Creation says how one kind of thing is created and recognised. Mismatch, Read and MadeHere may be nil.
type Creation[T any] struct {
	Clock transport.Clock // waits between look-ups
	// IDs are shared by all creates of the same client: no two of them return one id.
	IDs *IDs
	// Post sends the create request, as transport.Create.
	Post func(ctx context.Context) (T, error)
	// Mismatch says what in the reply to the POST is about another thing than the one that was sent, such as its name; ""
	// where nothing is. Such a reply is unclear. It is also asked, concurrently, about things that other creates of the
	// client got: those that it finds nothing in belong to this one.
	Mismatch func(made T) string
	// Read reads again what a reply with a mismatch has the id of.
	Read func(ctx context.Context, made T) (T, Moment, error)
	// LookUp returns the things whose natural key equals the new one's, ignoring case and surrounding whitespace, and the
	// moment of the reply.
	LookUp func(ctx context.Context) ([]T, Moment, error)
	// Same reports whether found has exactly what was sent.
	Same func(found T) bool
	// MadeHere reports whether found is proven to be created within the window, and by this credential where the vendor
	// shows that. A nil MadeHere means that nothing can be proven.
	MadeHere func(ctx context.Context, found T, window Window) (bool, error)
	// Describe names a thing for an error.
	Describe func(T) Candidate
	// KeysRepeat says that the vendor takes a natural key more than once. Nothing at the vendor stops a second POST then, so
	// one that was refused is looked for longer before it is repeated: listings lag behind.
	KeysRepeat bool
}

// Run creates the thing once. Its error is an *Error. A cancelled ctx stops it before a POST is sent, not afterwards.
func (c Creation[T]) Run(ctx context.Context) (T, error) {
	var none T
	pending := c.IDs.begin(func(thing any) bool {
		other, ok := thing.(T)
		return ok && c.Mismatch != nil && c.Mismatch(other) == ""
	})
	defer c.IDs.end(pending)
	var started time.Time // when the first POST went out that may have acted; zero before
	for attempt := 1; ; attempt++ {
		made, sent, err := c.post(ctx)
		if started.IsZero() && err != nil && !transport.Unclear(err) {
			pending.done = true
			return none, c.rejected(ctx, err)
		}
		if started.IsZero() {
			started = sent
		}
		if err == nil {
			problem := c.problem(made)
			if problem == "" && c.IDs.claim(pending, c.Describe(made).ID) {
				return made, nil
			}
			if problem == "" {
				problem = "the reply has the id of something else that this run created"
			}
			return c.resolveMismatch(ctx, pending, started, made, problem)
		}
		found, failure := c.resolveUnclear(ctx, pending, started, err)
		if failure == nil {
			return found, nil
		}
		repeat := transport.Refused(err) && failure.LookUp == nil && len(failure.Candidates) == 0
		if !repeat || attempt == posts || !transport.Pause(ctx, c.Clock, postPause<<(attempt-1), err) {
			return none, failure
		}
	}
}

// problem says why a reply to the POST can't be used as it is; "" where it can.
func (c Creation[T]) problem(made T) string {
	switch {
	case c.Describe(made).ID == "":
		return "the reply has no id"
	case c.Mismatch == nil:
		return ""
	}
	return c.Mismatch(made)
}

// resolveMismatch handles a reply that is about another thing. What that thing shows itself decides first: where it is
// proven to be made by this POST, the vendor has only spelt it in its own way.
func (c Creation[T]) resolveMismatch(ctx context.Context, pending *create, started time.Time, made T, problem string) (T, error) {
	var none T
	named := c.Describe(made)
	cause := &transport.Error{Kind: transport.KindUnexpected, Message: transport.SafeText(problem)}
	detached, cancel := transport.Detach(ctx)
	defer cancel()
	if c.Read != nil && c.MadeHere != nil && named.ID != "" {
		// A failure here ends nothing: the look-up may still prove something.
		read, moment, err := c.Read(detached, made)
		if err == nil && c.Describe(read).ID == named.ID && !moment.Date.IsZero() {
			named = c.Describe(read)
			proven, err := c.MadeHere(detached, read, window(started, moment))
			if err == nil && proven && !c.IDs.belongsToOther(pending, read) && c.IDs.claim(pending, named.ID) {
				return read, nil
			}
		}
	}
	found, failure := c.resolveUnclear(ctx, pending, started, cause)
	if failure == nil {
		return found, nil
	}
	if named.ID != "" {
		failure.Named = &named
	}
	return none, failure
}

// window is the time from a POST to a moment, by the vendor's clock.
func window(started time.Time, moment Moment) Window {
	return Window{From: moment.Date.Add(-moment.Received.Sub(started) - slack), Until: moment.Date.Add(slack)}
}

// post sends the request, and leaves time to look for what it made. It also returns when the request went out, by our
// clock: the vendor could not have acted while it waited in a queue before that.
func (c Creation[T]) post(ctx context.Context) (T, time.Time, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/4, longestReserve)))
		defer cancel()
	}
	var mu sync.Mutex // a dial that lost a race may report late
	sent := time.Now()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		mu.Lock()
		defer mu.Unlock()
		sent = time.Now()
	}})
	made, err := c.Post(ctx)
	mu.Lock()
	defer mu.Unlock()
	return made, sent, err
}

// resolveUnclear looks for what an unclear POST may have made. It runs on even if the caller is interrupted: the answer must
// reach the state.
func (c Creation[T]) resolveUnclear(ctx context.Context, pending *create, started time.Time, cause error) (T, *Error) {
	var none T
	ctx, cancel := transport.Detach(ctx)
	defer cancel()
	failure := &Error{Err: cause, Unclear: true}
	tries := lookUps
	if c.KeysRepeat && transport.Refused(cause) {
		tries = longLookUps
	}
	for attempt := range tries {
		if attempt > 0 && c.Clock.Sleep(ctx, lookUpPause<<(attempt-1)) != nil {
			break
		}
		found, moment, err := c.LookUp(ctx)
		if err != nil {
			failure.LookUp = err
			break
		}
		// What has been seen before stays: where a listing lags, what one reply shows the next may lack.
		failure.Candidates = Add(failure.Candidates, c.describe(found)...)
		if c.MadeHere == nil && len(found) > 0 {
			break
		}
		ours, err := c.ours(ctx, found, started, moment)
		if err != nil {
			failure.LookUp = err
			break
		}
		if len(ours) == 1 && c.IDs.claim(pending, c.Describe(ours[0]).ID) {
			return ours[0], nil
		}
		if len(ours) > 0 {
			break
		}
	}
	return none, failure
}

// ours returns those of found that are proven to come from this POST. What another create has returned does not.
func (c Creation[T]) ours(ctx context.Context, found []T, started time.Time, moment Moment) ([]T, error) {
	if c.MadeHere == nil || moment.Date.IsZero() {
		return nil, nil
	}
	var ours []T
	for _, thing := range found {
		if !c.Same(thing) || c.IDs.Has(c.Describe(thing).ID) {
			continue
		}
		proven, err := c.MadeHere(ctx, thing, window(started, moment))
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
			failure.Candidates = Add(nil, c.describe(found)...)
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

// Add appends candidates, each id once.
func Add(candidates []Candidate, more ...Candidate) []Candidate {
	known := map[string]bool{}
	for _, c := range candidates {
		known[c.ID] = true
	}
	for _, c := range more {
		if !known[c.ID] {
			known[c.ID] = true
			candidates = append(candidates, c)
		}
	}
	return candidates
}

// CandidatesOf returns the candidates that err names.
func CandidatesOf(err error) []Candidate {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Candidates
	}
	return nil
}
