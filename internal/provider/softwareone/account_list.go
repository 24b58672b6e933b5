package softwareone

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var _ list.ListResourceWithConfigure = (*accountList)(nil)

// NewAccountList makes the list resource softwareone_account.
func NewAccountList() list.ListResource { return &accountList{} }

type accountList struct {
	client *settings.Client[*client.Client]
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
		MarkdownDescription: "SoftwareOne accounts that the token may see.",
		Attributes:          map[string]schema.Attribute{},
	}
	for name, text := range filterTexts {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Validators: filterValues[name], MarkdownDescription: text}
	}
}

// List implements list.ListResource.
func (l *accountList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	var filters filterModel
	diags.Append(req.Config.Get(ctx, &filters)...)
	api, ok := l.client.Get(&diags)
	if !ok || diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = account.List(ctx, req, descriptor, api.ListAccounts(ctx, filters.filter(), false),
		func(a client.Account, result *list.ListResult) (id string) {
			if strings.TrimSpace(a.Name) == "" || a.Type == "" {
				return ""
			}
			result.DisplayName = fmt.Sprintf("%s (%s, %s)", a.Name, a.Type, a.Status)
			if req.IncludeResource {
				model := newModel()
				model.DeletionPolicy = types.StringValue(account.PolicyPrevent)
				model.read(ctx, a, &result.Diagnostics)
				result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
			}
			return a.ID
		})
}
