package fortanix

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// AccountUpdate is what to change in an account. What is left out stays as it is.
type AccountUpdate struct {
	Name                wire.Field[string]
	CustomLogo          wire.Field[string] // base64; "" takes the logo away
	DefaultGroupID      wire.Field[string]
	MarketplaceGroupID  wire.Field[string]
	AccountStatus       wire.Field[string]
	AzureCVMPCRPriority wire.Field[[]int64]
	AuthConfigs         *AuthConfigsUpdate
}

// AuthConfigsUpdate is what an account's auth configs are to become. The API knows no such call; UpdateAccount sends
// the additions, modifications and deletions that lead there.
type AuthConfigsUpdate struct {
	Want []AuthConfig // all of them, with the secrets of those that are new or change
	// Resend names those whose secrets have changed.
	Resend []AuthKey
	// Have is what the account has, with ids. Where it is nil, UpdateAccount reads the account first.
	Have []AuthConfig
}

// accountPatch is the body of PATCH, AccountUpdateRequest in the API. Its field "enabled" is left out: it has no
// readable twin, and account_status says the same.
type accountPatch struct {
	Name                wire.Field[string]  `json:"name,omitzero"`
	CustomLogo          wire.Field[string]  `json:"custom_logo,omitzero"`
	DefaultGroupID      wire.Field[string]  `json:"default_group_id,omitzero"`
	MarketplaceGroupID  wire.Field[string]  `json:"marketplace_group_id,omitzero"`
	AccountStatus       wire.Field[string]  `json:"account_status,omitzero"`
	AzureCVMPCRPriority wire.Field[[]int64] `json:"azure_cvm_pcr_priority,omitzero"`
	Add                 []outgoing          `json:"add_auth_configs,omitempty"`
	Modify              map[string]outgoing `json:"mod_auth_configs,omitempty"`
	Delete              []string            `json:"del_auth_configs,omitempty"`
}

const (
	// maxPatches bounds how often a change of auth configs is sent whose outcome stays unclear.
	maxPatches = 5
	// patchPause is the wait before an unclear change is looked into; it doubles from then on.
	patchPause = 250 * time.Millisecond
)

// UpdateAccount changes an account by one PATCH and returns it as it is then. A 403 is tried once more with the account
// selected.
//
// Changes of auth configs can't be repeated blindly: an addition would be made twice. After a failure that leaves their
// outcome open the account is read again, and only what is still missing is sent once more.
func (c *Client) UpdateAccount(ctx context.Context, id string, update AccountUpdate) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	var changes AuthChanges
	if configs := update.AuthConfigs; configs != nil {
		have := configs.Have
		if have == nil {
			now, err := c.getAccount(ctx, id, nil)
			if err != nil {
				return Account{}, err
			}
			have = now.AuthConfigs
		}
		changes = DiffAuthConfigs(have, configs.Want, configs.Resend)
	}
	for try := 1; ; try++ {
		if update.isEmpty() && changes.IsEmpty() {
			return c.getAccount(ctx, id, nil)
		}
		account, err := c.patch(ctx, id, update, changes)
		if err == nil || changes.IsEmpty() || !transport.Unclear(err) || try == maxPatches {
			return account, err
		}
		if c.http.Clock.Sleep(ctx, patchPause<<(try-1)) != nil {
			return Account{}, err
		}
		now, readErr := c.getAccount(ctx, id, nil)
		if readErr != nil {
			return Account{}, err
		}
		update = update.missing(now)
		changes = DiffAuthConfigs(now.AuthConfigs, update.AuthConfigs.Want, update.AuthConfigs.Resend)
		if update.isEmpty() && changes.IsEmpty() {
			c.accounts.Written(readerID(id), now.thin())
			return now, nil
		}
	}
}

func (c *Client) patch(ctx context.Context, id string, update AccountUpdate, changes AuthChanges) (Account, error) {
	const operation = "update account"
	body := accountPatch{
		Name: update.Name, CustomLogo: canonicalLogo(update.CustomLogo), DefaultGroupID: update.DefaultGroupID,
		MarketplaceGroupID: update.MarketplaceGroupID, AccountStatus: update.AccountStatus,
		AzureCVMPCRPriority: update.AzureCVMPCRPriority, Modify: map[string]outgoing{}, Delete: changes.Delete,
	}
	var err error
	if body.Add, err = c.prepare(operation, changes.Add...); err != nil {
		return Account{}, err
	}
	for configID, config := range changes.Modify {
		modified, err := c.prepare(operation, config)
		if err != nil {
			return Account{}, err
		}
		body.Modify[configID] = modified[0]
	}
	replay := transport.Harmless
	if !changes.IsEmpty() {
		replay = transport.Guarded
	}
	c.accounts.Dirty(readerID(id))
	reply := accountReply{want: id, scrubber: c.http.Scrubber}
	if err := c.callSelected(ctx, operation, http.MethodPatch, id, replay, body, &reply); err != nil {
		return Account{}, err
	}
	c.accounts.Written(readerID(id), reply.thin())
	return reply.Account, nil
}

// isEmpty tells whether nothing is to change, auth configs aside.
func (u AccountUpdate) isEmpty() bool {
	return u.Name.IsZero() && u.CustomLogo.IsZero() && u.DefaultGroupID.IsZero() && u.MarketplaceGroupID.IsZero() &&
		u.AccountStatus.IsZero() && u.AzureCVMPCRPriority.IsZero()
}

// missing leaves out what the account has by now. The auth configs stay whole, to be compared one by one.
func (u AccountUpdate) missing(now Account) AccountUpdate {
	drop(&u.Name, func(v string) bool { return v == now.Name })
	drop(&u.CustomLogo, func(v string) bool { return NewLogo(v).Same(now.CustomLogo) })
	drop(&u.DefaultGroupID, func(v string) bool { return sameID(v, text(now.DefaultGroupID)) })
	drop(&u.MarketplaceGroupID, func(v string) bool { return sameID(v, text(now.MarketplaceGroupID)) })
	drop(&u.AccountStatus, func(v string) bool { return v == text(now.AccountStatus) })
	drop(&u.AzureCVMPCRPriority, func(v []int64) bool { return slices.Equal(v, now.AzureCVMPCRPriority) })
	return u
}

func drop[T any](field *wire.Field[T], done func(T) bool) {
	if value, _ := field.Get(); value != nil && done(*value) {
		*field = wire.Field[T]{}
	}
}

func canonicalLogo(field wire.Field[string]) wire.Field[string] {
	if value, _ := field.Get(); value != nil {
		return wire.Value(canonicalBase64(*value))
	}
	return field
}
