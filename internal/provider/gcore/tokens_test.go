package gcore_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const (
	accountToken = "gcore_account_token"
	apiToken     = "gcore_api_token"
	postToken    = "POST /iam/v2/clients/*/tokens"
	listTokens   = "GET /iam/v2/clients/*/tokens"
	deleteToken  = "DELETE /iam/v2/clients/*/tokens/*"
	adminToken   = "GET /iam/auth/jwt/clients/*/admin_token"
	loginAccount = "GET /iam/auth/jwt/clients/*/login"
)

// opened opens an ephemeral resource without a word.
func (w *world) opened(typeName string, config Values) *acctest.Opened {
	w.Helper()
	o, said := w.Open(typeName, config)
	if len(said) > 0 {
		w.Fatal(said)
	}
	return o
}

// inside reports which account a credential is in, by GET /iam/clients/me.
func (w *world) inside(authorization string) string {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.server.URL+"/iam/clients/me", nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body strings.Builder
	if _, err := fmt.Fprint(&body, res.Status); err != nil {
		w.Fatal(err)
	}
	buffer := make([]byte, 1<<16)
	n, _ := res.Body.Read(buffer)
	return body.String() + string(buffer[:n])
}

// A session inside an account, by whichever call the credential may use.
func TestAccountToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		member  bool
		ends    bool
	}{
		"reseller":                        {ends: true},
		"reseller, opaque":                {options: mock.Options{Sessions: mock.SessionOpaque}},
		"reseller, no end":                {options: mock.Options{Sessions: mock.SessionWithoutEnd}},
		"member":                          {member: true, ends: true},
		"member, 404 for the reseller's":  {options: mock.Options{Member: mock.MemberNotFound}, member: true, ends: true},
		"member, empty lists":             {options: mock.Options{Member: mock.MemberEmpty}, member: true, ends: true},
		"member, reads its own accounts":  {options: mock.Options{Member: mock.MemberOwn}, member: true, ends: true},
		"reseller, login is refused":      {options: mock.Options{LoginForbidden: true}, ends: true},
		"reseller, denials without words": {options: mock.Options{BareDenials: true}, ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.options)
			id := w.SeedClient(mock.Client{Company: "Inner"}).ID
			if test.member {
				w.use(mock.DemoMemberKey)
				w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[id] = []string{"1"} })
			}
			o := w.opened(accountToken, Values{"account_id": text(id)})
			if got := w.inside("Bearer " + fmt.Sprint(o.Values["access_token"])); !strings.Contains(got, `"companyName":"Inner"`) {
				t.Errorf("the token is in %s", got)
			}
			if ends := o.Values["expires_at"]; (ends != nil) != test.ends {
				t.Errorf("expires_at is %v", ends)
			}
			if n := acctest.Changes(w.server); n > 0 {
				t.Errorf("%d changes", n)
			}
		})
	}
}

// A credential that may open no session is told why by both calls, and one call's trouble is not another's denial.
func TestAccountTokenRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	_, said := w.Open(accountToken, Values{"account_id": "999"})
	said.Errors().Contain(t, "admin_token: HTTP 404", "login: HTTP 404", "account not found", "999")

	_, said = w.Open(accountToken, Values{"account_id": "acme"})
	said.Errors().Contain(t, "Invalid id", "account_id")

	w.server.Inject(mockserver.Fault{On: adminToken, Status: 501})
	w.server.Reset()
	_, said = w.Open(accountToken, Values{"account_id": text(mock.DemoAccount)})
	said.Errors().Contain(t, "HTTP 501")
	w.count(loginAccount, 0)
	w.server.ClearFaults()

	for name, body := range map[string]string{
		"none": `{"refresh":"r"}`, "blank": `{"access":"a b","refresh":"r"}`,
		"over": `{"access":"h.eyJleHAiOjF9.s","refresh":"r"}`,
	} {
		w.server.Inject(mockserver.Fault{On: adminToken, Body: body, Times: 1})
		if _, said := w.Open(accountToken, Values{"account_id": text(mock.DemoAccount)}); len(said.Errors()) == 0 {
			t.Errorf("%s: it was accepted", name)
		}
	}
}

// A token is made in the account with name, role and expiry, used, and deleted at the end, interrupted or not.
func TestAPIToken(t *testing.T) {
	t.Parallel()
	for name, member := range map[string]bool{"reseller": false, "member": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			id := w.SeedClient(mock.Client{Company: "Inner"}).ID
			if member {
				w.use(mock.DemoMemberKey)
				w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[id] = []string{"1"} })
			}
			o := w.opened(apiToken, Values{"account_id": text(id), "name": "ci", "role": "Engineers", "expires_in": "30m"})
			made := w.Tokens()
			if len(made) != 1 || made[0].Client != id || made[0].Role != "5" || !strings.HasPrefix(made[0].Name, "ci (terraform ") ||
				time.Until(*made[0].Expires).Round(time.Minute) != 30*time.Minute {
				t.Fatalf("it made %+v", made)
			}
			same(t, o.Values, Values{
				"token_id": text(made[0].ID), "expires_at": made[0].Expires.UTC().Format(time.RFC3339), "role": "Engineers", "expires_in": "30m",
			})
			key := "APIKey " + fmt.Sprint(o.Values["token"])
			if got := w.inside(key); !strings.Contains(got, `"companyName":"Inner"`) {
				t.Errorf("the token is in %s", got)
			}
			second := w.opened(apiToken, Values{"account_id": text(id), "name": "ci"}) // of the same run: no leftover
			if w.Tokens()[1].Role != "2" {
				t.Errorf("the role of a token without one is %+v", w.Tokens()[1])
			}
			interrupted, cancel := context.WithCancel(t.Context())
			cancel()
			for _, open := range []*acctest.Opened{o, second} {
				if said := open.Close(interrupted); len(said) > 0 {
					t.Error(said)
				}
			}
			if left := w.Tokens(); len(left) > 0 {
				t.Errorf("left: %+v", left)
			}
			if got := w.inside(key); !strings.HasPrefix(got, "401") {
				t.Errorf("the token still works: %s", got)
			}
		})
	}
}

func TestAPITokenValidation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	for field, value := range map[string]any{"expires_in": "5m", "role": "Root", "name": " ci", "account_id": "x"} {
		config := acctest.With(Values{"account_id": text(mock.DemoAccount), "name": "ci"}, Values{field: value})
		_, said := w.Open(apiToken, config)
		said.Refused(t, w.server, field)
	}
	for _, wrong := range []string{"200h", "soon", "-1h"} {
		_, said := w.Open(apiToken, Values{"account_id": text(mock.DemoAccount), "name": "ci", "expires_in": wrong})
		said.Refused(t, w.server, "10m to 168h")
	}
	w.count("", 0)
}

// Refusals are the vendor's words on the attribute.
func TestAPITokenRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	w.use(mock.DemoMemberKey)
	w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[mock.DemoAccount] = []string{"2"} })
	config := Values{"account_id": text(mock.DemoAccount), "name": "ci", "role": "Administrators"}
	_, said := w.Open(apiToken, config)
	said.Errors().Contain(t, "higher role", "role")

	for range 100 {
		w.SeedToken(mock.Token{Client: mock.DemoAccount, Name: "other"})
	}
	_, said = w.Open(apiToken, acctest.With(config, Values{"role": nil}))
	said.Errors().Contain(t, "limit of tokens", "name")
	if n := len(w.Tokens()); n != 100 {
		t.Errorf("%d tokens", n)
	}

	w.use(mock.DemoAPIKey)
	_, said = w.Open(apiToken, Values{"account_id": text(mock.DemoReseller), "name": "ci"})
	said.Errors().Contain(t, "403", "A reseller's own account can have no API tokens")
}

// A reply that is lost leaves no token: what was made is found by its name and deleted, also while the listing lags.
func TestAPITokenLostReply(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"closed": {Effect: true, Close: true}, "cut": {Effect: true, Cut: true}, "HTML": {Effect: true, Body: "<html>"},
		"gateway": {Effect: true, Status: 502}, "nameless": {Effect: true, Body: `{"id":1}`},
		"no token": {Effect: true, Body: `{"id":1,"name":"x"}`},
		"no id":    {Effect: true, Body: `{"token":"1_abcdefabcdefabcdef"}`},
	} {
		for _, lag := range []int{0, 2} {
			t.Run(fmt.Sprintf("%s, lag %d", name, lag), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, mock.Options{Lag: lag})
				w.SeedToken(mock.Token{Client: mock.DemoAccount, Name: "ci"})
				fault.On, fault.Times = postToken, 1
				w.server.Inject(fault)
				_, said := w.Open(apiToken, Values{"account_id": text(mock.DemoAccount), "name": "ci"})
				said.Errors().Contain(t, "was made anyway", "has been deleted")
				if left := w.Tokens(); len(left) != 1 {
					t.Errorf("left: %+v", left)
				}
				w.count(postToken, 1)
				if strings.Contains(said.String(), "abcdefabcdef") {
					t.Errorf("it shows the token: %s", said)
				}
			})
		}
	}
}

// What can't be found or deleted is named, with how to delete it.
func TestAPITokenLostAndLeft(t *testing.T) {
	t.Parallel()
	lost := mockserver.Fault{On: postToken, Effect: true, Close: true}
	for name, test := range map[string]struct {
		fault mockserver.Fault
		want  []string
	}{
		"not deleted": {mockserver.Fault{On: deleteToken, Status: 403}, []string{"could not be deleted", "DELETE /iam/v2/clients/7003/tokens/"}},
		"not listed": {
			mockserver.Fault{On: listTokens, Skip: 1, Status: 403}, []string{"may have been made", `"ci (terraform `, "account 7003"},
		},
		"not made": {mockserver.Fault{On: listTokens, Skip: 1, Body: "[]"}, []string{"is listed in account 7003", `"ci (terraform `}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			w.server.Inject(lost, test.fault)
			_, said := w.Open(apiToken, Values{"account_id": text(mock.DemoAccount), "name": "ci"})
			said.Errors().Contain(t, test.want...)
		})
	}
}

// A reply that arrives after Ctrl-C makes a token that nobody will use.
func TestAPITokenInterrupted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{Lag: 9})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.server.Inject(mockserver.Fault{On: postToken, Before: cancel})
	_, said := w.OpenContext(ctx, apiToken, Values{"account_id": text(mock.DemoAccount), "name": "ci"})
	said.Errors().Contain(t, "interrupted", "has been deleted")
	if left := w.Tokens(); len(left) > 0 || w.server.Count(postToken) != 1 {
		t.Errorf("left: %+v", left)
	}
}

// A close that fails is a warning with the token's id and the way to delete it; the next run of the same name says so too.
func TestAPITokenLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	config := Values{"account_id": text(mock.DemoAccount), "name": "ci"}
	o := w.opened(apiToken, config)
	id := w.Tokens()[0].ID
	w.server.Inject(mockserver.Fault{On: deleteToken, Status: 403, Body: `{"message":"not today"}`})
	said := o.Close(t.Context())
	way := fmt.Sprintf("DELETE /iam/v2/clients/7003/tokens/%d", id)
	said.Warnings().Contain(t, text(id), "not today", way, "was not deleted")
	if len(said.Errors()) > 0 {
		t.Error(said)
	}
	w.server.ClearFaults()

	w.Restart() // as after a run that was killed
	second, said := w.Open(apiToken, config)
	said.Warnings().Contain(t, "earlier run", text(id), way)
	w.SeedToken(mock.Token{Client: mock.DemoAccount, Name: "ci (terraform 00)", Deleted: true})
	if _, said = w.Open(apiToken, acctest.With(config, Values{"name": "c"})); len(said) > 0 {
		t.Errorf("another name: %s", said)
	}
	w.Mock.EndSessions() // a session isn't needed to the end
	if said := second.Close(t.Context()); len(said) > 0 {
		t.Error(said)
	}
	w.count(deleteToken, 3)
	if said := second.Close(t.Context()); len(said) > 0 { // it is gone: done
		t.Error(said)
	}
}

// What the vendor makes of the expiry is told.
func TestAPITokenWithoutExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{TokensNeverExpire: true})
	o, said := w.Open(apiToken, Values{"account_id": text(mock.DemoAccount), "name": "ci"})
	said.Warnings().Contain(t, "another expiry", "no end", text(w.Tokens()[0].ID))
	if o.Values["expires_at"] != nil {
		t.Error(o.Values)
	}
}

// Under read_only no token is made; a session is only read.
func TestTokensReadOnly(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	p := acctest.StartProtocol(t, env, Values{"read_only": true})
	_, said := p.Open(apiToken, Values{"account_id": text(mock.DemoAccount), "name": "ci"})
	said.Refused(t, s, "read_only")
	if _, said = p.Open(accountToken, Values{"account_id": text(mock.DemoAccount)}); len(said) > 0 {
		t.Error(said)
	}
}
