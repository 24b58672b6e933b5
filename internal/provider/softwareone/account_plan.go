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
	var config, plan, state accountModel
	if !r.BeginPlan(ctx, req, resp, &config, &plan, &state) {
		return
	}
	if isKnown(config.Eligibility) && isKnown(config.Type) && config.Type.ValueString() != client.TypeClient {
		resp.Diagnostics.AddAttributeError(path.Root("eligibility"), "Eligibility is for Client accounts only", fmt.Sprintf(
			"SoftwareOne refuses eligibility for accounts of type %s. Remove it from the configuration.", config.Type))
	}
	if req.State.Raw.IsNull() {
		planCreate(config, &resp.Diagnostics)
		return
	}
	descriptor.PlanCreateOnly(ctx, req, resp, createOnly(config, state))
	if isKnown(config.Status) {
		if problem := planStatus(config, state); problem != "" {
			refuseStatus(&resp.Diagnostics, problem)
		}
	}
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
			Advice: "Manage the user groups of an existing account on the platform, or remove groups from the configuration."},
	}
}

// planStatus says why the configured status can't be reached, or kept; "" where it can.
func planStatus(config, state accountModel) string {
	accountType, from, to := state.Type.ValueString(), state.Status.ValueString(), config.Status.ValueString()
	if loses := config.ExternalID.IsNull() && isKnown(state.ExternalID); loses && to == client.StatusActive && from == to {
		from = client.StatusEnabled // it would have to be activated again, if the platform lets it lose the id at all
	}
	return noWay(accountType, from, to, !config.ExternalID.IsNull())
}

// planCreate refuses what the platform refuses on create.
func planCreate(config accountModel, diags *diag.Diagnostics) {
	if config.Type.ValueString() == client.TypeOperations {
		diags.AddAttributeError(path.Root("type"), "An Operations account can't be created", "SoftwareOne creates accounts of type "+
			"Client and Vendor only. An Operations account that exists can be imported.")
		return
	}
	if isKnown(config.Type) && isKnown(config.Status) {
		accountType := config.Type.ValueString()
		problem := noWay(accountType, initialStatus(accountType), config.Status.ValueString(), !config.ExternalID.IsNull())
		if problem != "" {
			refuseStatus(diags, problem)
		}
	}
}

// initialStatus is the status of a new account.
func initialStatus(accountType string) string {
	if accountType == client.TypeClient {
		return client.StatusEnabled
	}
	return client.StatusActive
}

func refuseStatus(diags *diag.Diagnostics, problem string) {
	diags.AddAttributeError(path.Root("status"), "This status can't be reached", problem)
}

// noWay says why no actions lead from one status to another; "" where some do. hasID is whether the account has an
// external id afterwards.
func noWay(accountType, from, to string, hasID bool) string {
	if accountType == client.TypeClient && to == client.StatusActive && !hasID && from != to {
		return "A Client account is Active only with an external_id. Set external_id as well, or leave status out."
	}
	switch {
	case from == to:
		return ""
	case accountType == client.TypeOperations:
		return "The status of an Operations account can't be changed. Remove status from the configuration."
	case accountType == client.TypeVendor && to == client.StatusEnabled:
		return "A Vendor account is Active or Disabled, never Enabled."
	case nextAction(client.Account{Type: accountType, Status: from}, to) == "":
		return fmt.Sprintf("No action leads from %s to %s.", from, to)
	}
	return ""
}
