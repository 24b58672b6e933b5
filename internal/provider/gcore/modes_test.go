package gcore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
)

// modes are what Gcore's documentation leaves open.
var modes = map[string]mock.Options{
	"as documented":          {},
	"own user listed":        {OwnUserListed: true},
	"soft delete":            {SoftDelete: true},
	"deleted keep names":     {DeletedKeepNames: true, SoftDelete: true},
	"rewritten":              {Company: strings.ToUpper, Email: strings.ToLower, FoldCompany: true},
	"stale user company":     {StaleUserCompany: true},
	"defaults":               {Lang: "ru", CountryCode: "CH", TestAccounts: true, Availability: map[string]bool{"CDN": false}},
	"effective availability": {EffectiveAvailability: true, Availability: map[string]bool{"CDN": false}},
	"result":                 {Envelope: mock.EnvelopeResult},
	"bare":                   {Envelope: mock.EnvelopeBare},
	"tiny pages":             {MaxLimit: 1},
	"substring filters":      {Filters: mock.FilterContains},
	"partial lists": {
		PartialLists: []string{"email", "status", "users", "resellers", "currentUser", "custom_id", "lang", "client_and_roles"},
	},
	"lower filters":   {Filters: mock.FilterLower},
	"ignored filters": {Filters: mock.FilterIgnored},
	"prefix filters":  {Filters: mock.FilterPrefix},
	"no users shown":  {PartialClients: []string{"users"}},
	"no counts":       {HideCount: true, MaxLimit: 2},
	"omitted nulls":   {OmitNulls: true},
	"fractions":       {Numbers: mock.NumberFraction},
	"exponents":       {Numbers: mock.NumberExponent},
	"field strings":   {Errors: mock.ErrorFieldStrings},
	"error objects":   {Errors: mock.ErrorObjects},
	"error list":      {Errors: mock.ErrorList},
	"error message":   {Errors: mock.ErrorMessage},
	"nested errors":   {Errors: mock.ErrorNested},
	"bare denials":    {BareDenials: true},
}

// The same life passes whichever way it is.
func TestModes(t *testing.T) {
	t.Parallel()
	for name, options := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, options)
			changed := acctest.With(all(), Values{
				"email": "Bea@Example.com", "company": "Beta", "name": "Bea", "phone": nil, "seller": nil, "custom_id": "c-2", "lang": "en",
				"is_test": false, "services": Values{"CDN": false, "DNS": nil, "CLOUD": true, "STREAMING": nil},
			})
			r := w.Resource(userType)
			r.Applied(all())
			id := r.ID()
			w.Restart()
			r.Applied(changed)
			r.Applied(acctest.With(changed, Values{"name": nil, "custom_id": nil}))

			imported := w.Resource(userType)
			if said := imported.Import(id); len(said) > 0 {
				t.Fatal(said)
			}
			imported.Settled(acctest.With(changed, Values{
				"company": imported.State()["company"], // a rename would be sent, even where only the case changes
				"name":    nil, "custom_id": nil, "password_wo": nil, "password_wo_version": nil, "services": nil, "deletion_policy": nil,
				"timeouts": nil,
			}))

			a := w.Resource(accountType)
			a.Applied(Values{"company": "Extra"})
			a.Applied(Values{"company": "Extra 2"})
			w.count(posts, 2)

			// What is taken is named.
			w.Resource(userType).Apply(acctest.With(all(), Values{"email": "third@example.com", "company": "Extra 2"})).
				Errors().Contain(t, a.ID(), "gcore_account.NAME", "already exists")
			w.Resource(userType).Apply(acctest.With(all(), Values{"email": "Bea@example.com", "company": "Third"})).
				Errors().Contain(t, "exists already", id, userType+".NAME")
			w.Resource(accountType).Apply(Values{"company": "Extra 2"}).
				Errors().Contain(t, "exists already", a.ID(), "provider = accounts")

			w.Restart()
			if said := r.Apply(nil); len(said.Errors()) > 0 {
				t.Fatal(said)
			}
			again := w.Resource(userType)
			said := again.Apply(acctest.With(changed, Values{"email": "again@example.com"}))
			said.Errors().Contain(t, "already exists", "gcore_account.NAME")
			if again.State() != nil {
				t.Errorf("a failed create left %v", again.State())
			}
		})
	}
}

// What the create call ignores is sent again at once, each to where it belongs.
func TestUserFieldsIgnoredOnCreate(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"name", "phone", "lang", "custom_id", "seller", "is_test", "services"} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{IgnoreOnCreate: []string{field}})
			r := w.Resource(userType)
			r.Applied(all())
			w.count(posts, 1)
			if n := w.server.Count("PATCH *"); n != 1 && field != "services" || n == 0 {
				t.Errorf("%d follow-ups were sent", n)
			}
		})
	}
}

// What an apply saves is what the next read finds, so that no output changes on the second plan.
func TestSecondPlan(t *testing.T) {
	t.Parallel()
	for name, options := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, options)
			for _, typeName := range []string{accountType, userType} {
				r := w.Resource(typeName)
				r.Applied(minimal(typeName))
				saved := r.State()
				w.Restart()
				if said := r.Refresh(); len(said) > 0 {
					t.Fatal(said)
				}
				if diff := cmp.Diff(saved, r.State()); diff != "" {
					t.Errorf("%s: %s", typeName, diff)
				}
			}
		})
	}
}
