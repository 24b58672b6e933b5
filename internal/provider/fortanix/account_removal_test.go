package fortanix_test

import (
	"reflect"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

// Each attribute, taken out of a configuration that has it: what is sent, and what stays at the vendor.
func TestAccountRemoval(t *testing.T) {
	t.Parallel()
	type row struct {
		body    map[string]any // of the one update; nil where nothing is sent
		warning string
		gone    bool // the state has null then
	}
	kept, forgotten := row{}, row{gone: true}
	for attribute, want := range map[string]row{
		"custom_logo":            {body: map[string]any{"custom_logo": ""}, gone: true},
		"auth_configs":           {warning: "no longer managed", gone: true},
		"node_enrollment":        kept,
		"component":              kept,
		"default_group_id":       kept,
		"marketplace_group_id":   kept,
		"account_status":         kept,
		"azure_cvm_pcr_priority": kept,
		"deletion_policy":        kept, // back to its default
		"timeouts":               forgotten,
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Applied(all())
			before, state := stored(t, m, r), r.State()
			s.Reset()

			without := acctest.With(all(), Values{attribute: nil})
			if plan := r.Plan(without); len(plan.Unknown()) > 0 {
				t.Errorf("known after apply: %v", plan.Unknown())
			}
			said := r.Apply(without)
			if len(said.Errors()) > 0 || want.warning == "" && len(said) > 0 {
				t.Fatal(said)
			}
			said.Warnings().Contain(t, want.warning)
			r.Settled(without)

			after := stored(t, m, r)
			if want.body == nil {
				if n := acctest.Changes(s); n > 0 || !reflect.DeepEqual(before, after) {
					t.Errorf("%d changes were sent; the vendor has %+v", n, after)
				}
			} else {
				sent := s.Find(patches)
				if len(sent) != 1 || acctest.Changes(s) != 1 {
					t.Fatalf("%d changes were sent, want one update", acctest.Changes(s))
				}
				if body, _ := sent[0].Field(""); !reflect.DeepEqual(body, want.body) {
					t.Errorf("%v was sent, want %v", body, want.body)
				}
				if after.CustomLogo != "" {
					t.Error("the logo is still there")
				}
			}
			switch now := r.State()[attribute]; {
			case want.gone && now != nil:
				t.Errorf("the state has %v", now)
			case !want.gone && attribute != "deletion_policy" && !reflect.DeepEqual(now, state[attribute]):
				t.Errorf("the state has %v, want %v", now, state[attribute])
			}
		})
	}
}

// What can be cleared, and what belongs to the server, in an account whose server sets defaults.
func TestAccountUnmanagedDefaults(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{ServerDefaults: true})
	r := p.Resource(accountType)
	r.Applied(Values{"name": "Acme"})
	state := r.State()
	for attribute, null := range map[string]bool{
		"default_group_id": false, "marketplace_group_id": false, "azure_cvm_pcr_priority": false, "component": false,
		"node_enrollment": false, "account_status": false, "created_at": false, "custom_logo": true, "auth_configs": true,
	} {
		if (state[attribute] == nil) != null {
			t.Errorf("%s is %v", attribute, state[attribute])
		}
	}
	m.Change(r.ID(), func(a *mock.Account) { a.DefaultGroupID, a.AccountStatus = someID, "Deactivated" })
	s.Reset()
	r.Applied(Values{"name": "Acme"})
	if r.State()["default_group_id"] != someID || r.State()["account_status"] != "Deactivated" || acctest.Changes(s) > 0 {
		t.Errorf("%d changes after a drift that nobody manages: %v", acctest.Changes(s), r.State())
	}
}
