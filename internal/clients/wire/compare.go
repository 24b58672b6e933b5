package wire

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Difference is a field that a vendor accepted, and shows with another value afterwards.
type Difference struct {
	Field string // the API's name of it
	Sent  string // as JSON, safe for a terminal and cut where it is long
	Shown string // likewise
}

// Differences are what a vendor did not keep of what was sent.
type Differences []Difference

// Compare adds a difference where shown is another value than sent. A field that was not sent, or that the reply lacks,
// is none: nothing shows whether it was kept. A value that is sent as null equals the zero value.
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
	var raw strings.Builder
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if value, _ := f.Get(); encoder.Encode(value) != nil { //nolint:errchkjson // checked right here
		return "?"
	}
	text := []rune(transport.SafeText(strings.TrimSpace(raw.String())))
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}

// longest is how much of a value an error shows, in characters.
const longest = 100

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
		fmt.Fprintf(&b, " %s for %s instead of %s", d.Shown, transport.SafeText(d.Field), d.Sent)
	}
	return b.String()
}
