package gcore

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*accountTokenEphemeral)(nil)

// accountTokenDescriptor is gcore_account_token as the shared code sees it.
var accountTokenDescriptor = account.Descriptor{
	Type:        "gcore_account_token",
	Title:       "session in a Gcore account",
	Vendor:      vendorTitle,
	Section:     vendorName,
	Address:     address,
	Credentials: credentials,
	Permission:  "It takes the credential of the account's reseller, or of a user who may enter the account.",
	ValidID:     client.ValidID,
}

// NewAccountTokenEphemeral makes gcore_account_token.
func NewAccountTokenEphemeral() ephemeral.EphemeralResource {
	return &accountTokenEphemeral{account.Ephemeral[*client.Client]{Descriptor: accountTokenDescriptor}}
}

type accountTokenEphemeral struct {
	account.Ephemeral[*client.Client]
}

type accountTokenModel struct {
	AccountID   types.String `tfsdk:"account_id"`
	AccessToken types.String `tfsdk:"access_token"`
	ExpiresAt   types.String `tfsdk:"expires_at"`
}

// Schema implements ephemeral.EphemeralResource.
func (e *accountTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A session inside a Gcore account, for another configuration of this provider, a provisioner or a script. It is " +
			"opened again in every plan and apply that needs it, and is in no plan and no state. **Gcore has no call that ends a session**: the " +
			"token stays good until `expires_at`.",
		Attributes: map[string]schema.Attribute{
			"account_id": account.EphemeralAccountID(accountDescriptor),
			"access_token": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The session's access token, to be sent as `Authorization: Bearer …`. As the `gcore.access_token` of a " +
					"provider " +
					"block it makes the provider act inside the account.",
			},
			"expires_at": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "When the token ends, by Gcore's clock, in the form of RFC 3339; Gcore documents one hour. Null where the token " +
					"itself doesn't say it. The run must be over by then, since a session can't be extended.",
			},
		},
	}
}

// Open implements ephemeral.EphemeralResource.
func (e *accountTokenEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model accountTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	api, ok := e.Client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, account.EphemeralTimeout)
	defer cancel()
	session, err := api.OpenAccount(ctx, model.AccountID.ValueString())
	if err != nil {
		accountDescriptor.AddError(&resp.Diagnostics, "open a session in", model.AccountID.ValueString(), err)
		return
	}
	model.AccessToken = types.StringValue(session.AccessToken.Reveal())
	model.ExpiresAt = account.TimeOrNull(session.ExpiresAt)
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}
