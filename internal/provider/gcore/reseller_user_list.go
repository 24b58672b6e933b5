package gcore

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var _ list.ListResourceWithConfigure = (*resellerUserList)(nil)

// NewResellerUserList makes the list resource gcore_reseller_user.
func NewResellerUserList() list.ListResource { return &resellerUserList{} }

type resellerUserList struct {
	client *settings.Client[*client.Client]
}

// Metadata implements list.ListResource.
func (l *resellerUserList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = userDescriptor.Type
}

// Configure implements list.ListResourceWithConfigure.
func (l *resellerUserList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// ListResourceConfigSchema implements list.ListResource.
func (l *resellerUserList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Users that a Gcore reseller's credential sees. Gcore has no filters for users: the list is read from its start.",
		Attributes:          map[string]schema.Attribute{},
	}
	for name, text := range userFilterTexts {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Validators: words, MarkdownDescription: text}
	}
}

// List implements list.ListResource. A whole resource takes the account behind each user, which is read as by a
// resource, so that both show the same.
func (l *resellerUserList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	var filters userFilterModel
	diags.Append(req.Config.Get(ctx, &filters)...)
	api, ok := l.client.Get(&diags)
	if !ok || diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = account.List(ctx, req, userDescriptor, api.ListUsers(ctx, filters.filter()),
		func(u client.User, result *list.ListResult) (id string) {
			model := userModel{
				Services:       types.MapNull(types.BoolType),
				DeletionPolicy: types.StringValue(account.PolicyPrevent),
				Timeouts:       account.NoTimeouts(),
			}
			model.readUser(u)
			if u.Email == "" || u.ClientID == "" {
				return ""
			}
			result.DisplayName = fmt.Sprintf("%s (%s)", u.Email, model.Company.ValueString())
			if !req.IncludeResource {
				return u.ID
			}
			a, err := api.ReadAccount(ctx, u.ClientID, client.Witness{})
			switch {
			case transport.IsNotFound(err), errors.Is(err, client.ErrGone), errors.Is(err, client.ErrNameless):
				return ""
			case err != nil:
				addReadError(&result.Diagnostics, userDescriptor, u.ID, err)
				return u.ID
			}
			model.readClient(a)
			if model.Company.ValueString() == "" {
				return ""
			}
			result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
			return u.ID
		})
}
