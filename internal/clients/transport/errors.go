package transport

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kind says how far a failed request got, which decides whether it may be repeated.
type Kind int

// The kinds of failure.
const (
	// KindReply is a complete answer with a status that means failure.
	KindReply Kind = iota
	// KindNotSent means that the request never reached the server: it can't have acted.
	KindNotSent
	// KindUntrusted means that there is no connection, for a reason that trying again won't change: a TLS failure, an
	// unknown host, a proxy that refuses. The server can't have acted.
	KindUntrusted
	// KindNoReply means that the request went out and no complete answer came back.
	KindNoReply
	// KindUnreadable is a success status whose body is cut short or isn't JSON.
	KindUnreadable
	// KindUnexpected is a success status whose JSON doesn't fit, or is larger than this client reads.
	KindUnexpected
	// KindCancelled means that the request was given up before it went out: by the caller, for lack of time, because its
	// credentials could not be had, or because of read_only, allowed_callers or a request log that can't be written.
	KindCancelled
)

// FieldError is what a vendor says about one field of a request.
type FieldError struct {
	Field    string // the vendor's name, such as "company" or "address.city"
	Messages []string
}

// Error is the one error type of all vendor clients. Its text is free of secrets, markup and control characters.
type Error struct {
	Vendor    string // "Gcore"
	Operation string // "create account"
	Kind      Kind
	Status    int    // HTTP status, 0 where there was no reply
	Message   string // the vendor's own words, or what went wrong on the way
	Code      string // the vendor's code for the failure: Fortanix's code, the fragment of SoftwareOne's type; else ""
	Fields    []FieldError
	RequestID string // the vendor's request or trace id
	// RetryAfter is how long the vendor asked to wait before a repeat, 0 where it didn't.
	RetryAfter time.Duration
	// Wait is RetryAfter where that is more than the time left, which is why the request was given up.
	Wait time.Duration
	Err  error // the cause, where there was no reply
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{e.Vendor, e.Operation} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	b.WriteString(e.Detail())
	return b.String()
}

// Unwrap implements errors.Unwrap.
func (e *Error) Unwrap() error { return e.Err }

// Detail is the error without vendor and operation: status, message, fields and request id.
func (e *Error) Detail() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))))
	}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field+": "+strings.Join(f.Messages, " "))
	}
	if len(fields) > 0 {
		parts = append(parts, strings.Join(fields, "; "))
	}
	text := strings.Join(parts, ": ")
	if e.Wait > 0 {
		text += fmt.Sprintf(" (asked to wait %s, which is more than the time left)", e.Wait.Round(time.Second))
	}
	if e.RequestID != "" {
		text += " (request id " + e.RequestID + ")"
	}
	return text
}

// StatusOf returns the HTTP status with which the vendor answered the request, or 0. A login that failed before the
// request went out has a status of its own, which says nothing of the request.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind != KindCancelled {
		return e.Status
	}
	return 0
}

// IsStatus reports whether the vendor answered with one of these statuses.
func IsStatus(err error, statuses ...int) bool {
	status := StatusOf(err)
	return status != 0 && slices.Contains(statuses, status)
}

// IsNotFound reports whether the vendor answered 404.
func IsNotFound(err error) bool { return IsStatus(err, http.StatusNotFound) }

// Unclear reports whether the server may have acted on the request although it failed. Only a look-up can tell. Of an
// error that is not an *Error nothing is known, so it is unclear.
func Unclear(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err != nil
	}
	switch e.Kind {
	case KindNoReply, KindUnreadable, KindUnexpected:
		return true
	case KindReply:
		switch {
		case e.Status == http.StatusRequestTimeout, e.Status == http.StatusTooEarly:
			return true
		case e.Status >= 300 && e.Status < 400: // "see other" follows a request that was carried out
			return true
		case e.Status == http.StatusNotImplemented:
			return false
		}
		return e.Status >= 500
	case KindNotSent, KindUntrusted, KindCancelled:
	}
	return false
}

// Accepted reports whether the server answered with a success status, and then nothing that can be used: what was asked
// for is done, as far as a status can say, and a read shows it.
func Accepted(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Kind == KindUnreadable || e.Kind == KindUnexpected)
}

// Done is Accepted where nothing suggests that something else than the vendor has answered, such as a web page or a reply
// that was cut short.
func Done(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == KindUnexpected
}

// Refused reports whether the server says itself that it did not take the request up, so that a repeat is right once a
// look-up has found nothing.
func Refused(err error) bool {
	return IsStatus(err, http.StatusServiceUnavailable, http.StatusTooEarly)
}

// transientStatus reports whether a status is worth a repeat of an idempotent request.
func transientStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return status >= 520 && status <= 529 // Cloudflare's, between it and the vendor
}
