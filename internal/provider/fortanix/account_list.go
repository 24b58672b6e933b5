package fortanix

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// fillAccount fills a list result, and returns the account's id; "" where it has no name, which a resource must have.
func fillAccount(ctx context.Context, api *client.Client, a client.Account, include bool, result *list.ListResult) (id string) {
	name := account.StringOrNull(&a.Name)
	if name.IsNull() {
		return ""
	}
	result.DisplayName = name.ValueString()
	if include {
		model := accountModel{AuthConfigs: types.ListNull(authConfigType), Lifecycle: account.NoLifecycle()}
		model.readListed(ctx, api, a, &result.Diagnostics)
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return strings.ToLower(a.ID)
}

// readListed reads an account of a listing as an import would.
func (m *accountModel) readListed(ctx context.Context, api *client.Client, listed client.Account, diags *diag.Diagnostics) {
	a, err := api.Complete(ctx, listed)
	if err == nil {
		m.read(ctx, a, true, diags)
		err = m.readLogo(a, func() (string, error) { return api.LogoText(ctx, a) })
	}
	if err != nil {
		descriptor.AddError(diags, "read", listed.ID, err)
	}
}
