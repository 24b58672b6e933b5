package gcore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *resellerUserResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan, state userModel
	if !r.BeginPlan(ctx, req, resp, &config, &plan, &state) {
		return
	}
	if req.State.Raw.IsNull() {
		planCreateUser(config, &resp.Diagnostics)
		return
	}
	r.Descriptor.PlanCreateOnly(ctx, req, resp, createOnly(config, state))
	if config.Services.IsUnknown() {
		return
	}
	if config.Services.IsNull() && !state.Services.IsNull() {
		r.Descriptor.NotManagedWarning(&resp.Diagnostics, "services", state.ID.ValueString())
		return
	}
	for _, product := range slices.Sorted(maps.Keys(state.Services.Elements())) {
		if _, still := config.Services.Elements()[product]; !still {
			r.Descriptor.NotManagedWarning(&resp.Diagnostics, fmt.Sprintf("services[%q]", product), state.ID.ValueString())
		}
	}
}

// createOnly are the attributes that only the create call takes.
func createOnly(config, state userModel) []account.CreateOnly {
	const advice = "Take it out of the configuration, or set it back to what the user was created with."
	return []account.CreateOnly{
		{Name: "country_code", Config: config.CountryCode, State: state.CountryCode, Equal: sameCountry, Advice: advice},
		{Name: "user_type", Config: config.UserType, State: state.UserType, Advice: advice},
		{Name: "password_wo_version", Config: config.PasswordWOVersion, State: state.PasswordWOVersion,
			Advice: "Gcore documents no call that sets another user's password: let the user change it, or have it reset by e-mail. " + advice},
	}
}

func sameCountry(a, b attr.Value) bool { return strings.EqualFold(a.String(), b.String()) }

// planCreateUser refuses at plan time what Gcore would refuse on create.
func planCreateUser(config userModel, diags *diag.Diagnostics) {
	if config.PasswordWO.IsNull() {
		diags.AddAttributeError(path.Root("password_wo"), "A new user needs a password", "Gcore creates no user without a password. Set "+
			"password_wo and password_wo_version = 1. If the user exists already, import it instead.")
	}
	if !config.UserType.IsNull() && !config.UserType.IsUnknown() && config.UserType.ValueString() != "common" {
		diags.AddAttributeError(path.Root("user_type"), "Only common users can be created", "Gcore only creates users of the type "+
			"\"common\". Leave user_type out.")
	}
}

// record remembers what is configured of what only the create call takes.
func (m userModel) record(ctx context.Context, private account.Private, diags *diag.Diagnostics) {
	account.RecordCreateOnly(ctx, private, createOnly(m, userModel{}), diags)
}
