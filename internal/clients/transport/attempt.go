package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"time"
)

const (
	// maxReply caps a reply, in bytes.
	maxReply = 10 << 20
	// maxErrorReply caps what is read of a reply about a failure, in bytes.
	maxErrorReply = 256 << 10
)

// once makes one attempt. The returned request is the one that went out, for Session.Renew; nil where none did.
func (c *Client) once(ctx context.Context, r Request, attempt int) (*Response, *http.Request, *Error) {
	var d delivery
	req, failure := c.build(ctx, r, &d)
	if failure != nil {
		return nil, nil, failure
	}
	sendCtx, cancel := c.sendContext(ctx, r.Replay, &d)
	defer cancel()
	req = req.WithContext(httptrace.WithClientTrace(sendCtx, d.trace()))

	started := c.Clock.Now()
	status, requestID := 0, ""
	fields := map[string]any{"vendor": c.Vendor, "method": r.Method, "path": r.Path, "attempt": attempt}
	defer func() {
		took := c.Clock.Now().Sub(started)
		fields["duration_ms"] = took.Milliseconds()
		c.Log(ctx, "vendor request", fields)
		if c.RequestLog != nil {
			c.RequestLog.write(ctx, c.line(r, attempt, status, requestID, started, took))
		}
	}()
	defer c.InFlight.begin()()
	// Not through http.Client.Do: it would look at where a redirect leads, and repeat that in an error.
	res, err := c.RoundTripper.RoundTrip(req)
	if err != nil {
		failure := d.failure(err)
		fields["failure"] = c.Scrubber.plain(failure.Message)
		return nil, req, failure
	}
	defer func() { _ = res.Body.Close() }()
	status, requestID = res.StatusCode, c.Scrubber.plain(requestIDOf(res.Header))
	fields["status"], fields["request_id"] = status, requestID
	c.warnDeprecated(ctx, r, res.Header)
	response, failure := c.read(res, r)
	return response, req, failure
}

// build makes the request and puts the credentials on it, which may take a login.
func (c *Client) build(ctx context.Context, r Request, d *delivery) (*http.Request, *Error) {
	endpoint := c.BaseURL.String() + r.Path
	if r.Query != "" {
		endpoint += "?" + r.Query
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, endpoint, http.NoBody)
	if err != nil { // its text repeats the address
		return nil, &Error{Kind: KindCancelled, Message: "the request can't be built: invalid method or path"}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.UserAgent)
	if len(r.Body) > 0 {
		d.setBody(req, r.Body)
		req.Header.Set("Content-Type", "application/json")
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	if r.Session != nil {
		if err := r.Session.Authorize(ctx, req); err != nil {
			return nil, sessionFailure(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, NotSent(err)
	}
	return req, nil
}

// sessionFailure is the failure of a request whose credentials could not be had. Whatever else became of the login must
// not be taken for the vendor's answer to the request: a 404 would mean that an account is gone, a 503 that it may have
// been created.
func sessionFailure(err error) *Error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return &Error{Kind: KindCancelled, Message: err.Error(), Err: contextCause(err)}
	}
	own := *e
	if !IsStatus(e, http.StatusUnauthorized) {
		own.Kind, own.Err = KindCancelled, e
	}
	return &own
}

// sendContext is the context of one attempt. A creating request, once sent, ends only with its deadline: cutting
// it off would leave an account that nobody knows of.
func (c *Client) sendContext(ctx context.Context, replay Replay, d *delivery) (context.Context, context.CancelFunc) {
	if replay != Create {
		return context.WithTimeout(ctx, c.RequestTimeout)
	}
	sendCtx, cancel := Detach(ctx)
	stop := context.AfterFunc(ctx, func() {
		if d.callOff() {
			cancel()
		}
	})
	return sendCtx, func() {
		stop()
		cancel()
	}
}

// Detach returns a context that keeps ctx's deadline and values but not its cancellation.
func Detach(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(maxOperation)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// read reads a reply, and decodes a successful one into the target, if there is one.
func (c *Client) read(res *http.Response, r Request) (*Response, *Error) {
	if res.StatusCode < 200 || res.StatusCode >= 300 {
		return nil, c.readFailure(res)
	}
	failure := &Error{Status: res.StatusCode, RequestID: requestIDOf(res.Header)}
	var in inspection
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	switch {
	case err != nil:
		failure.Kind, failure.Message, failure.Err = KindUnreadable, "the reply was cut short: "+err.Error(), contextCause(err)
		if errors.Is(err, context.DeadlineExceeded) {
			failure.Message = "the reply was cut short: the time ran out"
		}
		return nil, failure
	case len(raw) > maxReply:
		failure.Kind, failure.Message = KindUnexpected, fmt.Sprintf("the reply is larger than %d MiB", maxReply>>20)
		return nil, failure
	case r.Into == nil:
	case res.StatusCode == http.StatusNoContent:
		failure.Kind, failure.Message = KindUnexpected, "the reply is empty"
		return nil, failure
	case !json.Valid(trimBOM(raw)):
		failure.Kind, failure.Message = KindUnreadable, "the reply is not JSON"
		if !r.Sensitive {
			failure.Message += ": " + excerpt(raw)
		}
		return nil, failure
	default:
		document := trimBOM(raw)
		err := in.run(document)
		if err == nil {
			if err = decodeJSON(document, r.Into); err != nil {
				err = errors.New(explain(document, err))
			}
		}
		if err != nil {
			failure.Kind, failure.Message = KindUnexpected, "the reply has an unexpected form"
			if !r.Sensitive {
				failure.Message += ": " + err.Error()
			}
			return nil, failure
		}
	}
	response := &Response{Status: res.StatusCode, Header: res.Header, Received: time.Now(), Size: in.size(raw)}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		response.Date = date
	}
	return response, nil
}

// readFailure reads a reply whose status means failure.
func (c *Client) readFailure(res *http.Response) *Error {
	raw, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorReply)) // what has arrived is better than nothing
	failure := &Error{Status: res.StatusCode, RequestID: requestIDOf(res.Header)}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		failure.Message = "the server redirects elsewhere, which is refused; check the base URL"
		return failure
	}
	said := decodeError(res.Header, raw)
	failure.Message, failure.Code, failure.Fields, failure.RequestID = said.message, said.code, said.fields, said.requestID
	failure.RetryAfter = retryAfter(res.Header, c.Clock.Now())
	return failure
}

// excerpt is the start of a body that could not be read.
func excerpt(raw []byte) string {
	if len(raw) == 0 {
		return "it is empty"
	}
	return string(raw[:min(len(raw), maxErrorReply)])
}

// retryAfter reads the header in both forms. A date counts from the reply's own clock, where it states one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	const longest = 1e6 * time.Second // nobody waits that long
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && !math.IsNaN(seconds) {
		return time.Duration(max(0, min(seconds, longest.Seconds())) * float64(time.Second))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return max(0, min(at.Sub(now), longest))
}
