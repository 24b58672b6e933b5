// Package transport is the one HTTP transport of all vendor clients: authentication, retries, pauses, rate limit,
// redaction and typed errors.
//
// Whether a failed request is repeated depends on what repeating could do (see Replay) and on how far it got
// (see Kind). A vendor's 429 pauses the whole queue to that vendor.
package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// maxReply caps a reply, in bytes.
	maxReply = 10 << 20
	// maxRetries caps repeats after a transient failure; a 429 is bounded by time alone.
	maxRetries = 5
	// defaultRequestTimeout is for one request of a client that sets none.
	defaultRequestTimeout = 60 * time.Second
	// maxOperation bounds a request with all its repeats where the caller sets no deadline.
	maxOperation = 10 * time.Minute
)

// Replay says what repeating a request could do.
type Replay int

const (
	// Harmless requests leave the same result however often they arrive: reads, whole updates, deletes.
	Harmless Replay = iota
	// Guarded requests are repeated only when the server can't have acted; after any other failure the caller looks
	// first. Status actions and changes of lists are such.
	Guarded
	// Creating requests are Guarded, and are never cancelled once they are on their way: only their deadline ends
	// them, and they may take until then.
	Creating
)

// Session puts credentials on requests.
type Session interface {
	// Authorize sets the headers that carry the credentials. It may log in first.
	Authorize(ctx context.Context, req *http.Request) error
	// Renew is called after a 401 to failed. It tells whether repeating with new credentials makes sense.
	Renew(ctx context.Context, failed *http.Request) (bool, error)
}

// Options configure a Client. Vendor, BaseURL and HTTP are required.
type Options struct {
	Vendor               string
	BaseURL              *url.URL
	HTTP                 *http.Client
	UserAgent            string
	RequestTimeout       time.Duration // one request; 60 s where zero
	MaxRequestsPerSecond float64       // none where zero
	Clock                Clock         // SystemClock where nil
	Scrubber             *Scrubber
	// Log takes one line a request: method, path, status, duration, attempt, request id; never bodies or headers.
	Log func(ctx context.Context, message string, fields map[string]any)
}

// Client sends requests to one vendor.
type Client struct {
	Options
	queue *queue
}

// New returns a client.
func New(o Options) *Client {
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
	return &Client{Options: o, queue: newQueue(o.Clock, o.MaxRequestsPerSecond)}
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
}

// Response is what is left of a successful reply once its body has been decoded.
type Response struct {
	Status int
	Header http.Header
	// Date is the server's clock as the reply states it, in whole seconds; zero where it doesn't.
	Date time.Time
}

// Do sends a request, repeats it as its Replay allows, and decodes the reply. Every error is an *Error.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, maxOperation)
		defer cancel()
	}
	renewed := false
	throttled := 0
	for retries, attempt := 0, 1; ; attempt++ {
		if wait := c.queue.paused(); wait > 0 && wait > c.left(ctx) {
			return nil, c.fail(r, &Error{
				Kind: KindReply, Status: http.StatusTooManyRequests, Wait: wait,
				Message: "the vendor has asked for a pause, and this request was not sent",
			})
		}
		if err := c.queue.wait(ctx); err != nil {
			return nil, c.fail(r, &Error{Kind: KindCancelled, Message: "stopped before the request was sent", Err: err})
		}
		response, sent, failure := c.once(ctx, r, attempt)
		if failure == nil {
			return response, nil
		}
		var wait time.Duration
		switch {
		case failure.Status == http.StatusUnauthorized && r.Session != nil && !renewed:
			renewed = true
			again, err := r.Session.Renew(ctx, sent)
			if err != nil {
				return nil, err
			}
			if !again {
				return nil, c.fail(r, failure)
			}
			continue
		case failure.Status == http.StatusTooManyRequests:
			wait = max(failure.Wait, backoff(throttled))
			throttled++
			c.queue.pause(wait)
		case !repeatable(r.Replay, failure) || retries == maxRetries || ctx.Err() != nil:
			failure.Wait = 0
			return nil, c.fail(r, failure)
		default:
			wait = max(failure.Wait, backoff(retries))
			retries++
		}
		if wait > c.left(ctx) {
			failure.Wait = wait
			return nil, c.fail(r, failure)
		}
		failure.Wait = 0
		if failure.Status == http.StatusTooManyRequests {
			continue // the queue waits
		}
		if err := c.Clock.Sleep(ctx, wait); err != nil {
			return nil, c.fail(r, failure)
		}
	}
}

// left is the time until the operation's deadline.
func (c *Client) left(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return maxOperation
	}
	return time.Until(deadline)
}

func repeatable(replay Replay, e *Error) bool {
	switch e.Kind {
	case KindNotSent:
		return true
	case KindNoReply, KindUnreadable:
		return replay == Harmless
	case KindReply:
		return replay == Harmless && transientStatus(e.Status)
	}
	return false
}

// once makes one attempt. The returned request is the one that went out, for Session.Renew.
func (c *Client) once(ctx context.Context, r Request, attempt int) (*Response, *http.Request, *Error) {
	sendCtx, cancel := c.sendContext(ctx, r.Replay)
	defer cancel()

	endpoint := c.BaseURL.String() + r.Path
	if r.Query != "" {
		endpoint += "?" + r.Query
	}
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(sendCtx, r.Method, endpoint, body)
	if err != nil {
		return nil, nil, &Error{Kind: KindCancelled, Message: "the request can't be built", Err: errors.New("invalid path")}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.UserAgent)
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	if r.Session != nil {
		if err := r.Session.Authorize(ctx, req); err != nil {
			var e *Error
			if errors.As(err, &e) {
				return nil, nil, e
			}
			return nil, nil, &Error{Kind: KindCancelled, Message: err.Error(), Err: err}
		}
	}
	// Whatever the caller has given up by now has not been sent.
	if err := ctx.Err(); err != nil {
		return nil, req, &Error{Kind: KindCancelled, Message: "stopped before the request was sent", Err: err}
	}
	var wrote atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(sendCtx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
	}))
	started := c.Clock.Now()
	res, err := c.HTTP.Do(req)
	fields := map[string]any{"vendor": c.Vendor, "method": r.Method, "path": r.Path, "attempt": attempt}
	defer func() {
		fields["duration_ms"] = c.Clock.Now().Sub(started).Milliseconds()
		c.Log(ctx, "vendor request", fields)
	}()
	if err != nil {
		kind, message := causeOf(err, wrote.Load())
		fields["failure"] = c.Scrubber.plain(message)
		return nil, req, &Error{Kind: kind, Message: message, Err: contextCause(err)}
	}
	defer func() { _ = res.Body.Close() }()
	fields["status"] = res.StatusCode
	return c.read(r, res, fields, req)
}

func (c *Client) read(r Request, res *http.Response, fields map[string]any, req *http.Request) (*Response, *http.Request, *Error) {
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	said := decodeError(res.Header, nil)
	fields["request_id"] = c.Scrubber.plain(said.requestID)
	failure := &Error{Status: res.StatusCode, RequestID: said.requestID}
	success := res.StatusCode >= 200 && res.StatusCode < 300
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		failure.Message = "the server redirects elsewhere, which is refused; check the base URL"
		return nil, req, failure
	case !success:
		said = decodeError(res.Header, raw)
		failure.Message, failure.Fields, failure.RequestID = said.message, said.fields, said.requestID
		failure.Wait = retryAfter(res.Header, c.Clock.Now())
		return nil, req, failure
	case err != nil:
		failure.Kind, failure.Message, failure.Err = KindUnreadable, "the reply was cut short: "+err.Error(), contextCause(err)
		return nil, req, failure
	case len(raw) > maxReply:
		failure.Kind, failure.Message = KindUnexpected, fmt.Sprintf("the reply is larger than %d MiB", maxReply>>20)
		return nil, req, failure
	}
	response := &Response{Status: res.StatusCode, Header: res.Header}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		response.Date = date
	}
	if r.Into == nil {
		return response, req, nil
	}
	var whole any
	if err := decodeJSON(raw, &whole); err != nil {
		failure.Kind, failure.Message = KindUnreadable, "the reply is not JSON: "+excerpt(raw)
		return nil, req, failure
	}
	if err := decodeJSON(raw, r.Into); err != nil {
		failure.Kind, failure.Message = KindUnexpected, "the reply has an unexpected form: "+err.Error()
		return nil, req, failure
	}
	return response, req, nil
}

// sendContext is the context of one attempt. A creating request, once sent, is ended by its deadline alone: cutting
// it off would leave an account that nobody knows of.
func (c *Client) sendContext(ctx context.Context, replay Replay) (context.Context, context.CancelFunc) {
	if replay != Creating {
		return context.WithTimeout(ctx, c.RequestTimeout)
	}
	return Detach(ctx)
}

// Detach returns a context that keeps ctx's deadline and values but not its cancellation.
func Detach(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(maxOperation)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// fail completes an error with what only the client knows, and cleans its text.
func (c *Client) fail(r Request, e *Error) *Error {
	if e.Vendor != "" {
		return e // a session's own error, complete already
	}
	e.Vendor, e.Operation = c.Vendor, r.Operation
	e.Message = c.Scrubber.plain(e.Message)
	e.RequestID = c.Scrubber.plain(e.RequestID)
	for i := range e.Fields {
		e.Fields[i].Field = c.Scrubber.plain(e.Fields[i].Field)
		for j := range e.Fields[i].Messages {
			e.Fields[i].Messages[j] = c.Scrubber.plain(e.Fields[i].Messages[j])
		}
	}
	return e
}

// contextCause keeps only whether the context ended: other causes carry text that has not been cleaned.
func contextCause(err error) error {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return nil
}

// retryAfter reads the header in both forms. A date counts from the reply's own clock, where it states one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return max(0, at.Sub(now))
}

// excerpt is the start of a body that could not be read.
func excerpt(raw []byte) string {
	if len(raw) == 0 {
		return "it is empty"
	}
	return string(raw[:min(len(raw), 4*maxMessage)])
}
