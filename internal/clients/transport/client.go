// Package transport is the one HTTP transport of all vendor clients: authentication, retries, pauses, rate limit,
// redaction and typed errors.
//
// Whether a failed request is repeated depends on what repeating could do (see Replay) and on how far it got
// (see Kind). A vendor's 429 pauses the whole queue to that vendor.
package transport

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

const (
	// maxRetries caps repeats after a transient failure; a 429 is bounded only by time.
	maxRetries = 5
	// defaultRequestTimeout is for one request of a client that sets none.
	defaultRequestTimeout = 60 * time.Second
	// maxOperation bounds a request with all its repeats where the caller sets no deadline.
	maxOperation = 10 * time.Minute
	// maxFieldText caps the messages about fields in one error, in bytes.
	maxFieldText = 4 * maxMessage
)

// Replay says what repeating a request could do.
type Replay int

const (
	// Idempotent requests leave the same result however often they arrive: reads, whole updates, deletes.
	Idempotent Replay = iota
	// NonIdempotent requests are repeated only when the server can't have acted; after any other failure the caller looks
	// first. Status actions and changes of lists are such.
	NonIdempotent
	// Create requests are NonIdempotent, and are never cancelled once they are on their way: only their deadline ends
	// them, and they may take until then. They have a body.
	Create
)

// Session puts credentials on requests.
type Session interface {
	// Authorize sets the headers that carry the credentials. It may log in first.
	Authorize(ctx context.Context, req *http.Request) error
	// Renew is called after a 401 to failed. It reports whether repeating with new credentials makes sense.
	Renew(ctx context.Context, failed *http.Request) (bool, error)
}

// Options configure a Client. Vendor and BaseURL are required.
type Options struct {
	Vendor               string
	BaseURL              *url.URL
	RoundTripper         http.RoundTripper // NewTransport(nil) where nil; redirects are refused and cookies ignored
	UserAgent            string
	RequestTimeout       time.Duration // one request; 60 s where zero
	MaxRequestsPerSecond float64       // none where zero
	Clock                Clock         // SystemClock where nil
	Scrubber             *Scrubber
	// Log takes one line a request: method, path, status, duration, attempt, request id; never bodies or headers.
	Log func(ctx context.Context, message string, fields map[string]any)
	// Warn takes warnings for the log, such as that the vendor announces the end of a call. May be nil.
	Warn func(ctx context.Context, message string)

	// ReadOnly refuses, before it is sent, every request that changes something: all but GET, HEAD, logins and selections.
	// The error's cause is ErrReadOnly.
	ReadOnly bool
	// Guard, if set, says whether the credential may be used. It is called before the first request that is not a login,
	// once at a time, and may send requests with the context that it gets. Its error keeps every request from being sent; it
	// stands, unless it is about a request that failed or about a context that ended: then the next request asks again.
	Guard func(ctx context.Context) error
	// RequestLog, if set, gets a line for each attempt.
	RequestLog *RequestLog
	// InFlight, if set, counts each attempt while it is under way.
	InFlight *InFlight
	// Caller is whom the credential belongs to, for the request log; "" where that is not known yet. May be nil.
	Caller func() string
}

// Client sends requests to one vendor.
type Client struct {
	Options
	queue      *queue
	guard      guard
	deprecated sync.Map // operations that a warning was given for
}

// New returns a client.
func New(o Options) *Client {
	if o.RoundTripper == nil {
		o.RoundTripper = NewTransport(nil)
	}
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	if o.RequestTimeout <= 0 {
		o.RequestTimeout = defaultRequestTimeout
	}
	if o.Log == nil {
		o.Log = func(context.Context, string, map[string]any) {}
	}
	if o.Scrubber == nil {
		o.Scrubber = &Scrubber{}
	}
	o.Scrubber.addProxies(os.Getenv)
	return &Client{Options: o, queue: newQueue(o.Clock, o.MaxRequestsPerSecond), guard: guard{lock: NewLock()}}
}

// Request is one call of a vendor's API.
type Request struct {
	Operation   string // what it does, in words for an error: "create account"
	Method      string
	Path        string // below the base URL, escaped
	Query       string // encoded
	Body        []byte
	ContentType string // application/json where empty
	Replay      Replay
	Session     Session // nil: no credentials
	Into        any     // the JSON reply is decoded into it; nil where the body doesn't matter
	Sensitive   bool    // the reply holds a secret: no error repeats any of it
	ResourceID  string  // id of the account or user that it is about, for the request log; may be empty
	// Login marks a login, the refresh or end of a session, or the question whom the credential belongs to: Options.ReadOnly
	// and Options.Guard let it pass.
	Login bool
	// Selection marks the selection of an account in a session: Options.ReadOnly lets it pass.
	Selection bool
}

// Response is what is left of a successful reply once its body has been decoded.
type Response struct {
	Status int
	Header http.Header
	// Date is the server's clock as the reply states it, in whole seconds; zero where it doesn't.
	Date time.Time
	// Received is when the reply arrived, by our clock.
	Received time.Time
	// Size is what its body counts for in memory: its bytes, and more for each value in it. A few bytes can decode into much.
	Size int
}

// Do sends a request, repeats it as its Replay allows, and decodes the reply. Every error is an *Error.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, maxOperation)
		defer cancel()
	}
	if failure := c.admit(ctx, r); failure != nil {
		return nil, c.complete(r, failure)
	}
	renewed := false
	for attempt, retries, pauses := 1, 0, 0; ; attempt++ {
		if failure := c.queue.wait(ctx); failure != nil {
			return nil, c.complete(r, failure)
		}
		response, sent, failure := c.once(ctx, r, attempt)
		if failure == nil {
			return response, nil
		}
		var wait time.Duration
		switch {
		case sent == nil: // a login has been repeated already, as far as that makes sense
			return nil, c.complete(r, failure)
		case failure.Status == http.StatusUnauthorized && r.Session != nil && !renewed:
			renewed = true
			again, err := r.Session.Renew(ctx, sent)
			if err != nil {
				return nil, c.complete(r, sessionFailure(err))
			}
			if !again {
				return nil, c.complete(r, failure)
			}
			continue
		case failure.Status == http.StatusTooManyRequests:
			// A pause of less than a second grows, or it would be no pause.
			if wait = failure.RetryAfter; wait < time.Second {
				wait = max(wait, backoff(pauses))
			}
			pauses++
			c.queue.pause(wait)
		case !repeatable(r.Replay, failure) || retries == maxRetries || ctx.Err() != nil:
			return nil, c.complete(r, failure)
		default:
			wait = max(failure.RetryAfter, backoff(retries))
			retries++
		}
		if left := timeLeft(ctx); wait >= left {
			if failure.RetryAfter >= left {
				failure.Wait = failure.RetryAfter
			}
			return nil, c.complete(r, failure)
		}
		if failure.Status == http.StatusTooManyRequests {
			continue // the queue waits
		}
		if c.Clock.Sleep(ctx, wait) != nil {
			return nil, c.complete(r, failure)
		}
	}
}

func repeatable(replay Replay, e *Error) bool {
	switch e.Kind {
	case KindNotSent:
		return true
	case KindNoReply, KindUnreadable:
		return replay == Idempotent
	case KindReply:
		return replay == Idempotent && transientStatus(e.Status)
	case KindUntrusted, KindUnexpected, KindCancelled:
	}
	return false
}

// complete adds to an error what only the client knows, and cleans its text.
func (c *Client) complete(r Request, e *Error) *Error {
	if e.Vendor == "" { // else it is a session's own, about its login
		e.Vendor, e.Operation = c.Vendor, r.Operation
	}
	e.Message = c.Scrubber.plain(e.Message)
	e.RequestID = c.Scrubber.plain(e.RequestID)
	e.Code = c.Scrubber.plain(e.Code)
	var fields []FieldError
	room := maxFieldText
	for _, f := range e.Fields {
		clean := FieldError{Field: c.Scrubber.plain(f.Field)}
		for _, m := range f.Messages {
			if m = c.Scrubber.plain(m); len(m) <= room {
				clean.Messages = append(clean.Messages, m)
				room -= len(m)
			}
		}
		if room -= len(clean.Field); room < 0 {
			break
		}
		if len(clean.Messages) > 0 {
			fields = append(fields, clean)
		}
	}
	e.Fields = fields
	return e
}
