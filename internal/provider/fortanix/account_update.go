package fortanix

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Update implements resource.Resource.
func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config accountModel
	ctx, cancel := r.BeginUpdate(ctx, req, resp, &plan, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	descriptor.RefuseCreateOnly(createOnly(plan, state), &resp.Diagnostics)
	update := plan.changes(ctx, state, &resp.Diagnostics)
	update.AuthConfigs = authConfigsUpdate(ctx, req.Private, plan, state, config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if update.IsEmpty() {
		plan.fillUnknown(state.commonModel)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		plan.recordCreateOnly(ctx, resp.Private, &resp.Diagnostics)
		return
	}
	id := state.ID.ValueString()
	api, ok := r.Client(ctx, req.Private, id, &resp.Diagnostics)
	if !ok {
		return
	}
	updated, err := api.UpdateAccount(ctx, id, update)
	if notKept, ok := errors.AsType[*wire.NotKeptError](err); ok {
		descriptor.AddNotKept(&resp.Diagnostics, id, notKept)
		return
	}
	if err != nil {
		descriptor.AddError(&resp.Diagnostics, "update", id, err)
		return
	}
	plan.resolve(ctx, updated, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	plan.record(ctx, resp.Private, updated, &resp.Diagnostics)
}
