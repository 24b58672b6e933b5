package fortanix

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// AccountUpdate is what to change in an account, AccountUpdateRequest in the API. What is left out stays as it is. Its field
// "enabled" is not here: it has no readable twin, and account_status says the same.
type AccountUpdate struct {
	Name                wire.Field[string]  `json:"name,omitzero"`
	CustomLogo          wire.Field[string]  `json:"custom_logo,omitzero"` // base64; "" takes the logo away
	DefaultGroupID      wire.Field[string]  `json:"default_group_id,omitzero"`
	MarketplaceGroupID  wire.Field[string]  `json:"marketplace_group_id,omitzero"`
	AccountStatus       wire.Field[string]  `json:"account_status,omitzero"`
	AzureCVMPCRPriority wire.Field[[]int64] `json:"azure_cvm_pcr_priority,omitzero"`
	AuthConfigs         *AuthConfigsUpdate  `json:"-"`
}

// IsEmpty reports whether there is nothing to change.
func (u AccountUpdate) IsEmpty() bool { return u == AccountUpdate{} }

// AuthConfigsUpdate is what an account's auth configs are to become. The API knows no such call; UpdateAccount sends
// the additions, modifications and deletions that lead there.
type AuthConfigsUpdate struct {
	Want []AuthConfig // with the secrets of those that are new or change
	// Resend names those whose secrets have changed, which no reply shows.
	Resend []AuthKey
	// Have is what the caller knows the account to have. Nothing else is deleted: what it has beyond that, the caller
	// has never seen. UpdateAccount reads the account first, unless all of these have ids.
	Have []AuthConfig
}

// isKnown reports whether Have is enough, so that the account need not be read first.
func (u AuthConfigsUpdate) isKnown() bool {
	return len(u.Have) > 0 && !slices.ContainsFunc(u.Have, func(a AuthConfig) bool { return a.ID == "" })
}

// accountPatch is the body of PATCH.
type accountPatch struct {
	AccountUpdate
	Add    []outgoing          `json:"add_auth_configs,omitempty"`
	Modify map[string]outgoing `json:"mod_auth_configs,omitempty"`
	Delete []string            `json:"del_auth_configs,omitempty"`
}

const (
	// maxPatches bounds how often a change of auth configs is sent whose outcome stays unclear.
	maxPatches = 5
	// patchPause is the wait before an unclear change is looked into; it doubles from then on.
	patchPause = 250 * time.Millisecond
)

// UpdateAccount changes an account by one PATCH and returns it as it is then. A 403 is tried once more with the account
// selected. What the server did not keep is a *wire.NotKeptError.
//
// Changes of auth configs can't be repeated blindly: an addition would be made twice. After a failure that leaves their
// outcome open the account is read again, and only what is still missing is sent once more.
func (c *Client) UpdateAccount(ctx context.Context, id string, update AccountUpdate) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	var changes AuthChanges
	configs := update.AuthConfigs
	update.AuthConfigs = nil
	if configs != nil {
		has := configs.Have
		if !configs.isKnown() {
			now, err := c.getAccount(ctx, id, nil)
			if err != nil {
				return Account{}, err
			}
			has = now.AuthConfigs
		}
		changes = configs.Changes(has)
	}
	for try := 1; ; try++ {
		if update.IsEmpty() && changes.IsEmpty() {
			return c.getAccount(ctx, id, nil)
		}
		account, err := c.patch(ctx, id, update, changes)
		notKept := update.notKept(changes, account)
		if err == nil && notKept == nil {
			return account, nil
		}
		if err == nil || transport.Done(err) || (changes.IsEmpty() && transport.Accepted(err)) {
			// The reply may be partial: what a read shows counts. It shows no secret, so that a web page in the place of a reply
			// proves nothing about one.
			if now, readErr := c.getAccount(ctx, id, nil); readErr == nil {
				account, notKept = now, update.notKept(changes, now)
				if notKept == nil {
					c.accounts.Written(readerID(id), now.withoutLogoText())
					return now, nil
				}
			}
		}
		if err == nil {
			return account, notKept
		}
		if changes.IsEmpty() || !transport.Unclear(err) || try == maxPatches {
			return account, err
		}
		if !transport.Pause(ctx, c.http.Clock, patchPause<<(try-1), err) {
			return Account{}, err
		}
		now, readErr := c.getAccount(ctx, id, nil)
		if readErr != nil {
			return Account{}, err
		}
		update.leaveDifferences(now)
		changes = configs.Changes(now.AuthConfigs)
		if update.IsEmpty() && changes.IsEmpty() {
			c.accounts.Written(readerID(id), now.withoutLogoText())
			return now, nil
		}
	}
}

func (c *Client) patch(ctx context.Context, id string, update AccountUpdate, changes AuthChanges) (Account, error) {
	const operation = "update account"
	body := accountPatch{AccountUpdate: update, Modify: map[string]outgoing{}, Delete: changes.Delete}
	body.CustomLogo = canonicalLogo(update.CustomLogo)
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
	replay := transport.Idempotent
	if !changes.IsEmpty() {
		replay = transport.NonIdempotent
	}
	c.accounts.Dirty(readerID(id))
	reply := accountReply{want: id, scrubber: c.http.Scrubber}
	if err := c.callSelected(ctx, operation, http.MethodPatch, id, replay, body, &reply); err != nil {
		return Account{}, err
	}
	if status, _ := update.AccountStatus.Get(); status != nil && *status == AccountDeactivated {
		c.session.leaveSelected()
	}
	c.accounts.Written(readerID(id), reply.withoutLogoText())
	return reply.Account, nil
}

// Left is what is left to send of the update where an account is as it is now. Secrets are shown nowhere, so auth
// configs count as done where all else agrees.
func (u AccountUpdate) Left(now Account) AccountUpdate {
	u.leaveDifferences(now)
	if configs := u.AuthConfigs; configs != nil {
		shown := AuthConfigsUpdate{Want: configs.Want, Have: configs.Have}
		if shown.Changes(now.AuthConfigs).IsEmpty() {
			u.AuthConfigs = nil
		}
	}
	return u
}

// notKept is a *wire.NotKeptError for what was sent and an account doesn't have; nil where it has all.
func (u AccountUpdate) notKept(sent AuthChanges, now Account) error {
	all := append(u.leaveDifferences(now), sent.differences(now)...)
	if len(all) == 0 {
		return nil
	}
	return &wire.NotKeptError{Vendor: vendor, Differences: all}
}

// leaveDifferences leaves out what the account has by now, and returns the rest. Auth configs are not looked at. A
// member that a reply lacks counts as null: a read shows all that there is.
func (u *AccountUpdate) leaveDifferences(now Account) wire.Differences {
	var all wire.Differences
	leave(&all, "name", &u.Name, wire.Value(now.Name), SameName)
	leave(&all, "default_group_id", &u.DefaultGroupID, wire.Pointer(now.DefaultGroupID), sameID)
	leave(&all, "marketplace_group_id", &u.MarketplaceGroupID, wire.Pointer(now.MarketplaceGroupID), sameID)
	leave(&all, "account_status", &u.AccountStatus, wire.Pointer(now.AccountStatus), wire.Exactly)
	leave(&all, "azure_cvm_pcr_priority", &u.AzureCVMPCRPriority, wire.Value(now.AzureCVMPCRPriority), slices.Equal)
	if logo, _ := u.CustomLogo.Get(); logo != nil {
		wanted := wire.Value(NewLogo(*logo))
		if leave(&all, "custom_logo", &wanted, wire.Value(now.CustomLogo), Logo.Same); wanted.IsZero() {
			u.CustomLogo = wire.Field[string]{}
		}
	}
	return all
}

// leave compares one field, and leaves it out where it is as it was sent.
func leave[T any](all *wire.Differences, name string, sent *wire.Field[T], shown wire.Field[T], equal func(a, b T) bool) {
	before := len(*all)
	if wire.Compare(all, name, *sent, shown, equal); len(*all) == before {
		*sent = wire.Field[T]{}
	}
}

func canonicalLogo(field wire.Field[string]) wire.Field[string] {
	if value, _ := field.Get(); value != nil {
		return wire.Value(canonicalBase64(*value))
	}
	return field
}
