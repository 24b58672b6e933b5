package softwareone

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Every status that the platform's rules lead to is reached by two actions at most, in every mode; the others are refused.
func TestWayToStatus(t *testing.T) {
	t.Parallel()
	modes := map[string]mock.Options{
		"as documented": {}, "deactivate keeps the id": {DeactivateKeepsExternalID: true}, "enable needs the id": {EnableNeedsExternalID: true},
		"PUT ignores the id": {PUTIgnoresExternalID: true}, "PUT replaces": {PUTReplaces: true}, "conflicts": {ConflictOnStatus: true},
	}
	for mode, options := range modes {
		for n := range 3 * 3 * 3 * 2 * 2 {
			types, statuses := []string{"Client", "Vendor", "Operations"}, []string{"Active", "Enabled", "Disabled"}
			accountType, from, to, had, has := types[n%3], statuses[n/3%3], statuses[n/9%3], n/27%2 == 1, n/54 == 1
			name := fmt.Sprintf("%s, %s, %s to %s, external id before %t, after %t", mode, accountType, from, to, had, has)
			problem := noWay(accountType, from, to, has)
			if reachable := from == to || reaches(accountType, to, has); (problem == "") != reachable {
				t.Errorf("%s: it can be reached: %t, but: %q", name, reachable, problem)
			}
			if problem == "" && accountType != "Operations" {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					walk(t, options, mock.Account{Type: accountType, Status: from, ExternalID: externalID(had, "OLD")}, to, externalID(has, "NEW"))
				})
			}
		}
	}
}

// reaches reports whether the platform's rules lead from one status to another.
func reaches(accountType, to string, hasID bool) bool {
	switch accountType {
	case "Client":
		return to != "Active" || hasID
	case "Vendor":
		return to != "Enabled"
	}
	return false
}

func externalID(set bool, value string) string {
	if !set {
		return ""
	}
	return value
}

// walk brings an account from one status to another at a mock.
func walk(t *testing.T, options mock.Options, from mock.Account, to, externalID string) {
	t.Helper()
	m := mock.New(options)
	s := mockserver.Start(t, m)
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	api := client.New(client.Options{
		Transport: transport.Options{BaseURL: base, RoundTripper: &http.Transport{}}, APIToken: transport.NewSecret(mock.DemoToken),
	})
	from.Name = "Acme"
	a := m.Seed(from)
	now, err := api.ReadAccount(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	fields := client.AccountFields{Name: "Acme", ExternalID: wire.Null[string]()}
	if externalID != "" {
		fields.ExternalID = wire.Value(externalID)
	}
	after, failed := change{fields: fields, put: from.ExternalID != externalID, status: to}.apply(t.Context(), api, now)
	kept, _ := m.Get(a.ID)
	actions := s.Count("POST /public/v1/accounts/accounts/*/*")
	switch {
	case actions > 2:
		t.Errorf("%d actions were sent", actions)
	case failed != nil && options.PUTIgnoresExternalID && from.ExternalID != externalID: // which is said
	case failed != nil && options.EnableNeedsExternalID && from.Type == "Vendor" && externalID == "":
	case failed != nil:
		t.Errorf("failed: %s: %v", failed.step, failed.err)
	case kept.Status != to || kept.ExternalID != externalID || after.Status != to:
		t.Errorf("the account is %s with the id %q, want %s with %q", kept.Status, kept.ExternalID, to, externalID)
	}
}
