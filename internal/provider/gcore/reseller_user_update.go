package gcore

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Update implements resource.Resource.
func (r *resellerUserResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	ctx, cancel := r.BeginUpdate(ctx, req, resp, &plan, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	r.Descriptor.RefuseCreateOnly(createOnly(plan, state), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	id := state.ID.ValueString()
	if plan.asksFor(ctx, state, &resp.Diagnostics) {
		api, ok := r.Client(ctx, req.Private, id, &resp.Diagnostics)
		if !ok || resp.Diagnostics.HasError() {
			return
		}
		step, err := plan.send(ctx, api, state, &resp.Diagnostics)
		if lost, ok := errors.AsType[*wire.NotKeptError](err); ok {
			r.Descriptor.AddNotKept(&resp.Diagnostics, id, lost)
		} else if err != nil {
			r.Descriptor.AddError(&resp.Diagnostics, step, id, err)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	config.record(ctx, resp.Private, &resp.Diagnostics)
}

// asksFor reports whether there is anything to send.
func (m userModel) asksFor(ctx context.Context, state userModel, diags *diag.Diagnostics) bool {
	override, inherit := m.serviceChanges(ctx, state, diags)
	return m.userChanges(state) != (client.UserUpdate{}) || m.clientChanges(state) != (client.AccountUpdate{}) ||
		len(override)+len(inherit) > 0
}

// send sends what differs from the state: to the user, to the account behind it, and to the availability of products,
// each only where something changed. It returns what it was doing when it failed. What the vendor doesn't keep stops
// nothing: it is the error at the end, a *wire.NotKeptError.
func (m userModel) send(ctx context.Context, api *client.Client, state userModel, diags *diag.Diagnostics) (step string, err error) {
	id, clientID := m.ID.ValueString(), m.ClientID.ValueString()
	var lost *wire.NotKeptError
	failed := func(err error) error {
		now, ok := errors.AsType[*wire.NotKeptError](err)
		switch {
		case !ok:
			return err
		case lost == nil:
			lost = now
		default:
			lost.Differences = append(lost.Differences, now.Differences...)
		}
		return nil
	}
	if change := m.userChanges(state); change != (client.UserUpdate{}) {
		user, err := api.UpdateUser(ctx, id, change)
		if err = failed(err); err != nil {
			return "update", err
		}
		if err = moved(m.ClientID, user); err != nil {
			return "update the account of", err
		}
	}
	if change := m.clientChanges(state); change != (client.AccountUpdate{}) {
		_, err := api.UpdateClient(ctx, clientID, change)
		if err = failed(err); err != nil {
			return "update the account of", err
		}
	}
	override, inherit := m.serviceChanges(ctx, state, diags)
	for _, product := range slices.Sorted(maps.Keys(override)) {
		if err := api.SetAvailability(ctx, clientID, product, override[product]); err != nil {
			return "set the availability of " + product + " for", err
		}
	}
	if err := api.ResetAvailability(ctx, clientID, inherit...); err != nil {
		return "reset product availability for", err
	}
	if lost != nil {
		return "update", lost
	}
	return "", nil
}
