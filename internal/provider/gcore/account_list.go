package gcore

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// fillAccount fills a list result, and returns the account's id; "" where it lacks what a resource must have.
func fillAccount(ctx context.Context, _ *client.Client, a client.Account, include bool, result *list.ListResult) (id string) {
	model := accountModel{Lifecycle: account.NoLifecycle()}
	model.read(a)
	if model.Company.IsNull() {
		return ""
	}
	result.DisplayName = model.Company.ValueString()
	if include {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return a.ID
}
