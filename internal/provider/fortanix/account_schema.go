package fortanix

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	keepString = []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	words      = []validator.String{account.Text()}
	uuid       = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

func accountSchema(ctx context.Context) schema.Schema {
	return descriptor.Schema(ctx, "An account in Fortanix Confidential Computing Manager (CCM).", accountAttributes())
}

// accountAttributes are the attributes that concern the account itself.
func accountAttributes() map[string]schema.Attribute {
	const kept = " Left out, the server's value stays and isn't managed."
	const fixed = " Fixed when the account is created: a change replaces the account where the state's `deletion_policy` is `\"delete\"`, " +
		"and is an error at plan time otherwise."
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Account id, a UUID.",
		},
		"name": schema.StringAttribute{
			Required: true, Validators: words,
			MarkdownDescription: "Name, unique within a CCM installation. Changed in place, its case too. Where the server answers with " +
				"another case, the configuration's stays in the state.",
		},
		"custom_logo": schema.StringAttribute{
			Optional: true, Validators: []validator.String{logo{}},
			PlanModifiers: []planmodifier.String{account.KeepEqual(sameLogo)},
			MarkdownDescription: "Logo as base64: `filebase64(\"logo.png\")`. JPEG, PNG or SVG, at most 128 KB. Changed in place. Removed from " +
				"the configuration, it is cleared.",
		},
		"auth_configs": authConfigsAttribute(),
		"node_enrollment": schema.SingleNestedAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "How nodes enrol." + fixed + kept,
			Attributes: map[string]schema.Attribute{
				attestation: schema.BoolAttribute{
					Required:            true,
					MarkdownDescription: "Whether nodes may enrol without an enforced attestation. `true` is insecure, and only for tests.",
				},
			},
		},
		"component": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString,
			Validators:          []validator.String{stringvalidator.OneOf(client.ComponentDefault, client.ComponentConfidentialAI)},
			MarkdownDescription: "Type of the account: `\"DEFAULT\"` or `\"CONFIDENTIAL_AI\"`." + fixed + kept,
		},
		"default_group_id":     groupID("Id of the account's default group, a UUID." + kept),
		"marketplace_group_id": groupID("Id of the account's marketplace group, a UUID." + kept),
		"account_status": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString,
			Validators:          []validator.String{stringvalidator.OneOf(client.AccountActive, client.AccountDeactivated)},
			MarkdownDescription: "`\"Active\"` or `\"Deactivated\"`. Changed in place; set by a second request after a create." + kept,
		},
		"azure_cvm_pcr_priority": schema.ListAttribute{
			Optional: true, Computed: true, ElementType: types.NumberType,
			PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			Validators: []validator.List{
				account.NoNulls(), listvalidator.SizeBetween(23, 23), listvalidator.UniqueValues(),
				listvalidator.ValueNumbersAre(account.WholeNumber(0, 22)),
			},
			MarkdownDescription: "The integers 0 to 22, each once, in order of preference. Changed in place; set by a second request after a " +
				"create." + kept,
		},
		"created_at": schema.Int64Attribute{
			Computed: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			MarkdownDescription: "Time of creation, in seconds since 1970-01-01 UTC.",
		},
	}
}

func groupID(description string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, PlanModifiers: append(slices.Clone(keepString), account.KeepEqual(strings.EqualFold)),
		Validators:          []validator.String{stringvalidator.RegexMatches(uuid, "must be a UUID")},
		MarkdownDescription: description + " Changed in place; set by a second request after a create. The API can't clear it.",
	}
}

// oneOf is for objects in which exactly one of these attributes is given.
func oneOf(attributes ...string) []validator.Object {
	return []validator.Object{account.ExactlyOne(attributes...)}
}

func authConfigsAttribute() schema.Attribute {
	required := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Required: true, Validators: words, MarkdownDescription: description}
	}
	oauth := map[string]schema.Attribute{
		"idp_name":                   required("Name of the identity provider. With `client_id` it identifies the configuration."),
		"idp_icon_url":               required("Address of the provider's icon."),
		"idp_authorization_endpoint": required("Address at which users authorize."),
		"idp_token_endpoint":         required("Address at which the server gets tokens."),
		"idp_requires_basic_auth": schema.BoolAttribute{
			Required: true, MarkdownDescription: "Whether the provider takes client id and secret by HTTP Basic.",
		},
		"idp_userinfo_endpoint": schema.StringAttribute{
			Optional: true, Validators: words, MarkdownDescription: "Address at which the server asks who the user is.",
		},
		"client_id": required("Id of the OAuth client."),
		"tls":       tlsAttribute(),
	}
	addSecret(oauth, "client_secret", "Secret of the OAuth client, write-only: it is in no plan and no state. Any change of this "+
		"configuration sends it, since the API requires it, so it must be there then; it may be left out while nothing changes.")
	return schema.ListNestedAttribute{
		Optional: true,
		Validators: []validator.List{account.Elements("With no way to log in, everybody would be locked out. To leave " +
			"those that the account has as they are, leave auth_configs out.")},
		MarkdownDescription: "How users log in to the account. Elements are identified by what they are (one by password; OAuth by `idp_name` " +
			"and `client_id`; references by `target_id`), not by their position: reordering changes nothing. Append new ones. Changed in place. " +
			"When the whole list is removed from the configuration, they stay and are no longer managed; an empty list is refused, since it " +
			"would lock " +
			"everybody out.",
		NestedObject: schema.NestedAttributeObject{
			Validators: oneOf("password", "oauth", "cluster_auth_ref"),
			Attributes: map[string]schema.Attribute{
				"password": schema.SingleNestedAttribute{
					Optional: true, MarkdownDescription: "Log-in by password. Exactly one of `password`, `oauth` and `cluster_auth_ref` is given.",
					Attributes: map[string]schema.Attribute{
						"require_2fa":         schema.BoolAttribute{Required: true, MarkdownDescription: "Whether a second factor is needed."},
						"administrators_only": schema.BoolAttribute{Required: true, MarkdownDescription: "Whether only administrators may log in so."},
					},
				},
				"oauth": schema.SingleNestedAttribute{
					Optional: true, MarkdownDescription: "Log-in through an identity provider.", Attributes: oauth,
				},
				"cluster_auth_ref": schema.SingleNestedAttribute{
					Optional: true, MarkdownDescription: "Log-in through an identity provider that the installation has set up.",
					Attributes: map[string]schema.Attribute{"target_id": required("Id of that provider.")},
				},
			},
		},
	}
}

func tlsAttribute() schema.Attribute {
	requiredTLS := map[string]schema.Attribute{
		"validate_hostname": schema.BoolAttribute{Required: true, MarkdownDescription: "Whether the provider's certificate must carry its " +
			"host name."},
		"ca": schema.SingleNestedAttribute{
			Required: true, Validators: oneOf("ca_set", "pinned"), MarkdownDescription: "Trusted authorities.",
			Attributes: map[string]schema.Attribute{
				"ca_set": schema.StringAttribute{
					Optional: true, Validators: []validator.String{stringvalidator.OneOf(client.CASetGlobalRoots)},
					MarkdownDescription: "`\"GLOBAL_ROOTS\"`: the authorities that the server knows. Exactly one of `ca_set` and `pinned` is given.",
				},
				"pinned": schema.ListAttribute{
					Optional: true, ElementType: types.StringType,
					Validators: []validator.List{
						account.Elements("Give at least one certificate, or ca_set instead."), listvalidator.ValueStringsAre(account.Base64()),
					},
					MarkdownDescription: "The certificates themselves, each as base64.",
				},
			},
		},
		"client_cert": schema.StringAttribute{
			Optional: true, Validators: []validator.String{account.Base64()}, MarkdownDescription: "Certificate that the server presents, as " +
				"base64.",
		},
	}
	addSecret(requiredTLS, "client_key", "Key of `client_cert`, as base64, write-only: it is in no plan and no state. Sent with any change "+
		"of this configuration, like `client_secret_wo`.", account.Base64())
	return schema.SingleNestedAttribute{
		Required: true, Validators: oneOf("disabled", "opportunistic", "required"),
		MarkdownDescription: "TLS towards the provider. Exactly one of `disabled`, `opportunistic` and `required` is given.",
		Attributes: map[string]schema.Attribute{
			"disabled": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "No TLS; written `{}`.", Attributes: map[string]schema.Attribute{},
			},
			"opportunistic": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "TLS where the provider offers it; written `{}`.", Attributes: map[string]schema.Attribute{},
			},
			"required": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "TLS always.", Attributes: requiredTLS,
			},
		},
	}
}

// addSecret adds a write-only attribute and the version that goes with it.
func addSecret(attributes map[string]schema.Attribute, name, description string, validators ...validator.String) {
	version := name + "_wo_version"
	attributes[name+"_wo"] = schema.StringAttribute{
		Optional:            true,
		Sensitive:           true,
		WriteOnly:           true,
		MarkdownDescription: description,
		Validators: append(
			slices.Clone(validators),
			stringvalidator.LengthAtLeast(1),
			stringvalidator.AlsoRequires(path.MatchRelative().AtParent().AtName(version)),
		),
	}
	attributes[version] = schema.NumberAttribute{
		Optional: true, Validators: []validator.Number{account.WholeNumber(1, math.MaxInt64)},
		MarkdownDescription: fmt.Sprintf("Number that goes with `%s_wo`; another one sends the secret again. Set after an import, it sends it "+
			"too.", name),
	}
}

// sameLogo reports whether two texts encode the same image.
func sameLogo(a, b string) bool { return client.NewLogo(a).Same(client.NewLogo(b)) }

// logo refuses what CCM refuses as a logo.
type logo struct{}

// Description implements validator.String.
func (logo) Description(context.Context) string {
	return "must be a JPEG, PNG or SVG image of at most 128 KB as base64"
}

// MarkdownDescription implements validator.String.
func (v logo) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements validator.String.
func (logo) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := client.CheckLogo(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid logo", fmt.Sprintf("The value of %s %v.", req.Path, err))
	}
}
