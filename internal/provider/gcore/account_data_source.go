package gcore

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var (
	_ datasource.DataSourceWithConfigure        = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*accountsDataSource)(nil)
)

// accountData is one account in the data sources: what the resource has, and what changes by itself. What the
// credential's view can't show is null.
type accountData struct {
	ID          types.String `tfsdk:"id"`
	Company     types.String `tfsdk:"company"`
	Email       types.String `tfsdk:"email"`
	Name        types.String `tfsdk:"name"`
	Phone       types.String `tfsdk:"phone"`
	Status      types.String `tfsdk:"status"`
	CustomID    types.String `tfsdk:"custom_id"`
	CountryCode types.String `tfsdk:"country_code"`
	IsTest      types.Bool   `tfsdk:"is_test"`
	Seller      types.Number `tfsdk:"seller"`
	ClientType  types.String `tfsdk:"client_type"`
	BillType    types.String `tfsdk:"bill_type"`
	Website     types.String `tfsdk:"website"`
	Reseller    types.String `tfsdk:"reseller"`
	Owner       types.String `tfsdk:"owner"`
	Users       []memberData `tfsdk:"users"`
}

// memberData is a user of an account.
type memberData struct {
	ID    types.String `tfsdk:"id"`
	Email types.String `tfsdk:"email"`
}

func newAccountData(a client.Account) accountData {
	text := func(field wire.Field[string]) types.String { return shownString(types.StringNull(), field) }
	data := accountData{
		ID: types.StringValue(a.ID), Company: account.StringOrNull(&a.Company), Email: text(a.Email), Name: text(a.Name),
		Phone: text(a.Phone), Status: text(a.Status), CustomID: text(a.CustomID), CountryCode: text(a.CountryCode),
		IsTest: shownBool(types.BoolNull(), a.IsTest), Seller: shownNumber(types.NumberNull(), a.Seller), ClientType: text(a.ClientType),
		BillType: text(a.BillType), Website: text(a.Website),
		Reseller: account.StringOrNull(&a.Reseller), Owner: account.StringOrNull(&a.Owner),
	}
	if users, shown := a.Users(); shown {
		data.Users = []memberData{}
		for _, u := range users {
			data.Users = append(data.Users, memberData{ID: types.StringValue(u.ID), Email: account.StringOrNull(&u.Email)})
		}
	}
	return data
}

func accountDataAttributes() map[string]schema.Attribute {
	const seen = " Only a reseller's credential sees it."
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":           text("Account id."),
		"company":      text("Company name."),
		"email":        text("E-mail address." + seen),
		"name":         text("Contact's name." + seen),
		"phone":        text("Phone number." + seen),
		"status":       text("Status, such as `new`, `trial` or `active`." + seen),
		"custom_id":    text("The reseller's own id." + seen),
		"country_code": text("Country, as two letters." + seen),
		"is_test":      schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is a test account." + seen},
		"seller":       schema.NumberAttribute{Computed: true, MarkdownDescription: "Id of the seller." + seen},
		"client_type":  text("Type: `common`, `reseller` or `sales`." + seen),
		"bill_type":    text("How it is billed." + seen),
		"website":      text("Website." + seen),
		"reseller":     text("Id of the reseller that it belongs to." + seen),
		"owner":        text("Id of the user who created it." + seen),
		"users": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "The account's users." + seen,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("User id."), "email": text("E-mail address."),
			}},
		},
	}
}

// NewAccountDataSource makes the data source gcore_account.
func NewAccountDataSource() datasource.DataSource { return &accountDataSource{} }

type accountDataSource struct {
	client *settings.Client[*client.Client]
}

// Metadata implements datasource.DataSource.
func (d *accountDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = accountDescriptor.Type
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
			Optional: true, Computed: true, Validators: []validator.String{accountDescriptor.ID()},
			MarkdownDescription: "Account id. Give this or `company`.",
		},
		"company": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{account.Text()},
			MarkdownDescription: "Company name, spelt as Gcore has it. Exactly one account must have it. Give this or `id`.",
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One Gcore account, by id or by company name, through whichever view the credential has.",
		Attributes:          attributes,
	}
}

// ConfigValidators implements datasource.DataSourceWithConfigValidators.
func (d *accountDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return account.IDOr("company")
}

// Read implements datasource.DataSource.
func (d *accountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	search := accountDescriptor.NewSearch(ctx, req.Config, "company", &resp.Diagnostics)
	api, ok := d.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	found, ok := account.Find(search,
		func(id string) (client.Account, error) { return api.ReadAccount(ctx, id, client.Witness{}) },
		func(company string) iter.Seq2[client.Account, error] {
			return api.ListAccounts(ctx, client.AccountFilter{Company: company})
		},
		func(a client.Account) string { return fmt.Sprintf("%s (%s)", a.ID, a.Company) }, &resp.Diagnostics)
	if ok {
		search.Answer(ctx, &resp.State, newAccountData(found), &resp.Diagnostics)
	}
}

// NewAccountsDataSource makes the data source gcore_accounts.
func NewAccountsDataSource() datasource.DataSource { return &accountsDataSource{} }

type accountsDataSource struct {
	client *settings.Client[*client.Client]
}

// accountFilterModel is what both the plural data source and the list resource filter by.
type accountFilterModel struct {
	Company     types.String `tfsdk:"company"`
	Email       types.String `tfsdk:"email"`
	Name        types.String `tfsdk:"name"`
	CustomID    types.String `tfsdk:"custom_id"`
	CountryCode types.String `tfsdk:"country_code"`
	ClientType  types.String `tfsdk:"client_type"`
	UserEmail   types.String `tfsdk:"user_email"`
	IsTest      types.Bool   `tfsdk:"is_test"`
	Seller      types.Number `tfsdk:"seller"`
	Reseller    types.String `tfsdk:"reseller"`
}

func (f accountFilterModel) filter() client.AccountFilter {
	return client.AccountFilter{
		Company: f.Company.ValueString(), Email: f.Email.ValueString(), Name: f.Name.ValueString(), CustomID: f.CustomID.ValueString(),
		CountryCode: f.CountryCode.ValueString(), ClientType: f.ClientType.ValueString(), UserEmail: f.UserEmail.ValueString(),
		IsTest: f.IsTest.ValueBoolPointer(), Seller: account.Int64OrNil(f.Seller), Reseller: f.Reseller.ValueString(),
	}
}

// The filters' descriptions, and what their values may be; those beside company need a reseller's credential.
var (
	accountFilterTexts = map[string]string{
		"company":      "Only accounts of this company name, spelt as Gcore has it.",
		"email":        "Only accounts with this e-mail address. Needs a reseller's credential, like the filters below.",
		"name":         "Only accounts with this contact's name.",
		"custom_id":    "Only accounts with this id of the reseller's own.",
		"country_code": "Only accounts of this country.",
		"client_type":  "Only accounts of this type: `common`, `reseller` or `sales`.",
		"user_email":   "Only accounts that have a user with this e-mail address.",
		"reseller":     "Only accounts of the reseller with this id.",
	}
	accountFilterValues = map[string][]validator.String{
		"company": words, "email": words, "name": words, "custom_id": words, "country_code": words, "user_email": words,
		"client_type": {stringvalidator.OneOf("common", "reseller", "sales")},
		"reseller":    {accountDescriptor.ID()},
	}
	accountFilterIsTest = "Only test accounts (`true`), or only others (`false`)."
	accountFilterSeller = "Only accounts of the seller with this id."
)

// accountsData is gcore_accounts.
type accountsData struct {
	accountFilterModel
	Accounts []accountData `tfsdk:"accounts"`
}

// Metadata implements datasource.DataSource.
func (d *accountsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "gcore_accounts"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *accountsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements datasource.DataSource.
func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Gcore accounts that the credential sees: a reseller's are all its clients, a member's those that the users whom it sees may enter.",
		Attributes: map[string]schema.Attribute{
			"is_test": schema.BoolAttribute{Optional: true, MarkdownDescription: accountFilterIsTest},
			"seller": schema.NumberAttribute{
				Optional: true, MarkdownDescription: accountFilterSeller, Validators: []validator.Number{account.WholeNumber(1, math.MaxInt64)},
			},
			"accounts": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The accounts that fit all filters; deleted ones are left out.",
				NestedObject: schema.NestedAttributeObject{Attributes: accountDataAttributes()},
			},
		},
	}
	for name, text := range accountFilterTexts {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Validators: accountFilterValues[name], MarkdownDescription: text}
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
	data.Accounts = account.Collect(accountDescriptor, api.ListAccounts(ctx, data.filter()), newAccountData, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
