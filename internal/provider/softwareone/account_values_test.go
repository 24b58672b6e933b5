package softwareone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Values that vendor and user spell differently are equal: nothing is sent, and the user's spelling stays.
func TestAccountSpelling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config Values
		change func(*mock.Account)
	}{
		"name":     {Values{"name": "Acme  Corp"}, func(a *mock.Account) { a.Name = " ACME Corp" }},
		"e-mail":   {Values{"technical_support_email": "Ops@Example.com"}, func(a *mock.Account) { a.TechnicalSupportEmail = "ops@example.COM" }},
		"language": {Values{"default_language_code": "de-ch"}, func(a *mock.Account) { a.DefaultLanguageCode = "de-CH" }},
		"country":  {Values{"address": Values{"city": "Town", "country": "ch"}}, func(a *mock.Account) { a.Address.Country = "CH" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource("softwareone_account")
			config := acctest.With(Values{"name": "Acme", "type": "Client"}, test.config)
			applied(t, r, config)
			m.Change(fmt.Sprint(r.State()["id"]), test.change)
			s.Reset()
			settled(t, r, config)
			for attribute, value := range test.config {
				if got := r.State()[attribute]; fmt.Sprint(got) != fmt.Sprint(value) && attribute != "address" {
					t.Errorf("the state has %q, want %q", got, value)
				}
				recased := acctest.With(config, Values{attribute: strings.ToUpper(fmt.Sprint(value))})
				if attribute == "address" {
					recased = acctest.With(config, Values{attribute: Values{"city": "Town", "country": "CH"}})
				}
				plan := r.Plan(recased)
				if attribute == "name" { // the configuration may change its case
					if plan.Action != "update" || plan.Values["name"] != recased["name"] || len(plan.Unknown()) > 0 {
						t.Errorf("another case of the name is not a change: %v", plan.Values)
					}
				} else if plan.Action != "" {
					t.Errorf("another spelling is a change: %v", plan.Values)
				}
			}
			if n := acctest.Changes(s); n > 0 {
				t.Errorf("%d changes were sent", n)
			}
		})
	}
}

// What others have entered at the vendor can be imported and written down as it is.
func TestAccountForeignValues(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{
		Name: " Acme ", Description: "One\r\nTwo\n", Website: "https://e.example ",
		Address: mock.Address{AddressLine1: strings.Repeat("x", 400), City: " Town"},
	})
	r := p.Resource("softwareone_account")
	if said := r.Import(a.ID); len(said) > 0 {
		t.Fatal(said)
	}
	config := acctest.With(r.State(), Values{"id": nil, "external_name": nil, "external_ids": nil, "icon": nil})
	settled(t, r, config)
	if config["name"] != "Acme" || config["website"] != "https://e.example" {
		t.Errorf("whitespace is in the state: %q", config)
	}
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d changes were sent", n)
	}
}

func TestAccountRefusedValues(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	for _, test := range []struct {
		config Values
		says   string
	}{
		{Values{"name": ""}, "is empty"},
		{Values{"name": " Acme"}, "begins or ends with a space"},
		{Values{"name": "Ac\nme"}, "control character"},
		{Values{"name": strings.Repeat("x", 501)}, "at most 500"},
		{Values{"type": "client"}, "Client"},
		{Values{"status": "active"}, "Active"},
		{Values{"external_id": ""}, "is empty"},
		{Values{"external_id": strings.Repeat("x", 251)}, "at most 250"},
		{Values{"technical_support_email": "nobody"}, "e-mail"},
		{Values{"website": strings.Repeat("x", 2001)}, "at most 2000"},
		{Values{"description": strings.Repeat("x", 2001)}, "at most 2000"},
		{Values{"description": "a\x00b"}, "control character"},
		{Values{"address": Values{"city": ""}}, "is empty"},
		{Values{"logo": "not base64"}, "filebase64"},
		{Values{"logo": ""}, "logo is empty"},
		{Values{"groups": []string{}}, "groups is empty. To name no user groups"},
		{Values{"groups": []string{"UGR-1", "UGR-1"}}, "UGR-1"},
		{Values{"groups": []any{"UGR-1", nil}}, "Null in a list"},
		{Values{"groups": []any{acctest.Unknown, nil}}, "Null in a list"},
		{Values{"deletion_policy": "delete"}, "disable"},
		{Values{"timeouts": Values{"create": "soon"}}, "timeouts.create is"},
		{Values{"timeouts": Values{"read": "0s"}}, "timeouts.read is"},
		{Values{"timeouts": Values{"delete": "-5m"}}, "timeouts.delete is"},
		{Values{"eligibility": Values{}}, "eligibility is empty"},
		{Values{"description": "a heredoc\n"}, "trimspace()"},
		{Values{"type": "Vendor", "eligibility": Values{"client": true}}, "Client accounts only"},
	} {
		r := p.Resource("softwareone_account")
		said := r.Apply(acctest.With(Values{"name": "Acme", "type": "Client"}, test.config))
		if len(said.Errors()) == 0 || !strings.Contains(said.String(), test.says) {
			t.Errorf("%v: %q is not said in:\n%s", test.config, test.says, said)
		}
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Changes that the API has no call for are refused at plan time, or at apply time where no plan could see them.
func TestAccountCreateOnly(t *testing.T) {
	t.Parallel()
	const says = "create-only attribute can't be changed"
	base := Values{"name": "Acme", "type": "Client", "groups": []string{"UGR-1111-1111"}}
	for name, test := range map[string]struct {
		config  Values
		refused bool
		warning string
	}{
		"type":             {config: Values{"type": "Vendor"}, refused: true},
		"groups":           {config: Values{"groups": []string{"UGR-2222-2222"}}, refused: true},
		"groups, appended": {config: Values{"groups": []string{"UGR-1111-1111", "UGR-2222-2222"}}, refused: true},
		"groups, removed":  {config: Values{"groups": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			r := p.Resource("softwareone_account")
			applied(t, r, base)
			s.Reset()
			if config := acctest.With(base, test.config); test.refused {
				r.Apply(config).Refused(t, s, says)
			} else {
				applied(t, r, config)
			}
		})
	}

	t.Run("set after an import", func(t *testing.T) {
		t.Parallel()
		m, s, p := startProtocol(t, mock.Options{})
		r := p.Resource("softwareone_account")
		r.Import(m.Seed(mock.Account{Name: "Acme"}).ID)
		said := r.Apply(base)
		said.Warnings().Contain(t, "groups", "nothing is sent")
		if len(said.Errors()) > 0 {
			t.Fatal(said)
		}
		settled(t, r, base)
		r.Apply(acctest.With(base, Values{"groups": []string{"UGR-2222-2222"}})).Refused(t, s, says)
		r.Apply(acctest.With(base, Values{"type": "Vendor"})).Refused(t, s, says)
	})

	t.Run("unknown at plan time", func(t *testing.T) {
		t.Parallel()
		_, s, p := startProtocol(t, mock.Options{})
		r := p.Resource("softwareone_account")
		applied(t, r, base)
		s.Reset()
		for attribute, values := range map[string][3]any{
			"type":   {acctest.Unknown, "Client", "Vendor"},
			"groups": {[]any{acctest.Unknown}, []string{"UGR-1111-1111"}, []string{"UGR-2222-2222"}},
		} {
			plan := r.Plan(acctest.With(base, Values{attribute: values[0]}))
			if len(plan.Diagnostics) > 0 {
				t.Fatalf("%s: %s", attribute, plan.Diagnostics)
			}
			r.Execute(plan, Values{attribute: values[2]}).Refused(t, s, says)
			if said := r.Execute(plan, Values{attribute: values[1]}); len(said) > 0 {
				t.Errorf("%s, the same value: %s", attribute, said)
			}
		}
		settled(t, r, base)
	})
}

func TestOperationsAccount(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	r := p.Resource("softwareone_account")
	if said := r.Import(mock.OperationsID); len(said) > 0 {
		t.Fatal(said)
	}
	config := Values{"name": "Marketplace Operations", "type": "Operations"}
	settled(t, r, config)
	r.Apply(acctest.With(config, Values{"deletion_policy": "disable"})).Refused(t, s, "can't be disabled")
	applied(t, r, acctest.With(config, Values{"website": "https://ops.example", "deletion_policy": "abandon"}))
}

// What turns out to be unusable at apply is refused before anything is sent.
func TestAccountUnusableAtApply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attribute      string
		planned, known any
		says           string
	}{
		"a null group":     {"groups", []any{"UGR-1", acctest.Unknown}, []any{"UGR-1", nil}, "groups[1] is null"},
		"an empty group":   {"groups", acctest.Unknown, []any{""}, "groups[0] is empty"},
		"a null in groups": {"groups", acctest.Unknown, []any{nil}, "groups[0] is null"},
		"a logo":           {"logo", acctest.Unknown, "not base64", "base64"},
		"an empty logo":    {"logo", acctest.Unknown, "", "logo is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			r := p.Resource("softwareone_account")
			plan := r.Plan(Values{"name": "Acme", "type": "Client", test.attribute: test.planned})
			if len(plan.Diagnostics) > 0 {
				t.Fatal(plan.Diagnostics)
			}
			r.Execute(plan, Values{test.attribute: test.known}).Errors().Contain(t, test.says)
			if r.State() != nil || len(s.Requests()) > 0 {
				t.Errorf("state %v after %d requests", r.State(), len(s.Requests()))
			}
		})
	}
	_, s, p := startProtocol(t, mock.Options{})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Client"}
	applied(t, r, config)
	s.Reset()
	r.Execute(r.Plan(acctest.With(config, Values{"logo": acctest.Unknown})), Values{"logo": "not base64"}).Errors().Contain(t, "base64")
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d changes were sent", n)
	}
}

// A rename that changes only the case or the whitespace is sent, and the state has it, whatever the platform makes of it.
func TestAccountRenameOfCase(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{"kept": {}, "collapsed": {CollapsesNames: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, options)
			r := p.Resource("softwareone_account")
			applied(t, r, Values{"name": "Acme Corp", "type": "Client"})
			for n, spelling := range []string{"ACME Corp", "ACME  Corp"} {
				applied(t, r, Values{"name": spelling, "type": "Client"})
				kept, _ := m.Get(fmt.Sprint(r.State()["id"]))
				if want := map[bool]string{true: "ACME Corp", false: spelling}[options.CollapsesNames]; kept.Name != want || s.Count(puts) != n+1 {
					t.Errorf("%d changes left %q, want %q", s.Count(puts), kept.Name, want)
				}
			}
		})
	}
}
