package fortanix

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure = (*sessionEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithRenew     = (*sessionEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithClose     = (*sessionEphemeral)(nil)
)

// NewSessionEphemeral makes fortanix_session.
func NewSessionEphemeral() ephemeral.EphemeralResource {
	d := descriptor
	d.Type, d.Title = "fortanix_session", "session in a Fortanix account"
	return &sessionEphemeral{account.Ephemeral[*client.Client]{Descriptor: d}}
}

type sessionEphemeral struct {
	account.Ephemeral[*client.Client]
}

type sessionModel struct {
	AccountID   types.String `tfsdk:"account_id"`
	AccessToken types.String `tfsdk:"access_token"`
	ExpiresAt   types.String `tfsdk:"expires_at"`
}

// Schema implements ephemeral.EphemeralResource.
func (e *sessionEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A session of its own with a Fortanix CCM account selected, for a provisioner, a script or another provider. The " +
			"user of the provider block logs in once more; the provider's own session is not touched. Terraform renews the token while the run " +
			"goes on and **ends the session at the end of it**. It is in no plan and no state. It takes `fortanix.username` and " +
			"`fortanix.password`.",
		Attributes: map[string]schema.Attribute{
			"account_id": account.EphemeralAccountID(descriptor),
			"access_token": schema.StringAttribute{
				Computed: true, Sensitive: true, MarkdownDescription: "The session's token, to be sent as `Authorization: Bearer …`.",
			},
			"expires_at": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "When the token ends unless it is renewed, by the server's clock, in the form of RFC 3339. Terraform renews it " +
					"while the run goes on, until the session itself ends. Null where the server doesn't say it.",
			},
		},
	}
}

// openSession is what renewing and closing need to know. Terraform keeps it in memory only.
type openSession struct {
	Token     string `json:"token"`
	AccountID string `json:"account_id"`
}

const keySession = "session"

// Open implements ephemeral.EphemeralResource.
func (e *sessionEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model sessionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	api, ok := e.Client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, account.EphemeralTimeout)
	defer cancel()
	accountID := model.AccountID.ValueString()
	opened, err := api.OpenAccount(ctx, accountID)
	if err != nil {
		descriptor.AddError(&resp.Diagnostics, "open a session in", accountID, err)
		return
	}
	model.AccessToken = types.StringValue(opened.AccessToken.Reveal())
	ends := opened.TokenEnds
	if !opened.Ends.IsZero() && (ends.IsZero() || opened.Ends.Before(ends)) {
		ends = opened.Ends
	}
	model.ExpiresAt = account.TimeOrNull(ends)
	resp.RenewAt = opened.RenewAt
	account.Put(ctx, resp.Private, keySession, openSession{opened.AccessToken.Reveal(), accountID}, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

// Renew implements ephemeral.EphemeralResourceWithRenew. A failure is a warning: whoever uses the token will be refused,
// and may be done with it already.
func (e *sessionEphemeral) Renew(ctx context.Context, req ephemeral.RenewRequest, resp *ephemeral.RenewResponse) {
	open, api, ok := e.opened(ctx, req.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, account.EphemeralTimeout)
	defer cancel()
	renewed, err := api.RenewSession(ctx, transport.NewSecret(open.Token))
	if err != nil {
		resp.Diagnostics.AddWarning("Session was not renewed", fmt.Sprintf("The session in Fortanix account %s could not be renewed, so that "+
			"it may end "+
			"before this run.\n\n%s", open.AccountID, descriptor.Cause(err)))
		return
	}
	resp.RenewAt = renewed.RenewAt
}

// Close implements ephemeral.EphemeralResourceWithClose. An interrupt doesn't end it.
func (e *sessionEphemeral) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	open, api, ok := e.opened(ctx, req.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	if err := api.EndSession(ctx, transport.NewSecret(open.Token)); err != nil {
		resp.Diagnostics.AddWarning("Session was not ended", fmt.Sprintf("The session in Fortanix account %s may be good still. Nobody else "+
			"can end it; it "+
			"ends by itself.\n\n%s", open.AccountID, descriptor.Cause(err)))
	}
}

func (e *sessionEphemeral) opened(
	ctx context.Context,
	private account.Private,
	diags *diag.Diagnostics,
) (open openSession, api *client.Client, ok bool) {
	if !account.Fetch(ctx, private, keySession, &open, diags) {
		return open, nil, false
	}
	api, ok = e.Client.Get(diags)
	return open, api, ok
}
