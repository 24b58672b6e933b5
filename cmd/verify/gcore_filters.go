package main

import (
	"context"
	"net/url"
	"strconv"
	"strings"
)

var gcoreFilterChecks = []check{
	{"gcore.filter-applied", "A filter is applied: a companyName that no account has lists none.", resellerSpec,
		withGcoreAccounts(checkGcoreFilter)},
	{"gcore.filter", "companyName finds an account by its whole name, also one of two words.", resellerSpec, gcoreNameCheck(true,
		whole(" "))},
	{"gcore.filter-apostrophe", "companyName finds a name with an apostrophe.", notSaid, gcoreNameCheck(true, whole("'"))},
	{"gcore.filter-case", "companyName doesn't find a name that is written in another case.", notSaid, gcoreNameCheck(false, upper, lower)},
	{"gcore.filter-part", "companyName doesn't find a name by its beginning.", notSaid, gcoreNameCheck(false, beginning)},
	{"gcore.filter-inner", "companyName doesn't find a name by a part in its middle.", notSaid, gcoreNameCheck(false, middle)},
	{"gcore.users-email", "users_email finds the account of a user, by the address in the user's own case only.", notSaid,
		withGcoreAccounts(checkGcoreUsersEmail)},
}

// change makes of a text what is asked for. It reports whether the text fits.
type change func(text string) (asked string, fits bool)

func gcoreNameCheck(wanted bool, changes ...change) func(context.Context, *probe) finding {
	return withGcoreAccounts(func(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
		return gcoreFilter(ctx, p, "companyName", accounts, companyOf, wanted, changes...)
	})
}

func checkGcoreFilter(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
	if len(accounts) == 0 {
		return notTold("there is no account")
	}
	e, why := p.read(ctx, gcoreList, "/iam/clients", "companyName="+unknownWord+"&deleted=false&limit=1&offset=0")
	if !e.ok() {
		return refused(e, why)
	}
	return expect(len(gcoreItems(e)) == 0, "it does", "it lists accounts")
}

func companyOf(account map[string]any) string { return text(account, "companyName") }

// whole uses names that contain something, as they are.
func whole(with string) change {
	return func(name string) (string, bool) { return name, strings.Contains(name, with) }
}

func beginning(name string) (string, bool) { return slice(name, 0, 2) }

func middle(name string) (string, bool) { return slice(name, 1, 2) }

// slice returns the thirds of a name from one to before another.
func slice(name string, from, to int) (string, bool) {
	runes := []rune(name)
	third := len(runes) / 3
	cut := string(runes[third*from : third*to])
	return cut, third > 2 && strings.TrimSpace(cut) == cut
}

// gcoreFilter asks for accounts by what each change makes of a text of theirs, and compares whether they are found.
func gcoreFilter(
	ctx context.Context, p *probe, parameter string, accounts []map[string]any, of func(map[string]any) string, wanted bool,
	changes ...change,
) finding {
	if applied := checkGcoreFilter(ctx, p, nil, accounts); applied.status != holds {
		return notTold("filters are not known to be applied")
	}
	last := notTold("no account has such a name")
	for _, change := range changes {
		if last = gcoreFilterOnce(ctx, p, parameter, accounts, of, wanted, change); last.status == differs {
			break
		}
	}
	return last
}

func gcoreFilterOnce(
	ctx context.Context, p *probe, parameter string, accounts []map[string]any, of func(map[string]any) string, wanted bool, change change,
) finding {
	for _, account := range accounts {
		asked, fits := change(of(account))
		id, known := number(account, "id")
		if !fits || !known || !wanted && asked == of(account) {
			continue
		}
		query := url.Values{"deleted": {"false"}, "limit": {strconv.Itoa(gcorePage)}, "offset": {"0"}, parameter: {asked}}
		e, why := p.read(ctx, gcoreList, "/iam/clients", query.Encode())
		switch {
		case !e.ok():
			return refused(e, why)
		case hasID(gcoreItems(e), id) == wanted:
			return itHolds("it does")
		case wanted:
			return itDiffers("it doesn't find it")
		}
		return itDiffers("it finds it")
	}
	return notTold("no account has such a name")
}

func checkGcoreUsersEmail(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
	address := func(account map[string]any) string {
		for _, user := range objects(account["users"]) {
			if email := text(user, "email"); email != "" {
				return email
			}
		}
		return ""
	}
	found := gcoreFilter(ctx, p, "users_email", accounts, address, true, whole("@"))
	if found.status != holds {
		return found
	}
	return gcoreFilter(ctx, p, "users_email", accounts, address, false, upper, lower)
}
