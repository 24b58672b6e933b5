package gcore

import (
	"context"
	"math"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var _ list.ListResourceWithConfigure = (*accountList)(nil)

// NewAccountList makes the list resource gcore_account.
func NewAccountList() list.ListResource { return &accountList{} }

type accountList struct {
	client *settings.Client[*client.Client]
}

// Metadata implements list.ListResource.
func (l *accountList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = accountDescriptor.Type
}

// Configure implements list.ListResourceWithConfigure.
func (l *accountList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// ListResourceConfigSchema implements list.ListResource.
func (l *accountList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Gcore accounts that the credential sees. The accounts of a reseller's users are among them: manage each of " +
			"these as a `gcore_account` *or* through its `gcore_reseller_user`, never both.",
		Attributes: map[string]schema.Attribute{
			"is_test": schema.BoolAttribute{Optional: true, MarkdownDescription: accountFilterIsTest},
			"seller": schema.NumberAttribute{
				Optional: true, MarkdownDescription: accountFilterSeller, Validators: []validator.Number{account.WholeNumber(1, math.MaxInt64)},
			},
		},
	}
	for name, text := range accountFilterTexts {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Validators: accountFilterValues[name], MarkdownDescription: text}
	}
}

// List implements list.ListResource.
func (l *accountList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	var filters accountFilterModel
	diags.Append(req.Config.Get(ctx, &filters)...)
	api, ok := l.client.Get(&diags)
	if !ok || diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = account.List(ctx, req, accountDescriptor, api.ListAccounts(ctx, filters.filter()),
		func(a client.Account, result *list.ListResult) (id string) {
			model := accountModel{DeletionPolicy: types.StringValue(account.PolicyPrevent), Timeouts: account.NoTimeouts()}
			model.read(a)
			if model.Company.IsNull() {
				return ""
			}
			result.DisplayName = model.Company.ValueString()
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
			}
			return a.ID
		})
}
