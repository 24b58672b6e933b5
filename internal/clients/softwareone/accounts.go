package softwareone

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Account types.
const (
	TypeClient     = "Client"
	TypeVendor     = "Vendor"
	TypeOperations = "Operations"
)

// Account statuses.
const (
	StatusActive   = "Active"
	StatusEnabled  = "Enabled"
	StatusDisabled = "Disabled"
)

// Account is the API's Account. The API leaves null fields out; those that it leaves out for another reason stand in
// Meta.Omitted (see Omits).
type Account struct {
	ID                    string       `json:"id"`
	Name                  string       `json:"name"`
	Type                  string       `json:"type"`
	Status                string       `json:"status"`
	Icon                  *string      `json:"icon"` // a path; the image behind it may change without it
	Revision              int64        `json:"revision"`
	ExternalID            *string      `json:"externalId"`
	ExternalName          *string      `json:"externalName"` // comes from the ERP
	ExternalIDs           *ExternalIDs `json:"externalIds"`
	Address               *Address     `json:"address"`
	TechnicalSupportEmail *string      `json:"technicalSupportEmail"`
	Website               *string      `json:"website"`
	Description           *string      `json:"description"`
	DefaultLanguageCode   *string      `json:"defaultLanguageCode"`
	Eligibility           *Eligibility `json:"eligibility"` // Client accounts only
	Groups                []Group      `json:"groups"`
	Audit                 *Audit       `json:"audit"`
	Meta                  struct {
		Omitted []string `json:"omitted"`
	} `json:"$meta"`
}

// Omits reports whether the reply left a field out for another reason than that it is null.
func (a Account) Omits(field string) bool { return slices.Contains(a.Meta.Omitted, field) }

// IsPartial reports whether a reply lacks fields that the platform fills in for every account of the type.
func (a Account) IsPartial() bool {
	return a.Status == "" || a.Icon == nil || a.DefaultLanguageCode == nil || len(a.withheld()) > 0 ||
		a.Type == TypeClient && a.Eligibility == nil
}

// ExternalIDs are ids that the platform manages.
type ExternalIDs struct {
	PyraTenantID *string `json:"pyraTenantId"`
}

// Address is a postal address. Every field may be null, and {} is a valid value.
type Address struct {
	AddressLine1 *string `json:"addressLine1"`
	AddressLine2 *string `json:"addressLine2"`
	PostCode     *string `json:"postCode"`
	City         *string `json:"city"`
	State        *string `json:"state"`
	Country      *string `json:"country"` // ISO 3166 alpha-2
}

// Eligibility says what a Client account may be.
type Eligibility struct {
	Client  *bool `json:"client,omitempty"`
	Partner *bool `json:"partner,omitempty"`
}

// Group is a user group of the account.
type Group struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	IsDefault bool   `json:"isDefault,omitempty"`
}

// Audit says when and by whom the account was created and changed.
type Audit struct {
	Created *Event `json:"created"`
	Updated *Event `json:"updated"`
}

// Event is one entry of Audit.
type Event struct {
	At *time.Time `json:"at"`
	By struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"by"`
}

// UnmarshalJSON implements json.Unmarshaler. A time that can't be read, such as one without a zone, is none: it proves
// nothing, and must not make the account unreadable.
func (e *Event) UnmarshalJSON(raw []byte) error {
	type plain Event
	in := struct {
		*plain
		At json.RawMessage `json:"at"`
	}{plain: (*plain)(e)}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	var at time.Time
	e.At = nil
	if json.Unmarshal(in.At, &at) == nil && !at.IsZero() {
		e.At = &at
	}
	return nil
}

// AccountFields are the fields that both create and update send.
type AccountFields struct {
	Name                  string                  `json:"name"`
	ExternalID            wire.Field[string]      `json:"externalId,omitzero"`
	Address               *Address                `json:"address,omitempty"` // not nullable: cleared by null in every field, nil to leave out
	TechnicalSupportEmail wire.Field[string]      `json:"technicalSupportEmail,omitzero"`
	Website               wire.Field[string]      `json:"website,omitzero"`
	Description           wire.Field[string]      `json:"description,omitzero"`
	Eligibility           wire.Field[Eligibility] `json:"eligibility,omitzero"`
	DefaultLanguageCode   wire.Field[string]      `json:"defaultLanguageCode,omitzero"`
}

// NewAccount is the body of a create. The status is not in it: what the API makes of one is unknown, and actions
// change it.
type NewAccount struct {
	AccountFields
	Type   string  `json:"type"`
	Groups []Group `json:"groups,omitempty"`
}
