package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on the JSON of a reply, in addition to its size. A few bytes on the wire can become a large structure in memory, or take
// minutes to compute with.
const (
	maxDepth   = 64      // lists and objects in one another
	maxItems   = 20_000  // items of one list, or members of one object
	maxNested  = 250_000 // lists and objects in one reply
	maxNumeral = 64      // characters of one number
)

// What decoded JSON takes in memory in addition to its bytes, about.
const (
	itemSize   = 32  // an item or member
	nestedSize = 256 // a list or object
)

// place is where an inspection is inside one list or object.
type place struct {
	object    bool
	expectKey bool
	index     int    // of the item or member
	key       []byte // of the member, as it stands in the reply
	keys      int    // where the keys of this object begin in inspection.keys
	many      map[uint64]bool
}

// inspection goes through a valid JSON document once, without decoding it.
type inspection struct {
	places []place
	keys   []uint64 // hashes of the keys of all open objects
	nested int
	commas int
	// anyKeys allows a key twice.
	anyKeys bool
	// visit, if set, is called at the beginning of each value with its first character. It returns false to stop.
	visit func(first byte) bool
}

// inspect refuses a valid JSON document that is out of bounds, or in which an object has a key twice, ignoring case as
// encoding/json does: with "id" and "ID" in it, a reply could be about two things.
func inspect(document []byte) error {
	return (&inspection{}).run(document)
}

// size is what a document counts for that has been gone through.
func (in *inspection) size(document []byte) int {
	return len(document) + itemSize*(in.commas+in.nested) + nestedSize*in.nested
}

func (in *inspection) run(b []byte) error {
	for at := 0; at < len(b); at++ {
		switch c := b[at]; c {
		case ' ', '\t', '\r', '\n':
		case ',':
			if err := in.next(); err != nil {
				return err
			}
		case ':':
			in.top().expectKey = false
		case '}', ']':
			in.keys = in.keys[:in.top().keys]
			in.places = in.places[:len(in.places)-1]
		default:
			if in.visit != nil && (c != '"' || len(in.places) == 0 || !in.top().expectKey) && !in.visit(c) {
				return nil
			}
			end, err := in.value(b, at)
			if err != nil {
				return err
			}
			at = end - 1
		}
	}
	return nil
}

func (in *inspection) top() *place { return &in.places[len(in.places)-1] }

// next goes on to the next item or member.
func (in *inspection) next() error {
	p := in.top()
	p.index++
	in.commas++
	p.expectKey = p.object
	if p.index >= maxItems {
		return fmt.Errorf("%sa list or object of more than %d items", in.where(), maxItems)
	}
	return nil
}

// value reads a value, or as much of it as its opening bracket, or a key. It returns where that ends.
func (in *inspection) value(b []byte, at int) (int, error) {
	switch c := b[at]; c {
	case '{', '[':
		in.nested++
		switch {
		case len(in.places) == maxDepth:
			return 0, fmt.Errorf("it is nested more than %d deep", maxDepth)
		case in.nested > maxNested:
			return 0, fmt.Errorf("it has more than %d lists and objects", maxNested)
		}
		in.places = append(in.places, place{object: c == '{', expectKey: c == '{', keys: len(in.keys)})
		return at + 1, nil
	case '"':
		end := endOfString(b, at)
		if len(in.places) > 0 && in.top().expectKey {
			return end, in.member(b[at:end])
		}
		return end, nil
	default:
		end := at + 1
		for end < len(b) && strings.IndexByte(",:]} \t\r\n", b[end]) < 0 {
			end++
		}
		if end-at > maxNumeral {
			return 0, fmt.Errorf("%sa number of %d digits", in.where(), end-at)
		}
		return end, nil
	}
}

// endOfString returns where the string ends whose opening quote is at from.
func endOfString(b []byte, from int) int {
	at := from + 1
	for {
		quote := bytes.IndexByte(b[at:], '"')
		if quote < 0 {
			return len(b)
		}
		at += quote
		escapes := 0
		for b[at-1-escapes] == '\\' {
			escapes++
		}
		at++
		if escapes%2 == 0 {
			return at
		}
	}
}

// member notes the key of an object's member, which stands in quotes.
func (in *inspection) member(quoted []byte) error {
	p := in.top()
	p.key = quoted
	if in.anyKeys {
		return nil
	}
	hash := foldedHash(quoted)
	const few = 32 // that many are compared one by one
	own := in.keys[p.keys:]
	found := p.many[hash]
	if p.many == nil {
		for _, key := range own {
			found = found || key == hash
		}
	}
	if found {
		return fmt.Errorf("it has %s more than once", SafeText(string(quoted)))
	}
	switch {
	case p.many != nil:
		p.many[hash] = true
	case len(own) == few:
		p.many = map[uint64]bool{hash: true}
		for _, key := range own {
			p.many[key] = true
		}
	default:
		in.keys = append(in.keys, hash)
	}
	return nil
}

// foldedHash is the same for keys that encoding/json doesn't tell apart: those that differ in escapes or case.
func foldedHash(quoted []byte) uint64 {
	key := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(key, '\\') >= 0 {
		var plain string
		if json.Unmarshal(quoted, &plain) == nil {
			key = []byte(plain)
		}
	}
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	hash := uint64(offset)
	for at := 0; at < len(key); {
		r, size := rune(key[at]), 1
		switch {
		case 'a' <= r && r <= 'z':
			r -= 'a' - 'A'
		case r >= utf8.RuneSelf:
			r, size = utf8.DecodeRune(key[at:])
			r = foldRune(r)
		}
		hash = (hash ^ uint64(r)) * prime //nolint:gosec // runes are not negative
		at += size
	}
	return hash
}

// foldRune returns the smallest rune that differs from r only in case.
func foldRune(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}

// where is the path of the current value, such as "results[0].name: "; "" for the document itself.
func (in *inspection) where() string {
	path := in.path(true)
	if path == "" {
		return ""
	}
	return SafeText(path) + ": "
}

// path is the path of the current value, with or without the indexes of lists.
func (in *inspection) path(indexes bool) string {
	var b strings.Builder
	for i, p := range in.places {
		switch {
		case !p.object && indexes:
			b.WriteString("[" + strconv.Itoa(p.index) + "]")
		case p.object && p.key != nil:
			var key string
			if json.Unmarshal(p.key, &key) == nil {
				if i > 0 && b.Len() > 0 {
					b.WriteByte('.')
				}
				b.WriteString(key)
			}
		}
	}
	return b.String()
}

// explain says in the reply's own terms why it doesn't fit: "results[0]: expected an object, got a number".
func explain(document []byte, err error) string {
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	got, first := valueWords(mismatch.Value)
	at := mismatch.Field
	in := &inspection{}
	in.visit = func(c byte) bool {
		if strings.IndexByte(first, c) < 0 || !strings.EqualFold(in.path(false), mismatch.Field) {
			return true
		}
		at = in.path(true)
		return false
	}
	_ = in.run(document)
	if at != "" {
		at += ": "
	}
	return fmt.Sprintf("%sexpected %s, got %s", at, typeWords(mismatch.Type), got)
}

// typeWords says what JSON value a Go type takes.
func typeWords(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return "something else"
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	default:
		return "something else"
	}
}

// valueWords says what encoding/json found, and with which characters such a value may begin.
func valueWords(found string) (words, first string) {
	const digits = "-0123456789"
	switch kind, number, _ := strings.Cut(found, " "); {
	case kind == "object":
		return "an object", "{"
	case kind == "array":
		return "a list", "["
	case kind == "string":
		return "text", `"`
	case kind == "bool":
		return "true or false", "tf"
	case kind == "number" && number != "":
		return number, digits
	case kind == "number":
		return "a number", digits
	default:
		return "something else", ""
	}
}
