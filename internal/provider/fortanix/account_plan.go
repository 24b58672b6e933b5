package fortanix

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *accountResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !kind.PlanLife(ctx, req, resp) {
		return
	}
	var config, state accountModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	exists := !req.State.Raw.IsNull()
	if exists {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	configured := authConfigsOf(ctx, config.AuthConfigs, &resp.Diagnostics)
	refuseDuplicates(ctx, configured, &resp.Diagnostics)
	if !exists {
		requireSecrets(ctx, configured, nil, &resp.Diagnostics)
		return
	}
	planFixed(ctx, req, resp, config, state)
	planAuthConfigs(ctx, resp, config, state, configured)
}

// planFixed looks after the attributes that only the create call takes.
func planFixed(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, config, state accountModel) {
	replaceable := state.DeletionPolicy.ValueString() == account.PolicyDelete
	const advice = "To replace the account, set deletion_policy = \"delete\" and apply that first. To keep it, set the attribute back to " +
		"what the account has."
	keep, replace := kind.PlanCreateOnly(ctx, req.Private, []account.CreateOnly{
		{Name: "component", Config: config.Component, State: state.Component, Advice: advice, Replace: replaceable},
		{Name: "node_enrollment", Config: config.NodeEnrollment, State: state.NodeEnrollment, Advice: advice, Replace: replaceable},
	}, &resp.Diagnostics)
	for _, name := range keep {
		kept := map[string]attr.Value{"component": state.Component, "node_enrollment": state.NodeEnrollment}[name]
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), kept)...)
	}
	for _, name := range replace {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root(name))
	}
}

// planAuthConfigs keeps the prior order where nothing but the order changed, and asks for the secrets that a change
// needs.
func planAuthConfigs(ctx context.Context, resp *resource.ModifyPlanResponse, config, state accountModel, configured []authConfigModel) {
	if config.AuthConfigs.IsNull() && !state.AuthConfigs.IsNull() {
		kind.NotManagedWarning(&resp.Diagnostics, "auth_configs", state.ID.ValueString())
	}
	if len(configured) == 0 {
		return
	}
	prior := authConfigsOf(ctx, state.AuthConfigs, &resp.Diagnostics)
	if !requireSecrets(ctx, configured, prior, &resp.Diagnostics) && len(configured) == len(prior) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("auth_configs"), state.AuthConfigs)...)
	}
}

// refuseDuplicates refuses two elements that the API couldn't tell apart.
func refuseDuplicates(ctx context.Context, configured []authConfigModel, diags *diag.Diagnostics) {
	seen := map[client.AuthKey]int{}
	for i, m := range configured {
		key := m.toClient(ctx, diags).Key()
		if first, ok := seen[key]; ok {
			diags.AddAttributeError(path.Root("auth_configs").AtListIndex(i), "Two configurations of the same kind", fmt.Sprintf(
				"auth_configs[%d] and auth_configs[%d] can't be told apart: there is one by password, one of an OAuth idp_name and client_id, "+
					"and one of a target_id.", first, i))
			continue
		}
		seen[key] = i
	}
}

// requireSecrets tells whether an element is new or changed, and refuses such an OAuth one without its secrets: the API
// requires them with any change.
func requireSecrets(ctx context.Context, configured, prior []authConfigModel, diags *diag.Diagnostics) (changed bool) {
	for i, m := range configured {
		a := m.toClient(ctx, diags)
		before := find(ctx, prior, a.Key())
		if before != nil && before.toClient(ctx, diags).Same(a) && before.versions() == m.versions() {
			continue
		}
		changed = true
		if m.OAuth == nil {
			continue
		}
		at := path.Root("auth_configs").AtListIndex(i).AtName("oauth")
		const summary = "A changed OAuth configuration needs its secret"
		const detail = "Fortanix takes an OAuth configuration only together with its secrets, and this one is new or changed. Set %s and its " +
			"version in the configuration; it is in no plan and no state."
		if m.OAuth.ClientSecretWO.IsNull() {
			diags.AddAttributeError(at.AtName("client_secret_wo"), summary, fmt.Sprintf(detail, "client_secret_wo"))
		}
		if t := m.OAuth.TLS; t != nil && t.Required != nil && t.Required.ClientKeyWO.IsNull() && !t.Required.ClientKeyWOVersion.IsNull() {
			diags.AddAttributeError(at.AtName("tls").AtName("required").AtName("client_key_wo"), summary, fmt.Sprintf(detail, "client_key_wo"))
		}
	}
	return changed
}

// secretsChanged are the elements whose versions differ from the state's: their secrets are sent again.
func secretsChanged(ctx context.Context, planned, prior []authConfigModel, diags *diag.Diagnostics) []client.AuthKey {
	var keys []client.AuthKey
	for _, m := range planned {
		key := m.toClient(ctx, diags).Key()
		if before := find(ctx, prior, key); before != nil && before.versions() != m.versions() {
			keys = append(keys, key)
		}
	}
	return keys
}
