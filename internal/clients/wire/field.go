// Package wire holds what JSON bodies of all vendors need beyond the standard library.
package wire

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Field is a field of a request that may be left out, null or a value, three different things to an API. The zero
// Field is left out, where its tag says omitzero.
type Field[T any] struct {
	sent  bool
	value *T
}

// Value is a field with a value.
func Value[T any](v T) Field[T] { return Field[T]{sent: true, value: &v} }

// Null is a field that is sent as null, which clears it.
func Null[T any]() Field[T] { return Field[T]{sent: true} }

// Pointer is a value, or null where p is nil.
func Pointer[T any](p *T) Field[T] { return Field[T]{sent: true, value: p} }

// IsZero reports whether the field is left out; encoding/json asks it for omitzero.
func (f Field[T]) IsZero() bool { return !f.sent }

// Get returns the value, nil for null, and whether the field is sent at all.
func (f Field[T]) Get() (value *T, sent bool) { return f.value, f.sent }

// MarshalJSON implements json.Marshaler.
func (f Field[T]) MarshalJSON() ([]byte, error) { return json.Marshal(f.value) }

// UnmarshalJSON implements json.Unmarshaler; a field that is absent stays left out.
func (f *Field[T]) UnmarshalJSON(raw []byte) error {
	f.sent, f.value = true, nil
	return json.Unmarshal(raw, &f.value)
}

// Difference is a field that a vendor accepted, and shows with another value afterwards.
type Difference struct {
	Field string // the API's name of it
	Sent  string // as JSON
	Shown string // as JSON
}

// Differences are what a vendor did not keep of what was sent.
type Differences []Difference

// Compare adds a difference where shown is another value than sent. A field that was not sent, or that the reply lacks,
// is none: nothing can be told of it. A value that is sent as null equals the zero value.
func Compare[T any](all *Differences, field string, sent, shown Field[T], equal func(a, b T) bool) {
	want, isSent := sent.Get()
	is, isShown := shown.Get()
	if !isSent || !isShown {
		return
	}
	var none T
	if want == nil {
		want = &none
	}
	if is == nil {
		is = &none
	}
	if !equal(*want, *is) {
		*all = append(*all, Difference{Field: field, Sent: text(sent), Shown: text(shown)})
	}
}

// Exactly is equality without exceptions, for Compare.
func Exactly[T comparable](a, b T) bool { return a == b }

func text[T any](f Field[T]) string {
	raw, err := json.Marshal(f)
	if err != nil {
		return "?"
	}
	return string(raw)
}

// NotKeptError says that a vendor accepted a change and did not keep all of it. Other changes were made.
type NotKeptError struct {
	Vendor      string
	Differences Differences
}

// Error implements error.
func (e *NotKeptError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s accepted the change, but then showed", e.Vendor)
	for i, d := range e.Differences {
		if i > 0 {
			b.WriteString(";")
		}
		fmt.Fprintf(&b, " %s for %s instead of %s", d.Shown, d.Field, d.Sent)
	}
	return b.String()
}
