package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

var swoFilterChecks = []check{
	{"softwareone.filter", "A filter is applied: one that fits no account lists none.", swoDocs, checkSwoFilter},
	{"softwareone.filter-two-words", "A name of two words is found by ilike of each word, with an asterisk at both ends.", rqlSource,
		withSwoName(
			func(name string) string {
				found := plainWords(name)
				if len(found) < 2 {
					return ""
				}
				return `and(ilike(name,"*` + found[0] + `*"),ilike(name,"*` + found[1] + `*"))`
			}, true)},
	{"softwareone.filter-inner", "An asterisk inside a pattern stands only for itself.", rqlSource, withSwoName(func(name string) string {
		found := plainWords(name)
		if len(found) < 2 {
			return ""
		}
		return `ilike(name,"*` + found[0] + "*" + found[1] + `*")`
	}, false)},
	{"softwareone.filter-part", "ilike with an asterisk at both ends finds a name by a part of it.", rqlSource,
		withSwoName(func(name string) string {
			for _, word := range plainWords(name) {
				if len(word) > 3 {
					return `ilike(name,"*` + word[1:len(word)-1] + `*")`
				}
			}
			return ""
		}, true)},
	{"softwareone.filter-case", "ilike ignores the case of A to Z.", swoDocs, withSwoName(func(name string) string {
		for _, word := range plainWords(name) {
			if swapped, differs := swapCase(word); differs {
				return `ilike(name,"*` + swapped + `*")`
			}
		}
		return ""
	}, true)},
	{"softwareone.filter-letters", "ilike ignores the case of other letters too.", notSaid, withSwoName(func(name string) string {
		for word := range strings.FieldsSeq(name) {
			swapped, differs := swapCase(word)
			foreign := strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII && unicode.SimpleFold(r) != r })
			if differs && foreign && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) {
				return `ilike(name,"*` + url.QueryEscape(swapped) + `*")`
			}
		}
		return ""
	}, true)},
	{"softwareone.filter-apostrophe", "An apostrophe between double quotes stands for itself.", rqlSource,
		withSwoName(func(name string) string {
			if !strings.Contains(name, "'") || strings.ContainsAny(name, `"*\`) {
				return ""
			}
			return `ilike(name,"*` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20") + `*")`
		}, true)},
	{"softwareone.bad-filter", "A filter that can't be read answers 400.", swoDocs, withSwoMistake(func(e *exchange) finding {
		return expect(e.status == http.StatusBadRequest, "it does", fmt.Sprintf("it answers %d", e.status))
	})},
	{"softwareone.error-fields", "The messages of a 400 are lists, by field, in errors.", swoDocs, withSwoMistake(func(e *exchange) finding {
		switch errors := object(e.value)["errors"]; {
		case e.status != http.StatusBadRequest:
			return notTold("the vendor answered %d", e.status)
		case object(errors) != nil:
			return itHolds("they are")
		default:
			return itDiffers("errors is %s", typeOf(errors))
		}
	})},
}

func withSwoMistake(check func(*exchange) finding) func(context.Context, *probe) finding {
	return func(ctx context.Context, p *probe) finding {
		// No operator has this name; closed brackets keep it from passing for a truncated request.
		e, why := p.read(ctx, swoList, swoPath, `verify(name,"x")&limit=1&offset=0`)
		if e == nil {
			return notTold("%s", why)
		}
		return check(e)
	}
}

func checkSwoFilter(ctx context.Context, p *probe) finding {
	all, why := swoAccounts(ctx, p)
	switch {
	case !all.ok():
		return refused(all, why)
	case len(swoItems(all)) == 0:
		return notTold("there is no account")
	}
	e, why := p.read(ctx, swoList, swoPath, `ilike(name,"*`+unknownWord+`*")&limit=1&offset=0`)
	if !e.ok() {
		return refused(e, why)
	}
	items, isList := object(e.value)["data"].([]any)
	return expect(isList && len(items) == 0, "it does", "it lists accounts, or no list comes")
}

// plainWords are a name's words of nothing but A to Z and digits.
func plainWords(name string) (words []string) {
	for word := range strings.FieldsSeq(name) {
		if !strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			words = append(words, word)
		}
	}
	return words
}

// withSwoName asks for an account by a filter that is made of its name, and compares whether it is found.
func withSwoName(filter func(name string) string, wanted bool) func(context.Context, *probe) finding {
	return withSwoAccounts(func(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
		if applied := checkSwoFilter(ctx, p); applied.status != holds {
			return notTold("filters are not known to be applied")
		}
		for _, account := range accounts {
			query := filter(text(account, "name"))
			if query == "" {
				continue
			}
			e, why := p.read(ctx, swoList, swoPath, fmt.Sprintf("%s&order=id&limit=%d&offset=0", query, swoPage))
			switch {
			case e == nil:
				return notTold("%s", why)
			case !e.ok():
				return itDiffers("it answers %d", e.status)
			}
			found := slices.ContainsFunc(swoItems(e), func(a map[string]any) bool { return text(a, "id") == text(account, "id") })
			switch {
			case found == wanted:
				return itHolds("it does")
			case wanted:
				return itDiffers("the account is not found")
			}
			return itDiffers("the account is found")
		}
		return notTold("no account has such a name")
	})
}
