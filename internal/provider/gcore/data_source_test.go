package gcore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
)

func TestAccountDataSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{Filters: mock.FilterContains})
	client, user := seeded(w)
	want := Values{
		"id": text(client.ID), "company": "Acme", "email": "Ann@Example.com", "name": "Ann", "phone": "+352 1", "status": "new",
		"custom_id": "c-1", "country_code": "LU", "is_test": true, "seller": 12, "client_type": "common", "bill_type": "prepaid",
		"website": "https://e.example", "reseller": text(mock.DemoReseller), "owner": text(mock.DemoResellerUser),
		"users": []any{Values{"id": text(user.ID), "email": "Ann@Example.com"}}, "timeouts": nil,
	}
	for _, config := range []Values{{"id": text(client.ID)}, {"company": "Acme"}} {
		got, said := w.Data("gcore_account", config)
		if diff := cmp.Diff(want, got); len(said) > 0 || diff != "" {
			t.Errorf("%v: %s\n%s", config, diff, said)
		}
	}
	got, _ := w.Data("gcore_account", Values{"company": " acme"})
	if got != nil {
		t.Error("surrounding whitespace passes")
	}
	if got, said := w.Data("gcore_account", Values{"company": "ACME"}); len(said) > 0 || got["company"] != "ACME" ||
		got["id"] != text(client.ID) {
		t.Errorf("%v\n%s", got, said)
	}

	// A member sees only id and company; the rest is null.
	w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[client.ID] = []string{"1"} })
	w.use(mock.DemoMemberKey)
	for name := range want {
		if name != "id" && name != "company" {
			want[name] = nil
		}
	}
	for _, config := range []Values{{"id": text(client.ID)}, {"company": "Acme"}} {
		got, said := w.Data("gcore_account", config)
		if diff := cmp.Diff(want, got); len(said) > 0 || diff != "" {
			t.Errorf("member, %v: %s\n%s", config, diff, said)
		}
	}
}

func TestUserDataSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	client, user := seeded(w)
	w.ChangeUser(user.ID, func(u *mock.User) { u.AuthTypes = []string{"password", "sso"} })
	want := Values{
		"id": text(user.ID), "client_id": text(client.ID), "email": "Ann@Example.com", "company": "Acme", "name": "Ann", "phone": "+352 1",
		"lang": "de", "user_type": "common", "is_active": true, "activated": true, "two_fa": false, "sso_auth": true,
		"auth_types": []any{"password", "sso"}, "groups": []any{Values{"id": "1", "name": "Administrators"}}, "client_and_roles": nil,
		"reseller": text(mock.DemoReseller), "timeouts": nil,
	}
	got, said := w.Data("gcore_reseller_user", Values{"id": text(user.ID)})
	if diff := cmp.Diff(want, got); len(said) > 0 || diff != "" {
		t.Errorf("by id: %s\n%s", diff, said)
	}
	want["client_and_roles"] = []any{Values{"client_id": text(client.ID), "client_company_name": "Acme", "user_roles": []any{"1"}}}
	want["email"] = "ann@example.COM"
	got, said = w.Data("gcore_reseller_user", Values{"email": "ann@example.COM"})
	if diff := cmp.Diff(want, got); len(said) > 0 || diff != "" {
		t.Errorf("by e-mail: %s\n%s", diff, said)
	}
}

func TestDataSourceErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{Filters: mock.FilterContains})
	seeded(w)
	w.SeedClient(mock.Client{Company: "acme"})
	for _, test := range []struct {
		name   string
		config Values
		says   string
	}{
		{"gcore_account", Values{}, "company"}, {"gcore_account", Values{"id": "1", "company": "x"}, "company"},
		{"gcore_account", Values{"company": "Nobody"}, "No such Gcore account"},
		{"gcore_account", Values{"company": "ACME"}, "More than one"},
		{"gcore_account", Values{"id": "7999999"}, "404"},
		{
			"gcore_account", Values{"id": "../users"},
			`"../users" is not a valid id of a Gcore account: the id of a Gcore account or user is a whole number`,
		},
		{"gcore_account", Values{"id": "7999999"}, "gcore.base_url"},
		{"gcore_accounts", Values{"company": ""}, "company is empty"}, {"gcore_accounts", Values{"reseller": "acme"}, "Invalid id"},
		{"gcore_accounts", Values{"client_type": "seller"}, "client_type"}, {"gcore_reseller_users", Values{"email": ""}, "email is empty"},
		{"gcore_reseller_user", Values{}, "email"}, {"gcore_reseller_user", Values{"email": "no@example.com"}, "No such"},
		{"gcore_reseller_user", Values{"id": "7999999"}, "404"}, {"gcore_reseller_user", Values{"id": "x"}, "whole number"},
	} {
		got, said := w.Data(test.name, test.config)
		said.Errors().Contain(t, test.says)
		if len(said.Errors()) == 0 {
			t.Errorf("%s %v: %v", test.name, test.config, got)
		}
	}
}
