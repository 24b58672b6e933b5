package gcore

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// userData is one user in the data sources.
type userData struct {
	userFields
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

func newUserData(_ context.Context, u client.User, _ *diag.Diagnostics) userData {
	data := userData{
		TwoFA: shownBool(types.BoolNull(), u.TwoFA), SSOAuth: shownBool(types.BoolNull(), u.SSOAuth), AuthTypes: u.AuthTypes,
		Reseller: account.StringOrNull(&u.Reseller),
	}
	data.readUser(u)
	for _, group := range u.Groups {
		data.Groups = append(data.Groups, groupData(group))
	}
	for _, access := range u.Access {
		data.Access = append(data.Access, accessData(access))
	}
	return data
}

func userDataAttributes() map[string]schema.Attribute {
	attributes := account.Computed(userAttributes())
	maps.Copy(attributes, map[string]schema.Attribute{
		"client_id": text("Id of the account that the user belongs to; the data source `gcore_account` reads it."),
		"company":   text("Company name, as the user shows it."),
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
	})
	return attributes
}

// userFilterModel is what both the plural data source and the list resource filter by.
type userFilterModel struct {
	Email   types.String `tfsdk:"email"`
	Company types.String `tfsdk:"company"`
}

// users says how the users of a Gcore reseller's customers are found. Gcore has no filters for users: the whole list is
// read and compared here.
var users = account.Finder[*client.Client, client.User, userFilterModel, userData]{
	Descriptor: userDescriptor, Plural: "gcore_reseller_users", Collection: "users", Key: "email",
	One:        "One user of a Gcore reseller's customers, by id or by e-mail address.",
	Many:       "Users that a Gcore reseller's credential sees. Gcore has no filters for users: the whole list is read.",
	Each:       "The users that fit all filters; deleted ones are left out.",
	ByID:       "User id. Give this or `email`.",
	ByKey:      "E-mail address, without regard to case. Exactly one user must have it. Give this or `id`.",
	Attributes: userDataAttributes(),
	Filters: map[string]account.Filter{
		"email":   {Description: "Only the user with this e-mail address, without regard to case.", Validators: words},
		"company": {Description: "Only users of the account with this company name, without regard to case.", Validators: words},
	},
	Read: func(ctx context.Context, api *client.Client, id string) (client.User, error) {
		return api.ReadUser(ctx, id, "", witness.Witness{}, nil)
	},
	Named: func(ctx context.Context, api *client.Client, email string) iter.Seq2[client.User, error] {
		return api.ListUsers(ctx, client.UserFilter{Email: email})
	},
	List: func(ctx context.Context, api *client.Client, filters userFilterModel, _ bool) iter.Seq2[client.User, error] {
		return api.ListUsers(ctx, client.UserFilter{Email: filters.Email.ValueString(), Company: filters.Company.ValueString()})
	},
	Label: func(u client.User) string { return fmt.Sprintf("%s (%s)", u.ID, u.Email) },
	Show:  newUserData,
	Fill:  fillUser,
}
