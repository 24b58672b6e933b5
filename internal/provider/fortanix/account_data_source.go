package fortanix

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var (
	_ datasource.DataSourceWithConfigure        = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*accountsDataSource)(nil)
)

// accountData is one account in the data sources: what the resource has, and what depends on the caller or changes by
// itself.
type accountData struct {
	ID                  types.String     `tfsdk:"id"`
	Name                types.String     `tfsdk:"name"`
	HasCustomLogo       types.Bool       `tfsdk:"has_custom_logo"`
	AuthConfigs         []authConfigData `tfsdk:"auth_configs"`
	NodeEnrollment      types.Object     `tfsdk:"node_enrollment"`
	Component           types.String     `tfsdk:"component"`
	DefaultGroupID      types.String     `tfsdk:"default_group_id"`
	MarketplaceGroupID  types.String     `tfsdk:"marketplace_group_id"`
	AccountStatus       types.String     `tfsdk:"account_status"`
	AzureCVMPCRPriority types.List       `tfsdk:"azure_cvm_pcr_priority"`
	CreatedAt           types.Int64      `tfsdk:"created_at"`
	Roles               []types.String   `tfsdk:"roles"`
	Status              types.String     `tfsdk:"status"`
	Totals              *totalsData      `tfsdk:"totals"`
}

type authConfigData struct {
	ID       types.String `tfsdk:"id"`
	Kind     types.String `tfsdk:"kind"`
	IDPName  types.String `tfsdk:"idp_name"`
	ClientID types.String `tfsdk:"client_id"`
	TargetID types.String `tfsdk:"target_id"`
}

type totalsData struct {
	Datasets       types.Int64 `tfsdk:"datasets"`
	FinalWorkflows types.Int64 `tfsdk:"final_workflows"`
	Nodes          types.Int64 `tfsdk:"nodes"`
}

func newAccountData(ctx context.Context, a client.Account, diags *diag.Diagnostics) accountData {
	var m accountModel
	m.read(ctx, a, false, diags)
	data := accountData{
		ID: m.ID, Name: m.Name, HasCustomLogo: types.BoolValue(!a.CustomLogo.IsZero()), NodeEnrollment: m.NodeEnrollment,
		Component: m.Component, DefaultGroupID: m.DefaultGroupID, MarketplaceGroupID: m.MarketplaceGroupID,
		AccountStatus: m.AccountStatus, AzureCVMPCRPriority: m.AzureCVMPCRPriority, CreatedAt: m.CreatedAt,
		Status: account.StringOrNull(a.Status), AuthConfigs: []authConfigData{}, Roles: []types.String{},
	}
	for _, c := range a.AuthConfigs {
		key := c.Key()
		data.AuthConfigs = append(data.AuthConfigs, authConfigData{
			ID: types.StringValue(c.ID), Kind: account.StringOrNull(&key.Kind), IDPName: account.StringOrNull(&key.IDPName),
			ClientID: account.StringOrNull(&key.ClientID), TargetID: account.StringOrNull(&key.TargetID),
		})
	}
	for _, role := range a.Roles {
		data.Roles = append(data.Roles, types.StringValue(role))
	}
	if t := a.Totals; t != nil {
		data.Totals = &totalsData{types.Int64Value(t.Datasets), types.Int64Value(t.FinalWorkflows), types.Int64Value(t.Nodes)}
	}
	return data
}

func accountDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	count := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":              text("Account id, a UUID."),
		"name":            text("Name."),
		"has_custom_logo": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the account has a logo. The image itself is left out."},
		"auth_configs": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "How users log in, in short: what tells the configurations apart. Secrets are never read.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("Id of the configuration."), "kind": text("`password`, `oauth` or `cluster_auth_ref`."),
				"idp_name": text("Identity provider, for OAuth."), "client_id": text("OAuth client, for OAuth."),
				"target_id": text("Provider of the installation, for a reference."),
			}},
		},
		"node_enrollment": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "How nodes enrol.",
			Attributes: map[string]schema.Attribute{
				attestation: schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether nodes may enrol without an enforced attestation."},
			},
		},
		"component":            text("`DEFAULT` or `CONFIDENTIAL_AI`."),
		"default_group_id":     text("Id of the default group."),
		"marketplace_group_id": text("Id of the marketplace group."),
		"account_status":       text("`Active` or `Deactivated`."),
		"azure_cvm_pcr_priority": schema.ListAttribute{
			Computed: true, ElementType: types.Int64Type, MarkdownDescription: "The integers 0 to 22 in order of preference.",
		},
		"created_at": count("Time of creation, in seconds since 1970-01-01 UTC."),
		"roles": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Roles of the provider's user in the account: `READER`, `WRITER`, `MANAGER`.",
		},
		"status": text("The provider's user's membership: `ACTIVE`, `PENDING` or `DISABLED`."),
		"totals": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "What the account holds; null in lists.",
			Attributes: map[string]schema.Attribute{
				"datasets": count("Data sets."), "final_workflows": count("Final workflows."), "nodes": count("Nodes."),
			},
		},
	}
}

// NewAccountDataSource makes the data source fortanix_account.
func NewAccountDataSource() datasource.DataSource { return &accountDataSource{} }

type accountDataSource struct {
	client *settings.Client[*client.Client]
}

// Metadata implements datasource.DataSource.
func (d *accountDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = descriptor.Type
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *accountDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements datasource.DataSource.
func (d *accountDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := accountDataAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{descriptor.ID()},
			MarkdownDescription: "Account id, a UUID. Give this or `name`.",
		},
		"name": schema.StringAttribute{
			Optional: true, Computed: true, Validators: words,
			MarkdownDescription: "Name, without regard to case. Exactly one account must have it. Give this or `id`.",
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One Fortanix account that the provider's user belongs to, by id or by name.",
		Attributes:          attributes,
	}
}

// ConfigValidators implements datasource.DataSourceWithConfigValidators.
func (d *accountDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return account.IDOr("name")
}

// Read implements datasource.DataSource.
func (d *accountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	search := descriptor.NewSearch(ctx, req.Config, "name", &resp.Diagnostics)
	api, ok := d.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	found, ok := account.Find(search,
		func(id string) (client.Account, error) { return client.Account{ID: id}, nil }, // read below
		func(name string) iter.Seq2[client.Account, error] {
			return named(api.ListAccounts(ctx), types.StringValue(name))
		},
		func(a client.Account) string { return fmt.Sprintf("%s (%s)", a.ID, a.Name) }, &resp.Diagnostics)
	if !ok {
		return
	}
	whole, err := api.ReadAccountDetails(ctx, found.ID)
	if err != nil {
		descriptor.AddError(&resp.Diagnostics, "find", found.ID, err)
		return
	}
	search.Answer(ctx, &resp.State, newAccountData(ctx, whole, &resp.Diagnostics), &resp.Diagnostics)
}

// NewAccountsDataSource makes the data source fortanix_accounts.
func NewAccountsDataSource() datasource.DataSource { return &accountsDataSource{} }

type accountsDataSource struct {
	client *settings.Client[*client.Client]
}

// accountsData is fortanix_accounts.
type accountsData struct {
	Name     types.String  `tfsdk:"name"`
	Accounts []accountData `tfsdk:"accounts"`
}

const nameFilterText = "Only the account of this name, without regard to case. The API has no filters: the whole list is read."

// Metadata implements datasource.DataSource.
func (d *accountsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "fortanix_accounts"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *accountsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements datasource.DataSource.
func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Fortanix accounts that the provider's user belongs to.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{Optional: true, Validators: words, MarkdownDescription: nameFilterText},
			"accounts": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The accounts.",
				NestedObject: schema.NestedAttributeObject{Attributes: accountDataAttributes()},
			},
		},
	}
}

// Read implements datasource.DataSource.
func (d *accountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data accountsData
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	api, ok := d.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	data.Accounts = []accountData{}
	for a, err := range named(api.ListAccounts(ctx), data.Name) {
		if err != nil {
			descriptor.AddError(&resp.Diagnostics, "list", "", err)
			return
		}
		whole, err := api.Whole(ctx, a)
		if err != nil {
			descriptor.AddError(&resp.Diagnostics, "read", a.ID, err)
			return
		}
		data.Accounts = append(data.Accounts, newAccountData(ctx, whole, &resp.Diagnostics))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
