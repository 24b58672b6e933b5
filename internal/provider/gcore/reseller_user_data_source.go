package gcore

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var (
	_ datasource.DataSourceWithConfigure        = (*resellerUserDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*resellerUserDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*resellerUsersDataSource)(nil)
)

// userData is one user in the data sources.
type userData struct {
	ID        types.String `tfsdk:"id"`
	ClientID  types.String `tfsdk:"client_id"`
	Email     types.String `tfsdk:"email"`
	Company   types.String `tfsdk:"company"`
	Name      types.String `tfsdk:"name"`
	Phone     types.String `tfsdk:"phone"`
	Lang      types.String `tfsdk:"lang"`
	UserType  types.String `tfsdk:"user_type"`
	IsActive  types.Bool   `tfsdk:"is_active"`
	Activated types.Bool   `tfsdk:"activated"`
	TwoFA     types.Bool   `tfsdk:"two_fa"`
	SSOAuth   types.Bool   `tfsdk:"sso_auth"`
	AuthTypes []string     `tfsdk:"auth_types"`
	Groups    []groupData  `tfsdk:"groups"`
	Access    []accessData `tfsdk:"client_and_roles"`
	Reseller  types.String `tfsdk:"reseller"`
}

// groupData is a group that a user is in.
type groupData struct {
	ID   string `tfsdk:"id"`
	Name string `tfsdk:"name"`
}

// accessData is an account that a user may enter.
type accessData struct {
	ClientID string   `tfsdk:"client_id"`
	Company  string   `tfsdk:"client_company_name"`
	Roles    []string `tfsdk:"user_roles"`
}

func newUserData(u client.User) userData {
	var m userModel
	m.readUser(u)
	data := userData{
		ID: m.ID, ClientID: m.ClientID, Email: m.Email, Company: m.Company, Name: m.Name, Phone: m.Phone, Lang: m.Lang,
		UserType: m.UserType, IsActive: m.IsActive, Activated: m.Activated, TwoFA: shownBool(types.BoolNull(), u.TwoFA),
		SSOAuth: shownBool(types.BoolNull(), u.SSOAuth), AuthTypes: u.AuthTypes, Reseller: account.StringOrNull(&u.Reseller),
	}
	for _, group := range u.Groups {
		data.Groups = append(data.Groups, groupData(group))
	}
	for _, access := range u.Access {
		data.Access = append(data.Access, accessData(access))
	}
	return data
}

func userDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":        text("User id."),
		"client_id": text("Id of the account that the user belongs to; the data source `gcore_account` reads it."),
		"email":     text("E-mail address."),
		"company":   text("Company name, as the user shows it."),
		"name":      text("Name."),
		"phone":     text("Phone number."),
		"lang":      text("Language: `de`, `en`, `ru`, `zh` or `az`."),
		"user_type": text("Type: `common`, `reseller` or `seller`."),
		"is_active": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user is active."},
		"activated": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user has confirmed the e-mail address."},
		"two_fa":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user signs in by two steps."},
		"sso_auth":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user may sign in by SAML single sign-on."},
		"auth_types": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Ways to sign in: `password`, `sso`, `github`, `google-oauth2`.",
		},
		"groups": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "The user's groups in the account that the user belongs to.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("Group id."), "name": text("Name, such as `Administrators`."),
			}},
		},
		"client_and_roles": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "The accounts that the user may enter. Gcore's list of users has it; a look-up by id doesn't, so " +
				"that it is null there.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"client_id": text("Account id."), "client_company_name": text("Company name."),
				"user_roles": schema.ListAttribute{
					Computed: true, ElementType: types.StringType, MarkdownDescription: "Ids of the user's roles there.",
				},
			}},
		},
		"reseller": text("Id of the reseller that the user belongs to."),
	}
}

// NewResellerUserDataSource makes the data source gcore_reseller_user.
func NewResellerUserDataSource() datasource.DataSource { return &resellerUserDataSource{} }

type resellerUserDataSource struct {
	client *settings.Client[*client.Client]
}

// Metadata implements datasource.DataSource.
func (d *resellerUserDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = userDescriptor.Type
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *resellerUserDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements datasource.DataSource.
func (d *resellerUserDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := userDataAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{userDescriptor.ID()},
			MarkdownDescription: "User id. Give this or `email`.",
		},
		"email": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{account.Text()},
			MarkdownDescription: "E-mail address, without regard to case. Exactly one user must have it. Give this or `id`.",
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One user of a Gcore reseller's customers, by id or by e-mail address.",
		Attributes:          attributes,
	}
}

// ConfigValidators implements datasource.DataSourceWithConfigValidators.
func (d *resellerUserDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return account.IDOr("email")
}

// Read implements datasource.DataSource.
func (d *resellerUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	search := userDescriptor.NewSearch(ctx, req.Config, "email", &resp.Diagnostics)
	api, ok := d.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	found, ok := account.Find(search,
		func(id string) (client.User, error) { return api.ReadUser(ctx, id, "", client.Witness{}) },
		func(email string) iter.Seq2[client.User, error] {
			return api.ListUsers(ctx, client.UserFilter{Email: email})
		},
		func(u client.User) string { return fmt.Sprintf("%s (%s)", u.ID, u.Email) }, &resp.Diagnostics)
	if ok {
		search.Answer(ctx, &resp.State, newUserData(found), &resp.Diagnostics)
	}
}

// NewResellerUsersDataSource makes the data source gcore_reseller_users.
func NewResellerUsersDataSource() datasource.DataSource { return &resellerUsersDataSource{} }

type resellerUsersDataSource struct {
	client *settings.Client[*client.Client]
}

// userFilterModel is what both the plural data source and the list resource filter by.
type userFilterModel struct {
	Email   types.String `tfsdk:"email"`
	Company types.String `tfsdk:"company"`
}

func (f userFilterModel) filter() client.UserFilter {
	return client.UserFilter{Email: f.Email.ValueString(), Company: f.Company.ValueString()}
}

// The filters' descriptions. Gcore has no filters for users: the whole list is read and compared here.
var userFilterTexts = map[string]string{
	"email":   "Only the user with this e-mail address, without regard to case.",
	"company": "Only users of the account with this company name, without regard to case.",
}

// usersData is gcore_reseller_users.
type usersData struct {
	userFilterModel
	Users []userData `tfsdk:"users"`
}

// Metadata implements datasource.DataSource.
func (d *resellerUsersDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "gcore_reseller_users"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *resellerUsersDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements datasource.DataSource.
func (d *resellerUsersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Users that a Gcore reseller's credential sees. Gcore has no filters for users: the whole list is read.",
		Attributes: map[string]schema.Attribute{
			"users": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The users that fit all filters; deleted ones are left out.",
				NestedObject: schema.NestedAttributeObject{Attributes: userDataAttributes()},
			},
		},
	}
	for name, text := range userFilterTexts {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Validators: words, MarkdownDescription: text}
	}
}

// Read implements datasource.DataSource.
func (d *resellerUsersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data usersData
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	api, ok := d.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	data.Users = account.Collect(userDescriptor, api.ListUsers(ctx, data.filter()), newUserData, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
