package gcore

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountDescriptor is gcore_account as the shared life-cycle code sees it.
var accountDescriptor = account.Descriptor{
	Type:        "gcore_account",
	Title:       "Gcore account",
	Vendor:      vendorTitle,
	Section:     vendorName,
	Name:        "company",
	NaturalKey:  "company name",
	Address:     address,
	Credentials: credentials,
	Permission:  "Creating an account takes a user who may have additional accounts; renaming one takes a reseller's credential.",
	ValidID:     client.ValidID,
	Wire:        account.WireNames(accountAttributes(), account.SnakeCase, map[string]string{"companyName": "company"}),
}

var keepString = []planmodifier.String{stringplanmodifier.UseStateForUnknown()}

// Schema implements resource.Resource.
func (r *accountResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = accountDescriptor.Schema(ctx, "An additional Gcore account of the user whose credential the provider has. Gcore has no "+
		"call that deletes an account. The account that comes with a `gcore_reseller_user` is managed by that resource *or* by this one, "+
		"never by both.", accountAttributes())
}

// accountAttributes are the attributes that concern the account itself.
func accountAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Account id (Gcore: client id), a whole number such as `7310004`.",
		},
		"company": schema.StringAttribute{
			Required: true, Validators: words,
			MarkdownDescription: "Company name, which is unique at Gcore. Changed in place by a reseller's credential, even where only its " +
				"case changes; with any other credential a change is an error. Where Gcore keeps another case or whitespace, that counts as equal.",
		},
		"status": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "Status, such as `new`, `trial` or `active`; only a reseller's credential sees it. It follows from the " +
				"account's services. With other credentials it keeps its last value.",
		},
		"email": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString,
			MarkdownDescription: "E-mail address of the account; only a reseller's credential sees it.",
		},
	}
}
