package gcore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"
)

// form takes a JSON object apart, field by field, and collects what is wrong with it.
type form struct {
	fields map[string]json.RawMessage
	errs   fieldErrors
}

// field is one member of a request: not sent, null, or a value.
type field[T any] struct {
	sent  bool
	value *T
}

// set stores a sent value.
func (f field[T]) set(to *T) {
	if f.value != nil {
		*to = *f.value
	}
}

// setOrClear stores a sent value or null.
func (f field[T]) setOrClear(to **T) {
	if f.sent {
		*to = f.value
	}
}

// form reads the body, or gives the reply that refuses it.
func (m *Mock) form(c *call) (*form, *reply) {
	if kind, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return nil, &reply{http.StatusUnsupportedMediaType, object{"message": "Unsupported media type."}}
	}
	f := &form{errs: fieldErrors{}}
	if err := json.Unmarshal(c.body, &f.fields); err != nil || f.fields == nil {
		return nil, &reply{http.StatusBadRequest, object{"message": fmt.Sprintf("JSON parse error - %v", err)}}
	}
	return f, nil
}

// take removes a field from the form and checks its type.
func take[T any](f *form, name string) field[T] {
	raw, sent := f.fields[name]
	delete(f.fields, name)
	if !sent {
		return field[T]{}
	}
	if bytes.Equal(raw, []byte("null")) {
		f.errs.add(name, "This field may not be null.")
		return field[T]{sent: true}
	}
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		f.errs.add(name, "Not a valid value.")
		return field[T]{}
	}
	return field[T]{true, &value}
}

// takeNullable is take for a field that may be null.
func takeNullable[T any](f *form, name string) field[T] {
	if bytes.Equal(f.fields[name], []byte("null")) {
		delete(f.fields, name)
		return field[T]{sent: true}
	}
	return take[T](f, name)
}

// takeText is take for a string that may not be empty or only whitespace.
func takeText(f *form, name string) field[string] {
	text := take[string](f, name)
	if text.value != nil && strings.TrimSpace(*text.value) == "" {
		f.errs.add(name, "This field may not be blank.")
	}
	return text
}

// takeEmail takes an address as the server stores it.
func (m *Mock) takeEmail(f *form) field[string] {
	address := takeText(f, "email")
	if address.value != nil {
		stored := rewrite(m.options.Email, *address.value)
		if parsed, err := mail.ParseAddress(stored); err != nil || parsed.Address != stored {
			f.errs.add("email", "Enter a valid email address.")
		}
		address.value = &stored
	}
	return address
}

// takeChoice is take for a string out of a closed list.
func takeChoice(f *form, name string, choices []string) field[string] {
	choice := take[string](f, name)
	if choice.value != nil && !slices.Contains(choices, *choice.value) {
		f.errs.add(name, fmt.Sprintf("%q is not a valid choice.", *choice.value))
	}
	return choice
}

// require complains about fields that were not sent. It comes before they are taken.
func (f *form) require(names ...string) {
	for _, name := range names {
		if _, sent := f.fields[name]; !sent {
			f.errs.add(name, "This field is required.")
		}
	}
}

// finish complains about the fields that nobody took, and reports whether nothing was wrong.
func (f *form) finish() bool {
	for name := range f.fields {
		f.errs.add(name, "Unknown or read-only field.")
	}
	return len(f.errs) == 0
}
