package gcore

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// fillUser fills a list result, and returns the user's id; "" where it lacks what a resource must have. A whole resource
// takes the account behind each user, which is read as by a resource, so that both show the same.
func fillUser(ctx context.Context, api *client.Client, u client.User, include bool, result *list.ListResult) (id string) {
	if u.Email == "" || u.ClientID == "" {
		return ""
	}
	model := userModel{Lifecycle: account.NoLifecycle(), Services: types.MapNull(types.BoolType)}
	model.readUser(u)
	result.DisplayName = fmt.Sprintf("%s (%s)", u.Email, model.Company.ValueString())
	if !include {
		return u.ID
	}
	a, err := api.ReadAccount(ctx, u.ClientID, witness.Witness{}, nil)
	switch {
	case transport.IsNotFound(err), errors.Is(err, witness.ErrGone), errors.Is(err, client.ErrNameless):
		return ""
	case err != nil:
		userDescriptor.AddReadError(&result.Diagnostics, "read", u.ID, err)
		return u.ID
	}
	model.readClient(a)
	if model.Company.ValueString() == "" {
		return ""
	}
	result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	return u.ID
}
