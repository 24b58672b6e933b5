package softwareone_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// What SoftwareOne's documentation leaves open: the same life passes whichever way it is, or ends in a clear error.
func TestAccountModes(t *testing.T) {
	t.Parallel()
	life := []struct {
		name   string
		config Values
		warns  bool
	}{
		{"create", acctest.With(all(), Values{"name": "Acme  Corp"}), false},
		{"change", acctest.With(all(), Values{"name": "Acme 2", "website": "https://2.example", "eligibility": Values{"partner": false}}), false},
		{"new logo", acctest.With(all(), Values{"name": "Acme 2", "logo": "R0lGODlhAQABAAAAACw="}), false},
		{"clear", Values{"name": "Acme 2", "type": "Client", "logo": "R0lGODlhAQABAAAAACw=", "groups": []string{"UGR-1111-1111"}}, false},
		{"deactivate", Values{"name": "Acme 2", "type": "Client", "status": "Enabled"}, true}, // it removes the logo
		{"disable", Values{"name": "Acme 2", "type": "Client", "status": "Disabled"}, false},
		{"enable", Values{"name": "Acme 2", "type": "Client", "status": "Enabled"}, false},
		{"activate", Values{"name": "Acme 2", "type": "Client", "status": "Active", "external_id": "CDG-2"}, false},
	}
	for name, test := range map[string]struct {
		options mock.Options
		fails   string // the step that fails
		says    string
	}{
		"as documented":             {},
		"PUT replaces":              {options: mock.Options{PUTReplaces: true}},
		"PUT ignores null":          {options: mock.Options{PUTIgnoresNull: true}, fails: "clear", says: "instead of null"},
		"PUT ignores the id":        {options: mock.Options{PUTIgnoresExternalID: true}, fails: "clear", says: "external_id"},
		"form keeps icon":           {options: mock.Options{FormKeepsIcon: true}},
		"create activates":          {options: mock.Options{CreateActivates: true}},
		"create honours status":     {options: mock.Options{CreateHonoursStatus: true}},
		"deactivate keeps the id":   {options: mock.Options{DeactivateKeepsExternalID: true}},
		"names collapse":            {options: mock.Options{CollapsesNames: true}},
		"no default language":       {options: mock.Options{NoDefaultLanguage: true}},
		"empty address is left out": {options: mock.Options{OmitsEmptyAddress: true}},
		"whole address":             {options: mock.Options{WholeAddress: true}},
		"errors as a list":          {options: mock.Options{ErrorsAsList: true}},
		"conflicts":                 {options: mock.Options{ConflictOnStatus: true}},
		"no total":                  {options: mock.Options{NoTotal: true}},
		"partial list":              {options: mock.Options{PartialList: []string{"website", "eligibility", "address"}}},
		"omitted per item":          {options: mock.Options{OmittedPerItem: true}},
		"asterisks inside count":    {options: mock.Options{InnerWildcards: true}},
		"only A to Z have case":     {options: mock.Options{FoldsASCIIOnly: true}},
		"filters are ignored":       {options: mock.Options{IgnoresFilters: true}},
		"pages repeat the limit":    {options: mock.Options{PageLimit: 1, RepeatsLimit: true, NoTotal: true}},
		"tiny pages":                {options: mock.Options{PageLimit: 1}},
		"the ERP knows no one": {
			options: mock.Options{KnownExternalID: func(string) bool { return false }}, fails: "create", says: "ERP knows no customer",
		},
		"replaces, partial replies": {
			options: mock.Options{PUTReplaces: true, OmittedPerItem: true, OmitsEmptyAddress: true, NoDefaultLanguage: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			r := p.Resource("softwareone_account")
			id := ""
			for _, step := range life {
				said := r.Apply(step.config)
				if step.name == test.fails {
					said.Contain(t, test.says)
					if now, ok := r.State()["id"]; !ok || id != "" && now != id {
						t.Errorf("%s: the state lost the account: %v", step.name, r.State())
					}
					return
				}
				if len(said.Errors()) > 0 || len(said) > 0 && !step.warns {
					t.Fatalf("%s: %s", step.name, said)
				}
				settled(t, r, step.config)
				if now, _ := r.State()["id"].(string); id == "" {
					id = now
				} else if now != id {
					t.Fatalf("%s: another account: %s, not %s", step.name, now, id)
				}
				if a, _ := m.Get(id); step.config["logo"] != nil && len(a.Logo) == 0 {
					t.Errorf("%s: the logo is gone", step.name)
				}
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent, want 1", n)
			}

			last := life[len(life)-1].config
			imported := p.Resource("softwareone_account")
			if said := imported.Import(id); len(said) > 0 {
				t.Fatalf("import: %s", said)
			}
			settled(t, imported, last)
		})
	}
}

// Where enabling a Vendor takes an external id, a plan that can't know of it ends in a clear error.
func TestAccountEnableLeadsElsewhere(t *testing.T) {
	t.Parallel()
	m, _, p := startProtocol(t, mock.Options{EnableNeedsExternalID: true})
	a := m.Seed(mock.Account{Name: "V", Type: "Vendor", Status: "Disabled"})
	r := p.Resource("softwareone_account")
	r.Import(a.ID)
	r.Apply(Values{"name": "V", "type": "Vendor", "status": "Active"}).Errors().Contain(t, "the account is Enabled after enable, not Active")

	left := Values{"name": "V", "type": "Vendor"}
	applied(t, r, left)
	if r.State()["status"] != "Enabled" {
		t.Errorf("the state has %v", r.State()["status"])
	}
}

// A new account that the vendor doesn't show yet stays in the state, and only its own create makes it lag.
func TestAccountLag(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{Lag: 2})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Client"}
	if said := r.Apply(config); len(said) > 0 {
		t.Fatal(said)
	}
	for range 2 {
		r.Refresh().Errors().Contain(t, "can't be read yet", "stays in the state")
	}
	settled(t, r, config)

	r.Restart()
	m.Remove(fmt.Sprint(r.State()["id"]))
	r.Refresh().Errors().Contain(t, "doesn't show account", "MPT_API_TOKEN", "state rm")
	if r.State() == nil {
		t.Error("a 404 took the account out of the state")
	}

	other := p.Resource("softwareone_account")
	other.Apply(Values{"name": "Slow", "type": "Client"}).Contain(t)
	second := p.Resource("softwareone_account")
	said := second.Apply(Values{"name": "slow", "type": "Client"})
	said.Errors().Contain(t, "exists already", fmt.Sprint(other.State()["id"]))
	if n := s.Count(posts); n != 2 {
		t.Errorf("%d creates were sent, want 2", n)
	}
}

// What an apply saves is what the next read finds, so that no output changes on the second plan.
func TestAccountSavesWhatReadsFind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		reads   int // at most; 0 for any number
	}{
		"as documented":             {reads: 3},
		"partial create":            {options: mock.Options{PartialCreate: true}},
		"no default language":       {options: mock.Options{NoDefaultLanguage: true}},
		"create activates":          {options: mock.Options{CreateActivates: true}},
		"names collapse":            {options: mock.Options{CollapsesNames: true}},
		"PUT replaces":              {options: mock.Options{PUTReplaces: true}},
		"empty address is left out": {options: mock.Options{OmitsEmptyAddress: true}},
		"deactivate keeps the id":   {options: mock.Options{DeactivateKeepsExternalID: true}},
	} {
		for _, config := range []Values{
			{"name": "Acme  Corp", "type": "Client"}, {"name": "V", "type": "Vendor", "external_id": "V1"},
			acctest.With(all(), Values{"name": "Acme"}),
			{"name": "Acme", "type": "Client", "eligibility": Values{"partner": true}}, {"name": "Acme", "type": "Client", "external_id": "C1"},
		} {
			t.Run(fmt.Sprint(name, ", ", len(config), " arguments"), func(t *testing.T) {
				t.Parallel()
				_, s, p := startProtocol(t, test.options)
				r := p.Resource("softwareone_account")
				for _, step := range []Values{config, acctest.With(config, Values{"website": "https://2.example"})} {
					if said := r.Apply(step); len(said.Errors()) > 0 {
						t.Fatal(said)
					}
					saved := r.State()
					r.Restart()
					if said := r.Refresh(); len(said.Errors()) > 0 {
						t.Fatal(said)
					}
					if !reflect.DeepEqual(r.State(), saved) {
						t.Errorf("saved %v\nread  %v", saved, r.State())
					}
				}
				if reads := s.Count(gets); test.reads > 0 && reads > test.reads {
					t.Errorf("%d reads", reads)
				}
			})
		}
	}
}

// A create whose missing values can't be read still succeeds.
func TestAccountCreateWithoutItsRead(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{PartialCreate: true})
	s.Inject(mockserver.Fault{On: gets, Status: 403, Times: 1, Body: gatewayError})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Client"}
	if said := r.Apply(config); len(said) > 0 || r.Tainted || r.State()["icon"] != nil {
		t.Fatalf("%v %s", r.State(), said)
	}
	settled(t, r, config)
	if r.State()["icon"] == nil || s.Count(posts) != 1 {
		t.Errorf("%v", r.State())
	}
}
