package gcore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// all has every argument of a user, each with a value of its own.
func all() Values {
	return Values{
		"email": "Ann@Example.com", "company": "Acme", "password_wo": password, "password_wo_version": 1, "name": "Ann", "phone": "+352 1",
		"seller": 12, "services": Values{"CDN": true, "DNS": false, "STREAMING": nil}, "lang": "de", "custom_id": "c-1",
		"country_code": "LU", "is_test": true, "user_type": "common", "deletion_policy": "delete", "timeouts": Values{"create": "5m"},
	}
}

// Every argument reaches the wire, and comes back with an empty plan.
func TestUserEveryArgument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	r.Applied(all())
	w.count(posts, 1)
	w.count("PATCH *", 0)
	post := w.server.Find(posts)[0]
	for pointer, want := range map[string]any{
		"/email": "Ann@Example.com", "/company": "Acme", "/password": mockserver.Hash(password), "/name": "Ann", "/phone": "+352 1",
		"/seller":                  12,
		"/services/0/product_name": "CDN", "/services/0/available": true, "/services/1/product_name": "DNS", "/services/1/available": false,
		"/lang": "de", "/custom_id": "c-1", "/country_code": "LU", "/is_test": true, "/user_type": "common",
	} {
		if got, sent := post.Field(pointer); !sent || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s was sent as %v (%v), want %v", pointer, got, sent, want)
		}
	}
	same(t, r.State(), acctest.With(all(), Values{"password_wo": nil, "timeouts": nil}))
	same(t, r.State(), Values{"password_wo": nil, "is_active": true, "activated": true})

	imported := w.Resource(userType)
	if said := imported.ImportIdentity(r.ID()); len(said) > 0 {
		t.Fatal(said)
	}
	imported.Settled(acctest.With(all(), Values{
		"password_wo": nil, "password_wo_version": nil, "services": nil, "deletion_policy": "prevent", "timeouts": nil,
	}))
}

// A create sends nothing for what the configuration leaves out. What its reply doesn't show is read at once, so that no
// later plan changes an output.
func TestUserMinimal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{Lang: "ru", CountryCode: "CH", TestAccounts: true})
	r := w.Resource(userType)
	if said := r.Apply(minimal(userType)); len(said) > 0 {
		t.Fatal(said)
	}
	w.count("*", 2)
	w.count(getClient, 1)
	body := string(w.server.Find(posts)[0].Body)
	for _, field := range []string{"name", "phone", "seller", "services", "lang", "custom_id", "country_code", "is_test", "user_type"} {
		if strings.Contains(body, `"`+field+`"`) {
			t.Errorf("%s was sent: %s", field, body)
		}
	}
	same(t, r.State(), Values{
		"lang": "ru", "country_code": "CH", "is_test": true, "user_type": "common", "name": nil, "seller": nil, "services": nil,
		"is_active": true, "activated": true,
	})
	before := r.State()
	r.Settled(minimal(userType))
	same(t, r.State(), before)
}

// Changes go where each field belongs, each endpoint once and only for what changed.
func TestUserChanges(t *testing.T) {
	t.Parallel()
	const patchProduct, resetProduct = "PATCH " + products, "DELETE " + products
	for name, test := range map[string]struct {
		change Values
		sent   map[string][]string // bodies by request
	}{
		"email":     {Values{"email": "Bea@example.com"}, map[string][]string{patchUser: {`{"email":"Bea@example.com"}`}}},
		"name":      {Values{"name": "Bea"}, map[string][]string{patchUser: {`{"name":"Bea"}`}}},
		"phone":     {Values{"phone": "+1"}, map[string][]string{patchUser: {`{"phone":"+1"}`}}},
		"lang":      {Values{"lang": "en"}, map[string][]string{patchUser: {`{"lang":"en"}`}}},
		"company":   {Values{"company": "Beta"}, map[string][]string{patchClient: {`{"companyName":"Beta"}`}}},
		"custom_id": {Values{"custom_id": "c-2"}, map[string][]string{patchClient: {`{"custom_id":"c-2"}`}}},
		"seller":    {Values{"seller": 13}, map[string][]string{patchClient: {`{"seller":13}`}}},
		"is_test":   {Values{"is_test": false}, map[string][]string{patchClient: {`{"is_test":false}`}}},
		"services": {Values{"services": Values{"CDN": false, "DNS": nil, "STREAMING": true, "CLOUD": true}}, map[string][]string{
			patchProduct: {
				`{"product_name":"CDN","available":false}`, `{"product_name":"CLOUD","available":true}`,
				`{"product_name":"STREAMING","available":true}`,
			},
			resetProduct: {`{"product_names":["DNS"]}`},
		}},
		"a new null": {Values{"services": Values{"CDN": true, "DNS": false, "STREAMING": nil, "DDOS": nil}}, map[string][]string{
			resetProduct: {`{"product_names":["DDOS"]}`},
		}},
		"everywhere": {
			Values{
				"name": "Bea", "phone": nil, "company": "Beta", "seller": nil,
				"services": Values{"CDN": false, "DNS": false, "STREAMING": nil},
			},
			map[string][]string{
				patchUser: {`{"name":"Bea","phone":null}`}, patchClient: {`{"companyName":"Beta","seller":null}`},
				patchProduct: {`{"product_name":"CDN","available":false}`},
			},
		},
		"deletion_policy":     {Values{"deletion_policy": "abandon"}, nil},
		"timeouts":            {Values{"timeouts": Values{"read": "1m"}}, nil},
		"only the password":   {Values{"password_wo": "another"}, nil},
		"spelling of email":   {Values{"email": "ann@example.COM"}, nil},
		"spelling of company": {Values{"company": "ACME"}, map[string][]string{patchClient: {`{"companyName":"ACME"}`}}},
		"spelling of country": {Values{"country_code": "lu"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			r := w.Resource(userType)
			r.Applied(all())
			id := r.ID()
			w.Restart()
			r.Settled(all())
			w.server.Reset()
			config := acctest.With(all(), test.change)
			plan := r.Plan(config)
			if len(plan.Unknown()) > 0 {
				t.Errorf("known after apply: %v", plan.Unknown())
			}
			if said := r.Execute(plan); len(plan.Diagnostics)+len(said) > 0 {
				t.Fatal(plan.Diagnostics, said)
			}
			sent := 0
			for pattern, bodies := range test.sent {
				found := w.server.Find(pattern)
				for i, request := range found {
					if i >= len(bodies) || string(request.Body) != bodies[i] {
						t.Errorf("%s %s, want %v", pattern, request.Body, bodies)
					}
				}
				w.count(pattern, len(bodies))
				sent += len(bodies)
			}
			if n := len(w.server.Requests()); n != sent {
				t.Errorf("%d requests were sent, want %d", n, sent)
			}
			r.Settled(config)
			if r.ID() != id {
				t.Errorf("another user: %s", r.ID())
			}
		})
	}
}

// Values that vendor and user spell differently are equal: nothing is sent, and the user's spelling stays.
func TestUserSpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{
		Email: strings.ToLower, Company: func(name string) string { return strings.Join(strings.Fields(strings.ToUpper(name)), " ") },
	})
	config := acctest.With(all(), Values{"company": "Acme  Corp", "country_code": "lu"})
	r := w.Resource(userType)
	r.Applied(config)
	w.ChangeClient(number(t, r.State()["client_id"]), func(c *mock.Client) { c.CountryCode = "LU" })
	w.Restart()
	r.Settled(config)
	same(t, r.State(), Values{"email": "Ann@Example.com", "company": "Acme  Corp", "country_code": "lu"})
	if n := acctest.Changes(w.server); n != 1 {
		t.Errorf("%d changes were sent, want only the create", n)
	}
	r.Applied(acctest.With(config, Values{"email": "Bea@Example.com", "company": "Beta  Corp"}))
	same(t, r.State(), Values{"email": "Bea@Example.com", "company": "Beta  Corp"})
}

// What someone changes at the vendor is put back.
func TestUserDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	r.Applied(all())
	userID, clientID := number(t, r.ID()), number(t, r.State()["client_id"])
	w.ChangeUser(userID, func(u *mock.User) {
		u.Email, u.Name, u.Phone, u.Lang, u.IsActive = "eve@example.com", nil, new("0"), "en", false
	})
	w.ChangeClient(clientID, func(c *mock.Client) {
		c.Company, c.CustomID, c.Seller, c.IsTest = "Eve", nil, nil, false
		delete(c.Availability, "CDN")
		c.Availability["DNS"] = true
	})
	w.Restart()
	r.Applied(all())
	u, _ := w.User(userID)
	c, _ := w.Client(clientID)
	if u.Email != "Ann@Example.com" || *u.Name != "Ann" || *u.Phone != "+352 1" || u.Lang != "de" {
		t.Errorf("the vendor has %+v", u)
	}
	if c.Company != "Acme" || *c.CustomID != "c-1" || *c.Seller != 12 || !c.IsTest || !c.Availability["CDN"] || c.Availability["DNS"] {
		t.Errorf("the vendor has %+v", c)
	}
	if r.State()["is_active"] != false {
		t.Error("is_active was not read")
	}
}

func TestUserRefusedValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	for _, test := range []struct {
		config Values
		says   string
	}{
		{Values{"email": "nobody"}, "e-mail"}, {Values{"email": ""}, "is empty"}, {Values{"email": nil}, "email"},
		{Values{"company": " Acme"}, "begins or ends"}, {Values{"company": nil}, "company"}, {Values{"name": ""}, "is empty"},
		{Values{"phone": "1\n2"}, "control character"}, {Values{"custom_id": ""}, "is empty"}, {Values{"country_code": ""}, "is empty"},
		{Values{"lang": "fr"}, "lang"}, {Values{"user_type": "admin"}, "user_type"}, {Values{"user_type": "reseller"}, "common"},
		{Values{"services": Values{}}, "services is empty. To leave every product"}, {Values{"services": Values{"MAIL": true}}, "services"},
		{Values{"password_wo": ""}, "password_wo"}, {Values{"password_wo": nil}, "needs a password"},
		{Values{"password_wo": nil, "password_wo_version": nil}, "needs a password"},
		{Values{"password_wo_version": nil}, "password_wo_version"}, {Values{"password_wo_version": 0}, "password_wo_version is 0"},
		{Values{"password_wo_version": 1.5}, "password_wo_version is 1.5. It must be a whole number, at least 1"},
		{Values{"seller": 1.5}, "seller is 1.5. It must be a whole number"}, {Values{"seller": 0}, "seller is 0"},
		{Values{"seller": -1}, "seller is -1"},
		{Values{"deletion_policy": "disable"}, "delete"}, {Values{"timeouts": Values{"create": "soon"}}, "timeouts.create is"},
	} {
		said := w.Resource(userType).Apply(acctest.With(all(), test.config))
		said.Refused(t, w.server, test.says)
	}
	plan := w.Resource(userType).Plan(acctest.With(all(), Values{"password_wo": nil}))
	if len(plan.Diagnostics.Errors()) == 0 {
		t.Error("the missing password is no error of the plan")
	}
	for name, config := range map[string]Values{
		"empty": {"company": ""}, "whitespace": {"company": "Acme "}, "missing": {}, "policy": {"company": "A", "deletion_policy": "delete"},
	} {
		if said := w.Resource(accountType).Apply(config); len(said.Errors()) == 0 {
			t.Errorf("%s: %v", name, said)
		}
	}
	w.count("*", 0)
}

// Values that are unknown at plan time are sent as they turn out.
func TestUserUnknownValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	unknown := Values{}
	for name := range all() {
		if name != "deletion_policy" && name != "timeouts" && name != "services" {
			unknown[name] = acctest.Unknown
		}
	}
	plan := r.Plan(acctest.With(all(), unknown))
	if len(plan.Diagnostics) > 0 {
		t.Fatal(plan.Diagnostics)
	}
	known := acctest.With(all(), Values{"deletion_policy": nil, "timeouts": nil, "services": nil})
	if said := r.Execute(plan, known); len(said) > 0 {
		t.Fatal(said)
	}
	r.Settled(all())

	for name, value := range map[string]any{
		"services": Values{"CDN": acctest.Unknown}, "country_code": acctest.Unknown, "lang": acctest.Unknown,
	} {
		if plan := r.Plan(acctest.With(all(), Values{name: value})); len(plan.Diagnostics.Errors()) > 0 {
			t.Errorf("%s: %s", name, plan.Diagnostics)
		}
	}
}

// What is only known at apply is checked before anything is sent; null in services is a value.
func TestUserValuesKnownAtApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	unknown := acctest.With(all(), Values{
		"seller": acctest.Unknown, "services": Values{"CDN": acctest.Unknown, "DNS": false, "STREAMING": nil}, "name": acctest.Unknown,
	})
	r := w.Resource(userType)
	plan := r.Plan(unknown)
	if len(plan.Diagnostics) > 0 {
		t.Fatal(plan.Diagnostics)
	}
	for _, test := range []struct {
		values Values
		says   string
	}{
		{Values{"seller": 0, "services": nil, "name": "Ann"}, "seller is 0"},
		{Values{"seller": 1.5, "services": nil, "name": "Ann"}, "seller is 1.5"},
		{Values{"seller": 12, "services": Values{"MAIL": true}, "name": "Ann"}, "services"},
		{Values{"seller": 12, "services": Values{}, "name": "Ann"}, "services is empty"},
		{Values{"seller": nil, "services": nil, "name": ""}, "name is empty"},
	} {
		whole := r.Plan(acctest.With(all(), Values{"seller": acctest.Unknown, "services": acctest.Unknown, "name": acctest.Unknown}))
		r.Execute(whole, test.values).Refused(t, w.server, test.says)
	}
	r.Execute(plan, Values{"seller": nil, "services": Values{"CDN": nil, "DNS": false, "STREAMING": nil}, "name": nil})
	w.count(posts, 1)
	same(t, r.State(), Values{"seller": nil, "name": nil, "services": Values{"CDN": nil, "DNS": false, "STREAMING": nil}})
	r.Settled(acctest.With(all(), Values{"seller": nil, "services": Values{"CDN": nil, "DNS": false, "STREAMING": nil}, "name": nil}))
}
