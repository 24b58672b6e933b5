package softwareone

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Filter narrows a listing. Empty fields don't count.
type Filter struct {
	Name       string // as SameName compares it
	Type       string
	Status     string
	ExternalID string
}

// Matches reports whether an account fits the filter. It is asked for every listed account, since the query finds more.
func (f Filter) Matches(a Account) bool {
	return (f.Name == "" || SameName(f.Name, a.Name)) &&
		(f.Type == "" || f.Type == a.Type) &&
		(f.Status == "" || f.Status == a.Status) &&
		(f.ExternalID == "" || (a.ExternalID != nil && f.ExternalID == *a.ExternalID))
}

// query is the filter in RQL, which stands raw in the query string, encoded. It finds at least what matches, and is ""
// where nothing can be asked for.
func (f Filter) query() string {
	var terms []string
	for _, equal := range []struct{ field, value string }{{"type", f.Type}, {"status", f.Status}} {
		if equal.value != "" {
			terms = append(terms, "eq("+equal.field+`,"`+url.QueryEscape(equal.value)+`")`)
		}
	}
	terms = append(terms, contains("name", f.Name)...)
	terms = append(terms, contains("externalId", f.ExternalID)...)
	switch len(terms) {
	case 0:
		return ""
	case 1:
		return terms[0]
	}
	return "and(" + strings.Join(terms, ",") + ")"
}

// Bounds on what one value adds to a query. Two values stay below 1 KB.
const (
	maxTerms     = 4
	maxTermBytes = 490
)

// contains are RQL terms that every value equal to value satisfies, whichever way the server reads them: it may take an
// asterisk for a wildcard at the ends of a pattern only, or everywhere; quotes and backslashes can't be escaped; letters may be
// compared with or without regard to case, by rules that differ from Go's for other letters than A to Z. So each term asks
// for one word that holds nothing of that kind, with an asterisk at both ends.
func contains(field, value string) []string {
	var terms []string
	left := maxTermBytes
	for _, word := range words(value) {
		const open, end = `,"*`, `*")`
		room := left - len("ilike("+field+open+end+",")
		if word = cut(word, room); word == "" || len(terms) == maxTerms {
			break
		}
		terms = append(terms, "ilike("+field+open+word+end)
		left = room - len(word)
	}
	return terms
}

// words are the runs of plain characters in a value, encoded for a query, longest first, none twice.
func words(value string) []string {
	var found []string
	runes := []rune(value)
	for start := 0; start < len(runes); start++ {
		end := start
		for end < len(runes) && plain(runes[end]) {
			end++
		}
		next := end
		if end < len(runes) && unicode.Is(unicode.M, runes[end]) {
			end-- // the mark belongs to the letter before it: together they may be one character to the server
		}
		if end > start {
			found = append(found, url.QueryEscape(string(runes[start:end])))
		}
		start = next
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(found)
}

// plain reports whether a character needs no quoting and has no case, apart from A to Z.
func plain(r rune) bool {
	switch {
	case r <= unicode.MaxASCII:
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	default:
		return unicode.Is(unicode.Lo, r) && unicode.SimpleFold(r) == r
	}
}

// cut returns the beginning of an encoded word, up to a number of bytes, without splitting a character.
func cut(word string, room int) string {
	if len(word) <= room {
		return word
	}
	for i := max(room, 0); i > 0; i-- {
		if text, err := url.QueryUnescape(word[:i]); err == nil && strings.ToValidUTF8(text, "") == text {
			return word[:i]
		}
	}
	return ""
}
