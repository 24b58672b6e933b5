package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func withCcmAccounts(check func(ctx context.Context, p *probe, accounts []map[string]any) finding) func(context.Context, *probe) finding {
	return func(ctx context.Context, p *probe) finding {
		page, why := ccmAccounts(ctx, p)
		switch {
		case !page.ok():
			return refused(page, why)
		case len(ccmItems(page)) == 0:
			return notTold("there is no account")
		}
		return check(ctx, p, ccmItems(page))
	}
}

var ccmListChecks = []check{
	{"fortanix.envelope", "A list is an object with items.", ccmSpec, func(ctx context.Context, p *probe) finding {
		page, why := ccmAccounts(ctx, p)
		if !page.ok() {
			return refused(page, why)
		}
		_, isList := object(page.value)["items"].([]any)
		return expect(isList, "it is", "it is "+typeOf(page.value)+" without items")
	}},
	{"fortanix.page", "A page holds as many accounts as were asked for, up to 40.", notSaid, withCcmAccounts(checkCcmPage)},
	{"fortanix.no-limit", "A list without a limit holds all accounts.", notSaid, withCcmAccounts(checkCcmNoLimit)},
	{"fortanix.cursor", "previous_id goes on after that account, in the same order.", ccmSpec, withCcmAccounts(checkCcmCursor)},
	{"fortanix.lost-cursor", "A previous_id that doesn't exist answers 400.", notSaid, func(ctx context.Context, p *probe) finding {
		e, why := ccmAfter(ctx, p, unknownUUID)
		if e == nil {
			return notTold("%s", why)
		}
		return expect(e.status == http.StatusBadRequest, "it does", fmt.Sprintf("it answers %d", e.status))
	}},
	{"fortanix.unknown-id", "An account id that doesn't exist answers 404.", notSaid, withCcmRefusal(func(e *exchange) finding {
		return expect(e.status == http.StatusNotFound, "it does", fmt.Sprintf("it answers %d", e.status))
	})},
	{"fortanix.refusal", "A refusal is plain text.", ccmClients, withCcmRefusal(func(e *exchange) finding {
		return expect(!e.isJSON, "it is", "it is JSON: "+typeOf(e.value)+" with "+strings.Join(lacking(nil, object(e.value)), ", "))
	})},
}

func ccmAfter(ctx context.Context, p *probe, id string) (*exchange, string) {
	return ccmRead(ctx, p, ccmList, ccmPath, fmt.Sprintf("limit=%d&previous_id=%s", ccmPage, url.QueryEscape(id)))
}

// checkCcmPage compares a full page with what follows it: a list has no total.
func checkCcmPage(ctx context.Context, p *probe, accounts []map[string]any) finding {
	if len(accounts) == ccmPage {
		return itHolds("%d in one page", ccmPage)
	}
	e, why := ccmAfter(ctx, p, text(accounts[len(accounts)-1], "acct_id"))
	switch {
	case !e.ok():
		return refused(e, why)
	case len(ccmItems(e)) > 0:
		return itDiffers("%d in one page, and there are more", len(accounts))
	}
	return itHolds("all %d in one page", len(accounts))
}

func checkCcmNoLimit(ctx context.Context, p *probe, accounts []map[string]any) finding {
	e, why := ccmRead(ctx, p, ccmList, ccmPath, "")
	switch {
	case !e.ok():
		return refused(e, why)
	case len(ccmItems(e)) == 0:
		return itDiffers("it holds none")
	}
	all := ccmItems(e)
	after, why := ccmAfter(ctx, p, text(all[len(all)-1], "acct_id"))
	switch {
	case !after.ok():
		return refused(after, why)
	case len(ccmItems(after)) > 0 && len(all) == len(accounts) && len(accounts) < ccmPage:
		return notTold("pages are smaller than asked for, with and without a limit")
	}
	return expect(len(ccmItems(after)) == 0, fmt.Sprintf("all %d", len(all)), fmt.Sprintf("%d, and there are more", len(all)))
}

func checkCcmCursor(ctx context.Context, p *probe, accounts []map[string]any) finding {
	if len(accounts) < 2 {
		return notTold("there are fewer than two accounts")
	}
	e, why := ccmRead(ctx, p, ccmList, ccmPath, "limit=1&previous_id="+url.QueryEscape(text(accounts[0], "acct_id")))
	switch {
	case e == nil:
		return notTold("%s", why)
	case !e.ok():
		return itDiffers("it answers %d", e.status)
	}
	got := ccmItems(e)
	return expect(len(got) == 1 && text(got[0], "acct_id") == text(accounts[1], "acct_id"), "it does", "another account follows, or none")
}

func withCcmRefusal(check func(*exchange) finding) func(context.Context, *probe) finding {
	return func(ctx context.Context, p *probe) finding {
		e, why := ccmRead(ctx, p, ccmOne, ccmPath+"/"+unknownUUID, "")
		switch {
		case e == nil:
			return notTold("%s", why)
		case e.status < 300:
			return notTold("the id that was asked for exists")
		}
		return check(e)
	}
}

var ccmAccountChecks = []check{
	{"fortanix.created-at", "created_at is in seconds.", ccmSpec, withCcmAccounts(checkCcmCreated)},
	{"fortanix.list-whole", "A listed account has every field that a single read shows.", ccmSpec, withCcmAccounts(checkCcmWhole)},
	{"fortanix.secrets", "Secrets of OAuth configurations come back as they were sent.",
		ccmSpec + ", where the reply uses the request's model",
		withCcmWhole(checkCcmSecrets)},
	{"fortanix.logo", "custom_logo is base64 in one line, and absent where there is none.", ccmSpec, withCcmWhole(checkCcmLogo)},
	{"fortanix.auth-configs", "auth_configs is absent where there are none.", notSaid, withCcmWhole(checkCcmConfigs)},
}

func checkCcmCreated(_ context.Context, _ *probe, accounts []map[string]any) finding {
	seen := 0
	for _, account := range accounts {
		at, ok := number(account, "created_at")
		if !ok {
			continue
		}
		if seen++; at > 100_000_000_000 {
			return itDiffers("as seconds it makes no sense")
		}
	}
	if seen == 0 {
		return notTold("no account has it")
	}
	return itHolds("%d of %d accounts", seen, seen)
}

// mostSingle is how many accounts are read singly at most.
const mostSingle = 6

// ccmWhole are accounts as single reads show them, with what the list has of each.
func ccmWhole(ctx context.Context, p *probe, accounts []map[string]any) (whole, listed []map[string]any, why string) {
	for _, account := range accounts[:min(mostSingle, len(accounts))] {
		e, reason := ccmRead(ctx, p, ccmOne, ccmPath+"/"+url.PathEscape(text(account, "acct_id")), "")
		if !e.ok() || object(e.value) == nil {
			why = refused(e, reason).found
			continue
		}
		whole, listed = append(whole, object(e.value)), append(listed, account)
	}
	return whole, listed, why
}

func withCcmWhole(check func(accounts []map[string]any) finding) func(context.Context, *probe) finding {
	return withCcmAccounts(func(ctx context.Context, p *probe, accounts []map[string]any) finding {
		whole, _, why := ccmWhole(ctx, p, accounts)
		if len(whole) == 0 {
			return notTold("%s", why)
		}
		return check(whole)
	})
}

func checkCcmWhole(ctx context.Context, p *probe, accounts []map[string]any) finding {
	whole, listed, why := ccmWhole(ctx, p, accounts)
	if len(whole) == 0 {
		return notTold("%s", why)
	}
	var missing []string
	for i := range whole {
		missing = append(missing, lacking(listed[i], whole[i])...)
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	return expect(len(missing) == 0, fmt.Sprintf("%d of %d accounts", len(whole), len(whole)), "it lacks "+strings.Join(missing, ", "))
}

func checkCcmSecrets(accounts []map[string]any) finding {
	for _, account := range accounts {
		for _, config := range object(account["auth_configs"]) {
			oauth := object(object(config)["oauth"])
			if oauth == nil {
				continue
			}
			secret, shown := oauth["client_secret"].(string)
			switch {
			case !shown || secret == "":
				return itDiffers("client_secret is left out")
			case strings.Trim(secret, secret[:1]) == "":
				return itDiffers("client_secret is masked")
			}
			return itHolds("client_secret comes back")
		}
	}
	return notTold("no account that was read has an OAuth configuration")
}

func checkCcmLogo(accounts []map[string]any) finding {
	seen := 0
	for _, account := range accounts {
		value, shown := account["custom_logo"]
		logo, isText := value.(string)
		switch {
		case !shown:
			continue
		case !isText || logo == "":
			return itDiffers("it is empty or null where there is none")
		case !isBase64(logo):
			return itDiffers("it is not base64 in one line")
		}
		seen++
	}
	if seen == len(accounts) {
		return notTold("every account that was read has one")
	}
	return itHolds("%d with and %d without one", seen, len(accounts)-seen)
}

func checkCcmConfigs(accounts []map[string]any) finding {
	absent := 0
	for _, account := range accounts {
		value, shown := account["auth_configs"]
		if shown && len(object(value)) == 0 {
			return itDiffers("it is empty or null")
		}
		if !shown {
			absent++
		}
	}
	if absent == 0 {
		return notTold("every account that was read has some")
	}
	return itHolds("%d of %d accounts", absent, len(accounts))
}
