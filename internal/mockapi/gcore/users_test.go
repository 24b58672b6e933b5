package gcore

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const newUser = `{"company":"Acme","email":"Ann@Example.com","password":"secret","user_type":"common","name":"Ann","phone":"1",
	"seller":5,"services":[{"product_name":"CDN","available":false},{"product_name":"DNS","available":true},
	{"product_name":"CLOUD","available":null}],"lang":"az","custom_id":"x","country_code":"LU","is_test":true}`

func TestCreateUser(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := s.want(201, reseller, "POST /iam/users", newUser)
	client := int64(a.at("client").(float64))
	got := map[string]any{}
	for _, name := range []string{"email", "name", "phone", "lang", "company", "activated", "is_active", "user_type", "reseller"} {
		got[name] = a.at(name)
	}
	s.equal(got, map[string]any{"email": "Ann@Example.com", "name": "Ann", "phone": "1", "lang": "az", "company": "Acme",
		"activated": true, "is_active": true, "user_type": "common", "reseller": float64(DemoReseller)})
	s.equal(a.at("client_and_roles", 0, "client_id"), float64(client))
	s.equal(a.at("groups", 0, "name"), "Administrators")
	if strings.Contains(a.raw, "secret") {
		t.Error("the password came back")
	}

	c := s.want(200, reseller, path("GET /iam/clients/%d", client), "")
	got = map[string]any{}
	for _, name := range []string{"companyName", "email", "name", "phone", "seller", "custom_id", "country_code", "is_test", "owner"} {
		got[name] = c.at(name)
	}
	s.equal(got, map[string]any{"companyName": "Acme", "email": "Ann@Example.com", "name": "Ann", "phone": "1", "seller": 5.0,
		"custom_id": "x", "country_code": "LU", "is_test": true, "owner": float64(DemoResellerUser)})
	s.equal(s.want(200, reseller, path("GET /iam/products/availability/clients/%d", client), "").doc, []any{
		map[string]any{"product_name": "CDN", "available": false}, map[string]any{"product_name": "DNS", "available": true},
	})
}

func TestIgnoredOnCreate(t *testing.T) {
	t.Parallel()
	ignored := []string{"name", "phone", "seller", "services", "lang", "custom_id", "country_code", "is_test"}
	s := start(t, Options{IgnoreOnCreate: ignored})
	id := s.want(201, reseller, "POST /iam/users", newUser).id()
	u, _ := s.User(id)
	c, _ := s.Client(u.Client)
	s.equal([]any{u.Name, u.Phone, u.Lang}, []any{(*string)(nil), (*string)(nil), "en"})
	s.equal([]any{c.Seller, c.CustomID, c.CountryCode, c.IsTest, len(c.Availability)},
		[]any{(*int64)(nil), (*string)(nil), "", false, 0})
}

func TestGetUserLacksRoles(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	u := s.SeedUser(User{})
	s.equal(s.want(200, reseller, path("GET /iam/users/%d", u.ID), "").has("client_and_roles"), false)
	for _, wrong := range []string{"1", "0", "-1"} {
		s.want(404, reseller, "GET /iam/users/"+wrong, "")
	}
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Email: strings.ToLower})
	s.SeedUser(User{Email: "taken@example.com"})
	u := s.SeedUser(User{Email: "ann@example.com", Name: new("Ann"), Phone: new("1")})
	to := path("PATCH /iam/users/%d", u.ID)
	a := s.want(200, reseller, to, `{"email":"Bob@Example.com","name":"Bob","lang":"de","auth_types":["sso"]}`)
	s.equal([]any{a.at("email"), a.at("name"), a.at("phone"), a.at("lang"), a.at("sso_auth")},
		[]any{"bob@example.com", "Bob", "1", "de", true})
	s.equal(a.has("client_and_roles"), true)
	a = s.want(200, reseller, to, `{"name":null,"phone":null}`)
	s.equal([]any{a.at("name"), a.at("phone")}, []any{nil, nil})
	s.want(200, reseller, to, `{"email":"BOB@example.com"}`)
	s.equal(s.want(400, reseller, to, `{"email":"TAKEN@example.com"}`).at("errors", "email", 0), "User with this email already exists")

	// The client's own values are its own from the start.
	c, _ := s.Client(u.Client)
	s.equal([]string{c.Email, *c.Name, *c.Phone}, []string{"ann@example.com", "Ann", "1"})

	s.ChangeUser(u.ID, func(u *User) { u.Outranks = true })
	s.want(403, reseller, to, `{"name":"x"}`)
}

func TestUserCompany(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	u := s.SeedUser(User{Company: "Acme"})
	s.want(200, reseller, path("PATCH /iam/clients/%d", u.Client), `{"companyName":"Ajax"}`)
	get := path("GET /iam/users/%d", u.ID)
	s.equal(s.want(200, reseller, get, "").at("company"), "Ajax")
	s.Configure(func(o *Options) { o.StaleUserCompany = true })
	s.equal(s.want(200, reseller, get, "").at("company"), "Acme")
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	for _, soft := range []bool{false, true} {
		t.Run(fmt.Sprint(soft), func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{SoftDelete: soft})
			u := s.SeedUser(User{Email: "ann@example.com", Company: "Acme"})
			del, get := path("DELETE /iam/users/%d", u.ID), path("GET /iam/users/%d", u.ID)

			s.ChangeUser(u.ID, func(u *User) { u.HasTokens = true })
			s.want(403, reseller, del, "")
			s.ChangeUser(u.ID, func(u *User) { u.HasTokens, u.Access[DemoAccount] = false, []string{"2"} })
			s.want(403, reseller, del, "")
			s.ChangeUser(u.ID, func(u *User) { delete(u.Access, DemoAccount) })
			s.equal(s.want(200, reseller, del, "").raw, "")
			s.want(404, reseller, del, "")

			if soft {
				s.equal(s.want(200, reseller, get, "").at("deleted"), true)
				s.equal(ids(s.want(200, reseller, "GET /iam/users", "").doc), []int64{DemoMember, u.ID})
			} else {
				s.want(404, reseller, get, "")
				s.equal(ids(s.want(200, reseller, "GET /iam/users", "").doc), []int64{DemoMember})
			}
			// Its client stays, and so does the company's name; the address is free.
			s.equal(s.want(200, reseller, path("GET /iam/clients/%d", u.Client), "").at("has_active_admin"), false)
			s.want(400, reseller, "POST /iam/users", `{"company":"Acme","email":"b@example.com","password":"p"}`)
			s.want(201, reseller, "POST /iam/users", `{"company":"Ajax","email":"ann@example.com","password":"p"}`)
			s.RemoveUser(u.ID)
			s.want(404, reseller, get, "")
		})
	}
}

func TestDeletedAddressKept(t *testing.T) {
	t.Parallel()
	s := start(t, Options{DeletedKeepNames: true})
	u := s.SeedUser(User{Email: "ann@example.com"})
	s.want(200, reseller, path("DELETE /iam/users/%d", u.ID), "")
	s.want(400, reseller, "POST /iam/users", `{"company":"Ajax","email":"ann@example.com","password":"p"}`)
}

func TestUserLag(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Lag: 1})
	a := s.want(201, reseller, "POST /iam/users", newUser)
	s.want(404, reseller, path("GET /iam/users/%d", a.id()), "")
	s.want(200, reseller, path("GET /iam/users/%d", a.id()), "")
	client := path("GET /iam/clients/%d", int64(a.at("client").(float64)))
	s.want(404, reseller, client, "")
	s.want(200, reseller, client, "")
}

// Members see the users of their account, and which accounts those can enter.
func TestMembersUsers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.SeedUser(User{})
	colleague := s.SeedUser(User{Client: DemoAccount})
	made := s.want(201, member, "POST /iam/clients/create", `{"company":"Acme"}`).id()
	a := s.want(200, member, "GET /iam/users", "")
	s.equal(ids(a.doc), []int64{DemoMember, colleague.ID})
	s.equal(a.at(0, "client_and_roles"), []any{
		map[string]any{"client_id": float64(DemoAccount), "client_company_name": "Demo member's company",
			"user_id": float64(DemoMember), "user_roles": []any{"1"}},
		map[string]any{"client_id": float64(made), "client_company_name": "Acme",
			"user_id": float64(DemoMember), "user_roles": []any{"1"}},
	})

	for name, hide := range map[string]func(){
		"deleted":  func() { s.ChangeClient(made, func(c *Client) { c.Deleted = true }) },
		"withheld": func() { s.ChangeUser(DemoMember, func(u *User) { delete(u.Access, made) }) },
	} {
		hide()
		if got := s.want(200, member, "GET /iam/users", "").at(0, "client_and_roles").([]any); len(got) != 1 {
			t.Errorf("%s: %d accounts", name, len(got))
		}
		s.ChangeClient(made, func(c *Client) { c.Deleted = false })
	}
}

func TestOwnUserListed(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.equal(ids(s.want(200, reseller, "GET /iam/users", "").doc), []int64{DemoMember})
	s.Configure(func(o *Options) { o.OwnUserListed = true })
	s.equal(ids(s.want(200, reseller, "GET /iam/users", "").doc), []int64{DemoResellerUser, DemoMember})
	s.want(200, reseller, path("GET /iam/users/%d", DemoResellerUser), "")
	s.want(403, reseller, path("DELETE /iam/users/%d", DemoResellerUser), "")
}

func TestAvailability(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Availability: map[string]bool{"STORAGE": false}})
	c := s.SeedClient(Client{
		Services: map[string]Service{"CDN": {Status: "active", Enabled: true}, "STORAGE": {Status: "trial", Enabled: true}},
	})
	to := path("/iam/products/availability/clients/%d", c.ID)
	s.equal(s.want(200, reseller, "GET "+to, "").doc, []any{})

	s.equal(s.want(200, reseller, "PATCH "+to, `{"product_name":"STORAGE","available":true}`).at("available"), true)
	s.want(200, reseller, "PATCH "+to, `{"product_name":"DNS","available":false}`)
	s.equal(s.want(403, reseller, "PATCH "+to, `{"product_name":"CDN","available":false}`).at("active"), []any{"CDN"})
	overrides := []any{
		map[string]any{"product_name": "STORAGE", "available": true}, map[string]any{"product_name": "DNS", "available": false},
	}
	s.equal(s.want(200, reseller, "GET "+to, "").doc, overrides)

	s.Configure(func(o *Options) { o.EffectiveAvailability = true })
	effective := map[any]any{}
	for _, c := range []int64{DemoAccount, c.ID} {
		for _, item := range s.want(200, reseller, path("GET /iam/products/availability/clients/%d", c), "").doc.([]any) {
			effective[item.(map[string]any)["product_name"]] = item.(map[string]any)["available"]
		}
		s.equal(effective, map[any]any{
			"CDN": true, "STORAGE": c != DemoAccount, "STREAMING": true, "DNS": c == DemoAccount, "DDOS": true, "CLOUD": true,
		})
	}
	s.Configure(func(o *Options) { o.EffectiveAvailability = false })

	// Inheriting would hide a product in use.
	s.equal(s.want(403, reseller, "DELETE "+to, `{"product_names":["STORAGE","DNS"]}`).at("trial"), []any{"STORAGE"})
	s.equal(s.want(http.StatusNoContent, reseller, "DELETE "+to, `{"product_names":["DNS","CLOUD"]}`).raw, "")
	s.equal(s.want(200, reseller, "GET "+to, "").doc, overrides[:1])
}
