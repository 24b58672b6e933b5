package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func checkGcoreAccountUsers(_ context.Context, _ *probe, whole, _ map[string]any) finding {
	users := objects(whole["users"])
	if len(users) == 0 {
		return expect(whole["users"] != nil, "it has no users", "it shows no users")
	}
	missing := lacking(users[0], map[string]any{"client": 0, "company": 0, "email": 0, "id": 0, "lang": 0, "name": 0, "phone": 0,
		"reseller": 0})
	return expect(len(missing) == 0, "it does", "users lack "+strings.Join(missing, ", "))
}

func checkGcoreNumbers(ctx context.Context, p *probe, whole, _ map[string]any) finding {
	var found []string
	look := func(o map[string]any, names ...string) {
		for _, name := range names {
			if n, ok := o[name].(json.Number); ok && strings.ContainsAny(n.String(), ".eE") && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	look(whole, "id", "owner", "seller", "resellers", "currentUser")
	for _, user := range objects(whole["users"]) {
		look(user, "id", "client", "reseller")
	}
	if page, _ := gcoreAccounts(ctx, p); page != nil {
		look(object(page.value), "count")
	}
	return expect(len(found) == 0, "they are", "with a point or an exponent: "+strings.Join(found, ", "))
}

func checkGcoreUserCompany(_ context.Context, _ *probe, _ *exchange, users []map[string]any) finding {
	compared := 0
	for _, user := range users {
		own, ok := number(user, "client")
		for _, access := range objects(user["client_and_roles"]) {
			id, known := number(access, "client_id")
			if !ok || !known || id != own {
				continue
			}
			if compared++; text(access, "client_company_name") != text(user, "company") {
				return itDiffers("a user shows another name")
			}
		}
	}
	if compared == 0 {
		return notTold("no user shows both")
	}
	return itHolds("%d of %d users", compared, compared)
}

func checkGcoreUser(ctx context.Context, p *probe, _ *exchange, users []map[string]any) finding {
	if len(users) == 0 {
		return notTold("there is no user")
	}
	id, _ := number(users[0], "id")
	e, why := p.read(ctx, gcoreUser, "/iam/users/"+strconv.FormatInt(id, 10), "")
	if !e.ok() {
		return refused(e, why)
	}
	_, single := object(e.value)["client_and_roles"]
	_, listed := users[0]["client_and_roles"]
	switch {
	case single:
		return itDiffers("a single user has it too")
	case !listed:
		return itDiffers("the list lacks it too")
	}
	return itHolds("it is")
}

func checkGcoreAvailability(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
	const products, most = 6, 3
	asked := 0
	for _, account := range accounts[:min(most, len(accounts))] {
		id, _ := number(account, "id")
		e, why := p.read(ctx, gcoreLimits, "/iam/products/availability/clients/"+strconv.FormatInt(id, 10), "")
		switch {
		case !e.ok():
			return refused(e, why)
		case len(list(e.value)) < products:
			return itHolds("it does")
		}
		asked++
	}
	if asked == 0 {
		return notTold("there is no account")
	}
	return itDiffers("each of %d accounts lists all products", asked)
}

// checkGcoreTokens asks for the tokens of the account that the credential belongs to.
func checkGcoreTokens(ctx context.Context, p *probe) finding {
	own, ok := gcoreOwn(ctx, p, "id")
	if !ok {
		return notTold("the credential's own account is not known")
	}
	e, why := p.read(ctx, gcoreTokens, "/iam/v2/clients/"+strconv.FormatInt(own, 10)+"/tokens", "")
	switch {
	case !e.ok():
		return refused(e, why)
	case typeOf(e.value) != "array":
		return itDiffers("they come as %s", typeOf(e.value))
	}
	for _, token := range objects(e.value) {
		if text(token, "token") != "" {
			return itDiffers("the list shows tokens themselves")
		}
	}
	return itHolds("they are")
}

var gcoreProducts = []string{"CDN", "CLOUD", "DDOS", "DNS", "STORAGE", "STREAMING"}

func checkGcoreServices(ctx context.Context, p *probe, _ *exchange, accounts []map[string]any) finding {
	if len(accounts) == 0 {
		return notTold("there is no account")
	}
	id, _ := number(accounts[0], "id")
	e, why := p.read(ctx, gcoreServices, "/iam/clients/"+strconv.FormatInt(id, 10)+"/services", "")
	if !e.ok() {
		return refused(e, why)
	}
	missing := slices.Clone(gcoreProducts)
	for _, service := range objects(e.value) {
		if _, ok := number(service, "id"); ok && text(service, "status") != "" {
			missing = slices.DeleteFunc(missing, func(product string) bool { return product == text(service, "name") })
		}
	}
	return expect(len(missing) == 0, "they have", "there is none for "+strings.Join(missing, ", "))
}

func checkGcoreSellers(ctx context.Context, p *probe) finding {
	e, why := p.read(ctx, gcoreSellers, "/iam/admin/sellers", fmt.Sprintf("limit=%d&offset=0", gcorePage))
	if !e.ok() {
		return refused(e, why)
	}
	return envelope(e)
}
