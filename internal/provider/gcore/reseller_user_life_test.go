package gcore_test

import (
	"fmt"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// Each attribute, taken out of a configuration that has it: what is sent, and what stays at the vendor.
func TestUserRemoval(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body    string // of the one request that clears it; "" where nothing is sent
		on      string
		warning string
		change  Values // instead of taking the attribute out
	}{
		"name":      {on: patchUser, body: `{"name":null}`},
		"phone":     {on: patchUser, body: `{"phone":null}`},
		"custom_id": {on: patchClient, body: `{"custom_id":null}`},
		"seller":    {on: patchClient, body: `{"seller":null}`},

		"lang": {}, "is_test": {}, "country_code": {}, "user_type": {}, "deletion_policy": {}, "timeouts": {},

		"services": {warning: "services of Gcore reseller user"},
		"services.CDN": {
			warning: `services["CDN"] of Gcore reseller user`, change: Values{"services": Values{"DNS": false, "STREAMING": nil}},
		},
		"password":        {change: Values{"password_wo": nil, "password_wo_version": nil}},
		"password_wo":     {},
		"name and seller": {on: "PATCH *", body: "", change: Values{"name": nil, "seller": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			r := w.Resource(userType)
			r.Applied(all())
			id, clientID := number(t, r.ID()), number(t, r.State()["client_id"])
			user, _ := w.User(id)
			client, _ := w.Client(clientID)
			w.Restart()
			w.server.Reset()
			if test.change == nil {
				test.change = Values{name: nil}
			}
			config := acctest.With(all(), test.change)
			said := r.Apply(config)
			if test.warning == "" && len(said) > 0 || len(said.Errors()) > 0 {
				t.Fatal(said)
			}
			said.Warnings().Contain(t, test.warning)
			r.Settled(config)
			if test.on == "PATCH *" {
				w.count(patchUser, 1)
				w.count(patchClient, 1)
				return
			}
			if test.on != "" {
				w.count(test.on, 1)
				if sent := string(w.server.Find(test.on)[0].Body); sent != test.body {
					t.Errorf("sent %s", sent)
				}
				if n := acctest.Changes(w.server); n != 1 {
					t.Errorf("%d changes were sent, want 1", n)
				}
				if r.State()[name] != nil {
					t.Errorf("the state has %v", r.State()[name])
				}
				return
			}
			if n := acctest.Changes(w.server); n != 0 {
				t.Errorf("%d changes were sent, want none", n)
			}
			userNow, _ := w.User(id)
			clientNow, _ := w.Client(clientID)
			if fmt.Sprint(user) != fmt.Sprint(userNow) || fmt.Sprint(client) != fmt.Sprint(clientNow) {
				t.Errorf("the vendor has changed: %+v %+v", userNow, clientNow)
			}
			// What isn't managed may change as it likes.
			w.ChangeClient(clientID, func(c *mock.Client) { c.Availability["CDN"] = false })
			if name == "services" || name == "services.CDN" {
				r.Settled(config)
			}
		})
	}
}

// Changes that the API has no call for are refused at plan time, or at apply time where no plan could see them.
func TestUserCreateOnly(t *testing.T) {
	t.Parallel()
	const says = "create-only attribute can't be changed"
	for name, change := range map[string]Values{
		"country_code": {"country_code": "DE"}, "user_type": {"user_type": "seller"}, "password_wo_version": {"password_wo_version": 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			r := w.Resource(userType)
			r.Applied(all())
			w.server.Reset()
			r.Plan(acctest.With(all(), change)).Diagnostics.Refused(t, w.server, says, name)

			plan := r.Plan(acctest.With(all(), Values{name: acctest.Unknown}))
			if len(plan.Diagnostics) > 0 {
				t.Fatal(plan.Diagnostics)
			}
			r.Execute(plan, change).Refused(t, w.server, says)

			// Out of the configuration and back in: still what was created, still refused.
			without := acctest.With(all(), Values{name: nil, "password_wo": nil, "password_wo_version": nil})
			r.Applied(without)
			r.Plan(acctest.With(all(), change)).Diagnostics.Refused(t, w.server, says)
			r.Applied(all())
		})
	}

	t.Run("set after an import", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, mock.Options{})
		user := w.SeedUser(mock.User{Email: "ann@example.com", Company: "Acme"})
		r := w.Resource(userType)
		if said := r.Import(text(user.ID)); len(said) > 0 {
			t.Fatal(said)
		}
		base := Values{"email": "ann@example.com", "company": "Acme"}
		r.Settled(base)
		for _, late := range []Values{{"password_wo": password, "password_wo_version": 1}, {"country_code": "LU"}} {
			base = acctest.With(base, late)
			said := r.Apply(base)
			said.Warnings().Contain(t, "recorded, not sent")
			if len(said) != 1 {
				t.Fatal(said)
			}
			w.Restart()
			r.Settled(base)
		}
		r.Plan(acctest.With(base, Values{"password_wo_version": 2})).Diagnostics.Refused(t, w.server, says)
		r.Plan(acctest.With(base, Values{"country_code": "DE"})).Diagnostics.Refused(t, w.server, says)
	})

	t.Run("drift", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, mock.Options{})
		r := w.Resource(userType)
		r.Applied(all())
		w.ChangeClient(number(t, r.State()["client_id"]), func(c *mock.Client) { c.CountryCode = "DE" })
		w.server.Reset()
		said := r.Apply(all())
		said.Warnings().Contain(t, "differs in a create-only attribute", "LU", "DE")
		if len(said.Errors()) > 0 || acctest.Changes(w.server) > 0 || r.State()["country_code"] != "DE" {
			t.Errorf("state %v\n%s", r.State(), said)
		}
		r.Applied(acctest.With(all(), Values{"country_code": "DE"}))
		r.Applied(acctest.With(all(), Values{"country_code": nil}))
	})
}

// services is set after an import by one request each, and given back by null.
func TestUserServicesAfterImport(t *testing.T) {
	t.Parallel()
	for _, effective := range []bool{false, true} {
		w := newWorld(t, mock.Options{EffectiveAvailability: effective, Availability: map[string]bool{"DNS": false}})
		user := w.SeedUser(mock.User{Email: "ann@example.com", Company: "Acme"})
		base := Values{"email": "ann@example.com", "company": "Acme"}
		r := w.Resource(userType)
		if said := r.Import(text(user.ID)); len(said) > 0 {
			t.Fatal(said)
		}
		r.Settled(base)
		w.count("GET "+products, 0)
		r.Applied(acctest.With(base, Values{"services": Values{"CDN": false, "DNS": true, "CLOUD": nil}}))
		w.count("PATCH "+products, 2)
		w.count("DELETE "+products, 1)
		r.Applied(acctest.With(base, Values{"services": Values{"CDN": nil, "DNS": nil, "CLOUD": nil}}))
		w.count("DELETE "+products, 2)
		w.server.Reset()
		r.Settled(acctest.With(base, Values{"services": Values{"CDN": nil, "DNS": nil, "CLOUD": nil}}))
		w.count("GET "+products, 0)
		if c, _ := w.Client(user.Client); len(c.Availability) > 0 {
			t.Errorf("overrides are left: %v", c.Availability)
		}
	}
}

// What Gcore refuses about a product in use is told in its words.
func TestUserProductInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	r.Applied(all())
	w.ChangeClient(number(t, r.State()["client_id"]), func(c *mock.Client) { c.Services["CDN"] = mock.Service{Status: "active"} })
	said := r.Apply(acctest.With(all(), Values{"name": "Bea", "services": Values{"CDN": false, "DNS": false, "STREAMING": nil}}))
	said.Errors().Contain(t, "set the availability of CDN", "Change the status of these products first",
		"a product in use can't be made unavailable")
	if said := r.Refresh(); len(said) > 0 || r.State()["name"] != "Bea" {
		t.Errorf("what was done before is lost: %v %s", r.State(), said)
	}
	r.Settled(acctest.With(all(), Values{"name": "Bea"}))
}

// What a destroy does, by policy.
func TestUserDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy  string
		before  func(w *world, id int64)
		says    []string // of the plan and the apply
		fails   bool
		deletes int
		gone    bool
	}{
		"prevent": {
			policy: "prevent", fails: true,
			says: []string{"protected", "removed", "moved", "state rm", `"delete" (it is deleted at Gcore) or "abandon"`},
		},
		"default": {policy: "", fails: true, says: []string{"protected"}},
		"abandon": {policy: "abandon", says: []string{"only be forgotten"}},
		"delete":  {policy: "delete", deletes: 1, gone: true, says: []string{"leaves something behind", "company name stays taken"}},
		"gone already": {policy: "delete", deletes: 1, gone: true, says: []string{"leaves something behind"},
			before: func(w *world, id int64) { w.RemoveUser(id) }},
		"has tokens": {policy: "delete", deletes: 1, fails: true, says: []string{"The user has active tokens", "can't be deleted"},
			before: func(w *world, id int64) { w.ChangeUser(id, func(u *mock.User) { u.HasTokens = true }) }},
		"several accounts": {policy: "delete", deletes: 1, fails: true, says: []string{"several accounts"},
			before: func(w *world, id int64) {
				w.ChangeUser(id, func(u *mock.User) { u.Access[mock.DemoAccount] = []string{"1"} })
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			config := minimal(userType)
			if test.policy != "" {
				config["deletion_policy"] = test.policy
			}
			r := w.Resource(userType)
			r.Applied(config)
			id, clientID := number(t, r.ID()), number(t, r.State()["client_id"])
			plan := r.Plan(nil)
			if test.before != nil {
				test.before(w, id)
			}
			said := plan.Diagnostics
			if len(said.Errors()) == 0 {
				said = append(said, r.Execute(plan)...)
			}
			said.Contain(t, test.says...)
			if failed := len(said.Errors()) > 0; failed != test.fails || failed == (r.State() == nil) {
				t.Errorf("state %v\n%s", r.State(), said)
			}
			w.count(deleteUser, test.deletes)
			if u, ok := w.User(id); (!ok || u.Deleted) != test.gone {
				t.Errorf("the vendor's user: %+v", u)
			}
			if c, ok := w.Client(clientID); !ok || c.Deleted {
				t.Error("the account is gone")
			}
		})
	}
}

// A tainted or replaced user or account is not destroyed against its policy.
func TestReplacement(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{accountType, userType} {
		for _, policy := range []string{"prevent", "abandon", "delete"} {
			if typeName == accountType && policy == "delete" {
				continue
			}
			w := newWorld(t, mock.Options{})
			config := acctest.With(minimal(typeName), Values{"deletion_policy": policy})
			r := w.Resource(typeName)
			r.Applied(config)
			w.server.Reset()
			replaced := r.Replace(config)
			switch policy {
			case "delete":
				// The account that stays behind holds the company name: the delete would be done, and the create fail.
				replaced.Diagnostics.Refused(t, w.server, "can't be replaced", "another value")
				renamed := acctest.With(config, Values{"company": "Bcme"})
				said := r.Execute(r.Replace(renamed))
				if len(said.Errors()) > 0 || w.server.Count(deleteUser) != 1 || w.server.Count(posts) != 1 {
					t.Error(said)
				}
				r.Settled(renamed)
			case "prevent":
				replaced.Diagnostics.Refused(t, w.server, "can't be replaced")
				r.Tainted = true
				r.Apply(config).Refused(t, w.server, "untaint")
			default:
				replaced.Diagnostics.Refused(t, w.server, "can't be replaced")
			}
		}
	}
}

func TestAccountDestroy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(accountType)
	r.Applied(Values{"company": "Acme"})
	r.Apply(nil).Errors().Contain(t, "protected", `deletion_policy = "abandon"`, "removed", "moved", "state rm")
	w.server.Reset()
	said := r.Apply(Values{"company": "Acme", "deletion_policy": "abandon"})
	if len(said) > 0 || acctest.Changes(w.server) > 0 {
		t.Errorf("%s", said)
	}
	id := number(t, r.ID())
	said = r.Apply(nil)
	said.Warnings().Contain(t, "only be forgotten", text(id))
	if len(said.Errors()) > 0 || r.State() != nil {
		t.Errorf("%v\n%s", r.State(), said)
	}
	if c, ok := w.Client(id); !ok || c.Deleted || acctest.Changes(w.server) > 0 {
		t.Error("the account was touched")
	}
}

// An id that is none reaches no path.
func TestInvalidImports(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	for _, typeName := range []string{accountType, userType} {
		for _, id := range []string{"acme", "0", "../users/1", "1/2", "1?x=y", "01", "7310004 "} {
			r := w.Resource(typeName)
			r.Import(id).Errors().Contain(t, "Invalid import id", "whole number")
			r.ImportIdentity(id).Errors().Contain(t, "Invalid import id")
		}
	}
	w.count("*", 0)
	for _, typeName := range []string{accountType, userType} {
		r := w.Resource(typeName)
		r.Import("7999999").Errors().Contain(t, "7999999")
	}
}

// A user whose account went away with it is planned to be created again, and a hidden one never.
func TestUserGone(t *testing.T) {
	t.Parallel()
	remove := func(w *world, u, _ int64) { w.RemoveUser(u) }
	for name, test := range map[string]struct {
		options mock.Options
		away    func(w *world, user, client int64)
		key     string
		faults  []mockserver.Fault
		says    string // "" where the user is gone, or stays with a warning
		warns   string
	}{
		"removed": {away: remove},
		"deleted": {away: func(w *world, u, _ int64) { w.ChangeUser(u, func(u *mock.User) { u.Deleted = true }) }},
		"tombstone": {
			options: mock.Options{SoftDelete: true}, away: func(w *world, u, _ int64) { w.ChangeUser(u, func(u *mock.User) { u.Deleted = true }) },
		},
		"with its account": {away: func(w *world, u, c int64) { w.RemoveUser(u); w.RemoveClient(c) }},
		"with all": {says: "no other account", away: func(w *world, u, _ int64) {
			w.RemoveUser(u)
			removeAll(w)
		}},
		"only the account":  {away: func(w *world, _, c int64) { w.RemoveClient(c) }, warns: "has lost its account"},
		"member":            {away: remove, key: mock.DemoMemberKey, says: "doesn't prove"},
		"member, not found": {options: mock.Options{Member: mock.MemberNotFound}, away: remove, key: mock.DemoMemberKey, says: "doesn't prove"},
		"member, empty":     {options: mock.Options{Member: mock.MemberEmpty}, away: remove, key: mock.DemoMemberKey, says: "doesn't prove"},
		"member, own":       {options: mock.Options{Member: mock.MemberOwn}, away: remove, key: mock.DemoMemberKey, says: "doesn't prove"},
		"another reseller":  {away: remove, key: "9002_other", says: "doesn't prove"},
		"still listed": {
			away: func(*world, int64, int64) {}, faults: []mockserver.Fault{{On: getUser, Status: 404}}, says: "still shows it",
		},
		"listing refused":   {away: remove, faults: []mockserver.Fault{{On: listUsers, Status: 403}}, says: "403"},
		"account forbidden": {away: remove, faults: []mockserver.Fault{{On: getClient, Status: 403}}, says: "doesn't prove"},
		"401":               {away: remove, faults: []mockserver.Fault{{On: "GET *", Status: 401}}, says: "401"},
		"500":               {away: remove, faults: []mockserver.Fault{{On: getUser, Status: 500}}, says: "500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.options)
			w.AddCredential(mock.Reseller, "9002_other", 9001)
			w.SeedClient(mock.Client{Reseller: 9001})
			r := w.Resource(userType)
			r.Applied(minimal(userType))
			id := number(t, r.ID())
			test.away(w, id, number(t, r.State()["client_id"]))
			if test.key == "" {
				test.key = mock.DemoAPIKey
			}
			w.use(test.key)
			w.server.Inject(test.faults...)
			said := r.Refresh()
			if test.warns != "" {
				said.Warnings().Contain(t, test.warns)
				if len(said) != 1 || r.ID() != fmt.Sprint(id) {
					t.Errorf("%v\n%s", r.State(), said)
				}
				return
			}
			if test.says == "" {
				if len(said) > 0 || r.State() != nil {
					t.Errorf("it is still there: %v\n%s", r.State(), said)
				}
				return
			}
			said.Errors().Contain(t, test.says)
			if r.State() == nil || r.Identity() != text(id) {
				t.Error("the user was taken out of the state")
			}
		})
	}
}

// A member's credential that still sees the user keeps what it can't see of the account.
func TestUserChangingCredentials(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]mock.MemberView{
		"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound, "empty": mock.MemberEmpty, "own": mock.MemberOwn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{Member: view})
			r := w.Resource(userType)
			r.Applied(all())
			seen := r.State()
			clientID := number(t, seen["client_id"])
			// A colleague in the same account.
			colleague := w.SeedUser(mock.User{Client: clientID})
			const key = "8001_colleague"
			w.AddCredential(mock.Member, key, colleague.ID)
			for _, now := range []string{key, mock.DemoAPIKey, key, key} {
				w.use(now)
				r.Settled(all())
				same(t, r.State(), seen)
			}
			// A stranger learns nothing, and loses nothing.
			w.use(mock.DemoMemberKey)
			r.Refresh().Errors().Contain(t, "doesn't prove")
			w.use(mock.DemoAPIKey)
			r.Settled(all())
			same(t, r.State(), seen)
			if n := acctest.Changes(w.server); n != 1 {
				t.Errorf("%d changes were sent, want only the create", n)
			}
		})
	}
}

// A user who belongs to another account all at once doesn't take its resource along: that account stays as it is.
func TestUserMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	config := acctest.With(minimal(userType), Values{"custom_id": "c-1", "services": Values{"CDN": false}})
	r.Applied(config)
	other := w.SeedClient(mock.Client{Company: "Somebody else's", Reseller: mock.DemoReseller})
	w.ChangeUser(number(t, r.ID()), func(u *mock.User) {
		u.Client, u.Access = other.ID, map[int64][]string{other.ID: {"1"}}
	})
	before, clientID := acctest.Changes(w.server), fmt.Sprint(r.State()["client_id"])
	r.Refresh().Errors().Contain(t, "belongs to another account", clientID, fmt.Sprint(other.ID), "removed {")
	r.Apply(acctest.With(config, Values{"custom_id": "c-2"})).Errors().Contain(t, "belongs to another account")
	if acctest.Changes(w.server) != before || r.State()["client_id"] != clientID {
		t.Errorf("changes were sent, or the state moved along: %v", r.State())
	}
}

// A plan that knows nothing of the move stops at the first reply that tells of it.
func TestUserMovedSincePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	config := acctest.With(minimal(userType), Values{"custom_id": "c-1"})
	r.Applied(config)
	plan := r.Plan(acctest.With(config, Values{"name": "Ann", "custom_id": "c-2"}))
	other := w.SeedClient(mock.Client{Company: "Somebody else's", Reseller: mock.DemoReseller})
	w.ChangeUser(number(t, r.ID()), func(u *mock.User) {
		u.Client, u.Access = other.ID, map[int64][]string{other.ID: {"1"}}
	})
	r.Execute(plan).Errors().Contain(t, "belongs to account "+fmt.Sprint(other.ID))
	w.count(patchClient, 0)
}

// A user whose account can't be read is there anyway.
func TestUserOfHiddenAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(userType)
	r.Applied(minimal(userType))
	id, clientID := r.ID(), fmt.Sprint(r.State()["client_id"])
	w.server.Inject(mockserver.Fault{On: getClient, Status: 500}, mockserver.Fault{On: listClients, Status: 500})
	for _, said := range []acctest.Diagnostics{r.Refresh(), w.Resource(userType).Import(id)} {
		said.Errors().Contain(t, "exists, but the account "+clientID, "HTTP 500")
	}
	if r.State() == nil {
		t.Error("the user is forgotten")
	}
}

// A create whose reply has the id of another company's account leads to no request to that account.
func TestNewAccountOfAnotherCompany(t *testing.T) {
	t.Parallel()
	for kind, reply := range map[string]string{
		userType:    `{"id":%d,"client":%d,"email":"ann@example.com","company":"Acme"}`,
		accountType: `{"id":%[2]d,"company":"Acme"}`,
	} {
		w := newWorld(t, mock.Options{})
		other := w.SeedUser(mock.User{Company: "Other"})
		w.server.Inject(mockserver.Fault{On: "POST *", Status: 201, Body: fmt.Sprintf(reply, other.ID, other.Client)})
		r := w.Resource(kind)
		said := r.Apply(acctest.With(minimal(kind), Values{"company": "Acme"}))
		said.Warnings().Contain(t, text(other.Client), "Other", "Acme", "state rm")
		w.count("P* /iam/clients/"+text(other.Client), 0)
		if r.State() == nil {
			t.Error("nothing is in the state")
		}
	}
}
