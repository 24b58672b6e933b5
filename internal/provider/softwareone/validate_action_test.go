package softwareone_test

import (
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

const validateType = "softwareone_validate_account"

// An account is checked with its own external id or another one, and stays as it is.
func TestValidateAccount(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{KnownExternalID: func(id string) bool { return id == "CDG-1" }})
	a := m.Seed(mock.Account{Name: "Acme", Type: "Client", Status: "Enabled"})
	for _, row := range []struct {
		config acctest.Values
		want   string // "" for success
	}{
		{acctest.Values{"account_id": a.ID, "external_id": "CDG-1"}, ""},
		{acctest.Values{"account_id": a.ID, "external_id": "CDG-2"}, "knows no customer CDG-2"},
		{acctest.Values{"account_id": a.ID}, "externalId is required"},
		{acctest.Values{"account_id": "ACC-9999-9999"}, "404"},
		{acctest.Values{"account_id": "x"}, "account_id"},
	} {
		progress, said := p.Invoke(validateType, row.config)
		if row.want != "" {
			said.Errors().Contain(t, row.want)
		} else if len(said) > 0 || len(progress) != 2 {
			t.Errorf("%v: %q %s", row.config, progress, said)
		}
	}
	for _, now := range m.All() {
		if now.ID == a.ID && (now.Status != "Enabled" || now.ExternalID != "") {
			t.Errorf("it became %+v", now)
		}
	}
	if n := s.Count("POST /public/v1/accounts/accounts/*/validate"); n != 4 {
		t.Errorf("%d requests", n)
	}
}

func TestValidateAccountReadOnly(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	p := acctest.StartProtocol(t, env, acctest.Values{"read_only": true})
	_, said := p.Invoke(validateType, acctest.Values{"account_id": m.Seed(mock.Account{Name: "Acme", Type: "Client"}).ID})
	said.Refused(t, s, "read_only")
}
