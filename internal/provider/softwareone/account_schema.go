package softwareone

import (
	"context"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	keepString = []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	keepObject = []planmodifier.Object{objectplanmodifier.UseStateForUnknown()}
	keepBool   = []planmodifier.Bool{boolplanmodifier.UseNonNullStateForUnknown()}

	// text has no limit of its own: the platform documents none.
	text = []validator.String{account.Text()}

	emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
)

// Free text of a vendor's field, up to its length.
func words(longest int) []validator.String {
	return []validator.String{account.Text(), stringvalidator.UTF8LengthAtMost(longest)}
}

func accountSchema(ctx context.Context) schema.Schema {
	return descriptor.Schema(ctx, "An account on the SoftwareOne Marketplace Platform. Accounts can't be deleted there, only disabled.",
		accountAttributes())
}

// accountAttributes are the attributes that concern the account itself.
func accountAttributes() map[string]schema.Attribute {
	const cleared = " Removed from the configuration, it is cleared."
	const kept = " Left out, the platform's value stays and isn't managed."
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Account id, such as `ACC-1234-5678`.",
		},
		"name": schema.StringAttribute{
			Required: true, Validators: words(500),
			MarkdownDescription: "Name. 1 to 500 characters. Changed in place, its case too. The platform may answer in another case.",
		},
		"type": schema.StringAttribute{
			Required:   true,
			Validators: []validator.String{stringvalidator.OneOf(client.TypeClient, client.TypeVendor, client.TypeOperations)},
			MarkdownDescription: "`\"Client\"`, `\"Vendor\"` or `\"Operations\"`. An Operations account can be imported, not created. " +
				"Create-only: a change is an error at plan time.",
		},
		"status": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString,
			Validators: []validator.String{stringvalidator.OneOf(client.StatusActive, client.StatusEnabled, client.StatusDisabled)},
			MarkdownDescription: "`\"Active\"`, `\"Enabled\"` (Client only) or `\"Disabled\"`. A change is made by one or two actions: activate " +
				"(takes `external_id`), deactivate, enable and disable. What no actions lead to is an error at plan time." + kept,
		},
		"external_id": schema.StringAttribute{
			Optional: true, Validators: words(250),
			MarkdownDescription: "Id in the ERP: a Client's CDG number, a Vendor's manufacturer code. Up to 250 characters. Takes a token " +
				"of an Operations account. Changed in place." + cleared,
		},
		"address": schema.SingleNestedAttribute{
			Optional:            true,
			Validators:          []validator.Object{account.NotEmpty()},
			MarkdownDescription: "Postal address; null where no part of it is set. Changed in place, as a whole." + cleared,
			Attributes: map[string]schema.Attribute{
				"address_line1": schema.StringAttribute{Optional: true, Validators: text, MarkdownDescription: "Street and number."},
				"address_line2": schema.StringAttribute{Optional: true, Validators: text, MarkdownDescription: "Second line."},
				"post_code":     schema.StringAttribute{Optional: true, Validators: text, MarkdownDescription: "Post code."},
				"city":          schema.StringAttribute{Optional: true, Validators: text, MarkdownDescription: "City."},
				"state":         schema.StringAttribute{Optional: true, Validators: text, MarkdownDescription: "State or province."},
				"country": schema.StringAttribute{
					Optional: true, Validators: text, PlanModifiers: []planmodifier.String{account.KeepEqual(strings.EqualFold)},
					MarkdownDescription: "Country, as two letters (ISO 3166). Their case makes no difference.",
				},
			},
		},
		"technical_support_email": schema.StringAttribute{
			Optional:            true,
			Validators:          append(words(320), stringvalidator.RegexMatches(emailForm, "must be an e-mail address")),
			PlanModifiers:       []planmodifier.String{account.KeepEqual(strings.EqualFold)},
			MarkdownDescription: "E-mail address of the technical support. Up to 320 characters, in any case. Changed in place." + cleared,
		},
		"website": schema.StringAttribute{
			Optional: true, Validators: words(2000),
			MarkdownDescription: "Website. Up to 2,000 characters. Changed in place." + cleared,
		},
		"description": schema.StringAttribute{
			Optional: true, Validators: []validator.String{account.Lines(), stringvalidator.UTF8LengthAtMost(2000)},
			MarkdownDescription: "Description. Up to 2,000 characters. Changed in place." + cleared,
		},
		"eligibility": schema.SingleNestedAttribute{
			Optional: true, Computed: true, PlanModifiers: keepObject,
			Validators: []validator.Object{account.NotEmpty()},
			MarkdownDescription: "What a Client account may be; null for other types. Set for another type, it is an error. Changed in " +
				"place." + kept,
			Attributes: map[string]schema.Attribute{
				"client": schema.BoolAttribute{Optional: true, Computed: true, PlanModifiers: keepBool, MarkdownDescription: "Whether it may buy " +
					"as a client."},
				"partner": schema.BoolAttribute{Optional: true, Computed: true, PlanModifiers: keepBool, MarkdownDescription: "Whether it may act " +
					"as a partner."},
			},
		},
		"default_language_code": schema.StringAttribute{
			Optional: true, Computed: true, Validators: text,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown(), account.KeepEqual(strings.EqualFold)},
			MarkdownDescription: "Language, such as `en-US`. Its case makes no difference. Changed in place." + kept,
		},
		"logo": schema.StringAttribute{
			Optional: true, Validators: []validator.String{account.Base64()},
			MarkdownDescription: "Logo, an image as base64: `filebase64(\"logo.png\")`. It can't be read back, so a change made " +
				"elsewhere isn't seen; set after an import, it is uploaded. Removed from the configuration, the image stays.",
		},
		"groups": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			Validators: []validator.List{
				account.Elements(
					"To name no user groups, leave groups out.",
				),
				listvalidator.UniqueValues(),
				listvalidator.ValueStringsAre(account.Text()),
			},
			MarkdownDescription: "Ids of user groups, such as `UGR-1234-5678`, sent on create only. A change is an error at plan time; " +
				"removed from the configuration, it is no longer managed.",
		},
		"allow_duplicate_name": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to create the account although one of the same name and type exists. Names may repeat on the " +
				"platform, so by default such an account is an error that names it. With `true`, only one is that has the same content and " +
				"that another run made with the same token within the last hour: a run that was killed or retried may have made it. Used on create " +
				"only.",
		},
		"external_name": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Name in the ERP.",
		},
		"external_ids": schema.SingleNestedAttribute{
			Computed: true, PlanModifiers: keepObject,
			MarkdownDescription: "Ids that the platform manages.",
			Attributes: map[string]schema.Attribute{
				"pyra_tenant_id": schema.StringAttribute{Computed: true, MarkdownDescription: "Pyra tenant."},
			},
		},
		"icon": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Path of the image below the API's address.",
		},
	}
}
