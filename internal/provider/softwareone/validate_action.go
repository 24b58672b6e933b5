package softwareone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// validateAccount is softwareone_validate_account.
var validateAccount = &account.Action[*client.Client]{
	Descriptor: validateDescriptor(), Verb: "validate", About: "account_id",
	Description: "Has the platform check whether an account could be activated with an external id, before `status = \"Active\"` is set. " +
		"It changes " +
		"nothing; what doesn't fit is an error in the platform's words. Needs a token of an Operations account, and Terraform 1.14 or newer. " +
		"With " +
		"`read_only` it is an error.",
	Attributes: map[string]schema.StringAttribute{
		"account_id": {
			Required: true, Validators: []validator.String{descriptor.ID()},
			MarkdownDescription: "Id of the account, as in `softwareone_account.NAME.id`.",
		},
		"external_id": {
			Optional: true, Validators: []validator.String{account.Text()},
			MarkdownDescription: "The external id to check. The account's own by default.",
		},
	},
	Invoke: func(ctx context.Context, api *client.Client, values map[string]string, report func(string)) error {
		report(fmt.Sprintf("Asking SoftwareOne to validate account %s …", values["account_id"]))
		if err := api.Validate(ctx, values["account_id"], values["external_id"]); err != nil {
			return err
		}
		report("SoftwareOne found nothing wrong.")
		return nil
	},
}

func validateDescriptor() account.Descriptor {
	d := descriptor
	d.Type = "softwareone_validate_account"
	d.Wire = map[string]path.Path{"externalId": path.Root("external_id"), "id": path.Root("account_id")}
	return d
}
