package softwareone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
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
	if isKnown(config.Eligibility) && isKnown(config.Type) && config.Type.ValueString() != client.TypeClient {
		resp.Diagnostics.AddAttributeError(path.Root("eligibility"), "Eligibility is for Client accounts alone", fmt.Sprintf(
			"SoftwareOne refuses eligibility for accounts of type %s. Take it out of the configuration.", config.Type))
	}
	if !exists {
		planCreate(config, &resp.Diagnostics)
		return
	}
	keep, _ := descriptor.PlanCreateOnly(ctx, req.Private, createOnly(config, state), &resp.Diagnostics)
	for _, name := range keep {
		if name == "type" {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("type"), state.Type)...)
		}
	}
	planStatus(config, state, &resp.Diagnostics)
	if config.Logo.IsNull() && !state.Logo.IsNull() {
		descriptor.NotManagedWarning(&resp.Diagnostics, "logo", state.ID.ValueString())
	}
	if state.Type.ValueString() == client.TypeOperations && plan.DeletionPolicy.ValueString() == account.PolicyDisable {
		resp.Diagnostics.AddAttributeError(path.Root("deletion_policy"), "An Operations account can't be disabled",
			"SoftwareOne disables Client and Vendor accounts only. Use \"prevent\" or \"abandon\".")
	}
	// The ERP's data come and go with the external id and with activation.
	if !plan.ExternalID.Equal(state.ExternalID) || !plan.Status.Equal(state.Status) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("external_name"), types.StringUnknown())...)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("external_ids"), types.ObjectUnknown(externalIDsTypes))...)
	}
}

// createOnly are the attributes that only the create call takes.
func createOnly(wanted, state accountModel) []account.CreateOnly {
	return []account.CreateOnly{
		{Name: "type", Config: wanted.Type, State: state.Type,
			Advice: "An account of another type is another account: declare it as a new resource, or set type back to " + state.Type.String() + "."},
		{Name: "groups", Config: wanted.Groups, State: state.Groups,
			Advice: "Manage the user groups of an existing account on the platform, or take groups out of the configuration."},
	}
}

// planCreate refuses what the platform refuses on create.
func planCreate(config accountModel, diags *diag.Diagnostics) {
	if config.Type.ValueString() == client.TypeOperations {
		diags.AddAttributeError(path.Root("type"), "An Operations account can't be created", "SoftwareOne creates accounts of type "+
			"Client and Vendor only. An Operations account that exists can be imported.")
		return
	}
	if !isKnown(config.Type) || !isKnown(config.Status) {
		return
	}
	switch status := config.Status.ValueString(); {
	case config.Type.ValueString() == client.TypeVendor && status == client.StatusEnabled:
		refuseStatus(diags, "A Vendor account is Active or Disabled, never Enabled.")
	case config.Type.ValueString() == client.TypeClient && status == client.StatusActive && config.ExternalID.IsNull():
		refuseStatus(diags, onlyWithID)
	}
}

const onlyWithID = "A Client account is Active only with an external_id. Set external_id as well, or leave status out."

func refuseStatus(diags *diag.Diagnostics, problem string) {
	diags.AddAttributeError(path.Root("status"), "This status can't be reached", problem)
}

// planStatus refuses a change of status that no single action makes.
func planStatus(config, state accountModel, diags *diag.Diagnostics) {
	if !isKnown(config.Status) {
		return
	}
	// An external id that this plan sets is there before an activation, but not before an enable.
	hasID := !config.ExternalID.IsNull()
	if config.Status.ValueString() == client.StatusActive && state.Type.ValueString() == client.TypeClient && isKnown(state.ExternalID) && !hasID {
		refuseStatus(diags, onlyWithID)
		return
	}
	_, problem := actionFor(state.Type.ValueString(), state.Status.ValueString(), config.Status.ValueString(), isKnown(state.ExternalID), hasID)
	if problem != "" {
		refuseStatus(diags, problem)
	}
}

// actionFor is the one action that leads from one status to another, or why there is none. hadID and hasID tell
// whether the account has an external id before this change and after it.
func actionFor(accountType, from, to string, hadID, hasID bool) (action client.Action, problem string) {
	if from == to {
		return "", ""
	}
	if accountType == client.TypeOperations {
		return "", "The status of an Operations account can't be changed. Take status out of the configuration."
	}
	isVendor := accountType == client.TypeVendor
	switch {
	case isVendor && to == client.StatusEnabled:
		return "", "A Vendor account is Active or Disabled, never Enabled."
	case to == client.StatusDisabled && (from == client.StatusActive || from == client.StatusEnabled):
		return client.Disable, ""
	case from == client.StatusDisabled && to == client.StatusActive && (isVendor || hadID):
		return client.Enable, ""
	case from == client.StatusDisabled && to == client.StatusEnabled && !hadID:
		return client.Enable, ""
	case from == client.StatusDisabled && to == client.StatusEnabled:
		return "", "Enabling this account makes it Active, since it has an external id. Set status = \"Active\" and apply, then \"Enabled\"."
	case from == client.StatusDisabled && to == client.StatusActive:
		return "", "Enabling this account makes it Enabled, since it has no external id so far. Set status = \"Enabled\" and apply, then \"Active\" with an external_id."
	case isVendor && from == client.StatusEnabled && to == client.StatusActive:
		return "", "Activating is for Client accounts alone. Set status = \"Disabled\" and apply, then \"Active\"."
	case from == client.StatusEnabled && to == client.StatusActive && hasID:
		return client.Activate, ""
	case from == client.StatusEnabled && to == client.StatusActive:
		return "", onlyWithID
	case from == client.StatusActive && to == client.StatusEnabled:
		return client.Deactivate, ""
	}
	return "", fmt.Sprintf("No action leads from %s to %s.", from, to)
}
