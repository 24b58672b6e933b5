package softwareone

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
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
	Eligibility           *Eligibility `json:"eligibility"` // Client accounts alone
	Groups                []Group      `json:"groups"`
	Audit                 *Audit       `json:"audit"`
	Meta                  struct {
		Omitted []string `json:"omitted"`
	} `json:"$meta"`
}

// Omits reports whether the reply left a field out for another reason than that it is null.
func (a Account) Omits(field string) bool { return slices.Contains(a.Meta.Omitted, field) }

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

// Audit tells when and by whom the account was created and changed.
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

// NewAccount is the body of a create. The status is no part of it: what the API makes of one is unknown, and actions
// change it.
type NewAccount struct {
	AccountFields
	Type   string  `json:"type"`
	Groups []Group `json:"groups,omitempty"`
}

// UpdateAccount replaces the account's fields. PUT may replace or merge, so callers send every field that they manage
// and the others as last read. A logo is sent along where one is given.
func (c *Client) UpdateAccount(ctx context.Context, id string, fields AccountFields, logo []byte) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	var body any = fields
	if logo != nil {
		f, err := withLogo(fields, logo)
		if err != nil {
			return Account{}, err
		}
		body = f
	}
	account, err := c.write(ctx, "update account", http.MethodPut, id, "", transport.Idempotent, body)
	if missing, _ := fields.Missing(account); transport.Accepted(err) || (err == nil && missing != "") {
		// The reply may be thin: what the account itself shows counts.
		now, readErr := c.getAccount(ctx, id)
		if missing, _ := fields.Missing(now); readErr == nil && missing == "" {
			c.accounts.Written(id, now)
			return now, nil
		}
	}
	return account, err
}

// write changes one account and keeps later reads right.
func (c *Client) write(ctx context.Context, operation, method, id, action string, replay transport.Replay, body any) (Account, error) {
	c.accounts.Dirty(id)
	var account Account
	_, err := c.call(ctx, operation, method, accountPath(id)+action, "", replay, body, &account)
	if err == nil && !strings.EqualFold(account.ID, id) {
		err = unexpected(operation, "the reply is not about this account")
	}
	if err != nil {
		return Account{}, err
	}
	c.accounts.Written(id, account)
	return account, nil
}

// Action is a call that changes an account's status.
type Action string

// The actions, and what they do to a status.
const (
	Activate   Action = "activate"   // Enabled → Active, Client alone, needs an external id
	Deactivate Action = "deactivate" // Active → Enabled, Client alone
	Enable     Action = "enable"     // Disabled → Active with an external id or for a Vendor, else Enabled
	Disable    Action = "disable"    // Active or Enabled → Disabled, never Operations
)

// activation is the body of activate; its schema wants both fields.
type activation struct {
	ExternalID string `json:"externalId"`
	Name       string `json:"name"`
}

const (
	// maxActionTries bounds how often an action is sent whose outcome stays unclear.
	maxActionTries = 5
	// actionPause is the wait before the second try, unless the API asks for more; it doubles from then on.
	actionPause = 500 * time.Millisecond
)

// SetStatus brings an account to a status by one action, and returns it with that status. An action that fails, or whose
// reply has another status, is looked into before it is sent again: an account that has the status already counts as
// done. name and externalID are for Activate.
func (c *Client) SetStatus(ctx context.Context, id string, action Action, target, name, externalID string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	var body any
	if action == Activate {
		body = activation{ExternalID: externalID, Name: name}
	}
	for try := 1; ; try++ {
		account, err := c.write(ctx, string(action)+" account", http.MethodPost, id, "/"+string(action), transport.NonIdempotent, body)
		if err == nil && account.Status == target {
			return account, nil
		}
		unclear := transport.Unclear(err)
		if err != nil && !unclear && !transport.IsStatus(err, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity) {
			return Account{}, err
		}
		now, readErr := c.getAccount(ctx, id) // which tells more than a thin reply
		switch {
		case readErr == nil && now.Status == target:
			c.accounts.Written(id, now)
			return now, nil
		case err == nil:
			return account, fmt.Errorf("%s answers that the account is %s after %s, not %s", vendor, cmp.Or(account.Status, now.Status), action, target)
		case readErr != nil:
			return Account{}, err
		case !unclear || try == maxActionTries || !transport.Pause(ctx, c.http.Clock, actionPause<<(try-1), err):
			return Account{}, err
		}
	}
}

func accountPath(id string) string { return accountsPath + "/" + url.PathEscape(id) }
