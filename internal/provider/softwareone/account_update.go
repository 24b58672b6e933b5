package softwareone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Update implements resource.Resource.
func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state accountModel
	ctx, cancel := r.BeginUpdate(ctx, req, resp, &plan, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	needed := changeOf(ctx, plan, state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if !needed.put && needed.status == state.Status.ValueString() {
		plan.fillUnknown(ctx, state.commonModel, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		plan.record(ctx, resp.Private, &resp.Diagnostics)
		return
	}
	id := state.ID.ValueString()
	api, ok := r.Client(ctx, req.Private, id, &resp.Diagnostics)
	if !ok {
		return
	}
	before := client.Account{
		ID: id, Type: state.Type.ValueString(), Status: state.Status.ValueString(), ExternalID: state.ExternalID.ValueStringPointer(),
	}
	after, failed := needed.apply(ctx, api, before)
	if failed != nil {
		addChangeError(&resp.Diagnostics, id, failed)
		if after.Name != "" && after.Status != "" { // a reply has shown it whole: what was done must reach the state
			state.read(ctx, after, &resp.Diagnostics)
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		}
		return
	}
	plan.resolve(ctx, after, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	plan.record(ctx, resp.Private, &resp.Diagnostics)
}

// changeOf is what brings an account from its state to its plan.
func changeOf(ctx context.Context, plan, state accountModel, diags *diag.Diagnostics) change {
	descriptor.RefuseCreateOnly(createOnly(plan, state), diags)
	c := change{fields: plan.update(ctx, diags), status: plan.Status.ValueString()}
	c.put = !reflect.DeepEqual(c.fields, state.update(ctx, diags))
	if plan.Address.IsNull() && state.Address.IsNull() {
		// There is nothing to clear, and a server may want an address that is sent to be whole.
		c.fields.Address = nil
	}
	if !plan.Logo.Equal(state.Logo) && isKnown(plan.Logo) {
		c.logo, c.put = plan.logo(), true
	}
	if !isKnown(plan.Status) {
		c.status = state.Status.ValueString()
	}
	if problem := noWay(state.Type.ValueString(), state.Status.ValueString(), c.status, isKnown(plan.ExternalID)); problem != "" {
		refuseStatus(diags, problem)
	}
	return c
}

func addChangeError(diags *diag.Diagnostics, id string, failed *stepError) {
	if notKept, ok := errors.AsType[*wire.NotKeptError](failed); ok {
		descriptor.AddNotKept(diags, id, notKept)
		return
	}
	descriptor.AddReadError(diags, failed.step, id, failed.err)
}

// change is what brings an account to its plan.
type change struct {
	fields client.AccountFields
	put    bool // whether fields or logo have to be sent
	logo   []byte
	status string // the one to reach
}

// stepError says which step of a change failed. Its cause is a *wire.NotKeptError where the platform accepted all, and
// shows something else.
type stepError struct {
	step string // "update", or the action
	err  error
}

func (e *stepError) Error() string { return e.err.Error() }

func (e *stepError) Unwrap() error { return e.err }

// maxActions is how many actions lead from any status to any other that can be reached.
const maxActions = 2

// apply sends what the change needs and returns the account as the last reply has it, after an error too. Fields are sent
// before the actions only where the way needs that, since deactivating may clear the external id. They are compared only at
// the end, since the platform may take an external id from the activation only.
func (c change) apply(ctx context.Context, api *client.Client, now client.Account) (client.Account, *stepError) {
	put := func() *stepError {
		after, err := api.UpdateAccount(ctx, now.ID, c.fields, c.logo)
		if err != nil {
			return &stepError{step: "update", err: err}
		}
		now, c.put = after, false
		return nil
	}
	moves := now.Status != c.status
	first := nextAction(now, c.status)
	early := moves && (first == client.Activate || first == client.Disable || c.needsID(now))
	if c.put && early {
		if failed := put(); failed != nil {
			return now, failed
		}
	}
	var taken []client.Action
	for now.Status != c.status {
		action := nextAction(now, c.status)
		if action == "" || len(taken) == maxActions || len(taken) > 0 && action == client.Disable { // which would undo the first one
			return now, &stepError{step: "set the status of", err: fmt.Errorf(
				"SoftwareOne shows that the account is %s after %s, not %s", now.Status, cmp.Or(actionNames(taken), "no action"), c.status)}
		}
		after, failed := c.act(ctx, api, now, action)
		if failed != nil {
			return after, failed
		}
		now, taken = after, append(taken, action)
	}
	if all := c.fields.Differences(now); c.put || moves && !early && len(all) > 0 {
		if failed := put(); failed != nil {
			return now, failed
		}
	}
	if all := c.fields.Differences(now); len(all) > 0 {
		return now, &stepError{step: "update", err: &wire.NotKeptError{Vendor: descriptor.Vendor, Differences: all}}
	}
	return now, nil
}

// needsID reports whether the change brings an external id that the account lacks on its way to Active: without one, enabling
// may end in Enabled.
func (c change) needsID(now client.Account) bool {
	wanted, _ := c.fields.ExternalID.Get()
	return c.status == client.StatusActive && now.ExternalID == nil && wanted != nil
}

// act takes one action towards the status. Where it leads is read from the account: enabling may end in Active or Enabled,
// and another actor may have been faster.
func (c change) act(ctx context.Context, api *client.Client, now client.Account, action client.Action) (client.Account, *stepError) {
	externalID, _ := c.fields.ExternalID.Get()
	if externalID == nil {
		externalID = now.ExternalID
	}
	if externalID == nil {
		externalID = new(string)
	}
	after, err := api.Act(ctx, now.ID, action, c.fields.Name, *externalID)
	refused := transport.IsStatus(err, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity)
	switch {
	case err == nil && after.Status == c.status:
		return after, nil
	case err != nil && after.ID == "":
		return now, &stepError{step: string(action), err: err}
	case err != nil && (after.Status == now.Status || !refused):
		return after, &stepError{step: string(action), err: err}
	}
	after, err = api.ReadAccountDetails(ctx, now.ID)
	if err != nil {
		return now, &stepError{step: string(action), err: err}
	}
	return after, nil
}

func actionNames(actions []client.Action) string {
	var names []string
	for _, action := range actions {
		names = append(names, string(action))
	}
	return strings.Join(names, " and ")
}

// nextAction is the first action on the way to a status; "" where there is none.
func nextAction(now client.Account, to string) client.Action {
	isVendor := now.Type == client.TypeVendor
	switch {
	case now.Status == client.StatusDisabled && (to == client.StatusActive || to == client.StatusEnabled):
		return client.Enable
	case to == client.StatusDisabled && (now.Status == client.StatusActive || now.Status == client.StatusEnabled):
		return client.Disable
	case now.Status == client.StatusEnabled && to == client.StatusActive && isVendor: // which can't be activated
		return client.Disable
	case now.Status == client.StatusEnabled && to == client.StatusActive:
		return client.Activate
	case now.Status == client.StatusActive && to == client.StatusEnabled:
		return client.Deactivate
	}
	return ""
}
