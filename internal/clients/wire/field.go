// Package wire holds what JSON bodies of all vendors need beyond the standard library.
package wire

import "encoding/json"

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
