package gcore

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// mailDescriptor is an action about a user as the shared code sees it.
func mailDescriptor(typeName string) account.Descriptor {
	return account.Descriptor{
		Type: typeName, Title: "Gcore user", Vendor: vendorTitle, Section: vendorName, Address: address, Credentials: credentials,
		Permission: "It takes the credential of the user's reseller.", Wire: map[string]path.Path{"email": path.Root("email")},
	}
}

var mailAttributes = map[string]schema.StringAttribute{
	"email": {
		Required: true, Validators: words,
		MarkdownDescription: "E-mail address of the user, as in `gcore_reseller_user.NAME.email`.",
	},
}

// renewInvitation is gcore_renew_invitation.
var renewInvitation = &account.Action[*client.Client]{
	Descriptor: mailDescriptor("gcore_renew_invitation"), Verb: "renew the invitation of", About: "email", Attributes: mailAttributes,
	Description: "Has Gcore send another invitation to a user who is not activated yet; one is valid for 24 hours. A user who is " +
		"activated already is " +
		"an error. Needs the credential of the user's reseller, and Terraform 1.14 or newer. With `read_only` it is an error.",
	Invoke: func(ctx context.Context, api *client.Client, values map[string]string, report func(string)) error {
		report(fmt.Sprintf("Asking Gcore for another invitation to %s …", values["email"]))
		if err := api.RenewInvitation(ctx, values["email"]); err != nil {
			return err
		}
		report("Gcore has sent it. It is valid for 24 hours.")
		return nil
	},
}

// resetPassword is gcore_reset_password.
var resetPassword = &account.Action[*client.Client]{
	Descriptor: mailDescriptor("gcore_reset_password"), Verb: "reset the password of", About: "email", Attributes: mailAttributes,
	Description: "Has Gcore send a user an e-mail with which to choose another password. Needs the credential of the user's reseller, and " +
		"Terraform " +
		"1.14 or newer. With `read_only` it is an error.",
	Invoke: func(ctx context.Context, api *client.Client, values map[string]string, report func(string)) error {
		report(fmt.Sprintf("Asking Gcore to send %s the means to choose another password …", values["email"]))
		if err := api.ResetPassword(ctx, values["email"]); err != nil {
			return err
		}
		report("Gcore has sent it.")
		return nil
	},
}
