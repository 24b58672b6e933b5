package gcore_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// seeded is an account that has everything, with its user.
func seeded(w *world) (mock.Client, mock.User) {
	user := w.SeedUser(mock.User{Email: "Ann@Example.com", Company: "Acme", Name: new("Ann"), Phone: new("+352 1"), Lang: "de"})
	w.ChangeClient(user.Client, func(c *mock.Client) {
		c.CustomID, c.Seller, c.IsTest, c.CountryCode, c.Website = new("c-1"), new(int64(12)), true, "LU", "https://e.example"
	})
	client, _ := w.Client(user.Client)
	return client, user
}

// What is listed equals what an import reads, attribute for attribute, in each mode and view.
func TestListEqualsImport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		key     string
		partial bool // whether lists leave out what an import reads
	}{
		"reseller":   {},
		"soft":       {options: mock.Options{SoftDelete: true}},
		"partial":    {options: mock.Options{PartialLists: []string{"status", "email", "custom_id"}}, partial: true},
		"member":     {key: mock.DemoMemberKey},
		"member own": {options: mock.Options{Member: mock.MemberOwn}, key: mock.DemoMemberKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.options)
			seeded(w)
			for i := range 6 {
				u := w.SeedUser(mock.User{Company: fmt.Sprintf("Company %d", i)})
				if i == 0 {
					w.ChangeUser(u.ID, func(u *mock.User) { u.Deleted = true })
					w.ChangeClient(u.Client, func(c *mock.Client) { c.Deleted = true })
				}
			}
			if test.key != "" {
				w.use(test.key)
			}
			for _, typeName := range []string{accountType, userType} {
				if typeName == userType && test.partial {
					continue // the same, at the price of single reads
				}
				w.Restart()
				listed, said := w.List(typeName, Values{}, 0, true)
				if len(said) > 0 || len(listed) == 0 {
					t.Fatalf("%s: %d listed\n%s", typeName, len(listed), said)
				}
				for _, one := range listed {
					r := w.Resource(typeName)
					if said := r.Import(one.ID); len(said) > 0 {
						t.Fatalf("%s %s: %s", typeName, one.ID, said)
					}
					if diff := cmp.Diff(r.State(), one.Values); diff != "" && !test.partial {
						t.Errorf("%s %s:\n%s", typeName, one.ID, diff)
					}
					if one.DisplayName == "" {
						t.Errorf("%s %s has no display name", typeName, one.ID)
					}
				}
			}
		})
	}
}

func TestListLimitAndFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{Filters: mock.FilterContains})
	client, user := seeded(w)
	for i := range 150 {
		w.SeedUser(mock.User{Company: fmt.Sprintf("Acme %d", i)})
	}
	for _, typeName := range []string{accountType, userType} {
		w.server.Reset()
		listed, said := w.List(typeName, Values{}, 7, false)
		if len(listed) != 7 || len(said) > 0 {
			t.Errorf("%s: %d listed\n%s", typeName, len(listed), said)
		}
		w.count("GET *", 1)
		if listed, _ := w.List(typeName, Values{}, 0, false); len(listed) < 151 {
			t.Errorf("%s: %d listed", typeName, len(listed))
		}
	}
	for typeName, filters := range map[string][]Values{
		accountType: {
			{"company": "acme"}, {"email": "ann@example.com"}, {"name": "Ann"}, {"custom_id": "c-1"}, {"country_code": "LU"},
			{"user_email": "ann@example.com"}, {"is_test": true}, {"seller": 12},
			{"company": "Acme", "client_type": "common", "reseller": text(mock.DemoReseller)},
		},
		userType: {{"email": "ann@example.com"}, {"company": "ACME"}},
	} {
		want := map[string]string{accountType: text(client.ID), userType: text(user.ID)}[typeName]
		for _, filter := range filters {
			listed, said := w.List(typeName, filter, 0, true)
			if len(said) > 0 || len(listed) != 1 || listed[0].ID != want {
				t.Errorf("%s %v: %v\n%s", typeName, filter, listed, said)
			}
			plural := map[string]string{accountType: "accounts", userType: "users"}[typeName]
			data, said := w.Data(map[string]string{accountType: "gcore_accounts", userType: "gcore_reseller_users"}[typeName], filter)
			if found, _ := data[plural].([]any); len(said) > 0 || len(found) != 1 || found[0].(Values)["id"] != want {
				t.Errorf("%s %v: %v\n%s", plural, filter, data, said)
			}
		}
	}
	w.use(mock.DemoMemberKey)
	_, said := w.List(accountType, Values{"seller": 12}, 0, false)
	said.Errors().Contain(t, "reseller's credential")
}

// What can't be managed is left out, and counted in a warning.
func TestListLeavesOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	client, _ := seeded(w)
	orphan := w.SeedUser(mock.User{Company: "Lost"})
	w.RemoveClient(orphan.Client)
	listed, said := w.List(userType, Values{}, 0, true)
	said.Warnings().Contain(t, "some were left out", "1 at Gcore")
	for _, one := range listed {
		if one.ID == text(orphan.ID) {
			t.Error("a user without an account is listed")
		}
	}
	if len(said.Errors()) > 0 || len(listed) < 2 {
		t.Errorf("%v\n%s", listed, said)
	}

	w.server.Inject(
		mockserver.Fault{On: listClients, Body: fmt.Sprintf(`[{"id":%d,"companyName":"Acme"},{"id":5,"companyName":""}]`, client.ID)},
		mockserver.Fault{On: getClient, Body: `{"id":5,"companyName":" "}`})
	listed, said = w.List(accountType, Values{}, 0, true)
	said.Warnings().Contain(t, "1 at Gcore")
	if len(said.Errors()) > 0 || len(listed) != 1 {
		t.Errorf("%v\n%s", listed, said)
	}
}

func TestListFailures(t *testing.T) {
	t.Parallel()
	for typeName, config := range map[string]Values{accountType: {"company": ""}, userType: {"email": ""}} {
		w := newWorld(t, mock.Options{})
		seeded(w)
		listed, said := w.List(typeName, config, 0, false)
		said.Errors().Contain(t, "is empty")
		if len(listed) > 0 {
			t.Errorf("an empty filter lists everything: %v", listed)
		}
	}
	for _, fault := range []mockserver.Fault{
		{Status: 401}, {Status: 500}, {Body: "<html>"}, {Body: `{"results":null}`}, {Cut: true, Effect: true},
	} {
		w := newWorld(t, mock.Options{})
		seeded(w)
		fault.On = "GET *"
		w.server.Inject(fault)
		for _, typeName := range []string{accountType, userType} {
			listed, said := w.List(typeName, Values{}, 0, true)
			if len(said.Errors()) != 1 || len(listed) > 0 {
				t.Errorf("%s: %v\n%s", typeName, listed, said)
			}
		}
		for name, config := range map[string]Values{
			"gcore_account": {"company": "Acme"}, "gcore_accounts": {}, "gcore_reseller_user": {"email": "ann@example.com"},
			"gcore_reseller_users": {},
		} {
			if _, said := w.Data(name, config); len(said.Errors()) != 1 {
				t.Errorf("%s: %s", name, said)
			}
		}
	}
}

// One without the name that people know it by is shown as it is, and no reason to show none of the others.
func TestNamelessAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	client, _ := seeded(w)
	other := w.SeedClient(mock.Client{Company: "Bcme"})
	w.ChangeClient(client.ID, func(c *mock.Client) { c.Company = "" })
	w.server.Inject(
		mockserver.Fault{On: listUsers, Body: fmt.Sprintf(`{"count":2,"results":[{"id":8,"email":"","client":%[1]d},`+
			`{"id":9,"email":"a@example.com","company":"Bcme","client":%[1]d}]}`, other.ID)},
		mockserver.Fault{On: "GET /iam/users/8", Body: `{"id":8}`},
	)
	for plural, items := range map[string]string{"gcore_accounts": "accounts", "gcore_reseller_users": "users"} {
		got, said := w.Data(plural, Values{})
		shown, _ := got[items].([]any)
		if len(said) > 0 || len(shown) == 0 {
			t.Errorf("%s: %d, %s", plural, len(shown), said)
		}
	}
	for _, typeName := range []string{accountType, userType} {
		listed, said := w.List(typeName, Values{}, 0, true)
		said.Warnings().Contain(t, "at Gcore have no name")
		if len(said.Errors()) > 0 || len(listed) == 0 {
			t.Errorf("%s: %d, %s", typeName, len(listed), said)
		}
	}
}
