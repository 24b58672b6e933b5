package gcore_test

import (
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// At another address only what has the same id and the same natural key counts as the same; everything else there is an
// error that names both addresses, and nothing is sent.
func TestOtherAddress(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{accountType, userType} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{})
			config := minimal(typeName)
			if typeName == userType {
				config["deletion_policy"] = "delete"
			}
			r := w.Resource(typeName)
			r.Applied(config)
			renamed := acctest.With(config, Values{"company": "Renamed"})
			saved, destroy := r.Plan(renamed), r.Plan(nil)

			// Another installation, which has nothing, or somebody else's account of that id.
			other := mock.New(mock.Options{})
			elsewhere := mockserver.Start(t, other)
			here := w.env["GCORE_BASE_URL"]
			w.env["GCORE_BASE_URL"] = elsewhere.URL
			w.Restart()
			r.Refresh().Errors().Contain(t, "at this address", here, elsewhere.URL, "state rm")
			user := other.SeedUser(mock.User{Company: "Stranger", Email: "stranger@example.com"})
			id := number(t, r.ID())
			other.RemoveUser(user.ID)
			other.RemoveClient(user.Client)
			if typeName == accountType {
				other.SeedClient(mock.Client{ID: id, Company: "Stranger"})
			} else {
				other.SeedUser(mock.User{ID: id, Company: "Stranger", Email: "stranger@example.com"})
			}
			w.Restart()
			said := r.Refresh()
			if len(said.Errors()) == 0 {
				t.Errorf("a stranger's account is read: %v", r.State())
			}
			r.Execute(saved).Errors().Contain(t, "at this address", here, elsewhere.URL)
			if typeName == userType {
				r.Execute(destroy).Errors().Contain(t, "at this address")
			}
			if n := acctest.Changes(elsewhere); n > 0 {
				t.Errorf("%d changes were sent to the other address", n)
			}

			// The same installation under another address.
			moved := mockserver.Start(t, w.Mock)
			w.env["GCORE_BASE_URL"] = moved.URL
			w.Restart()
			said = r.Refresh()
			said.Warnings().Contain(t, "at another address", here, moved.URL)
			if len(said.Errors()) > 0 || len(said) != 1 {
				t.Error(said)
			}
			r.Settled(config)
			r.Applied(renamed)
		})
	}
}
