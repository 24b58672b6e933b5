package gcore

import (
	"context"
	"maps"
	"math"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	keepBool  = []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
	words     = []validator.String{account.Text()}
	emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	products  = []string{"CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"}
	languages = []string{"de", "en", "ru", "zh", "az"}
)

// userDescriptor is gcore_reseller_user as the shared life-cycle code sees it.
var userDescriptor = account.Descriptor{
	Type:            "gcore_reseller_user",
	Title:           "Gcore reseller user",
	Vendor:          vendorTitle,
	Section:         vendorName,
	Name:            "email",
	DestroyPolicies: []string{account.PolicyDelete},
	DestroyLeaves: "the account that came with the user stays at Gcore, and its company name stays taken: the user can't be created again " +
		"with the same company. Gcore has no call that deletes an account.",
	ReservedAttribute: "company",
	NaturalKey:        "e-mail address or company name",
	Address:           address,
	Credentials:       credentials,
	Permission: "It takes a reseller's credential. A user with API tokens or with several accounts can't be deleted; a product in use " +
		"can't be made unavailable.",
	ValidID: client.ValidID,
	Wire: account.WireNames(resellerUserAttributes(), account.SnakeCase, map[string]string{
		"companyName": "company", "password": "password_wo", "product_name": "services", "available": "services",
	}),
}

// Schema implements resource.Resource.
func (r *resellerUserResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resellerUserSchema(ctx)
}

func resellerUserSchema(ctx context.Context) schema.Schema {
	return userDescriptor.Schema(
		ctx,
		"A customer user of a Gcore reseller, with the account (Gcore: client) that comes with the user. Needs a "+
			"reseller's credential. Destroying the user leaves that account behind, with its company name taken.",
		resellerUserAttributes(),
	)
}

// What descriptions say of many attributes.
const (
	clearedNote    = " Changed in place. Removed from the configuration, it is cleared."
	keptNote       = " Left out, Gcore's value stays and isn't managed."
	createOnlyNote = " Create-only: a change is an error at plan time."
)

// resellerUserAttributes are the attributes that concern the user and the account that came with it.
func resellerUserAttributes() map[string]schema.Attribute {
	attributes := userAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"password_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("password_wo_version"))},
			MarkdownDescription: "Password, write-only: it is in no plan and no state. Required to create; optional here so that imported users " +
				"need none. Only sent on create, since Gcore documents no call that sets another user's password.",
		},
		"password_wo_version": schema.NumberAttribute{
			Optional: true, Validators: []validator.Number{account.WholeNumber(1, math.MaxInt64)},
			MarkdownDescription: "Number that goes with `password_wo`, such as `1`. Set after an import, it is recorded and nothing is sent; any " +
				"other number later is an error at plan time. Removed from the configuration, it is only forgotten.",
		},
		"seller": schema.NumberAttribute{
			Optional: true, Validators: []validator.Number{account.WholeNumber(1, math.MaxInt64)},
			MarkdownDescription: "Id of the seller who looks after the account." + clearedNote,
		},
		"services": schema.MapAttribute{
			Optional: true, ElementType: types.BoolType,
			Validators: []validator.Map{
				account.Elements("To leave every product as it is, leave services out."), mapvalidator.KeysAre(stringvalidator.OneOf(products...)),
			},
			MarkdownDescription: "Overrides of product availability for the account: `true` may be activated, `false` may not, `null` inherits " +
				"the reseller's default. Products: `CDN`, `STORAGE`, `STREAMING`, `DNS`, `DDOS`, `CLOUD`. Changed in place, one request per " +
				"product. A product that is left out, or the whole map removed from the configuration, is no longer managed and stays as it " +
				"is. Costs one more request per read.",
		},
		"custom_id": schema.StringAttribute{
			Optional: true, Validators: words,
			MarkdownDescription: "The reseller's own id for the account." + clearedNote,
		},
		"country_code": schema.StringAttribute{
			Optional: true, Computed: true, Validators: words,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown(), account.KeepEqual(strings.EqualFold)},
			MarkdownDescription: "Country of the account, as two letters." + createOnlyNote + keptNote,
		},
		"is_test": schema.BoolAttribute{
			Optional: true, Computed: true, PlanModifiers: keepBool,
			MarkdownDescription: "Whether it is a test account. Changed in place." + keptNote,
		},
	})
	return attributes
}

// userAttributes are those that the data sources show too.
func userAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "User id, a whole number such as `43001`.",
		},
		"client_id": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Id of the account that came with the user. Manage that account here *or* as a `gcore_account`, never both.",
		},
		"email": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{account.Text(), stringvalidator.RegexMatches(emailForm, "must be an e-mail address")},
			PlanModifiers:       []planmodifier.String{account.KeepEqual(strings.EqualFold)},
			MarkdownDescription: "E-mail address with which the user signs in; unique at Gcore, compared without regard to case. Changed in place.",
		},
		"company": schema.StringAttribute{
			Required: true, Validators: words,
			MarkdownDescription: "Company name of the account; unique at Gcore. Changed in place, even where only its case changes. Where " +
				"Gcore keeps another case or whitespace, that counts as equal.",
		},
		"name": schema.StringAttribute{
			Optional: true, Validators: words,
			MarkdownDescription: "The user's name. On create it is the account's too." + clearedNote,
		},
		"phone": schema.StringAttribute{
			Optional: true, Validators: words,
			MarkdownDescription: "The user's phone number. On create it is the account's too." + clearedNote,
		},
		"lang": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString,
			Validators:          []validator.String{stringvalidator.OneOf(languages...)},
			MarkdownDescription: "Language: `de`, `en`, `ru`, `zh` or `az`. Changed in place." + keptNote,
		},
		"user_type": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString,
			Validators:          []validator.String{stringvalidator.OneOf("common", "reseller", "seller")},
			MarkdownDescription: "Type of the user: `common`, `reseller` or `seller`. Gcore only creates `common` ones." + createOnlyNote + keptNote,
		},
		"is_active": schema.BoolAttribute{
			Computed: true, PlanModifiers: keepBool,
			MarkdownDescription: "Whether the user is active.",
		},
		"activated": schema.BoolAttribute{
			Computed: true, PlanModifiers: keepBool,
			MarkdownDescription: "Whether the user has confirmed the e-mail address.",
		},
	}
}
