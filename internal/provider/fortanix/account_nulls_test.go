package fortanix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

// unusable are values that no account can have, by the attribute that they belong to.
var unusable = map[string]struct {
	config Values
	says   string
}{
	"null auth config":  {Values{"auth_configs": []any{password(true), nil}}, "auth_configs[1] is null"},
	"null in priority":  {Values{"azure_cvm_pcr_priority": append([]any{nil}, order(0)[1:]...)}, "azure_cvm_pcr_priority[0] is null"},
	"fraction":          {Values{"azure_cvm_pcr_priority": append([]any{0.5}, order(0)[1:]...)}, "azure_cvm_pcr_priority[0] is 0.5"},
	"null certificate":  {Values{"auth_configs": []any{oauth("a", "x", pinned(b64("one"), nil))}}, "pinned[1] is null"},
	"no certificate":    {Values{"auth_configs": []any{oauth("a", "x", pinned())}}, "pinned is empty"},
	"fraction, version": {Values{"auth_configs": []any{oauth("a", "x", Values{"client_secret_wo_version": 1.5})}}, "is 1.5"},
	"no way to log in":  {Values{"auth_configs": []any{Values{}}}, "exactly one"},
	"empty list":        {Values{"auth_configs": []any{}}, "auth_configs is empty"},
	"status":            {Values{"account_status": "Sleeping"}, "Deactivated"},
	"group":             {Values{"default_group_id": "group"}, "UUID"},
	"name":              {Values{"name": " Acme"}, "begins or ends"},
	"no name":           {Values{"name": nil}, "name"},
	"logo":              {Values{"custom_logo": b64("GIF89a")}, "JPEG"},
}

func pinned(certificates ...any) Values {
	return Values{"tls": Values{"required": Values{"validate_hostname": true, "ca": Values{"pinned": certificates}}}}
}

// A value that can't be used is refused before anything is sent: when the configuration is validated, or, where it is only
// known then, at the beginning of the apply.
func TestAccountUnusableValues(t *testing.T) {
	t.Parallel()
	for name, test := range unusable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			check := func(when string, said acctest.Diagnostics) {
				t.Helper()
				if text := said.String(); len(said.Errors()) == 0 || !strings.Contains(strings.ToLower(text), strings.ToLower(test.says)) ||
					strings.Contains(text, "big.Float") || strings.Contains(text, "report") {
					t.Errorf("%s: %q is not said, or a bug is:\n%s", when, test.says, text)
				}
			}
			if configured, set := test.config["name"]; set && configured == nil {
				test.says = "name" // the command line itself says what a missing one is
			} else {
				check("validation", p.Resource(accountType).Apply(acctest.With(Values{"name": "Acme"}, test.config)))
			}
			later := Values{"name": "Acme"}
			for attribute := range test.config {
				later[attribute] = acctest.Unknown
			}
			fresh := p.Resource(accountType)
			check("create", fresh.Execute(fresh.Plan(later), test.config))
			if fresh.State() != nil || acctest.Changes(s) > 0 {
				t.Errorf("create: the state has %v, and %d changes were sent", fresh.State(), acctest.Changes(s))
			}

			base := Values{"name": "Acme", "auth_configs": []any{oauth("b", "secret-b")}}
			r := p.Resource(accountType)
			r.Applied(base)
			before, sent := fmt.Sprint(r.State()), acctest.Changes(s)
			check("update", r.Execute(r.Plan(acctest.With(base, later)), test.config))
			if after := fmt.Sprint(r.State()); after != before || acctest.Changes(s) != sent {
				t.Errorf("update: the state was %s and is %s; %d changes were sent", before, after, acctest.Changes(s)-sent)
			}
			r.Settled(base)
			if len(m.All()) != 1 {
				t.Errorf("there are %d accounts", len(m.All()))
			}
		})
	}
}
