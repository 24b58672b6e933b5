package gcore

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// integer is a whole number in any spelling: the descriptions type a user's client and a client's owner as "number", so
// that 7310004.0 and 7.310004e+06 are as good as 7310004. Null is 0.
type integer int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *integer) UnmarshalJSON(raw []byte) error {
	*n = 0
	if string(raw) == "null" {
		return nil
	}
	// Enough bits that nothing an int64 could hold, and no fraction of it, is rounded away.
	f, _, err := big.ParseFloat(string(raw), 10, 256, big.ToNearestEven)
	if err != nil {
		return fmt.Errorf("%s is not a number", raw)
	}
	i, exact := f.Int64()
	if exact != big.Exact {
		return fmt.Errorf("%s is not a whole number", raw)
	}
	*n = integer(i)
	return nil
}

// id is the number as an id, "" where there is none.
func (n integer) id() string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// requireID is id for things that are nothing without one.
func (n integer) requireID(thing string) (string, error) {
	if n <= 0 {
		return "", fmt.Errorf("the %s has no id", thing)
	}
	return n.id(), nil
}

// word is a string or a number as a string, anything else nothing: what only people look at must not make a reply
// unreadable.
type word string

// UnmarshalJSON implements json.Unmarshaler.
func (w *word) UnmarshalJSON(raw []byte) error {
	var text string
	var number json.Number
	if json.Unmarshal(raw, &text) != nil && json.Unmarshal(raw, &number) == nil {
		text = number.String()
	}
	*w = word(text)
	return nil
}

func texts(words []word) []string {
	var out []string
	for _, w := range words {
		out = append(out, string(w))
	}
	return out
}

// list is the reply to a listing: {count, next, results}, the same with "result", or a bare array of everything.
type list[T any] struct {
	Items []T
	Count int  // all items that the listing holds; -1 where the reply doesn't say
	Last  bool // whether the reply says that there is no next page
	Bare  bool // whether it is an array of everything
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	*l = list[T]{Count: -1}
	if len(raw) > 0 && raw[0] == '[' {
		l.Bare = true
		return json.Unmarshal(raw, &l.Items)
	}
	var envelope struct {
		Count   *integer           `json:"count"`
		Next    wire.Field[string] `json:"next"`
		Results *[]T               `json:"results"`
		Result  *[]T               `json:"result"`
	}
	if err := json.Unmarshal(raw, &envelope); err != nil {
		return err
	}
	switch {
	case envelope.Results != nil:
		l.Items = *envelope.Results
	case envelope.Result != nil:
		l.Items = *envelope.Result
	default:
		return errors.New("neither a list nor an envelope of one")
	}
	if envelope.Count != nil {
		l.Count = int(max(*envelope.Count, -1))
	}
	next, shown := envelope.Next.Get()
	l.Last = shown && (next == nil || *next == "")
	return nil
}

func int64Field(f wire.Field[integer]) wire.Field[int64] {
	n, shown := f.Get()
	switch {
	case !shown:
		return wire.Field[int64]{}
	case n == nil:
		return wire.Null[int64]()
	}
	return wire.Value(int64(*n))
}

// ErrNameless says that an account or user reads without what people know it by, which a listing passes on as it is.
var ErrNameless = errors.New("no name")

// nameless is ErrNameless as the failure of an operation.
func nameless(operation, message string) error {
	return &transport.Error{Vendor: vendor, Operation: operation, Kind: transport.KindUnexpected, Message: message, Err: ErrNameless}
}
