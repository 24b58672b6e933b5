package fortanix

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// planAuthConfigs keeps the prior order where nothing but the order changed, and refuses what an apply would refuse.
func planAuthConfigs(ctx context.Context, resp *resource.ModifyPlanResponse, config, plan, state accountModel) {
	if config.AuthConfigs.IsNull() && !state.AuthConfigs.IsNull() {
		descriptor.NotManagedWarning(&resp.Diagnostics, "auth_configs", state.ID.ValueString())
	}
	// The plan lacks secrets, which may be unknown still; all else it has as the configuration has it.
	if plan.AuthConfigs.IsNull() || !account.FullyKnown(ctx, plan.AuthConfigs) {
		return
	}
	configured := authConfigsOf(ctx, config.AuthConfigs, &resp.Diagnostics)
	prior := authConfigsOf(ctx, state.AuthConfigs, &resp.Diagnostics)
	checkAuthConfigs(ctx, configured, prior, &resp.Diagnostics)
	if len(configured) == len(prior) && !anyDiffers(ctx, configured, prior, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("auth_configs"), state.AuthConfigs)...)
	}
}

// anyDiffers reports whether an element is new, or differs from the one of its key.
func anyDiffers(ctx context.Context, configured, prior []authConfigModel, diags *diag.Diagnostics) bool {
	for _, m := range configured {
		before := find(ctx, prior, m.key(ctx))
		if before == nil || !before.same(ctx, m, diags) || !sameVersions(before.versions(), m.versions()) {
			return true
		}
	}
	return false
}

// checkAuthConfigs refuses two elements that the API couldn't tell apart, and an OAuth one that is to be sent without
// its secrets: the API takes it only with them.
func checkAuthConfigs(ctx context.Context, configured, prior []authConfigModel, diags *diag.Diagnostics) {
	seen := map[client.AuthKey]int{}
	for i, m := range configured {
		key, at := m.key(ctx), path.Root("auth_configs").AtListIndex(i)
		if first, ok := seen[key]; ok {
			diags.AddAttributeError(at, "Two configurations of the same kind", fmt.Sprintf(
				"auth_configs[%d] and auth_configs[%d] are one and the same to Fortanix. An account has at most one password configuration, one OAuth "+
					"configuration for each pair of idp_name and client_id, and one cluster reference for each target_id. Take one of them out.",
				first, i))
			continue
		}
		seen[key] = i
		before := find(ctx, prior, key)
		if m.OAuth == nil || before != nil && before.same(ctx, m, diags) && !m.resends(before) {
			continue
		}
		missing := func(at path.Path, secret string) {
			diags.AddAttributeError(at.AtName(secret), "A changed OAuth configuration needs its secrets", fmt.Sprintf(
				"Fortanix takes an OAuth configuration only together with its secrets, and auth_configs[%d] (idp_name %s, client_id %s) is new, or "+
					"differs from what Fortanix has. Set %s and its version in it; it is in no plan and no state.",
				i, m.OAuth.IDPName, m.OAuth.ClientID, secret))
		}
		at = at.AtName("oauth")
		if m.OAuth.ClientSecretWO.IsNull() {
			missing(at, "client_secret_wo")
		}
		if t := m.OAuth.TLS; t != nil && t.Required != nil && t.Required.ClientKeyWO.IsNull() &&
			(isKnown(t.Required.ClientKeyWOVersion) || isKnown(t.Required.ClientCert)) {
			missing(at.AtName("tls").AtName("required"), "client_key_wo")
		}
	}
}

// authConfigsUpdate is what becomes of the auth configs, nil where they stay as they are. Secrets come from the
// configuration, found by natural key. What was not managed before is not in the prior state, so it isn't deleted: no
// plan has shown that.
func authConfigsUpdate(
	ctx context.Context,
	private account.Private,
	plan, state, config accountModel,
	diags *diag.Diagnostics,
) *client.AuthConfigsUpdate {
	if plan.AuthConfigs.IsNull() || plan.AuthConfigs.Equal(state.AuthConfigs) {
		return nil
	}
	configured, prior := authConfigsOf(ctx, config.AuthConfigs, diags), authConfigsOf(ctx, state.AuthConfigs, diags)
	checkAuthConfigs(ctx, configured, prior, diags)
	update := &client.AuthConfigsUpdate{Want: toClient(ctx, configured, diags), Have: toClient(ctx, prior, diags)}
	for _, m := range configured {
		if key := m.key(ctx); m.resends(find(ctx, prior, key)) {
			update.Resend = append(update.Resend, key)
		}
	}
	if len(prior) > 0 && update.Changes(update.Have).IsEmpty() {
		return nil
	}
	var ids []authID
	account.Fetch(ctx, private, keyAuthIDs, &ids, diags)
	for i := range update.Have {
		update.Have[i].ID = idOf(ids, update.Have[i].Key())
	}
	return update
}

// idOf returns the server's id of the config of a key, "" where it isn't known, or there are several.
func idOf(ids []authID, key client.AuthKey) string {
	found := ""
	for _, recorded := range ids {
		if recorded.Key != key {
			continue
		}
		if found != "" {
			return ""
		}
		found = recorded.ID
	}
	return found
}
