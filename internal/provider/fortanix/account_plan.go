package fortanix

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *accountResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !descriptor.PlanLife(ctx, req, resp) {
		return
	}
	var config, plan, state accountModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	exists := !req.State.Raw.IsNull()
	if exists {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if exists {
		planCreateOnly(ctx, req, resp, config, state)
	}
	planAuthConfigs(ctx, resp, config, plan, state)
}

// createOnly are the attributes that only the create call takes, in wanted as they are to be.
func createOnly(wanted, state accountModel) []account.CreateOnly {
	replaceable := state.DeletionPolicy.ValueString() == account.PolicyDelete
	const advice = "To replace the account, set deletion_policy = \"delete\" and apply that first. To keep it, set the attribute back to " +
		"what the account has."
	return []account.CreateOnly{
		{Name: "component", Config: wanted.Component, State: state.Component, Advice: advice, Replace: replaceable},
		{Name: "node_enrollment", Config: wanted.NodeEnrollment, State: state.NodeEnrollment, Advice: advice, Replace: replaceable},
	}
}

// planCreateOnly refuses or plans changes of the attributes that only the create call takes.
func planCreateOnly(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, config, state accountModel) {
	keep, replace := descriptor.PlanCreateOnly(ctx, req.Private, createOnly(config, state), &resp.Diagnostics)
	kept := map[string]attr.Value{"component": state.Component, "node_enrollment": state.NodeEnrollment}
	for _, name := range keep {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), kept[name])...)
	}
	for _, name := range replace {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root(name))
	}
}
