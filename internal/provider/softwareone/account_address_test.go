package softwareone_test

import (
	"fmt"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// moved is an account that is in the state, and a provider that uses another address.
func moved(t *testing.T, there *mock.Account) (r *acctest.Resource, plan acctest.Plan, old, other *mockserver.Server) {
	t.Helper()
	_, old, first := startProtocol(t, mock.Options{})
	r = first.Resource("softwareone_account")
	applied(t, r, Values{"name": "Acme", "type": "Client", "deletion_policy": "disable"})
	plan = r.Plan(Values{"name": "Acme", "type": "Client", "website": "https://e.example", "deletion_policy": "disable"})
	m, other, second := startProtocol(t, mock.Options{})
	if there != nil {
		there.ID = fmt.Sprint(r.State()["id"])
		m.Seed(*there)
	}
	r.Protocol = second
	return r, plan, old, other
}

// At another address only an account of the same id and name is the same one.
func TestAccountAtAnotherAddress(t *testing.T) {
	t.Parallel()
	r, _, old, other := moved(t, &mock.Account{Name: "ACME"})
	said := r.Refresh()
	said.Warnings().Contain(t, "another address", old.URL, other.URL)
	if len(said.Errors()) > 0 {
		t.Fatal(said)
	}
	if said := r.Refresh(); len(said) > 0 {
		t.Errorf("it is said again: %s", said)
	}

	for name, there := range map[string]*mock.Account{
		"a stranger's": {Name: "Stranger"}, "of another type": {Name: "Acme", Type: "Vendor"}, "none": nil,
	} {
		r, plan, old, other := moved(t, there)
		before := r.State()
		r.Refresh().Errors().Contain(t, old.URL, other.URL)
		r.Execute(plan).Errors().Contain(t, old.URL, other.URL)
		r.Apply(nil).Errors().Contain(t, old.URL, other.URL)
		if n := acctest.Changes(other); n > 0 || fmt.Sprint(r.State()) != fmt.Sprint(before) {
			t.Errorf("%s: %d changes were sent, the state is %v", name, n, r.State())
		}
	}
}
