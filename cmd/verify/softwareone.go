package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

const (
	swoPath = "/public/v1/accounts/accounts"
	swoList = "GET " + swoPath
	swoOne  = "GET " + swoPath + "/{id}"
	// swoPage is the page size that the provider asks for, and the documented most.
	swoPage = 100
	// unknownAccount is an id that no account has.
	unknownAccount = "ACC-9999-9998"
	// unknownWord is in no account's name.
	unknownWord = "qzxjv9verify"

	swoSpec   = "SoftwareOne's description 5.0.5521"
	swoDocs   = "SoftwareOne's documentation of the API"
	rqlSource = "the vendor's query library, mpt-rql-net"
)

var softwareoneVendor = vendor{
	name: "softwareone", title: "SoftwareOne", open: openSoftwareOne,
	checks: slices.Concat(swoChecks, swoFilterChecks, commonChecks("softwareone"), contractChecks("softwareone", map[string]string{
		"list-accounts": swoList, "account": swoOne,
	})),
}

var tokenForm = regexp.MustCompile(`^idt:(TKN-[0-9-]+):`)

// swoToken is the id of the token in use; "" where the token doesn't show it.
type swoToken string

func openSoftwareOne(ctx context.Context, getenv func(string) string, o options) (*probe, string) {
	env := variables{getenv: getenv}
	token := env.token("MPT_API_TOKEN")
	if token == "" && env.problem == "" {
		return nil, ""
	}
	o.base = env.address("MPT_API_BASE_URL", "https://api.platform.softwareone.com", "/public/v1", "/public")
	if env.problem != "" {
		return nil, env.problem
	}
	p, err := newProbe("softwareone", o, mock.New(mock.Options{}).Contract(), func(req *http.Request) {
		req.Header.Set("Authorization", "Bearer "+token)
	})
	if err != nil {
		return nil, err.Error()
	}
	if m := tokenForm.FindStringSubmatch(token); m != nil {
		p.seen = swoToken(m[1])
	}
	e, why := swoAccounts(ctx, p)
	switch {
	case e == nil:
		p.closed = why
		return p, why
	case e.status == http.StatusUnauthorized:
		return p, "the token is refused (401)"
	}
	return p, ""
}

func swoAccounts(ctx context.Context, p *probe) (*exchange, string) {
	return p.read(ctx, swoList, swoPath, fmt.Sprintf("order=id&limit=%d&offset=0", swoPage))
}

func swoItems(e *exchange) []map[string]any { return objects(object(e.value)["data"]) }

func swoPagination(e *exchange) map[string]any {
	return object(object(object(e.value)["$meta"])["pagination"])
}

func withSwoAccounts(check func(ctx context.Context, p *probe, page *exchange, accounts []map[string]any) finding) func(context.Context,
	*probe) finding {
	return func(ctx context.Context, p *probe) finding {
		page, why := swoAccounts(ctx, p)
		if !page.ok() {
			return refused(page, why)
		}
		return check(ctx, p, page, swoItems(page))
	}
}

// withSwoAccount runs a check on one account, read singly, and on how the listing shows it.
func withSwoAccount(check func(whole, listed map[string]any, page *exchange) finding) func(context.Context, *probe) finding {
	return withSwoAccounts(func(ctx context.Context, p *probe, page *exchange, accounts []map[string]any) finding {
		// The one with the most fields: what an account lacks can't be seen to be left out.
		if len(accounts) == 0 {
			return notTold("there is no account")
		}
		listed := slices.MaxFunc(accounts, func(a, b map[string]any) int { return len(a) - len(b) })
		e, why := p.read(ctx, swoOne, swoPath+"/"+url.PathEscape(text(listed, "id")), "")
		if !e.ok() || object(e.value) == nil {
			return refused(e, why)
		}
		return check(object(e.value), listed, page)
	})
}

var swoChecks = []check{
	{"softwareone.envelope", "A list is an object with data, and with offset, limit and total in $meta.pagination.", swoDocs,
		withSwoAccounts(
			func(_ context.Context, _ *probe, page *exchange, _ []map[string]any) finding {
				missing := lacking(swoPagination(page), map[string]any{"offset": 0, "limit": 0, "total": 0})
				_, isList := object(page.value)["data"].([]any)
				return expect(isList && len(missing) == 0, "it is", "missing: "+strings.Join(append(missing, "or data"), ", "))
			})},
	{"softwareone.total", "A list says how many accounts there are in all.", swoDocs, withSwoAccounts(
		func(_ context.Context, _ *probe, page *exchange, _ []map[string]any) finding {
			_, ok := number(swoPagination(page), "total")
			return expect(ok, "it does", "total is "+typeOf(swoPagination(page)["total"]))
		})},
	{"softwareone.page", "A page holds as many accounts as were asked for, up to 100.", swoDocs, withSwoAccounts(checkSwoPage)},
	{"softwareone.stated-limit", "A page states the limit that was applied.", notSaid, withSwoAccounts(checkSwoLimit)},
	{"softwareone.order", "order=id lists accounts by rising id, and offset leaves that many out.", swoDocs, withSwoAccounts(checkSwoOrder)},
	{"softwareone.omitted", "The list names once, in $meta.omitted, what its accounts lack: audit and groups.", swoDocs,
		withSwoAccounts(checkSwoOmitted)},
	{"softwareone.list-whole", "A listed account has every field that a single read shows.", notSaid, withSwoAccount(
		func(whole, listed map[string]any, _ *exchange) finding {
			missing := lacking(listed, whole, "$meta", "audit", "groups")
			return expect(len(missing) == 0, "it has", "it lacks "+strings.Join(missing, ", "))
		})},
	{"softwareone.select", "select=audit,groups adds both to an account.", swoDocs, checkSwoSelect},
	{"softwareone.nulls", "Empty fields are left out, and not null.", "SoftwareOne's samples; one of them has nulls",
		withSwoAccounts(checkSwoNulls)},
	{"softwareone.empty-address", "An account without an address shows an empty object.", notSaid, withSwoAccounts(checkSwoAddress)},
	{"softwareone.maker", "audit.created.by.id is the id of the token that created an account.", "recorded replies in swo-marketplace-cli",
		checkSwoMaker},
	{"softwareone.times", "Times are in UTC, with milliseconds.", "recorded replies in swo-marketplace-cli", checkSwoTimes},
	{"softwareone.unknown-id", "An account id that doesn't exist answers 404.", swoDocs, checkSwoUnknown},
}

func checkSwoPage(_ context.Context, _ *probe, page *exchange, accounts []map[string]any) finding {
	total, ok := number(swoPagination(page), "total")
	switch {
	case !ok:
		return notTold("the list has no total")
	case total < 2:
		return notTold("there are fewer than two")
	}
	return expect(int64(len(accounts)) == min(total, swoPage), fmt.Sprintf("%d in one page", len(accounts)),
		fmt.Sprintf("%d in one page, of more, asked for %d", len(accounts), swoPage))
}

func checkSwoLimit(_ context.Context, _ *probe, page *exchange, accounts []map[string]any) finding {
	total, hasTotal := number(swoPagination(page), "total")
	limit, hasLimit := number(swoPagination(page), "limit")
	switch {
	case !hasTotal || !hasLimit:
		return notTold("the list has no total or no limit")
	case total <= int64(len(accounts)):
		return notTold("all accounts are on one page")
	}
	return expect(limit == int64(len(accounts)), "it does", fmt.Sprintf("it holds %d and states another number", len(accounts)))
}

func checkSwoOrder(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
	if len(accounts) < 2 {
		return notTold("there are fewer than two accounts")
	}
	if !slices.IsSortedFunc(accounts, func(a, b map[string]any) int { return strings.Compare(text(a, "id"), text(b, "id")) }) {
		return itDiffers("they are in another order")
	}
	e, why := p.read(ctx, swoList, swoPath, "order=id&limit=1&offset=1")
	if !e.ok() {
		return refused(e, why)
	}
	got := swoItems(e)
	return expect(len(got) == 1 && text(got[0], "id") == text(accounts[1], "id"), "they are", "offset=1 begins with another account")
}

func checkSwoOmitted(_ context.Context, _ *probe, page *exchange, accounts []map[string]any) finding {
	if len(accounts) == 0 {
		return notTold("there is no account")
	}
	for _, account := range accounts {
		if list(object(account["$meta"])["omitted"]) != nil {
			return itDiffers("each account names it")
		}
	}
	named := list(object(object(page.value)["$meta"])["omitted"])
	for _, name := range []string{"audit", "groups"} {
		_, shown := accounts[0][name]
		if shown || !slices.Contains(named, any(name)) {
			return itDiffers("%s is shown, or not named", name)
		}
	}
	return itHolds("it does")
}

// swoDetailed asks for the first page with what listings leave out.
func swoDetailed(ctx context.Context, p *probe) (*exchange, string) {
	return p.read(ctx, swoList, swoPath, fmt.Sprintf("select=audit,groups&order=id&limit=%d&offset=0", swoPage))
}

func checkSwoSelect(ctx context.Context, p *probe) finding {
	e, why := swoDetailed(ctx, p)
	switch {
	case e == nil:
		return notTold("%s", why)
	case !e.ok():
		return itDiffers("it answers %d", e.status)
	case len(swoItems(e)) == 0:
		return notTold("there is no account")
	}
	missing := lacking(swoItems(e)[0], map[string]any{"audit": 0, "groups": 0})
	return expect(len(missing) == 0, "it does", "still missing: "+strings.Join(missing, ", "))
}

func checkSwoNulls(_ context.Context, _ *probe, _ *exchange, accounts []map[string]any) finding {
	if len(accounts) == 0 {
		return notTold("there is no account")
	}
	found := differences{}
	for _, account := range accounts {
		for name, value := range account {
			if value == nil {
				found.add("."+fieldName(name), "null")
			}
			for inner, deeper := range object(value) {
				if deeper == nil {
					found.add("."+fieldName(name)+"."+fieldName(inner), "null")
				}
			}
		}
	}
	return expect(len(found) == 0, "they are", found.String())
}

func checkSwoAddress(_ context.Context, _ *probe, _ *exchange, accounts []map[string]any) finding {
	empty := 0
	for _, account := range accounts {
		address, shown := account["address"]
		if !shown || address == nil {
			return itDiffers("there is none, or null")
		}
		if len(object(address)) == 0 {
			empty++
		}
	}
	if empty == 0 {
		return notTold("every account has an address")
	}
	return itHolds("%d of %d accounts", empty, len(accounts))
}

// swoEvents are who created the accounts of the first page, and when.
func swoEvents(ctx context.Context, p *probe) (events []map[string]any, why string) {
	e, why := swoDetailed(ctx, p)
	if !e.ok() {
		return nil, refused(e, why).found
	}
	for _, account := range swoItems(e) {
		if created := object(object(account["audit"])["created"]); created != nil {
			events = append(events, created)
		}
	}
	if len(events) == 0 {
		return nil, "no account shows its audit"
	}
	return events, ""
}

func checkSwoMaker(ctx context.Context, p *probe) finding {
	events, why := swoEvents(ctx, p)
	if why != "" {
		return notTold("%s", why)
	}
	own, _ := p.seen.(swoToken)
	tokens, others := 0, 0
	for _, event := range events {
		switch id := text(object(event["by"]), "id"); {
		case own != "" && id == string(own):
			return itHolds("this token's accounts name it")
		case strings.HasPrefix(id, "TKN-"):
			tokens++
		default:
			others++
		}
	}
	return notTold("this token has created none of these accounts; %d name another token, %d something else", tokens, others)
}

var swoTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

func checkSwoTimes(ctx context.Context, p *probe) finding {
	events, why := swoEvents(ctx, p)
	if why != "" {
		return notTold("%s", why)
	}
	for _, event := range events {
		if at := text(event, "at"); at != "" && !swoTime.MatchString(at) {
			return itDiffers("a time is written otherwise")
		}
	}
	return itHolds("%d of %d accounts", len(events), len(events))
}

func checkSwoUnknown(ctx context.Context, p *probe) finding {
	e, why := p.read(ctx, swoOne, swoPath+"/"+unknownAccount, "")
	switch {
	case e == nil:
		return notTold("%s", why)
	case e.status == http.StatusOK:
		return notTold("the id that was asked for exists")
	}
	return expect(e.status == http.StatusNotFound, "it does", fmt.Sprintf("it answers %d", e.status))
}
