package softwareone

import (
	"context"
	"fmt"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
)

// change is what brings an account to its plan.
type change struct {
	fields client.AccountFields
	put    bool // whether fields or logo have to be sent
	logo   []byte
	action client.Action
	status string // the status that action is to reach
}

// stepError says which step of a change failed.
type stepError struct {
	step  string // "update", or the action
	field string // the API's name of the field that was passed over, if that is what went wrong
	err   error
}

func (e *stepError) Error() string { return e.err.Error() }

func (e *stepError) Unwrap() error { return e.err }

// apply sends what the change needs and returns the account as the last reply has it. Deactivating and enabling come
// before the fields, since deactivating may clear the external id; activating and disabling come after them. A field
// counts as passed over only at the end, since an external id may be taken over by the activation alone.
func (c change) apply(ctx context.Context, api *client.Client, now client.Account) (client.Account, *stepError) {
	early := c.action == client.Enable || c.action == client.Deactivate
	if early {
		after, err := c.act(ctx, api, now.ID)
		if err != nil {
			return now, err
		}
		now = after
		field, _ := c.fields.Missing(now)
		c.put = c.put || field != ""
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
	if field, problem := c.fields.Missing(now); field != "" {
		return now, &stepError{step: "update", field: field, err: fmt.Errorf("SoftwareOne accepted the update, but answers for %s that %s", fieldName(field), problem)}
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
