package fortanix_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// What an apply saves is what the next read finds, so that no output changes on the second plan.
func TestAccountSavedAsRead(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"":                                  {},
		"server's defaults":                 {ServerDefaults: true},
		"partial reply":                     {PartialCreate: true},
		"partial reply, server's defaults":  {PartialCreate: true, ServerDefaults: true},
		"partial reply, shown a bit later":  {PartialCreate: true, ServerDefaults: true, CreateLag: 2},
		"partial reply, names in capitals":  {PartialCreate: true, NormalizeName: strings.ToUpper},
		"partial reply, partial list":       {PartialCreate: true, PartialList: true, CreatedMillis: true},
		"partial reply, empty auth configs": {PartialCreate: true, EmptyConfigs: true, Logos: mock.LogosEmpty},
	} {
		for kind, config := range map[string]Values{
			"least": {"name": "Acme"},
			"some":  {"name": "Acme", "auth_configs": []any{password(true)}, "account_status": "Deactivated"},
			"all":   all(),
		} {
			if kind != "least" {
				options.CreateLag = 0 // the reply to an update shows all, so that nothing is read, and the lag would still last
			}
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				_, s, p := startProtocol(t, options)
				r := p.Resource(accountType)
				if said := r.Apply(config); len(said) > 0 {
					t.Fatal(said)
				}
				saved := r.State()
				if n := s.Count(gets); n > 1+options.CreateLag {
					t.Errorf("%d reads followed the create", n)
				}
				p.Restart()
				if said := r.Refresh(); len(said) > 0 || !reflect.DeepEqual(r.State(), saved) {
					t.Errorf("saved %v\nread  %v: %s", saved, r.State(), said)
				}
				r.Settled(config)
			})
		}
	}
}

// The read after a create is a courtesy: the account is in the state, whatever becomes of it.
func TestAccountSavedWithoutRead(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{PartialCreate: true})
	s.Inject(mockserver.Fault{On: gets, Status: 403, Body: "no", Times: 1})
	r := p.Resource(accountType)
	r.Apply(Values{"name": "Acme"})
	if r.State() == nil || r.Tainted || len(m.All()) != 1 || r.State()["created_at"] != nil {
		t.Errorf("the state has %v, tainted: %v", r.State(), r.Tainted)
	}
	if r.Refresh(); r.State()["created_at"] == nil {
		t.Error("the next read did not fill in the rest")
	}
}

// A UUID has two spellings. An import in capitals becomes what the vendor shows, before an identity is set.
func TestAccountImportInCapitals(t *testing.T) {
	t.Parallel()
	m, _, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{Name: "Acme"})
	for name, imports := range map[string]func(r *acctest.Resource, id string) acctest.Diagnostics{
		"id": (*acctest.Resource).Import, "identity": (*acctest.Resource).ImportIdentity,
	} {
		r := p.Resource(accountType)
		if said := imports(r, strings.ToUpper(a.ID)); len(said) > 0 || r.ID() != a.ID || r.Identity() != a.ID {
			t.Errorf("%s: imported as %s with the identity %s: %s", name, r.ID(), r.Identity(), said)
		}
		r.Settled(Values{"name": "Acme"})
	}
}

// A new case of the name is sent, and whatever case the server makes of it, the configuration's stays.
func TestAccountRenamedInCase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		stored  string
	}{
		"as sent":       {mock.Options{}, "ACME"},
		"names fold":    {mock.Options{DuplicateFold: true}, "ACME"},
		"in small only": {mock.Options{NormalizeName: strings.ToLower}, "acme"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			r := p.Resource(accountType)
			r.Applied(Values{"name": "Acme"})
			r.Applied(Values{"name": "ACME"})
			sent := s.Find(patches)
			if len(sent) != 1 || string(sent[0].Body) != `{"name":"ACME"}` {
				t.Errorf("%d updates were sent", len(sent))
			}
			if a := stored(t, m, r); a.Name != test.stored || r.State()["name"] != "ACME" {
				t.Errorf("the vendor has %q, the state %v", a.Name, r.State()["name"])
			}
		})
	}
}

// Under "delete", what only the create call takes decides whether the account is replaced, so a plan must know it.
func TestAccountUnknownCreateOnly(t *testing.T) {
	t.Parallel()
	for attribute, unknown := range map[string]any{
		"component": acctest.Unknown, "node_enrollment": acctest.Unknown,
		"node_enrollment, a part": Values{"attestation_enforcement_disabled_insecure": acctest.Unknown},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			name, _, _ := strings.Cut(attribute, ",")
			for policy, refused := range map[string]bool{"delete": true, "prevent": false, "deactivate": false} {
				r := p.Resource(accountType)
				config := Values{"name": "Acme " + policy, "deletion_policy": policy}
				r.Applied(config)
				sent := acctest.Changes(s)
				plan := r.Plan(acctest.With(config, Values{name: unknown}))
				if failed := len(plan.Diagnostics.Errors()) > 0; failed != refused {
					t.Errorf("%s: %s", policy, plan.Diagnostics)
				}
				if refused {
					plan.Diagnostics.Contain(t, "must be known", fmt.Sprintf("AttributeName(%q)", name), "-target")
				}
				if n := acctest.Changes(s); n != sent {
					t.Errorf("%d changes were sent", n-sent)
				}
			}
		})
	}
}
