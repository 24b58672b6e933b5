package softwareone

import (
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// SameName reports whether two names count as equal: the platform may trim or recase what it is given, and may collapse
// the whitespace in it.
func SameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// text is a text field: what is sent, what an account shows, and when the two count as equal.
type text struct {
	field string
	sent  *wire.Field[string]
	shown *string
	equal func(a, b string) bool
}

// texts are the text fields next to what an account shows of them.
func (f *AccountFields) texts(shown Account) []text {
	return []text{
		{"externalId", &f.ExternalID, shown.ExternalID, wire.Exactly[string]},
		{"technicalSupportEmail", &f.TechnicalSupportEmail, shown.TechnicalSupportEmail, strings.EqualFold},
		{"website", &f.Website, shown.Website, wire.Exactly[string]},
		{"description", &f.Description, shown.Description, wire.Exactly[string]},
		{defaultLanguage, &f.DefaultLanguageCode, shown.DefaultLanguageCode, strings.EqualFold},
	}
}

// defaultLanguage is the one text field that the platform fills in by itself.
const defaultLanguage = "defaultLanguageCode"

// Differences are what an account shows otherwise than it was sent: the API may ignore a field and report success. What an
// account lacks counts as null, unless the reply names it as omitted.
func (f AccountFields) Differences(shown Account) wire.Differences {
	var all wire.Differences
	wire.Compare(&all, "name", wire.Value(f.Name), wire.Value(shown.Name), SameName)
	for _, text := range f.texts(shown) {
		if !shown.Omits(text.field) {
			wire.Compare(&all, text.field, *text.sent, wire.Pointer(text.shown), text.equal)
		}
	}
	if sent := f.Address; sent != nil && !shown.Omits("address") {
		is := valueOf(shown.Address)
		member := func(name string, sent, is *string, equal func(a, b string) bool) {
			wire.Compare(&all, "address."+name, wire.Pointer(sent), wire.Pointer(is), equal)
		}
		member("addressLine1", sent.AddressLine1, is.AddressLine1, wire.Exactly)
		member("addressLine2", sent.AddressLine2, is.AddressLine2, wire.Exactly)
		member("postCode", sent.PostCode, is.PostCode, wire.Exactly)
		member("city", sent.City, is.City, wire.Exactly)
		member("state", sent.State, is.State, wire.Exactly)
		member("country", sent.Country, is.Country, strings.EqualFold)
	}
	if sent, _ := f.Eligibility.Get(); sent != nil && !shown.Omits("eligibility") {
		is := valueOf(shown.Eligibility)
		member := func(name string, sent, is *bool) {
			if sent != nil {
				wire.Compare(&all, "eligibility."+name, wire.Pointer(sent), wire.Pointer(is), wire.Exactly)
			}
		}
		member("client", sent.Client, is.Client)
		member("partner", sent.Partner, is.Partner)
	}
	return all
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
