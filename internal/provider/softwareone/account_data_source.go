package softwareone

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var (
	_ datasource.DataSourceWithConfigure        = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*accountsDataSource)(nil)
)

// accountData is one account in the data sources: what the resource has, and what changes by itself.
type accountData struct {
	ID                    types.String `tfsdk:"id"`
	Name                  types.String `tfsdk:"name"`
	Type                  types.String `tfsdk:"type"`
	Status                types.String `tfsdk:"status"`
	ExternalID            types.String `tfsdk:"external_id"`
	ExternalName          types.String `tfsdk:"external_name"`
	ExternalIDs           types.Object `tfsdk:"external_ids"`
	Address               types.Object `tfsdk:"address"`
	TechnicalSupportEmail types.String `tfsdk:"technical_support_email"`
	Website               types.String `tfsdk:"website"`
	Description           types.String `tfsdk:"description"`
	Eligibility           types.Object `tfsdk:"eligibility"`
	DefaultLanguageCode   types.String `tfsdk:"default_language_code"`
	Icon                  types.String `tfsdk:"icon"`
	Revision              types.Int64  `tfsdk:"revision"`
	Groups                []groupData  `tfsdk:"groups"`
	Audit                 *auditData   `tfsdk:"audit"`
}

type groupData struct {
	ID        types.String `tfsdk:"id"`
	Name      types.String `tfsdk:"name"`
	IsDefault types.Bool   `tfsdk:"is_default"`
}

type auditData struct {
	CreatedAt types.String `tfsdk:"created_at"`
	CreatedBy types.String `tfsdk:"created_by"`
	UpdatedAt types.String `tfsdk:"updated_at"`
	UpdatedBy types.String `tfsdk:"updated_by"`
}

func newAccountData(ctx context.Context, a client.Account, diags *diag.Diagnostics) accountData {
	m := newModel()
	m.read(ctx, a, diags)
	data := accountData{
		ID: m.ID, Name: m.Name, Type: m.Type, Status: m.Status, ExternalID: m.ExternalID, ExternalName: m.ExternalName,
		ExternalIDs: m.ExternalIDs, Address: m.Address, TechnicalSupportEmail: m.TechnicalSupportEmail, Website: m.Website,
		Description: m.Description, Eligibility: m.Eligibility, DefaultLanguageCode: m.DefaultLanguageCode, Icon: m.Icon,
		Revision: types.Int64Value(a.Revision),
		Groups:   []groupData{},
	}
	for _, g := range a.Groups {
		data.Groups = append(data.Groups, groupData{
			ID: types.StringValue(g.ID), Name: types.StringValue(g.Name), IsDefault: types.BoolValue(g.IsDefault),
		})
	}
	if a.Audit != nil {
		data.Audit = &auditData{}
		data.Audit.CreatedAt, data.Audit.CreatedBy = eventData(a.Audit.Created)
		data.Audit.UpdatedAt, data.Audit.UpdatedBy = eventData(a.Audit.Updated)
	}
	return data
}

func eventData(e *client.Event) (at, by types.String) {
	if e == nil {
		return types.StringNull(), types.StringNull()
	}
	if e.At != nil {
		at = types.StringValue(e.At.UTC().Format(time.RFC3339Nano))
	}
	return at, account.StringOrNull(&e.By.ID)
}

// accountDataAttributes are the computed attributes of one account.
func accountDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":            text("Account id, such as `ACC-1234-5678`."),
		"name":          text("Name."),
		"type":          text("`Client`, `Vendor` or `Operations`."),
		"status":        text("`Active`, `Enabled` or `Disabled`."),
		"external_id":   text("Id in the ERP."),
		"external_name": text("Name in the ERP."),
		"external_ids": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "Ids that the platform manages.",
			Attributes: map[string]schema.Attribute{"pyra_tenant_id": text("Pyra tenant.")},
		},
		"address": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "Postal address; null where no part of it is set.",
			Attributes: map[string]schema.Attribute{
				"address_line1": text("Street and number."), "address_line2": text("Second line."), "post_code": text("Post code."),
				"city": text("City."), "state": text("State or province."), "country": text("Country, as two letters."),
			},
		},
		"technical_support_email": text("E-mail address of the technical support."),
		"website":                 text("Website."),
		"description":             text("Description."),
		"eligibility": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "What a Client account may be; null for other types.",
			Attributes: map[string]schema.Attribute{
				"client":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it may buy as a client."},
				"partner": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it may act as a partner."},
			},
		},
		"default_language_code": text("Language, such as `en-US`."),
		"icon":                  text("Path of the image below the API's address."),
		"revision":              schema.Int64Attribute{Computed: true, MarkdownDescription: "Counts the changes made to the account."},
		"groups": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "User groups of the account.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("Group id."), "name": text("Name."),
				"is_default": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is the group that every account has."},
			}},
		},
		"audit": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "When and by whom the account was created and last changed. Times are RFC 3339 in UTC; " +
				"makers are ids of users or tokens.",
			Attributes: map[string]schema.Attribute{
				"created_at": text("Time of creation."), "created_by": text("Who created it."),
				"updated_at": text("Time of the last change."), "updated_by": text("Who made it."),
			},
		},
	}
}

// NewAccountDataSource makes the data source softwareone_account.
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
			MarkdownDescription: "Account id, such as `ACC-1234-5678`. Give this or `name`.",
		},
		"name": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{account.Text()},
			MarkdownDescription: "Name, without regard to case. Exactly one account must have it. Give this or `id`.",
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One SoftwareOne account, by id or by name. Needs a token that may see it.",
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
		func(id string) (client.Account, error) { return api.ReadAccountDetails(ctx, id) },
		func(name string) iter.Seq2[client.Account, error] {
			return api.ListAccounts(ctx, client.Filter{Name: name}, true)
		},
		func(a client.Account) string { return fmt.Sprintf("%s (%s, %s, %s)", a.ID, a.Name, a.Type, a.Status) }, &resp.Diagnostics)
	if ok {
		search.Answer(ctx, &resp.State, newAccountData(ctx, found, &resp.Diagnostics), &resp.Diagnostics)
	}
}

// NewAccountsDataSource makes the data source softwareone_accounts.
func NewAccountsDataSource() datasource.DataSource { return &accountsDataSource{} }

type accountsDataSource struct {
	client *settings.Client[*client.Client]
}

// filterModel is what both the plural data source and the list resource filter by.
type filterModel struct {
	Name       types.String `tfsdk:"name"`
	Type       types.String `tfsdk:"type"`
	Status     types.String `tfsdk:"status"`
	ExternalID types.String `tfsdk:"external_id"`
}

func (f filterModel) filter() client.Filter {
	return client.Filter{
		Name: f.Name.ValueString(), Type: f.Type.ValueString(), Status: f.Status.ValueString(), ExternalID: f.ExternalID.ValueString(),
	}
}

// The filters' descriptions, and what their values may be.
var (
	filterTexts = map[string]string{
		"name":        "Only accounts of this name, without regard to case.",
		"type":        "Only accounts of this type: `Client`, `Vendor` or `Operations`.",
		"status":      "Only accounts of this status: `Active`, `Enabled` or `Disabled`.",
		"external_id": "Only accounts of this id in the ERP.",
	}
	filterValues = map[string][]validator.String{
		"name":        {account.Text()},
		"external_id": {account.Text()},
		"type":        {stringvalidator.OneOf(client.TypeClient, client.TypeVendor, client.TypeOperations)},
		"status":      {stringvalidator.OneOf(client.StatusActive, client.StatusEnabled, client.StatusDisabled)},
	}
)

// accountsData is softwareone_accounts.
type accountsData struct {
	filterModel
	Accounts []accountData `tfsdk:"accounts"`
}

// Metadata implements datasource.DataSource.
func (d *accountsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "softwareone_accounts"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *accountsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements datasource.DataSource.
func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "SoftwareOne accounts that the token may see, in the order of their ids.",
		Attributes: map[string]schema.Attribute{
			"accounts": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The accounts that fit all filters.",
				NestedObject: schema.NestedAttributeObject{Attributes: accountDataAttributes()},
			},
		},
	}
	for name, text := range filterTexts {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Validators: filterValues[name], MarkdownDescription: text}
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
	show := func(a client.Account) accountData { return newAccountData(ctx, a, &resp.Diagnostics) }
	data.Accounts = account.Collect(descriptor, api.ListAccounts(ctx, data.filter(), true), show, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
