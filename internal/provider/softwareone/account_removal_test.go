package softwareone_test

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

var png = base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n0000"))

// all has every argument, each with a value of its own.
func all() Values {
	return Values{
		"name": "Acme", "type": "Client", "status": "Active", "external_id": "CDG-1",
		"address": Values{
			"address_line1": "1 Road", "address_line2": "Left", "post_code": "1000", "city": "Town", "state": "ST", "country": "CH",
		},
		"technical_support_email": "Ops@Example.com", "website": "https://e.example", "description": "One\nTwo",
		"eligibility": Values{"client": false, "partner": true}, "default_language_code": "de-CH", "logo": png,
		"groups": []string{"UGR-1111-1111"}, "allow_duplicate_name": true, "deletion_policy": "disable",
		"timeouts": Values{"create": "5m"},
	}
}

// Each attribute, taken out of a configuration that has it: what is sent, and what stays at the vendor.
func TestAccountRemoval(t *testing.T) {
	t.Parallel()
	cleared := func(field string) row {
		return row{field: field, wantNull: true}
	}
	kept := row{}
	for name, test := range map[string]row{
		"external_id":             {field: "/externalId", wantNull: true, also: Values{"status": "Enabled"}},
		"technical_support_email": cleared("/technicalSupportEmail"),
		"website":                 cleared("/website"),
		"description":             cleared("/description"),
		"address":                 cleared("/address/addressLine1"),
		"address.address_line1":   cleared("/address/addressLine1"),
		"address.address_line2":   cleared("/address/addressLine2"),
		"address.post_code":       cleared("/address/postCode"),
		"address.city":            cleared("/address/city"),
		"address.state":           cleared("/address/state"),
		"address.country":         cleared("/address/country"),

		"status":                kept,
		"eligibility":           kept,
		"eligibility.client":    kept,
		"eligibility.partner":   kept,
		"default_language_code": kept,
		"logo":                  {warning: "logo of SoftwareOne account"},
		"groups":                kept,
		"allow_duplicate_name":  kept,
		"deletion_policy":       kept,
		"timeouts":              kept,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource("softwareone_account")
			config := acctest.With(all(), test.also)
			applied(t, r, config)
			id, _ := r.State()["id"].(string)
			before, _ := m.Get(id)
			s.Reset()

			without := remove(config, name)
			said := r.Apply(without)
			if test.warning == "" && len(said) > 0 || len(said.Errors()) > 0 {
				t.Fatal(said)
			}
			said.Warnings().Contain(t, test.warning)
			settled(t, r, without)

			after, _ := m.Get(id)
			sent := s.Find(puts)
			if !test.wantNull {
				if n := acctest.Changes(s); n > 0 {
					t.Errorf("%d requests that change something were sent, want none", n)
				}
				if after.Revision != before.Revision || len(after.Logo) == 0 {
					t.Errorf("the vendor's account has changed: %+v", after)
				}
				return
			}
			if len(sent) != 1 || acctest.Changes(s) != 1 {
				t.Fatalf("%d updates and %d changes were sent, want one", len(sent), acctest.Changes(s))
			}
			if got, ok := sent[0].Field(test.field); got != nil || !ok {
				t.Errorf("%s was sent as %v (%v), want null", test.field, got, ok)
			}
			if after.Website == "" && test.field != "/website" || after.Name != "Acme" {
				t.Errorf("the update changed something else: %+v", after)
			}
		})
	}
}

type row struct {
	field    string // the wire's name
	wantNull bool   // it is sent as null, in one update; otherwise nothing is sent
	warning  string
	also     Values // part of the configuration before and after
}

// remove takes an attribute out of a configuration, or a member such as address.city out of one.
func remove(config Values, name string) Values {
	config = maps.Clone(config)
	for top, value := range config {
		members, ok := value.(Values)
		if ok && len(name) > len(top) && name[:len(top)+1] == top+"." {
			config[top] = acctest.With(members, Values{name[len(top)+1:]: nil})
			return config
		}
	}
	delete(config, name)
	return config
}

// An account without an address can be changed where an address that is sent must be whole.
func TestNoAddressIsSent(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	r := p.Resource("softwareone_account")
	applied(t, r, Values{"name": "Acme", "type": "Client"})
	applied(t, r, Values{"name": "Acme", "type": "Client", "website": "https://e.example"})
	applied(t, r, Values{"name": "Acme", "type": "Client", "address": Values{"city": "Town"}})
	applied(t, r, Values{"name": "Acme", "type": "Client"})
	var sent []bool
	for _, put := range s.Find(puts) {
		sent = append(sent, strings.Contains(string(put.Body), `"address"`))
	}
	if !slices.Equal(sent, []bool{false, true, true}) {
		t.Errorf("the updates that sent an address: %v", sent)
	}
}
