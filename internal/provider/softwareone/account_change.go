package softwareone

import (
	"context"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// change is what brings an account to its plan.
type change struct {
	fields client.AccountFields
	put    bool // whether fields or logo have to be sent
	logo   []byte
	action client.Action
	status string // the status that action is to reach
}

// stepError says which step of a change failed. Its cause is a *wire.NotKeptError where the platform accepted all, and
// shows something else.
type stepError struct {
	step string // "update", or the action
	err  error
}

func (e *stepError) Error() string { return e.err.Error() }

func (e *stepError) Unwrap() error { return e.err }

// apply sends what the change needs and returns the account as the last reply has it. Deactivating and enabling come
// before the fields, since deactivating may clear the external id; activating and disabling come after them. Fields are
// compared only at the end, since the platform may take an external id from the activation only.
func (c change) apply(ctx context.Context, api *client.Client, now client.Account) (client.Account, *stepError) {
	early := c.action == client.Enable || c.action == client.Deactivate
	if early {
		after, err := c.act(ctx, api, now.ID)
		if err != nil {
			return now, err
		}
		now = after
		c.put = c.put || len(c.fields.Differences(now)) > 0
	}
	if c.put {
		after, err := api.UpdateAccount(ctx, now.ID, c.fields, c.logo)
		if err != nil {
			return now, &stepError{step: "update", err: err}
		}
		now = after
	}
	if c.action != "" && !early {
		after, err := c.act(ctx, api, now.ID)
		if err != nil {
			return now, err
		}
		now = after
	}
	if all := c.fields.Differences(now); len(all) > 0 {
		return now, &stepError{step: "update", err: &wire.NotKeptError{Vendor: descriptor.Vendor, Differences: all}}
	}
	return now, nil
}

func (c change) act(ctx context.Context, api *client.Client, id string) (client.Account, *stepError) {
	externalID, _ := c.fields.ExternalID.Get()
	if externalID == nil {
		externalID = new(string)
	}
	after, err := api.SetStatus(ctx, id, c.action, c.status, c.fields.Name, *externalID)
	if err != nil {
		return after, &stepError{step: string(c.action), err: err}
	}
	return after, nil
}
