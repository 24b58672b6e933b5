package softwareone

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// query is a listing's query: RQL filters, which must all match, beside the plain parameters.
type query struct {
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

const (
	// defaultLimit is the page size where a request names none.
	defaultLimit = 10
	// unknownGroup is the vendor's wording for a member or an operator that it doesn't know.
	unknownGroup = "Unknown expression group: %s"
)

var short = regexp.MustCompile(`^[A-Za-z.]+=`)

// parseQuery reads a raw query. Its parts are percent-decoded before they are parsed, so that an encoded quote ends a
// quoted value just as a plain one does.
func parseQuery(raw string) (*query, error) {
	q := &query{limit: defaultLimit}
	for part := range strings.SplitSeq(raw, "&") {
		part, err := url.QueryUnescape(part)
		if err != nil {
			return nil, fmt.Errorf("the query is badly encoded: %w", err)
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
		case short.MatchString(part):
			err = q.filter((&parser{query: q}).compare("eq", name, value))
		default:
			err = q.filter((&parser{query: q, rest: part}).expression())
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("%s must be a whole number of 0 or more", name)
		}
	}
	return q, nil
}

func (q *query) filter(f predicate, err error) error {
	q.filters = append(q.filters, f)
	return err
}

func (q *query) matches(a *Account) bool {
	return !slices.ContainsFunc(q.filters, func(f predicate) bool { return !f(a) })
}

func (q *query) orderBy(list string) error {
	for item := range strings.SplitSeq(list, ",") {
		path, reverse := strings.CutPrefix(strings.TrimLeft(item, "+ "), "-")
		if err := q.known(path); err != nil {
			return err
		}
		q.orders = append(q.orders, order{path: path, reverse: reverse})
	}
	return nil
}

// sort orders accounts as the query says; without a word they stay, newest first.
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

func (q *query) known(path string) error {
	if _, ok := new(Account).text(path); !ok {
		return fmt.Errorf(unknownGroup, path)
	}
	q.usesAudit = q.usesAudit || strings.HasPrefix(path, "audit.")
	return nil
}

// parser reads one RQL expression.
type parser struct {
	query *query
	rest  string
}

var operator = regexp.MustCompile(`^[a-z]+\(`)

// expression reads a whole expression and nothing after it.
func (p *parser) expression() (predicate, error) {
	f, err := p.call()
	if err == nil && p.rest != "" {
		return nil, fmt.Errorf("unexpected %q after an expression", p.rest)
	}
	return f, err
}

func (p *parser) call() (predicate, error) {
	name := strings.TrimSuffix(operator.FindString(p.rest), "(")
	if name == "" {
		return nil, fmt.Errorf("expected an expression at %q", p.rest)
	}
	p.rest = p.rest[len(name)+1:]
	switch name {
	case "and", "or", "not":
		return p.logical(name)
	case "in", "out":
		return p.membership(name == "in")
	}
	path, err := p.until(",")
	if err != nil {
		return nil, err
	}
	value, err := p.value(path)
	if err != nil {
		return nil, err
	}
	if err := p.skip(")"); err != nil {
		return nil, err
	}
	return p.compare(name, path, value)
}

func (p *parser) logical(name string) (predicate, error) {
	var operands []predicate
	for {
		f, err := p.call()
		if err != nil {
			return nil, err
		}
		operands = append(operands, f)
		if p.skip(",") != nil {
			break
		}
	}
	if err := p.skip(")"); err != nil {
		return nil, err
	}
	switch {
	case name == "and":
		return func(a *Account) bool {
			return !slices.ContainsFunc(operands, func(f predicate) bool { return !f(a) })
		}, nil
	case name == "or":
		return func(a *Account) bool {
			return slices.ContainsFunc(operands, func(f predicate) bool { return f(a) })
		}, nil
	case len(operands) == 1:
		return func(a *Account) bool { return !operands[0](a) }, nil
	}
	return nil, fmt.Errorf("not takes one expression")
}

func (p *parser) membership(in bool) (predicate, error) {
	path, err := p.until(",")
	if err != nil {
		return nil, err
	}
	if err := p.query.known(path); err != nil {
		return nil, err
	}
	if err := p.skip("("); err != nil {
		return nil, err
	}
	var values []string
	for {
		v, err := p.value(path)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		if p.skip(",") != nil {
			break
		}
	}
	if err := p.skip("))"); err != nil {
		return nil, err
	}
	return func(a *Account) bool {
		got, _ := a.text(path)
		return slices.Contains(values, got) == in
	}, nil
}

// compare builds the predicate of an operator that takes a member and a value.
func (p *parser) compare(name, path, value string) (predicate, error) {
	if err := p.query.known(path); err != nil {
		return nil, err
	}
	var test func(got string) bool
	switch name {
	case "eq":
		test = func(got string) bool { return got == value }
	case "ne":
		test = func(got string) bool { return got != value }
	case "gt":
		test = func(got string) bool { return got > value }
	case "ge":
		test = func(got string) bool { return got >= value }
	case "lt":
		test = func(got string) bool { return got < value }
	case "le":
		test = func(got string) bool { return got <= value }
	case "like", "ilike":
		test = wildcard(value, name == "ilike")
	default:
		return nil, fmt.Errorf(unknownGroup, name)
	}
	return func(a *Account) bool {
		got, _ := a.text(path)
		return test(got)
	}, nil
}

// wildcard builds a test for a pattern in which * stands for anything and \* for itself.
func wildcard(pattern string, fold bool) func(string) bool {
	const star = "\x00"
	parts := strings.Split(strings.ReplaceAll(pattern, `\*`, star), "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(strings.ReplaceAll(part, star, "*"))
	}
	flags := "(?s)"
	if fold {
		flags = "(?si)"
	}
	return regexp.MustCompile(flags + "^" + strings.Join(parts, ".*") + "$").MatchString
}

// value reads a quoted value, a bare one, or one of the constants null() and empty(), both of which give "".
func (p *parser) value(path string) (string, error) {
	for _, constant := range []string{"null()", "empty()"} {
		if p.skip(constant) == nil {
			return "", nil
		}
	}
	for _, quote := range []string{`"`, `'`} {
		if p.skip(quote) == nil {
			return p.until(quote)
		}
	}
	end := strings.IndexAny(p.rest, `,)("'`)
	if end <= 0 {
		return "", fmt.Errorf("expected a value at %q", p.rest)
	}
	v := p.rest[:end]
	p.rest = p.rest[end:]
	if path == "id" {
		v = "\x00" + v // an id matches nothing unless it is quoted
	}
	return v, nil
}

// until reads up to a delimiter and past it.
func (p *parser) until(delimiter string) (string, error) {
	text, rest, ok := strings.Cut(p.rest, delimiter)
	if !ok {
		return "", fmt.Errorf("expected %s after %q", delimiter, p.rest)
	}
	p.rest = rest
	return text, nil
}

func (p *parser) skip(text string) error {
	rest, ok := strings.CutPrefix(p.rest, text)
	if !ok {
		return fmt.Errorf("expected %s at %q", text, p.rest)
	}
	p.rest = rest
	return nil
}
