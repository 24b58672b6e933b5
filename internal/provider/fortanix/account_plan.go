package fortanix

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *accountResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan, state accountModel
	if !r.BeginPlan(ctx, req, resp, &config, &plan, &state) {
		return
	}
	if !req.State.Raw.IsNull() {
		descriptor.PlanCreateOnly(ctx, req, resp, createOnly(config, state))
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
