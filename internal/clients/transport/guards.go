package transport

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
)

// ErrReadOnly is the cause of the error of a request that Options.ReadOnly refuses.
var ErrReadOnly = errors.New("read_only (or the environment variable ACCOUNTS_READ_ONLY) is set: " +
	"no request that changes something is sent")

// guard remembers what Options.Guard has answered.
type guard struct {
	passed  atomic.Bool
	lock    Lock  // guards refused; one call of Options.Guard at a time
	refused error // the answer that stands, if it is a refusal
}

// guardKey marks the context of the requests that a client's Options.Guard makes itself.
type guardKey struct{}

// admit returns why a request must not be sent at all: because of read_only, a request log that can't be written, or a
// caller that is not allowed.
func (c *Client) admit(ctx context.Context, r Request) *Error {
	if c.ReadOnly && !r.Login && !r.Selection && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return &Error{Kind: KindCancelled, Message: ErrReadOnly.Error(), Err: ErrReadOnly}
	}
	if err := c.RequestLog.open(); err != nil {
		return &Error{Kind: KindCancelled, Message: err.Error()}
	}
	return c.checkCaller(ctx, r)
}

// checkCaller calls Options.Guard before the first request other than a login. Requests of the guard itself pass.
func (c *Client) checkCaller(ctx context.Context, r Request) *Error {
	if c.Guard == nil || r.Login || c.guard.passed.Load() || ctx.Value(guardKey{}) == c {
		return nil
	}
	if err := c.guard.lock.Acquire(ctx); err != nil {
		return NotSent(err)
	}
	defer c.guard.lock.Release()
	if c.guard.passed.Load() {
		return nil
	}
	err := c.guard.refused
	if err == nil {
		err = c.Guard(context.WithValue(ctx, guardKey{}, c))
	}
	if err == nil {
		c.guard.passed.Store(true)
		return nil
	}
	if request, ok := errors.AsType[*Error](err); ok { // the next request asks again
		own := *request
		own.Kind, own.Err = KindCancelled, request
		return &own
	}
	if cause := contextCause(err); cause != nil {
		return NotSent(cause)
	}
	c.guard.refused = err
	return &Error{Kind: KindCancelled, Message: err.Error(), Err: err}
}
