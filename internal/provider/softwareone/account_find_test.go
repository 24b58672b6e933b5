package softwareone_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Names that trip over quoting, in queries, paths and HCL.
var trickyNames = []string{
	`Quote " double`, `Quote ' single`, `Both " and '`, `Comma, (parentheses)`, `Back\slash \`, `Star * and % and _`,
	"Amp & hash # plus + equals = ?", "${interpolation} %{directive}", "$${escaped}", "Zürich Straße", "株式会社アクメ", "شركة أكمي",
	"Acme 🚀", "null()", "empty()", "a;b|c~d", "100%25", "<b>Acme</b>",
}

func seedTricky(m *mock.Mock) []mock.Account {
	var seeded []mock.Account
	for i, name := range trickyNames {
		a := mock.Account{Name: name, Type: "Vendor", ExternalID: name, Description: name + "\n" + name}
		if i%2 == 0 {
			a.Type, a.Eligibility = "Client", &mock.Eligibility{Client: true, Partner: i%4 == 0}
			a.Address = mock.Address{City: name}
		}
		if i%3 == 0 {
			a.Status, a.Website, a.TechnicalSupportEmail = "Disabled", "https://e.example/?q="+fmt.Sprint(i), "ops@e.example"
		}
		seeded = append(seeded, m.Seed(a))
	}
	return seeded
}

// What a list resource says of an account is what an import and a read give, whatever the listing leaves out, and can
// be written down as configuration.
func TestAccountListEqualsImport(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"as documented":       {},
		"partial":             {PartialList: []string{"externalId", "website", "address", "eligibility", "description", "icon"}},
		"partial by the item": {PartialList: []string{"externalId", "website", "status"}, OmittedPerItem: true},
		"no total":            {NoTotal: true, PageLimit: 7},
		"small pages":         {PageLimit: 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _, p := startProtocol(t, options)
			seedTricky(m)
			listed, said := p.List("softwareone_account", Values{}, 0, true)
			if len(said) > 0 {
				t.Fatal(said)
			}
			if len(listed) != len(trickyNames)+1 {
				t.Fatalf("%d accounts were listed, want %d", len(listed), len(trickyNames)+1)
			}
			for _, one := range listed {
				r := p.Resource("softwareone_account")
				if said := r.ImportIdentity(one.ID); len(said) > 0 {
					t.Fatal(said)
				}
				if !reflect.DeepEqual(one.Values, r.State()) {
					t.Errorf("%s:\nlisted   %v\nimported %v", one.DisplayName, one.Values, r.State())
				}
				if r.Identity() != one.ID {
					t.Errorf("the identity is %q, want %q", r.Identity(), one.ID)
				}
				settled(t, r, acctest.With(r.State(), Values{"id": nil, "external_name": nil, "external_ids": nil, "icon": nil}))
			}
		})
	}
}

func TestAccountList(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{PageLimit: 5})
	seeded := seedTricky(m)
	nameless := m.Seed(mock.Account{})
	m.Change(nameless.ID, func(a *mock.Account) { a.Name = "" })

	listed, said := p.List("softwareone_account", Values{}, 0, false)
	said.Warnings().Contain(t, "left out", "1 at SoftwareOne")
	if len(listed) != len(seeded)+1 || listed[0].Values != nil {
		t.Errorf("%d were listed, want %d without values", len(listed), len(seeded)+1)
	}
	for _, a := range seeded {
		listed, said := p.List("softwareone_account", Values{"name": a.Name}, 0, false)
		if len(said) > 0 || len(listed) != 1 || listed[0].ID != a.ID {
			t.Errorf("%q: found %v %s, want %s", a.Name, listed, said, a.ID)
		} else if want := fmt.Sprintf("%s (%s, %s)", a.Name, a.Type, a.Status); listed[0].DisplayName != want {
			t.Errorf("the display name is %q, want %q", listed[0].DisplayName, want)
		}
		if listed, _ := p.List("softwareone_account", Values{"external_id": a.ExternalID}, 0, false); len(listed) != 1 || listed[0].ID != a.ID {
			t.Errorf("external id %q: found %v, want %s", a.ExternalID, listed, a.ID)
		}
	}
	for _, filters := range []Values{
		{"type": "Vendor"}, {"status": "Disabled"}, {"type": "Client", "status": "Disabled"}, {"type": "Operations"},
	} {
		listed, _ := p.List("softwareone_account", filters, 0, true)
		want := 0
		for _, a := range m.All() {
			if (filters["type"] == nil || filters["type"] == a.Type) && (filters["status"] == nil || filters["status"] == a.Status) && a.Name != "" {
				want++
			}
		}
		if len(listed) != want {
			t.Errorf("%v: %d were listed, want %d", filters, len(listed), want)
		}
	}

	s.Reset()
	if listed, _ := p.List("softwareone_account", Values{}, 3, false); len(listed) != 3 || s.Count(lists) != 1 {
		t.Errorf("a limit of 3 gave %d by %d requests", len(listed), s.Count(lists))
	}
	for _, bad := range []Values{{"type": "client"}, {"status": "Gone"}, {"name": ""}, {"external_id": " "}} {
		if _, said := p.List("softwareone_account", bad, 0, false); len(said.Errors()) == 0 {
			t.Errorf("%v was accepted", bad)
		}
	}
	s.Inject(mockserver.Fault{On: lists, Skip: 1, Status: 403, Body: `{"title":"Forbidden","status":403}`})
	listed, said = p.List("softwareone_account", Values{}, 0, false)
	said.Errors().Contain(t, "Unable to list", "403")
	if len(listed) == 0 {
		t.Error("what came before the failure was not listed")
	}
}

func TestAccountDataSource(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{
		Name: `Acme "Corp", Inc.`, ExternalID: "C1", Status: "Active", ExternalName: "ACME", PyraTenantID: "0f0e0d0c-0000-4000-8000-000000000000",
		Website: "https://e.example", TechnicalSupportEmail: "ops@e.example", Address: mock.Address{City: "Town"},
		Eligibility: &mock.Eligibility{Client: true},
	})
	for name, config := range map[string]Values{"id": {"id": a.ID}, "name": {"name": `ACME "corp", inc.`}} {
		values, said := p.Data("softwareone_account", config)
		if len(said) > 0 {
			t.Fatalf("%s: %s", name, said)
		}
		audit, _ := values["audit"].(Values)
		groups, _ := values["groups"].([]any)
		ids, _ := values["external_ids"].(Values)
		if values["id"] != a.ID || values["external_id"] != "C1" || values["status"] != "Active" || values["revision"] != 1 || len(groups) != 1 ||
			audit["created_by"] != mock.OtherTokenID || audit["created_at"] == nil || ids["pyra_tenant_id"] != a.PyraTenantID {
			t.Errorf("%s: got %v", name, values)
		}
		if config["name"] != nil && values["name"] != config["name"] {
			t.Errorf("the name came back as %v", values["name"])
		}
	}
	m.Seed(mock.Account{Name: `acme "CORP", inc.`, Type: "Vendor"})
	for _, test := range []struct {
		config Values
		words  []string
	}{
		{Values{"name": `Acme "Corp", Inc.`}, []string{"More than one", a.ID, "Vendor"}},
		{Values{"name": "Acme"}, []string{"No such SoftwareOne account", "Acme"}},
		{Values{"id": "ACC-0000-0000"}, []string{"HTTP 404"}},
		{Values{"id": "12345"}, []string{"Invalid id", "looks like ACC-"}},
		{Values{"name": ""}, []string{"is empty"}},
		{Values{}, []string{"id", "name"}},
		{Values{"id": a.ID, "name": "Acme"}, []string{"id", "name"}},
	} {
		_, said := p.Data("softwareone_account", test.config)
		said.Errors().Contain(t, test.words...)
	}
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d changes were sent", n)
	}
}

func TestAccountsDataSource(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"": {PageLimit: 5}, "partial": {PageLimit: 5, PartialList: []string{"externalId", "website"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _, p := startProtocol(t, options)
			seedTricky(m)
			values, said := p.Data("softwareone_accounts", Values{})
			if len(said) > 0 {
				t.Fatal(said)
			}
			var ids []string
			accounts, _ := values["accounts"].([]any)
			for _, one := range accounts {
				id := fmt.Sprint(one.(Values)["id"])
				ids = append(ids, id)
				single, _ := p.Data("softwareone_account", Values{"id": id})
				delete(single, "timeouts") // which only the data source of one has
				if !reflect.DeepEqual(single, one) {
					t.Errorf("listed %v\nsingle %v", one, single)
				}
			}
			if len(ids) != len(trickyNames)+1 || !slices.IsSorted(ids) {
				t.Errorf("got the ids %v", ids)
			}
			for _, name := range trickyNames {
				values, said := p.Data("softwareone_accounts", Values{"name": name})
				if found, _ := values["accounts"].([]any); len(said) > 0 || len(found) != 1 || found[0].(Values)["name"] != name {
					t.Errorf("%q: found %v %s", name, values["accounts"], said)
				}
			}
			none, said := p.Data("softwareone_accounts", Values{"external_id": "nobody"})
			if found, ok := none["accounts"].([]any); !ok || len(found) != 0 || len(said) > 0 {
				t.Errorf("nobody: found %v %s", none, said)
			}
			if _, said := p.Data("softwareone_accounts", Values{"name": ""}); len(said.Errors()) == 0 {
				t.Error("an empty filter was accepted")
			}
		})
	}
}

func TestAccountImport(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{Name: "Acme", Website: "https://e.example"})
	long := m.Seed(mock.Account{ID: "ACC-1234-5678-0001", Name: "Long"})

	imported := map[string]Values{}
	for how, do := range map[string]func(*acctest.Resource, string) acctest.Diagnostics{
		"id": (*acctest.Resource).Import, "identity": (*acctest.Resource).ImportIdentity,
	} {
		for _, account := range []mock.Account{a, long} {
			r := p.Resource("softwareone_account")
			if said := do(r, account.ID); len(said) > 0 {
				t.Fatalf("%s: %s", how, said)
			}
			if r.Identity() != account.ID || r.State()["deletion_policy"] != "prevent" {
				t.Errorf("%s: identity %q, state %v", how, r.Identity(), r.State())
			}
			if before := imported[account.ID]; before != nil && !reflect.DeepEqual(before, r.State()) {
				t.Errorf("id and identity differ: %v, %v", before, r.State())
			}
			imported[account.ID] = r.State()
		}
		for _, bad := range []string{
			"", " ", "12345", a.ID + " ", "../users", "ACC-1/2", "acc-1111-2222", "ACC-", `ACC-1"`, "b1a2c3d4-0000-4000-8000-000000000000",
		} {
			if bad == "" && how == "identity" {
				continue
			}
			r := p.Resource("softwareone_account")
			do(r, bad).Errors().Contain(t, "Invalid import id", "ACC-1234-5678", "softwareone_accounts")
		}
		r := p.Resource("softwareone_account")
		do(r, "ACC-0000-0000").Errors().Contain(t, "nothing with the id ACC-0000-0000")
	}
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d changes were sent", n)
	}

	// State of a Terraform that knew no identities.
	r := p.Resource("softwareone_account")
	r.Import(a.ID)
	r.ForgetIdentity()
	settled(t, r, Values{"name": "Acme", "type": "Client", "website": "https://e.example"})
	if r.Identity() != a.ID {
		t.Errorf("the identity is %q", r.Identity())
	}
	r.ForgetIdentity()
	p.Restart()
	m.Remove(a.ID)
	r.Refresh().Errors().Contain(t, "doesn't show account")
	if r.State() == nil {
		t.Error("a 404 took the account out of the state")
	}
}

// A logo can't be read back: set after an import, it is uploaded once.
func TestAccountLogoAfterImport(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{Name: "Acme", Website: "https://e.example"})
	r := p.Resource("softwareone_account")
	r.Import(a.ID)
	config := Values{"name": "Acme", "type": "Client", "website": "https://e.example", "logo": png}
	applied(t, r, config)
	sent := s.Find(puts)
	if len(sent) != 1 || acctest.Changes(s) != 1 {
		t.Fatalf("%d updates were sent, want 1", len(sent))
	}
	if image, _ := sent[0].Part("logo"); string(image) != "\x89PNG\r\n\x1a\n0000" {
		t.Errorf("the logo was sent as %q", image)
	}
	now, _ := m.Get(a.ID)
	if len(now.Logo) == 0 || now.Website != a.Website {
		t.Errorf("the account is %+v", now)
	}
}

// An account with a value that configuration may not have would fail the plan of all that is generated with it.
func TestListLeavesOut(t *testing.T) {
	t.Parallel()
	m, _, p := startProtocol(t, mock.Options{})
	good := m.Seed(mock.Account{Name: "Good", Description: "Two\nlines", Address: mock.Address{City: "Town"}})
	for _, a := range []mock.Account{
		{Name: "Two\nlines"}, {Name: "Tab", ExternalID: "a\tb"}, {Name: "Mail", TechnicalSupportEmail: "nobody"},
		{Name: "Town", Address: mock.Address{City: "To\x07wn"}},
	} {
		m.Seed(a)
	}
	listed, said := p.List("softwareone_account", Values{"type": "Client"}, 0, true)
	said.Warnings().Contain(t, "4 at SoftwareOne")
	if len(said.Errors()) > 0 || len(listed) != 1 || listed[0].ID != good.ID {
		t.Errorf("%v\n%s", listed, said)
	}
}
