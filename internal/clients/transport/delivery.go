package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// delivery follows one attempt on its way to the server: what can't have arrived may be repeated, and may be cancelled.
type delivery struct{ state atomic.Int32 }

const (
	waiting   int32 = iota // nothing is on its way
	sent                   // the server may have got it
	calledOff              // nothing is on its way, nor will be
)

// leave notes that the request is about to be written, unless it has been called off; then it reports false.
func (d *delivery) leave() bool {
	return d.state.CompareAndSwap(waiting, sent) || d.state.Load() == sent
}

// callOff reports whether the request could be stopped.
func (d *delivery) callOff() bool { return d.state.CompareAndSwap(waiting, calledOff) }

// trace has the HTTP transport report to d. A request counts as sent as soon as it has a connection.
func (d *delivery) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		// A second connection is only asked for when nothing could be written on the first, except for a GET.
		GetConn: func(string) { d.state.CompareAndSwap(sent, waiting) },
		GotConn: func(httptrace.GotConnInfo) { d.leave() },
	}
}

// setBody gives req a body that can't be read, and so never arrives whole, once the delivery has been called off.
func (d *delivery) setBody(req *http.Request, content []byte) {
	req.ContentLength = int64(len(content))
	req.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(body{d, bytes.NewReader(content)}), nil
	}
	req.Body, _ = req.GetBody()
}

type body struct {
	delivery *delivery
	content  io.Reader
}

func (b body) Read(p []byte) (int, error) {
	if !b.delivery.leave() {
		return 0, context.Canceled
	}
	return b.content.Read(p)
}

// failure says what an error of the HTTP transport means.
func (d *delivery) failure(err error) *Error {
	failure := &Error{Err: contextCause(err)}
	said := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		said = "the time ran out"
	}
	dns, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case d.state.Load() == sent:
		failure.Kind, failure.Message = KindNoReply, "no complete reply: "+said
	case d.state.Load() == calledOff, errors.Is(err, context.Canceled):
		return NotSent(context.Canceled)
	case mayPass(err):
		failure.Kind, failure.Message = KindNotSent, "no connection: "+said
	case isDNS:
		failure.Kind, failure.Message = KindUntrusted, "unknown host: "+dns.Error()
	default:
		failure.Kind, failure.Message = KindUntrusted, "no connection: "+said
	}
	return failure
}

// mayPass reports whether a failure to connect may be over at the next try. Those of TLS, certificates and addresses are
// not.
func mayPass(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.IsTemporary || dns.IsTimeout
	}
	if proxy, ok := errors.AsType[*proxyError](err); ok {
		return proxy.status >= 500
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op != "remote error" && op.Op != "local error" // crypto/tls calls its alerts so
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// NotSent is the failure of a request that was given up, because of err, before it went out.
func NotSent(err error) *Error {
	message := "stopped before the request was sent"
	if errors.Is(err, context.DeadlineExceeded) {
		message = "the time ran out before the request was sent"
	}
	return &Error{Kind: KindCancelled, Message: message, Err: contextCause(err)}
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
