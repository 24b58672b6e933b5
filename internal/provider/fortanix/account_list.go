package fortanix

import (
	"context"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var _ list.ListResourceWithConfigure = (*accountList)(nil)

// NewAccountList makes the list resource fortanix_account.
func NewAccountList() list.ListResource { return &accountList{} }

type accountList struct {
	client *settings.Client[*client.Client]
}

// listFilterModel is the list resource's configuration.
type listFilterModel struct {
	Name types.String `tfsdk:"name"`
}

// Metadata implements list.ListResource.
func (l *accountList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = descriptor.Type
}

// Configure implements list.ListResourceWithConfigure.
func (l *accountList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// ListResourceConfigSchema implements list.ListResource.
func (l *accountList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Fortanix accounts that the provider's user belongs to.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{Optional: true, Validators: words, MarkdownDescription: nameFilterText},
		},
	}
}

// List implements list.ListResource.
func (l *accountList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	var filter listFilterModel
	diags.Append(req.Config.Get(ctx, &filter)...)
	api, ok := l.client.Get(&diags)
	if !ok || diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = account.List(ctx, req, descriptor, named(api.ListAccounts(ctx), filter.Name),
		func(a client.Account, result *list.ListResult) (id string) {
			name := account.StringOrNull(&a.Name)
			if name.IsNull() {
				return ""
			}
			result.DisplayName = name.ValueString()
			if req.IncludeResource {
				model := accountModel{
					AuthConfigs:    types.ListNull(authConfigType),
					DeletionPolicy: types.StringValue(account.PolicyPrevent),
					Timeouts:       account.NoTimeouts(),
				}
				model.readListed(ctx, api, a, &result.Diagnostics)
				result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
			}
			return strings.ToLower(a.ID)
		})
}

// readListed takes over an account of a listing as an import would read it.
func (m *accountModel) readListed(ctx context.Context, api *client.Client, listed client.Account, diags *diag.Diagnostics) {
	a, err := api.Whole(ctx, listed)
	if err == nil {
		m.read(ctx, a, true, diags)
		err = m.readLogo(a, func() (string, error) { return api.LogoText(ctx, a) })
	}
	if err != nil {
		descriptor.AddError(diags, "read", listed.ID, err)
	}
}

// named passes on the accounts of a name, or all where name is null.
func named(accounts iter.Seq2[client.Account, error], name types.String) iter.Seq2[client.Account, error] {
	return func(yield func(client.Account, error) bool) {
		for a, err := range accounts {
			if err == nil && !name.IsNull() && !client.SameName(a.Name, name.ValueString()) {
				continue
			}
			if !yield(a, err) {
				return
			}
		}
	}
}
