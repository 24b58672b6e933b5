package gcore

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]string{"reseller": reseller, "member": member} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{})
			a := s.want(201, auth, "POST /iam/clients/create", `{"company":"Acme"}`)
			s.equal(a.doc, map[string]any{"id": float64(a.id()), "company": "Acme"})

			client, _ := s.Client(a.id())
			owner, _ := s.User(client.Owner)
			s.equal([]any{client.Company, client.Email, client.Reseller}, []any{"Acme", owner.Email, DemoReseller})
			s.equal(owner.Access[client.ID], []string{"1"})

			// Both the reseller and its member's view hold it.
			s.equal(s.want(200, reseller, path("GET /iam/clients/%d", a.id()), "").at("companyName"), "Acme")
			again := s.want(400, auth, "POST /iam/clients/create", `{"company":"Acme"}`)
			s.equal(again.at("errors", "company", 0), "Company with this name already exists")
		})
	}
}

func TestAccountOverview(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	own := s.want(200, member, "GET /iam/clients/me", "")
	s.equal([]any{own.id(), own.at("currentUser"), own.has("owner")}, []any{DemoAccount, float64(DemoMember), false})
	s.equal(s.want(200, reseller, "GET /iam/clients/me", "").id(), DemoReseller)
}

func TestClientReply(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := s.SeedClient(Client{
		Company: "Acme", Email: "acme@example.com", Name: new("Ann"), Seller: new(int64(5)), CountryCode: "LU",
		Services: map[string]Service{"CDN": {Status: "paused", Enabled: true}, "DNS": {Status: "trial", Enabled: true}},
	})
	a := s.want(200, reseller, path("GET /iam/clients/%d", c.ID), "")
	got := map[string]any{}
	for _, name := range []string{"companyName", "email", "name", "phone", "custom_id", "seller", "resellers", "owner", "country_code",
		"status", "client_type", "is_test", "deleted"} {
		got[name] = a.at(name)
	}
	s.equal(got, map[string]any{
		"companyName": "Acme", "email": "acme@example.com", "name": "Ann", "phone": nil, "custom_id": nil, "seller": 5.0,
		"resellers": float64(DemoReseller), "owner": float64(DemoResellerUser), "country_code": "LU", "status": "trial",
		"client_type": "common", "is_test": false, "deleted": false,
	})
	s.equal(a.at("serviceStatuses", "CDN", "status"), "paused")
	s.equal(a.at("serviceStatuses", "CLOUD", "status"), "new")
	if strings.Contains(a.raw, "created") {
		t.Error("a client tells when it was created")
	}

	s.ChangeClient(c.ID, func(c *Client) { c.Status = "Suspended" })
	s.equal(s.want(200, reseller, path("GET /iam/clients/%d", c.ID), "").at("status"), "Suspended")
}

func TestUpdateClient(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.SeedClient(Client{Company: "Taken"})
	c := s.SeedClient(Client{Company: "Acme", Name: new("Ann"), Phone: new("1"), CustomID: new("x"), Seller: new(int64(5))})
	to := path("PATCH /iam/clients/%d", c.ID)

	a := s.want(200, reseller, to, `{"companyName":"Ajax","email":"new@example.com","is_test":true,"custom_id":"y"}`)
	s.equal([]any{a.at("companyName"), a.at("email"), a.at("is_test"), a.at("custom_id"), a.at("name")},
		[]any{"Ajax", "new@example.com", true, "y", "Ann"})
	a = s.want(200, reseller, to, `{"name":null,"phone":null,"custom_id":null,"seller":null}`)
	s.equal([]any{a.at("name"), a.at("phone"), a.at("custom_id"), a.at("seller")}, []any{nil, nil, nil, nil})
	s.want(200, reseller, to, `{"companyName":"Ajax"}`)
	s.equal(s.want(400, reseller, to, `{"companyName":"Taken"}`).at("errors", "companyName", 0), "Company with this name already exists")
	s.want(404, reseller, "PATCH /iam/clients/1", `{"name":"x"}`)
}

func TestMoveClient(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.AddCredential(Reseller, "8001_other", 8001)
	u := s.SeedUser(User{})
	s.want(200, reseller, path("PATCH /iam/clients/%d", u.Client), `{"reseller":8001}`)
	s.want(404, reseller, path("GET /iam/clients/%d", u.Client), "")
	s.want(404, reseller, path("GET /iam/users/%d", u.ID), "")
	s.want(200, "APIKey 8001_other", path("GET /iam/clients/%d", u.Client), "")
	s.want(200, "APIKey 8001_other", path("GET /iam/users/%d", u.ID), "")
}

func TestSecondReseller(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.AddCredential(Reseller, "8001_other", 8001)
	const other = "APIKey 8001_other"
	u := s.SeedUser(User{Company: "Acme", Email: "a@example.com"})
	s.want(404, other, path("GET /iam/clients/%d", u.Client), "")
	s.want(404, other, path("PATCH /iam/clients/%d", u.Client), `{"name":"x"}`)
	s.want(404, other, path("GET /iam/users/%d", u.ID), "")
	s.want(404, other, path("PATCH /iam/users/%d", u.ID), `{"name":"x"}`)
	s.want(404, other, path("DELETE /iam/users/%d", u.ID), "")
	s.want(404, other, path("GET /iam/products/availability/clients/%d", u.Client), "")
	s.equal(s.want(200, other, "GET /iam/clients", "").doc, []any{})
	s.equal(s.want(200, other, "GET /iam/users", "").doc, []any{})
	// Names are taken anyway.
	s.want(400, other, "POST /iam/clients/create", `{"company":"Acme"}`)
	s.want(400, other, "POST /iam/users", `{"company":"Ajax","email":"A@Example.com","password":"p"}`)
}

func TestMemberViews(t *testing.T) {
	t.Parallel()
	tests := map[MemberView]struct{ list, own, other, patch int }{
		MemberForbidden: {403, 403, 403, 403},
		MemberNotFound:  {404, 404, 404, 404},
		MemberEmpty:     {200, 404, 404, 404},
		MemberOwn:       {200, 200, 404, 403},
	}
	for mode, want := range tests {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{Member: mode})
			other := s.SeedClient(Client{})
			s.want(want.own, member, path("GET /iam/clients/%d", DemoAccount), "")
			s.want(want.other, member, path("GET /iam/clients/%d", other.ID), "")
			s.want(want.patch, member, path("PATCH /iam/clients/%d", DemoAccount), `{"name":"x"}`)
			s.want(want.own, member, path("GET /iam/products/availability/clients/%d", DemoAccount), "")
			s.want(403, member, "POST /iam/users", `{"company":"a","email":"a@example.com","password":"p"}`)
			s.want(403, member, path("DELETE /iam/users/%d", DemoMember), "")
			list := s.want(want.list, member, "GET /iam/clients?limit=5", "")
			switch mode {
			case MemberEmpty:
				s.equal(list.at("results"), []any{})
			case MemberOwn:
				s.equal(ids(list.at("results")), []int64{DemoAccount})
			}
		})
	}
}

func TestSoftDelete(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := s.SeedClient(Client{Company: "Acme"})
	get, all := path("GET /iam/clients/%d", c.ID), []int64{DemoAccount, c.ID}
	s.ChangeClient(c.ID, func(c *Client) { c.Deleted = true })
	s.want(404, reseller, get, "")
	s.equal(ids(s.want(200, reseller, "GET /iam/clients", "").doc), []int64{DemoAccount})

	s.Configure(func(o *Options) { o.SoftDelete = true })
	s.equal(s.want(200, reseller, get, "").at("deleted"), true)
	s.want(404, reseller, path("PATCH /iam/clients/%d", c.ID), `{"name":"x"}`)
	s.equal(ids(s.want(200, reseller, "GET /iam/clients", "").doc), all)
	s.equal(ids(s.want(200, reseller, "GET /iam/clients?deleted=false", "").doc), []int64{DemoAccount})
	s.equal(ids(s.want(200, reseller, "GET /iam/clients?deleted=true", "").doc), []int64{c.ID})

	s.Configure(func(o *Options) { o.DeletedKeepNames = true })
	s.want(400, reseller, "POST /iam/clients/create", `{"company":"Acme"}`)
	s.Configure(func(o *Options) { o.DeletedKeepNames = false })
	s.want(201, reseller, "POST /iam/clients/create", `{"company":"Acme"}`)

	s.RemoveClient(c.ID)
	s.want(404, reseller, get, "")
}

func TestCompanyNames(t *testing.T) {
	t.Parallel()
	t.Run("kept", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{})
		s.equal(s.want(201, reseller, "POST /iam/clients/create", `{"company":" Acme "}`).at("company"), " Acme ")
		s.want(201, reseller, "POST /iam/clients/create", `{"company":"acme"}`)
		s.want(201, reseller, "POST /iam/clients/create", `{"company":"Acme"}`)
	})
	t.Run("trimmed", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Company: strings.TrimSpace})
		s.equal(s.want(201, reseller, "POST /iam/clients/create", `{"company":" Acme "}`).at("company"), "Acme")
		s.want(400, reseller, "POST /iam/clients/create", `{"company":"Acme"}`)
	})
	t.Run("folded", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{FoldCompany: true})
		s.want(201, reseller, "POST /iam/clients/create", `{"company":"Acme"}`)
		s.want(400, reseller, "POST /iam/clients/create", `{"company":"ACME"}`)
	})
}

func TestClientLag(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Lag: 2})
	id := s.want(201, reseller, "POST /iam/clients/create", `{"company":"Acme"}`).id()
	get := path("GET /iam/clients/%d", id)
	s.want(404, reseller, get, "")
	s.equal(ids(s.want(200, reseller, "GET /iam/clients", "").doc), []int64{DemoAccount})
	s.want(200, reseller, get, "")
	s.want(400, reseller, "POST /iam/clients/create", `{"company":"Acme"}`)

	// A listing that meets the account with two users is still one read.
	id = s.want(201, member, "POST /iam/clients/create", `{"company":"Ajax"}`).id()
	s.SeedUser(User{Client: DemoAccount, Access: map[int64][]string{DemoAccount: {"1"}, id: {"1"}}})
	for range 2 {
		s.equal(len(s.want(200, member, "GET /iam/users", "").at(0, "client_and_roles").([]any)), 1)
	}
	s.equal(s.want(200, member, "GET /iam/users", "").at(0, "client_and_roles", 1, "client_id"), float64(id))
}

func TestNumbersAndNulls(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Numbers: NumberFraction, OmitNulls: true})
	u := s.SeedUser(User{})
	get := path("GET /iam/clients/%d", u.Client)
	if a := s.want(200, reseller, get, ""); !strings.Contains(a.raw, `"owner":7002.0,`) {
		t.Errorf("owner in %s", a.raw)
	}
	s.Configure(func(o *Options) { o.Numbers = NumberExponent })
	if a := s.want(200, reseller, path("GET /iam/users/%d", u.ID), ""); !strings.Contains(a.raw, `"client":7.310001e+06,`) {
		t.Errorf("client in %s", a.raw)
	}
	if a := s.want(200, reseller, "GET /iam/clients?limit=1", ""); !strings.Contains(a.raw, `"count":2e+00`) {
		t.Errorf("count in %s", a.raw)
	}
	a := s.want(200, reseller, get, "")
	for _, name := range []string{"phone", "custom_id", "seller", "signup_process"} {
		s.equal(a.has(name), false)
	}
	s.equal(a.has("name"), true)
}

func TestClientDefaults(t *testing.T) {
	t.Parallel()
	s := start(t, Options{CountryCode: "LU", TestAccounts: true, Lang: "de"})
	id := s.want(201, reseller, "POST /iam/clients/create", `{"company":"Acme"}`).id()
	u := s.want(201, reseller, "POST /iam/users", `{"company":"Ajax","email":"a@example.com","password":"p"}`)
	s.equal(u.at("lang"), "de")
	for _, id := range []int64{id, int64(u.at("client").(float64))} {
		a := s.want(200, reseller, path("GET /iam/clients/%d", id), "")
		s.equal([]any{a.at("country_code"), a.at("is_test")}, []any{"LU", true})
	}
	u = s.want(201, reseller, "POST /iam/users",
		`{"company":"Apex","email":"b@example.com","password":"p","lang":"az","country_code":"FR","is_test":false}`)
	s.equal(u.at("lang"), "az")
	a := s.want(200, reseller, path("GET /iam/clients/%d", int64(u.at("client").(float64))), "")
	s.equal([]any{a.at("country_code"), a.at("is_test")}, []any{"FR", false})
}

func TestServerClock(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.server.SetClockOffset(-5 * time.Minute)
	before := time.Now()
	id := s.want(201, reseller, "POST /iam/clients/create", `{"company":"Acme"}`).id()
	c, _ := s.Client(id)
	if d := before.Sub(c.CreatedAt); d < 4*time.Minute || d > 6*time.Minute {
		t.Errorf("created %v before the request", d)
	}
}
