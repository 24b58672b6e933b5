package softwareone_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// What was sent and came back as it was is not a difference; anything else is.
func TestDifferences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Ptr(rapid.StringMatching(`[a-z]{1,4}`), true)
		flag := rapid.Ptr(rapid.Bool(), true)
		sent := softwareone.AccountFields{
			Name: rapid.StringMatching(`[A-Z][a-z]{1,5}`).Draw(t, "name"), ExternalID: wire.Pointer(text.Draw(t, "externalId")),
			TechnicalSupportEmail: wire.Pointer(text.Draw(t, "email")), Website: wire.Pointer(text.Draw(t, "website")),
			Description: wire.Pointer(text.Draw(t, "description")), DefaultLanguageCode: wire.Pointer(text.Draw(t, "language")),
			Address: &softwareone.Address{
				AddressLine1: text.Draw(t, "line1"), AddressLine2: text.Draw(t, "line2"), PostCode: text.Draw(t, "post"),
				City: text.Draw(t, "city"), State: text.Draw(t, "state"), Country: text.Draw(t, "country"),
			},
			Eligibility: wire.Value(softwareone.Eligibility{Client: flag.Draw(t, "client"), Partner: flag.Draw(t, "partner")}),
		}
		raw, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		var got softwareone.Account
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if all := sent.Differences(got); len(all) > 0 {
			t.Fatalf("differences: %v", all)
		}
		got.Name = strings.ToUpper(got.Name) + " "
		if all := sent.Differences(got); len(all) > 0 {
			t.Fatalf("another spelling of the name differs: %v", all)
		}
		other := new("OTHER")
		changes := map[string]func(*softwareone.Account){
			"name":                  func(a *softwareone.Account) { a.Name = "Other" },
			"externalId":            func(a *softwareone.Account) { a.ExternalID = other },
			"technicalSupportEmail": func(a *softwareone.Account) { a.TechnicalSupportEmail = other },
			"website":               func(a *softwareone.Account) { a.Website = other },
			"description":           func(a *softwareone.Account) { a.Description = other },
			"defaultLanguageCode":   func(a *softwareone.Account) { a.DefaultLanguageCode = other },
			"address.addressLine1":  func(a *softwareone.Account) { a.Address.AddressLine1 = other },
			"address.addressLine2":  func(a *softwareone.Account) { a.Address.AddressLine2 = other },
			"address.postCode":      func(a *softwareone.Account) { a.Address.PostCode = other },
			"address.city":          func(a *softwareone.Account) { a.Address.City = other },
			"address.state":         func(a *softwareone.Account) { a.Address.State = other },
			"address.country":       func(a *softwareone.Account) { a.Address.Country = other },
			"eligibility.client":    func(a *softwareone.Account) { a.Eligibility.Client = flipped(a.Eligibility.Client) },
			"eligibility.partner":   func(a *softwareone.Account) { a.Eligibility.Partner = flipped(a.Eligibility.Partner) },
		}
		for want, change := range changes {
			if e, _ := sent.Eligibility.Get(); want == "eligibility.client" && e.Client == nil || want == "eligibility.partner" && e.Partner == nil {
				continue // not sent
			}
			changed := got
			address, eligibility := *got.Address, *got.Eligibility
			changed.Address, changed.Eligibility = &address, &eligibility
			change(&changed)
			if all := sent.Differences(changed); len(all) != 1 || all[0].Field != want {
				t.Fatalf("%s has changed, and these differ: %v", want, all)
			}
			changed.Meta.Omitted = []string{strings.SplitN(want, ".", 2)[0]}
			if all := sent.Differences(changed); len(all) > 0 && want != "name" {
				t.Fatalf("%s is left out of the reply, and these differ: %v", want, all)
			}
		}
	})
}

func flipped(flag *bool) *bool { return new(flag == nil || !*flag) }
