package softwareone

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// query is a listing's query: RQL filters, which must all match, and the plain parameters. Of RQL it takes what is both
// documented and used by the provider: and, eq and ilike.
type query struct {
	options       Options
	filters       []predicate
	orders        []order
	sel           string
	limit, offset int
	usesAudit     bool
}

type predicate func(*Account) bool

type order struct {
	path    string
	reverse bool
}

// defaultLimit is the page size where a request names none.
const defaultLimit = 10

// errMistake is what the vendor's parser says of an operator or a member that it doesn't know, and of most other
// mistakes.
var errMistake = errors.New("Unknown expression group.") //nolint:revive // the vendor's wording

// parseQuery reads a raw query. Its parts are percent-decoded before they are parsed, so that an encoded quote ends a
// quoted value just as a plain one does.
func parseQuery(raw string, options Options) (*query, error) {
	q := &query{options: options, limit: defaultLimit}
	for part := range strings.SplitSeq(raw, "&") {
		part, err := url.QueryUnescape(part)
		if err != nil {
			return nil, errMistake
		}
		name, value, _ := strings.Cut(part, "=")
		ok := true
		switch {
		case part == "":
		case name == "limit":
			q.limit, ok = number(value)
		case name == "offset":
			q.offset, ok = number(value)
		case name == "select":
			q.sel = value
		case name == "order":
			err = q.orderBy(value)
		default:
			err = q.filter(part)
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("%s must be a whole number of 0 or more", name)
		}
	}
	if options.IgnoresFilters {
		q.filters = nil
	}
	return q, nil
}

func (q *query) filter(expression string) error {
	p := &parser{query: q, rest: expression}
	f, ok := p.call()
	if !ok || p.rest != "" {
		return errMistake
	}
	q.filters = append(q.filters, f)
	return nil
}

func (q *query) matches(a *Account) bool {
	return !slices.ContainsFunc(q.filters, func(f predicate) bool { return !f(a) })
}

func (q *query) orderBy(list string) error {
	for item := range strings.SplitSeq(list, ",") {
		path, reverse := strings.CutPrefix(strings.TrimLeft(item, "+ "), "-")
		if !q.has(path) {
			return errMistake
		}
		q.orders = append(q.orders, order{path: path, reverse: reverse})
	}
	return nil
}

// sort orders accounts as the query says. Where it doesn't, they stay as they are, newest first.
func (q *query) sort(accounts []*Account) {
	slices.SortStableFunc(accounts, func(a, b *Account) int {
		for _, o := range q.orders {
			x, _ := a.text(o.path)
			y, _ := b.text(o.path)
			c := cmp.Compare(x, y)
			if o.reverse {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// has reports whether accounts have the member path, and notes that the query uses it.
func (q *query) has(path string) bool {
	_, ok := new(Account).text(path)
	q.usesAudit = q.usesAudit || strings.HasPrefix(path, "audit.")
	return ok
}

// parser reads one RQL expression from left to right.
type parser struct {
	query *query
	rest  string
}

var operator = regexp.MustCompile(`^[a-z]+\(`)

// call reads one operator with its operands.
func (p *parser) call() (f predicate, ok bool) {
	name := operator.FindString(p.rest)
	p.rest = p.rest[len(name):]
	switch name {
	case "and(":
		return p.and()
	case "eq(", "ilike(":
	default:
		return nil, false
	}
	path, rest, found := strings.Cut(p.rest, ",")
	p.rest = rest
	if !found || !p.query.has(path) {
		return nil, false
	}
	value, ok := p.operand(path)
	if !ok || !p.skip(")") {
		return nil, false
	}
	matches := func(got, want string) bool { return got == want }
	if name == "ilike(" {
		matches = p.query.options.ilike
	}
	return func(a *Account) bool {
		got, _ := a.text(path)
		return matches(got, value(a))
	}, true
}

func (p *parser) and() (predicate, bool) {
	var operands []predicate
	for {
		f, ok := p.call()
		if !ok {
			return nil, false
		}
		operands = append(operands, f)
		if !p.skip(",") {
			break
		}
	}
	return func(a *Account) bool {
		return !slices.ContainsFunc(operands, func(f predicate) bool { return !f(a) })
	}, p.skip(")")
}

// operand reads the second operand. Within quotes everything except the same quote stands for itself, and nothing
// escapes it. Without quotes, what names a member is that member's value, and an id matches nothing.
func (p *parser) operand(path string) (value func(*Account) string, ok bool) {
	for _, quote := range []string{`"`, `'`} {
		if p.skip(quote) {
			text, rest, found := strings.Cut(p.rest, quote)
			p.rest = rest
			return func(*Account) string { return text }, found
		}
	}
	end := strings.IndexAny(p.rest, `,)("'`)
	if end <= 0 {
		return nil, false
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if _, isMember := new(Account).text(word); isMember {
		return func(a *Account) string { other, _ := a.text(word); return other }, true
	}
	if path == "id" {
		word = "\x00" // no id
	}
	return func(*Account) string { return word }, true
}

func (p *parser) skip(text string) bool {
	rest, ok := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return ok
}

// ilike reads a pattern as the vendor's own library does: only its two ends decide between contains, starts with, ends
// with and equals. An asterisk at an end is taken off; every other one stands for itself. \* at the very end is an
// asterisk that stands for itself; at the very start it only loses its backslash where no asterisk precedes it.
func (o Options) ilike(got, pattern string) bool {
	got, pattern = o.fold(got), o.fold(pattern)
	if o.InnerWildcards {
		return wildcard(pattern).MatchString(got)
	}
	open := strings.HasPrefix(pattern, "*")
	escaped := strings.HasSuffix(pattern, `\*`)
	openEnd := !escaped && strings.HasSuffix(pattern, "*")
	pattern = strings.TrimPrefix(pattern, "*")
	if !open && strings.HasPrefix(pattern, `\*`) {
		pattern = pattern[1:]
	}
	switch {
	case escaped:
		pattern = strings.TrimSuffix(pattern, `\*`) + "*"
	case openEnd:
		pattern = strings.TrimSuffix(pattern, "*")
	}
	switch {
	case open && openEnd:
		return strings.Contains(got, pattern)
	case open:
		return strings.HasSuffix(got, pattern)
	case openEnd:
		return strings.HasPrefix(got, pattern)
	}
	return got == pattern
}

// fold makes texts comparable that differ in case only.
func (o Options) fold(text string) string {
	if !o.FoldsASCIIOnly {
		return strings.ToLower(strings.ToUpper(text))
	}
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// wildcard is the other reading of a pattern: every asterisk stands for anything, and \* for itself.
func wildcard(pattern string) *regexp.Regexp {
	const star = "\x00"
	parts := strings.Split(strings.ReplaceAll(pattern, `\*`, star), "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(strings.ReplaceAll(part, star, "*"))
	}
	return regexp.MustCompile("(?s)^" + strings.Join(parts, ".*") + "$")
}
