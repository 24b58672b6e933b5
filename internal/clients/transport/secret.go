package transport

import (
	"fmt"
	"log/slog"
	"unique"
)

// redacted is in place of every secret.
const redacted = "[redacted]"

// Secret is a password, token or key. It prints, formats, logs and marshals as "[redacted]"; only Reveal gives the
// value, and only code that puts it on the wire calls that. Secrets of the same value are equal (==).
type Secret struct {
	// The value is behind a pointer, since fmt calls no method of an unexported field: it would print a string there.
	value unique.Handle[string]
}

// NewSecret wraps a value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: unique.Make(value)}
}

// Reveal returns the value itself.
func (s Secret) Reveal() string {
	if s.IsEmpty() {
		return ""
	}
	return s.value.Value()
}

// IsEmpty reports whether there is no value.
func (s Secret) IsEmpty() bool { return s == Secret{} }

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb reaches the value.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
