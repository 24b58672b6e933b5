package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
)

const (
	gcoreMe       = "GET /iam/clients/me"
	gcoreList     = "GET /iam/clients"
	gcoreOne      = "GET /iam/clients/{clientId}"
	gcoreUsers    = "GET /iam/users"
	gcoreUser     = "GET /iam/users/{userId}"
	gcoreServices = "GET /iam/clients/{clientId}/services"
	gcoreSellers  = "GET /iam/admin/sellers"
	gcoreTokens   = "GET /iam/v2/clients/{clientId}/tokens"
	gcoreLimits   = "GET /iam/products/availability/clients/{clientId}"

	// gcorePage is the page size that the provider asks for.
	gcorePage = 100
	// unknownNumber is an id that no account has.
	unknownNumber = "2147483646"

	iamSpec      = "Gcore's IAM description, 2026-07"
	resellerSpec = "Gcore's IAM Reseller description, 2026-07"
	notSaid      = "not documented; the mock's plainest reading"
)

var gcoreVendor = vendor{
	name: "gcore", title: "Gcore", open: openGcore,
	checks: slices.Concat(gcoreChecks, gcoreFilterChecks, commonChecks("gcore"), contractChecks("gcore", map[string]string{
		"overview": gcoreMe, "list-accounts": gcoreList, "account": gcoreOne, "list-users": gcoreUsers, "user": gcoreUser,
		"availability": gcoreLimits, "list-tokens": gcoreTokens, "services": gcoreServices, "list-sellers": gcoreSellers,
	})),
}

func openGcore(ctx context.Context, getenv func(string) string, o options) (*probe, string) {
	env := variables{getenv: getenv}
	key, token := env.token("GCORE_API_KEY"), env.token("GCORE_ACCESS_TOKEN")
	if key == "" && token == "" {
		return nil, ""
	}
	if key != "" && token != "" {
		env.refuse("GCORE_ACCESS_TOKEN", "conflicts with GCORE_API_KEY")
	}
	o.base = env.address("GCORE_BASE_URL", "https://api.gcore.com", "/iam")
	if env.problem != "" {
		return nil, env.problem
	}
	authorization := "APIKey " + key
	if token != "" {
		authorization = "Bearer " + token
	}
	p, err := newProbe("gcore", o, mock.New(mock.Options{}).Contract(), func(req *http.Request) {
		req.Header.Set("Authorization", authorization)
	})
	if err != nil {
		return nil, err.Error()
	}
	for _, first := range []func(context.Context, *probe) (*exchange, string){gcoreOverview, gcoreAccounts, gcoreUserList} {
		if e, why := first(ctx, p); e == nil {
			if p.closed != "" {
				return p, why
			}
		} else if e.status != http.StatusUnauthorized {
			return p, ""
		}
	}
	return p, "the credential is refused (401)"
}

func gcoreOverview(ctx context.Context, p *probe) (*exchange, string) {
	return p.read(ctx, gcoreMe, "/iam/clients/me", "")
}

func gcoreAccounts(ctx context.Context, p *probe) (*exchange, string) {
	return p.read(ctx, gcoreList, "/iam/clients", fmt.Sprintf("deleted=false&limit=%d&offset=0&ordering=id", gcorePage))
}

func gcoreUserList(ctx context.Context, p *probe) (*exchange, string) {
	return p.read(ctx, gcoreUsers, "/iam/users", fmt.Sprintf("limit=%d&offset=0", gcorePage))
}

// gcoreItems are the items of a list, whatever it comes in.
func gcoreItems(e *exchange) []map[string]any {
	if body := object(e.value); body != nil {
		return objects(firstOf(body, "results", "result"))
	}
	return objects(e.value)
}

func firstOf(o map[string]any, names ...string) any {
	for _, name := range names {
		if v, ok := o[name]; ok {
			return v
		}
	}
	return nil
}

// withGcoreAccounts runs a check on the reseller's listing, which only a reseller's credential has.
func withGcoreAccounts(check func(ctx context.Context, p *probe, page *exchange,
	accounts []map[string]any) finding) func(context.Context, *probe) finding {
	return func(ctx context.Context, p *probe) finding {
		page, why := gcoreAccounts(ctx, p)
		if !page.ok() {
			return refused(page, why)
		}
		return check(ctx, p, page, gcoreItems(page))
	}
}

// withGcoreAccount runs a check on one account, read singly, and on how the listing shows it.
func withGcoreAccount(check func(ctx context.Context, p *probe, whole, listed map[string]any) finding) func(context.Context,
	*probe) finding {
	return withGcoreAccounts(func(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
		if len(accounts) == 0 {
			return notTold("there is no account")
		}
		id, ok := number(accounts[0], "id")
		if !ok {
			return notTold("the first account has no id")
		}
		e, why := p.read(ctx, gcoreOne, "/iam/clients/"+strconv.FormatInt(id, 10), "")
		if !e.ok() || object(e.value) == nil {
			return refused(e, why)
		}
		return check(ctx, p, object(e.value), accounts[0])
	})
}

func withGcoreUsers(check func(ctx context.Context, p *probe, page *exchange, users []map[string]any) finding) func(context.Context,
	*probe) finding {
	return func(ctx context.Context, p *probe) finding {
		page, why := gcoreUserList(ctx, p)
		if !page.ok() {
			return refused(page, why)
		}
		return check(ctx, p, page, gcoreItems(page))
	}
}

// onePage are checks of how a list is handed out.
func onePage(page *exchange, items []map[string]any) finding {
	count, hasCount := number(object(page.value), "count")
	switch want := min(count, gcorePage); {
	case !hasCount:
		return notTold("the list has no count")
	case count < 2:
		return notTold("there are fewer than two")
	case int64(len(items)) == want:
		return itHolds("%d in one page", len(items))
	default:
		return itDiffers("%d in one page, of more, asked for %d", len(items), gcorePage)
	}
}

// counted asks for what follows all but one: exactly one must be left.
func counted(ctx context.Context, p *probe, page *exchange, operation, path, query string) finding {
	if object(page.value) == nil {
		return notTold("the list comes without an envelope")
	}
	count, ok := number(object(page.value), "count")
	switch {
	case !ok:
		return itDiffers("there is no count")
	case count < 1:
		return notTold("there is none")
	}
	e, why := p.read(ctx, operation, path, strings.TrimPrefix(fmt.Sprintf("%s&limit=2&offset=%d", query, count-1), "&"))
	if !e.ok() {
		return refused(e, why)
	}
	return expect(len(gcoreItems(e)) == 1, "it is", "there are more, or fewer")
}

func envelope(page *exchange) finding {
	body := object(page.value)
	switch {
	case body == nil:
		return itDiffers("it is %s", typeOf(page.value))
	case list(body["results"]) != nil:
		return itHolds("it is")
	case list(body["result"]) != nil:
		return itDiffers("the items are in result")
	}
	return itDiffers("it is an object without results")
}

var gcoreChecks = []check{
	{"gcore.overview", "GET /iam/clients/me answers every credential, and shows the account and the user that it belongs to.", iamSpec,
		checkGcoreOverview},
	{"gcore.view", "GET /iam/clients shows a reseller's accounts, and answers 403 to any other credential.",
		resellerSpec + "; the 403 isn't documented", checkGcoreView},
	{"gcore.accounts-envelope", "A list of accounts that is asked for with a limit is an object with count and results.", resellerSpec,
		withGcoreAccounts(
			func(_ context.Context, _ *probe, page *exchange, _ []map[string]any) finding { return envelope(page) })},
	{"gcore.users-envelope", "A list of users that is asked for with a limit is an object with count and results.", iamSpec, withGcoreUsers(
		func(_ context.Context, _ *probe, page *exchange, _ []map[string]any) finding { return envelope(page) })},
	{"gcore.accounts-page", "A page of accounts holds as many as were asked for, up to 100.", notSaid, withGcoreAccounts(
		func(_ context.Context, _ *probe, page *exchange, items []map[string]any) finding {
			return onePage(page, items)
		})},
	{"gcore.users-page", "A page of users holds as many as were asked for, up to 100.", notSaid, withGcoreUsers(
		func(_ context.Context, _ *probe, page *exchange, items []map[string]any) finding {
			return onePage(page, items)
		})},
	{"gcore.accounts-count", "count is how many accounts there are.", resellerSpec, withGcoreAccounts(
		func(ctx context.Context, p *probe, page *exchange, _ []map[string]any) finding {
			return counted(ctx, p, page, gcoreList, "/iam/clients", "deleted=false&ordering=id")
		})},
	{"gcore.users-count", "count is how many users there are.", iamSpec, withGcoreUsers(
		func(ctx context.Context, p *probe, page *exchange, _ []map[string]any) finding {
			return counted(ctx, p, page, gcoreUsers, "/iam/users", "")
		})},
	{"gcore.accounts-order", "ordering=id lists accounts by rising id, and offset leaves that many out.", resellerSpec,
		withGcoreAccounts(checkGcoreOrder)},
	{"gcore.deleted-filter", "deleted=false leaves deleted accounts out.", resellerSpec, withGcoreAccounts(
		func(_ context.Context, _ *probe, _ *exchange, accounts []map[string]any) finding {
			switch {
			case slices.ContainsFunc(accounts, func(a map[string]any) bool { return a["deleted"] == true }):
				return itDiffers("deleted ones are listed")
			case !slices.ContainsFunc(accounts, func(a map[string]any) bool { return a["deleted"] == false }):
				return notTold("no account says whether it is deleted")
			}
			return itHolds("it does")
		})},
	{"gcore.deleted", "Deleted accounts are shown no more.", notSaid, checkGcoreDeleted},
	{"gcore.own-user", "A reseller's list of users holds its customers' users, and not its own.", notSaid,
		withGcoreUsers(checkGcoreOwnUser)},
	{"gcore.unknown-id", "An account id that doesn't exist answers 404.", resellerSpec, withGcoreRefusal(func(e *exchange) finding {
		return expect(e.status == http.StatusNotFound, "it does", fmt.Sprintf("it answers %d", e.status))
	})},
	{"gcore.refusal", "A refusal has a JSON body with a message.", "Gcore's documentation of authentication",
		withGcoreRefusal(func(e *exchange) finding {
			return expect(text(object(e.value), "message") != "", "it has", "it has none")
		})},
	{"gcore.list-whole", "A listed account has every field that a single read shows.", resellerSpec, withGcoreAccount(
		func(_ context.Context, _ *probe, whole, listed map[string]any) finding {
			missing := lacking(listed, whole)
			return expect(len(missing) == 0, "it has", "it lacks "+strings.Join(missing, ", "))
		})},
	{"gcore.nulls", "An account's empty fields are null, and not left out.", notSaid, withGcoreAccount(
		func(_ context.Context, _ *probe, whole, _ map[string]any) finding {
			missing := lacking(whole, map[string]any{"phone": 0, "name": 0, "custom_id": 0, "seller": 0, "signup_process": 0})
			return expect(len(missing) == 0, "they are", "left out: "+strings.Join(missing, ", "))
		})},
	{"gcore.account-users", "An account shows its users with all their fields.", "not documented: the description requires none",
		withGcoreAccount(checkGcoreAccountUsers)},
	{"gcore.account-owner", "An account shows its reseller, who owns it, and whether it is deleted.",
		resellerSpec + ", where none is required", withGcoreAccount(
			func(_ context.Context, _ *probe, whole, _ map[string]any) finding {
				missing := lacking(whole, map[string]any{"resellers": 0, "owner": 0, "client_type": 0, "deleted": 0})
				return expect(len(missing) == 0, "it does", "it lacks "+strings.Join(missing, ", "))
			})},
	{"gcore.numbers", "Ids and counts are written as plain integers, also where the description says number.", notSaid,
		withGcoreAccount(checkGcoreNumbers)},
	{"gcore.user-company", "A user's company is the name that the user's account has now.", notSaid, withGcoreUsers(checkGcoreUserCompany)},
	{"gcore.user", "A single user is shown without client_and_roles, which the list has.", iamSpec, withGcoreUsers(checkGcoreUser)},
	{
		"gcore.tokens", "The API tokens of the credential's own account are listed, without the tokens themselves.", iamSpec, checkGcoreTokens,
	},
	{
		"gcore.services", "An account's services have every product, by its name, with an id and a status.", resellerSpec,
		withGcoreAccounts(checkGcoreServices),
	},
	{
		"gcore.sellers-envelope", "A list of sellers that is asked for with a limit is an object with count and results.", resellerSpec,
		checkGcoreSellers,
	},
	{"gcore.availability", "Product availability of an account lists only what differs from what it inherits.", notSaid,
		withGcoreAccounts(checkGcoreAvailability)},
}

func checkGcoreOverview(ctx context.Context, p *probe) finding {
	e, why := gcoreOverview(ctx, p)
	if e == nil {
		return notTold("%s", why)
	}
	if !e.ok() {
		return itDiffers("it answers %d", e.status)
	}
	_, account := number(object(e.value), "id")
	_, user := number(object(e.value), "currentUser")
	return expect(account && user, "it does", "the reply lacks id or currentUser")
}

// gcoreOwn is a whole number of the credential's own account.
func gcoreOwn(ctx context.Context, p *probe, member string) (int64, bool) {
	e, _ := gcoreOverview(ctx, p)
	if !e.ok() {
		return 0, false
	}
	return number(object(e.value), member)
}

func checkGcoreView(ctx context.Context, p *probe) finding {
	page, why := gcoreAccounts(ctx, p)
	switch {
	case page == nil:
		return notTold("%s", why)
	case page.status == http.StatusForbidden:
		return itHolds("403: this credential is not a reseller's")
	case !page.ok():
		return itDiffers("it answers %d, with %s", page.status, typeOf(page.value))
	}
	accounts := gcoreItems(page)
	if own, ok := gcoreOwn(ctx, p, "id"); ok && hasID(accounts, own) {
		return itDiffers("the list holds the credential's own account, so this is a member's view")
	}
	if len(accounts) > 0 {
		return itHolds("this credential is a reseller's")
	}
	users, _ := gcoreUserList(ctx, p)
	if users.ok() && len(gcoreItems(users)) > 0 {
		return itDiffers("the list is empty although there are users")
	}
	return notTold("the list is empty")
}

func hasID(items []map[string]any, id int64) bool {
	return slices.ContainsFunc(items, func(o map[string]any) bool {
		n, ok := number(o, "id")
		return ok && n == id
	})
}

func checkGcoreOrder(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
	if len(accounts) < 2 {
		return notTold("there are fewer than two accounts")
	}
	var ids []int64
	for _, a := range accounts {
		id, _ := number(a, "id")
		ids = append(ids, id)
	}
	if !slices.IsSorted(ids) {
		return itDiffers("they are in another order")
	}
	e, why := p.read(ctx, gcoreList, "/iam/clients", "deleted=false&limit=1&offset=1&ordering=id")
	if !e.ok() {
		return refused(e, why)
	}
	if got := gcoreItems(e); object(e.value) != nil {
		return expect(len(got) == 1 && hasID(got, ids[1]), "they are", "offset=1 begins with another account")
	}
	return notTold("the list comes without pages")
}

func checkGcoreDeleted(ctx context.Context, p *probe) finding {
	e, why := p.read(ctx, gcoreList, "/iam/clients", "deleted=true&limit=1&offset=0")
	switch {
	case !e.ok():
		return refused(e, why)
	case slices.ContainsFunc(gcoreItems(e), func(a map[string]any) bool { return a["deleted"] == true }):
		return itDiffers("deleted=true lists them")
	}
	return notTold("deleted=true lists none, and there may be none")
}

func checkGcoreOwnUser(ctx context.Context, p *probe, page *exchange, users []map[string]any) finding {
	accounts, _ := gcoreAccounts(ctx, p)
	own, known := gcoreOwn(ctx, p, "currentUser")
	switch {
	case !accounts.ok() || !known || checkGcoreView(ctx, p).status != holds:
		return notTold("this credential is not known to be a reseller's")
	case hasID(users, own):
		return itDiffers("it holds the credential's own user")
	}
	if count, ok := number(object(page.value), "count"); !ok || count > int64(len(users)) {
		return notTold("it isn't among the first users, and there are more")
	}
	return itHolds("it does")
}

// withGcoreRefusal asks for an account that doesn't exist.
func withGcoreRefusal(check func(*exchange) finding) func(context.Context, *probe) finding {
	return withGcoreAccounts(func(ctx context.Context, p *probe, _ *exchange, _ []map[string]any) finding {
		e, why := p.read(ctx, gcoreOne, "/iam/clients/"+unknownNumber, "")
		if e == nil {
			return notTold("%s", why)
		}
		if e.status < 300 {
			return notTold("the id that was asked for exists")
		}
		return check(e)
	})
}
