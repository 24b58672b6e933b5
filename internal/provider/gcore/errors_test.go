package gcore_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// What the vendor refuses is told in its words, on the attribute where it names one, with what to do.
func TestFailures(t *testing.T) {
	t.Parallel()
	const page = "<html><head><title>Sign in</title></head><body>Please sign in</body></html>"
	type failure struct {
		name  string
		fault mockserver.Fault
		says  []string
	}
	everywhere := []failure{
		{
			"401", mockserver.Fault{Status: 401, Body: `{"message":"Token is invalid or expired"}`},
			[]string{"HTTP 401", "Token is invalid", "GCORE_API_KEY"},
		},
		{"403", mockserver.Fault{Status: 403, Body: `{"message":"No"}`}, []string{"HTTP 403", "reseller"}},
		{"409", mockserver.Fault{Status: 409, Body: `{"message":"Somebody else is at it."}`}, []string{"HTTP 409", "Somebody else is at it."}},
		{
			"422 with fields", mockserver.Fault{Status: 422, Body: `{"errors":{"company":["Too odd."],"companyName":["Too odd."]}}`},
			[]string{"Too odd.", "HTTP 422", `AttributeName("company")`},
		},
		{"400, unknown field", mockserver.Fault{Status: 400, Body: `{"errors":{"moon":["Wrong phase."]}}`}, []string{"moon: Wrong phase."}},
		{"501", mockserver.Fault{Status: 501}, []string{"HTTP 501"}},
		{"redirect", mockserver.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example/?secret"}}}, []string{"base URL"}},
		{
			"429, for too long", mockserver.Fault{Status: 429, Header: http.Header{"Retry-After": {"7200"}}},
			[]string{"HTTP 429", "asked to wait 2h", "max_requests_per_second"},
		},
	}
	again := []failure{
		{
			"500, again and again", mockserver.Fault{Status: 500, Body: `{"message":"Oops","request_id":"r-1"}`},
			[]string{"HTTP 500", "r-1", "fault at the vendor"},
		},
		{"a web page", mockserver.Fault{Body: page, Header: http.Header{"Content-Type": {"text/html"}}}, []string{"base URL"}},
		{"no JSON", mockserver.Fault{Body: `{"id":`}, []string{"base URL"}},
		{"another form", mockserver.Fault{Body: `{"id":"x"}`}, []string{"base URL"}},
	}
	account := minimal(accountType)
	user := acctest.With(minimal(userType), Values{"deletion_policy": "delete"})
	for name, test := range map[string]struct {
		typeName, on string
		also         []failure
		do           func(r *acctest.Resource) acctest.Diagnostics // nil: the create
	}{
		"create account": {accountType, posts, nil, nil},
		"create user":    {userType, posts, nil, nil},
		"read account":   {accountType, "GET *", again, (*acctest.Resource).Refresh},
		"read user":      {userType, getUser, again, (*acctest.Resource).Refresh},
		"rename account": {accountType, patchClient, again, func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(account, Values{"company": "Other"}))
		}},
		"update user": {userType, patchUser, again, func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(user, Values{"name": "Bea"}))
		}},
		"update client": {userType, patchClient, again, func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(user, Values{"company": "Other"}))
		}},
		"availability": {userType, "PATCH " + products, again[:1], func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(user, Values{"services": Values{"CDN": true}}))
		}},
		"delete user": {userType, deleteUser, again[:1], func(r *acctest.Resource) acctest.Diagnostics { return r.Apply(nil) }},
	} {
		for _, f := range append(append([]failure{}, everywhere...), test.also...) {
			t.Run(name+" "+f.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, mock.Options{})
				r := w.Resource(test.typeName)
				f.fault.On = test.on
				config := map[string]Values{accountType: account, userType: user}[test.typeName]
				if test.do == nil {
					w.server.Inject(f.fault)
					known := len(w.Clients())
					said := r.Apply(config)
					said.Errors().Contain(t, f.says...)
					if r.State() != nil || len(w.Clients()) != known {
						t.Errorf("state %v, %d accounts more", r.State(), len(w.Clients())-known)
					}
					w.count(posts, 1)
					return
				}
				r.Applied(config)
				before := r.State()
				w.Restart()
				w.server.Inject(f.fault)
				said := test.do(r)
				said.Errors().Contain(t, f.says...)
				if strings.Contains(said.String(), "evil") || strings.Contains(said.String(), "<html") {
					t.Errorf("it repeats what it must not:\n%s", said)
				}
				if fmt.Sprint(r.State()) != fmt.Sprint(before) || r.Tainted {
					t.Errorf("the state has changed: %v", r.State())
				}
				w.count(posts, 1)
			})
		}
	}
}

// A vendor that isn't configured costs nothing until its API is needed; then the diagnostic names what to set.
func TestNoCredential(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	account, user := w.Resource(accountType), w.Resource(userType)
	account.Applied(acctest.With(minimal(accountType), Values{"deletion_policy": "abandon"}))
	user.Applied(acctest.With(minimal(userType), Values{"deletion_policy": "abandon"}))
	delete(w.env, "GCORE_API_KEY")
	w.Restart()
	w.server.Reset()
	for _, r := range []*acctest.Resource{account, user} {
		said := r.Refresh()
		said.Errors().Contain(t, "api_key", "GCORE_API_KEY")
		// What needs no request goes on.
		config := acctest.With(minimal(r.Type), Values{"timeouts": Values{"read": "1m"}})
		if plan := r.Plan(config); plan.Action != "update" || len(plan.Diagnostics) > 0 || len(r.Execute(plan)) > 0 {
			t.Errorf("%s: %v", r.Type, plan.Diagnostics)
		}
	}
	for _, name := range []string{"gcore_accounts", "gcore_reseller_users"} {
		_, said := w.Data(name, Values{})
		said.Errors().Contain(t, "GCORE_API_KEY")
	}
	w.count("*", 0)
}

// A follow-up step that fails leaves a warning, no taint, and a next apply that finishes without another create.
func TestUserIncomplete(t *testing.T) {
	t.Parallel()
	for field, on := range map[string]string{"name": patchUser, "custom_id": patchClient, "services": "PATCH " + products} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{IgnoreOnCreate: []string{field}})
			w.server.Inject(mockserver.Fault{On: on, Status: 403, Body: `{"message":"Not now"}`})
			r := w.Resource(userType)
			said := r.Apply(all())
			said.Warnings().Contain(t, "incomplete", "Not now", r.ID())
			if len(said.Errors()) > 0 || len(said) != 1 || r.Tainted {
				t.Errorf("tainted %t\n%s", r.Tainted, said)
			}
			w.server.ClearFaults()
			w.Restart()
			r.Refresh()
			if plan := r.Plan(all()); plan.Action != "update" {
				t.Errorf("planned %q", plan.Action)
			}
			r.Applied(all())
			w.count(posts, 1)
		})
	}
}

// A change that Gcore accepts and does not make is an error on its attribute, and comes up again.
func TestUserIgnoredChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	r.Applied(all())
	for attribute, value := range map[string]any{
		"email": "bea@example.com", "name": "Bea", "phone": "1", "lang": "en", "company": "Beta", "custom_id": "c-2", "seller": 13,
		"is_test": false,
	} {
		u, _ := w.User(number(t, r.ID()))
		c, _ := w.Client(u.Client)
		w.server.Inject(
			mockserver.Fault{
				On: patchUser, Body: fmt.Sprintf(`{"id":%d,"email":%q,"name":%q,"phone":%q,"lang":%q}`, u.ID, u.Email, *u.Name, *u.Phone, u.Lang),
			},
			mockserver.Fault{On: patchClient, Body: fmt.Sprintf(`{"id":%d,"companyName":%q,"custom_id":%q,"seller":%d,"is_test":%t}`,
				c.ID, c.Company, *c.CustomID, *c.Seller, c.IsTest)},
		)
		said := r.Apply(acctest.With(all(), Values{attribute: value}))
		said.Errors().Contain(t, "did not apply a change", fmt.Sprintf("AttributeName(%q)", attribute))
		if len(said) != 1 {
			t.Errorf("%s: %s", attribute, said)
		}
		w.server.ClearFaults()
	}
	r.Settled(all())
}
