package gcore

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountData is one account in the data sources: what the resource has, and what changes by itself. What the
// credential's view can't show is null.
type accountData struct {
	accountFields
	Name        types.String `tfsdk:"name"`
	Phone       types.String `tfsdk:"phone"`
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

func newAccountData(_ context.Context, a client.Account, _ *diag.Diagnostics) (data accountData) {
	data.read(a)
	data.Name, data.Phone = shownString(data.Name, a.Name), shownString(data.Phone, a.Phone)
	data.CustomID, data.CountryCode = shownString(data.CustomID, a.CustomID), shownString(data.CountryCode, a.CountryCode)
	data.IsTest, data.Seller = shownBool(data.IsTest, a.IsTest), shownNumber(data.Seller, a.Seller)
	data.ClientType, data.BillType = shownString(data.ClientType, a.ClientType), shownString(data.BillType, a.BillType)
	data.Website = shownString(data.Website, a.Website)
	data.Reseller, data.Owner = account.StringOrNull(&a.Reseller), account.StringOrNull(&a.Owner)
	if users, shown := a.Users(); shown {
		data.Users = []memberData{}
		for _, u := range users {
			data.Users = append(data.Users, memberData{ID: types.StringValue(u.ID), Email: account.StringOrNull(&u.Email)})
		}
	}
	return data
}

// text is a computed text of a data source.
func text(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func accountDataAttributes() map[string]schema.Attribute {
	const seen = " Only a reseller's credential sees it."
	attributes := account.Computed(accountAttributes())
	maps.Copy(attributes, map[string]schema.Attribute{
		"name":         text("Contact's name." + seen),
		"phone":        text("Phone number." + seen),
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
	})
	return attributes
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

// accounts says how Gcore accounts are found. The filters other than company need a reseller's credential.
var accounts = account.Finder[*client.Client, client.Account, accountFilterModel, accountData]{
	Descriptor: accountDescriptor, Plural: "gcore_accounts", Collection: "accounts", Key: "company",
	One: "One Gcore account, by id or by company name, through whichever view the credential has.",
	Many: "Gcore accounts that the credential sees: a reseller's are all its clients, a member's those that the users whom it sees may " +
		"enter. The accounts of a reseller's users are among them: manage each of these as a `gcore_account` *or* through its " +
		"`gcore_reseller_user`, never both.",
	Each:       "The accounts that fit all filters; deleted ones are left out.",
	ByID:       "Account id. Give this or `company`.",
	ByKey:      "Company name, in any case. Exactly one account must have it. Give this or `id`.",
	Attributes: accountDataAttributes(),
	Filters: map[string]account.Filter{
		"company": {Description: "Only accounts of this company name, in any case.", Validators: words},
		"email": {
			Description: "Only accounts with this e-mail address. Needs a reseller's credential, like the filters below.", Validators: words,
		},
		"name":         {Description: "Only accounts with this contact's name.", Validators: words},
		"custom_id":    {Description: "Only accounts with this id of the reseller's own.", Validators: words},
		"country_code": {Description: "Only accounts of this country.", Validators: words},
		"client_type": {
			Description: "Only accounts of this type: `common`, `reseller` or `sales`.",
			Validators:  []validator.String{stringvalidator.OneOf("common", "reseller", "sales")},
		},
		"user_email": {Description: "Only accounts that have a user with this e-mail address.", Validators: words},
		"is_test":    {Description: "Only test accounts (`true`), or only others (`false`).", Type: types.BoolType},
		"seller":     {Description: "Only accounts of the seller with this id.", Type: types.NumberType},
		"reseller": {
			Description: "Only accounts of the reseller with this id.", Validators: []validator.String{accountDescriptor.ID()},
		},
	},
	Read: func(ctx context.Context, api *client.Client, id string) (client.Account, error) {
		return api.ReadAccount(ctx, id, witness.Witness{}, nil)
	},
	Named: func(ctx context.Context, api *client.Client, company string) iter.Seq2[client.Account, error] {
		return api.ListAccounts(ctx, client.AccountFilter{Company: company})
	},
	List: func(ctx context.Context, api *client.Client, filters accountFilterModel, _ bool) iter.Seq2[client.Account, error] {
		return api.ListAccounts(ctx, filters.filter())
	},
	Label: func(a client.Account) string { return fmt.Sprintf("%s (%s)", a.ID, a.Company) },
	Show:  newAccountData,
	Fill:  fillAccount,
}
