package softwareone

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// UpdateAccount replaces the account's fields. PUT may replace or merge, so callers send every field that they manage
// and the others as last read. A logo is sent along where one is given. What the account shows otherwise afterwards is
// for the caller to compare.
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
	if transport.Accepted(err) || err == nil && len(fields.Differences(account)) > 0 {
		// The reply may be partial, or about another account: what the account itself shows counts.
		now, _, readErr := c.readAccount(ctx, id, "")
		if readErr == nil && (err == nil || len(fields.Differences(now)) == 0) {
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
		return Account{}, notShown(id, err)
	}
	c.accounts.Written(id, account)
	return account, nil
}

// Action is a call that changes an account's status.
type Action string

// The actions, and what they do to a status.
const (
	Activate   Action = "activate"   // Enabled → Active, Client only, needs an external id
	Deactivate Action = "deactivate" // Active → Enabled, Client only; may clear the external id
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

// leadsTo reports whether the action may end in a status.
func (a Action) leadsTo(status string) bool {
	switch a {
	case Activate:
		return status == StatusActive
	case Deactivate:
		return status == StatusEnabled
	case Enable:
		return status == StatusActive || status == StatusEnabled
	case Disable:
		return status == StatusDisabled
	}
	return false
}

// Act carries out an action, and returns the account with a status that the action leads to. An action that fails, or
// whose reply has another status, is looked into before it is sent again: an account that has such a status already counts
// as done. After an error the account is what a read has shown, or empty. name and externalID are for Activate.
func (c *Client) Act(ctx context.Context, id string, action Action, name, externalID string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	var body any
	if action == Activate {
		body = activation{ExternalID: externalID, Name: name}
	}
	for try := 1; ; try++ {
		account, err := c.write(ctx, string(action)+" account", http.MethodPost, id, "/"+string(action), transport.NonIdempotent, body)
		if err == nil && account.Name != "" && action.leadsTo(account.Status) {
			return account, nil
		}
		unclear := transport.Unclear(err)
		if err != nil && !unclear && !transport.IsStatus(err, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity) {
			return Account{}, err
		}
		now, _, readErr := c.readAccount(ctx, id, "") // which shows more than a partial reply
		switch {
		case readErr == nil && action.leadsTo(now.Status):
			c.accounts.Written(id, now)
			return now, nil
		case err == nil:
			return now, fmt.Errorf("%s answers that the account is %s after %s",
				vendor, transport.SafeText(cmp.Or(now.Status, account.Status)), action)
		case readErr != nil:
			return Account{}, err
		case !unclear || try == maxActionTries || !transport.Pause(ctx, c.http.Clock, actionPause<<(try-1), err):
			return now, err
		}
	}
}

func accountPath(id string) string { return accountsPath + "/" + url.PathEscape(id) }
