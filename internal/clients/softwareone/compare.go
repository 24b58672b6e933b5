package softwareone

import (
	"fmt"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// SameName reports whether two names count as equal: the platform may trim, fold or recase what it is given.
func SameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// Missing says which of the fields an account doesn't have as they were sent, by the API's name, and what it has
// instead; "" where it has them all. The API may pass over a field without a word.
func (f AccountFields) Missing(got Account) (field, problem string) {
	if !SameName(f.Name, got.Name) {
		return "name", fmt.Sprintf("it is %q there", got.Name)
	}
	exact := func(a, b string) bool { return a == b }
	for _, text := range []struct {
		field string
		sent  wire.Field[string]
		got   *string
		same  func(a, b string) bool
	}{
		{"externalId", f.ExternalID, got.ExternalID, exact},
		{"technicalSupportEmail", f.TechnicalSupportEmail, got.TechnicalSupportEmail, strings.EqualFold},
		{"website", f.Website, got.Website, exact},
		{"description", f.Description, got.Description, exact},
		{"defaultLanguageCode", f.DefaultLanguageCode, got.DefaultLanguageCode, strings.EqualFold},
	} {
		if want, sent := text.sent.Get(); sent && !got.Omits(text.field) {
			if problem := lacks(want, text.got, text.same); problem != "" {
				return text.field, problem
			}
		}
	}
	if f.Address != nil && !got.Omits("address") {
		if field, problem := f.Address.missing(got.Address); field != "" {
			return "address." + field, problem
		}
	}
	if want, _ := f.Eligibility.Get(); want != nil && !got.Omits("eligibility") {
		is := Eligibility{}
		if got.Eligibility != nil {
			is = *got.Eligibility
		}
		if !has(want.Client, is.Client) || !has(want.Partner, is.Partner) {
			return "eligibility", "it isn't what was sent"
		}
	}
	return "", ""
}

func (a Address) missing(got *Address) (field, problem string) {
	if got == nil {
		got = &Address{}
	}
	for _, text := range []struct {
		field     string
		want, got *string
	}{
		{"addressLine1", a.AddressLine1, got.AddressLine1},
		{"addressLine2", a.AddressLine2, got.AddressLine2},
		{"postCode", a.PostCode, got.PostCode},
		{"city", a.City, got.City},
		{"state", a.State, got.State},
		{"country", a.Country, got.Country},
	} {
		if problem := lacks(text.want, text.got, func(a, b string) bool { return a == b }); problem != "" {
			return text.field, problem
		}
	}
	return "", ""
}

// lacks says what an account has in place of a text that was sent, nil to clear it; "" where it has that.
func lacks(want, got *string, same func(a, b string) bool) string {
	is := ""
	if got != nil {
		is = *got
	}
	switch {
	case want == nil && is != "":
		return fmt.Sprintf("it is still %q, not cleared", is)
	case want != nil && is == "":
		return "it is still empty"
	case want != nil && !same(*want, is):
		return fmt.Sprintf("it is %q there", is)
	}
	return ""
}

func has(want, got *bool) bool { return want == nil || (got != nil && *want == *got) }
