package gcore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure = (*apiTokenEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithClose     = (*apiTokenEphemeral)(nil)
)

// apiTokenDescriptor is gcore_api_token as the shared code sees it.
var apiTokenDescriptor = account.Descriptor{
	Type:        "gcore_api_token",
	Title:       "Gcore API token",
	Vendor:      vendorTitle,
	Section:     vendorName,
	Address:     address,
	Credentials: credentials,
	Permission: "It takes the credential of the account's reseller, or of a user who may enter the account, and no token has a higher role " +
		"than the user who issues it. A reseller's own account can have no API tokens; its customers' accounts can.",
	ValidID: client.ValidID,
	Wire:    map[string]path.Path{"name": path.Root("name"), "client_user": path.Root("role"), "exp_date": path.Root("expires_in")},
}

const (
	standardRole   = "Users"
	standardExpiry = time.Hour
	// A token must outlast the run that uses it, and isn't meant to outlast it by much.
	shortestExpiry = 10 * time.Minute
	longestExpiry  = 7 * 24 * time.Hour
	// expirySlack is by how much a reply's expiry may differ from what was asked, since it may be rounded.
	expirySlack = time.Minute
)

// NewAPITokenEphemeral makes gcore_api_token.
func NewAPITokenEphemeral() ephemeral.EphemeralResource {
	return &apiTokenEphemeral{account.Ephemeral[*client.Client]{Descriptor: apiTokenDescriptor}}
}

type apiTokenEphemeral struct {
	account.Ephemeral[*client.Client]
}

type apiTokenModel struct {
	AccountID types.String `tfsdk:"account_id"`
	Name      types.String `tfsdk:"name"`
	Role      types.String `tfsdk:"role"`
	ExpiresIn types.String `tfsdk:"expires_in"`
	Token     types.String `tfsdk:"token"`
	TokenID   types.String `tfsdk:"token_id"`
	ExpiresAt types.String `tfsdk:"expires_at"`
}

// Schema implements ephemeral.EphemeralResource.
func (e *apiTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	var roles []string
	for _, role := range client.Roles() {
		roles = append(roles, role.Name)
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A permanent API token inside a Gcore account, such as the `api_key` of Gcore's own provider. It is made when " +
			"Terraform opens it, in every plan and apply that needs it, and **deleted when Terraform closes it** at the end of that run. It is in " +
			"no plan and no state. With `read_only` it is an error.",
		Attributes: map[string]schema.Attribute{
			"account_id": account.EphemeralAccountID(accountDescriptor),
			"name": schema.StringAttribute{
				Required: true, Validators: []validator.String{account.Text(), stringvalidator.UTF8LengthAtMost(100)},
				MarkdownDescription: "What the token is called at Gcore. ` (terraform …)` with a random part follows, so that each token can be " +
					"told " +
					"from all others. Use a name of its own for each purpose: tokens of the same name that an earlier run has left behind are warned of.",
			},
			"role": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(roles...)},
				MarkdownDescription: "What the token may do: `\"" + strings.Join(roles, "\"`, `\"") + "\"`. Default: `\"" + standardRole +
					"\"`. No token has a higher role than the user who issues it.",
			},
			"expires_in": schema.StringAttribute{
				Optional: true, Validators: []validator.String{expiry{}},
				MarkdownDescription: "How long the token is good where nothing deletes it, such as after a run that was killed: from `\"10m\"` to " +
					"`\"168h\"`. It must outlast the run. Default: `\"1h\"`.",
			},
			"token": schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The token, to be sent as `Authorization: " +
				"APIKey …`."},
			"token_id": schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the token."},
			"expires_at": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "When the token ends, by Gcore's clock, in the form of RFC 3339. Null where Gcore's reply states no end: the " +
					"token then is good until it is deleted, and a warning says so.",
			},
		},
	}
}

// openToken is what closing a token needs to know of it. It holds no secret.
type openToken struct {
	AccountID string    `json:"account_id"`
	TokenID   string    `json:"token_id"`
	ExpiresAt time.Time `json:"expires_at"`
}

const keyToken = "token"

// Open implements ephemeral.EphemeralResource.
func (e *apiTokenEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model apiTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	api, ok := e.Client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	accountID := model.AccountID.ValueString()
	ctx, cancel := context.WithTimeout(ctx, account.EphemeralTimeout)
	defer cancel()
	made, others, err := api.CreateAPIToken(ctx, accountID, model.request())
	if len(others) > 0 {
		addLeftTokens(&resp.Diagnostics, accountID, others)
	}
	if lost, isLost := errors.AsType[*client.LostTokenError](err); isLost {
		addLostToken(&resp.Diagnostics, accountID, lost)
		return
	}
	if err != nil {
		apiTokenDescriptor.AddError(&resp.Diagnostics, "create", "", err)
		return
	}
	if made.ExpiresAt.IsZero() || made.ExpiresAt.Sub(made.AskedEnd).Abs() > expirySlack {
		resp.Diagnostics.AddWarning("Gcore gave an API token another expiry", fmt.Sprintf(
			"API token %s of account %s was asked to end at %s. Gcore's reply states %s. This run deletes it when it ends; should it be killed, "+
				"delete it: %s", made.ID, accountID, made.AskedEnd.Format(time.RFC3339), endText(made.ExpiresAt), howToDelete(accountID, made.ID)))
	}
	model.Token, model.TokenID = types.StringValue(made.Secret.Reveal()), types.StringValue(made.ID)
	model.ExpiresAt = account.TimeOrNull(made.ExpiresAt)
	account.Put(ctx, resp.Private, keyToken, openToken{accountID, made.ID, made.ExpiresAt}, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

// request is what the configuration asks for; validators have seen its values.
func (m apiTokenModel) request() client.NewAPIToken {
	want := client.NewAPIToken{Name: m.Name.ValueString(), ExpiresIn: standardExpiry}
	if d, err := time.ParseDuration(m.ExpiresIn.ValueString()); err == nil {
		want.ExpiresIn = d
	}
	name := standardRole
	if !m.Role.IsNull() {
		name = m.Role.ValueString()
	}
	for _, role := range client.Roles() {
		if role.Name == name {
			want.Role = role
		}
	}
	return want
}

// Close implements ephemeral.EphemeralResourceWithClose. An interrupt doesn't end it.
func (e *apiTokenEphemeral) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	var token openToken
	if !account.Fetch(ctx, req.Private, keyToken, &token, &resp.Diagnostics) {
		return
	}
	api, ok := e.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), account.EphemeralTimeout)
	defer cancel()
	if err := api.DeleteAPIToken(ctx, token.AccountID, token.TokenID); err != nil {
		resp.Diagnostics.AddWarning("API token was not deleted", fmt.Sprintf(
			"API token %s of account %s may be good still, at the longest until %s. Delete it: %s\n\n%s",
			token.TokenID, token.AccountID, endText(token.ExpiresAt), howToDelete(token.AccountID, token.TokenID), apiTokenDescriptor.Cause(err)))
		return
	}
	if !token.ExpiresAt.IsZero() && api.Now().After(token.ExpiresAt) {
		resp.Diagnostics.AddWarning("API token ended before the run", fmt.Sprintf(
			"API token %s of account %s ended at %s, before the run that used it. Raise its expires_in.",
			token.TokenID, token.AccountID, endText(token.ExpiresAt)))
	}
}

// addLostToken reports that a token was or may have been made that nobody can use.
func addLostToken(diags *diag.Diagnostics, accountID string, lost *client.LostTokenError) {
	text := apiTokenDescriptor.Cause(lost.Err) + "\n\n"
	switch {
	case len(lost.Left) > 0:
		text += fmt.Sprintf("API token %s of account %s, named %q, was made anyway and could not be deleted. It ends at %s at the "+
			"longest. "+
			"Delete it: %s\n\n%s",
			strings.Join(lost.Left, ", "), accountID, lost.Name, endText(lost.ExpiresAt), howToDelete(accountID, lost.Left[0]),
			apiTokenDescriptor.Cause(lost.LookUp))
	case len(lost.Deleted) > 0:
		text += fmt.Sprintf("It was made anyway (id %s) and has been deleted. Run Terraform again.", strings.Join(lost.Deleted, ", "))
	case lost.LookUp != nil:
		text += fmt.Sprintf("It may have been made anyway, and looking for it failed. Look for the name %q among the API tokens of "+
			"account %s "+
			"and delete it; it ends at %s at the longest.\n\n%s",
			lost.Name, accountID, endText(lost.ExpiresAt), apiTokenDescriptor.Cause(lost.LookUp))
	default:
		text += fmt.Sprintf("No API token named %q is listed in account %s. Should it appear after all, delete it; it ends at %s at the longest.",
			lost.Name, accountID, endText(lost.ExpiresAt))
	}
	diags.AddError("Unable to create "+apiTokenDescriptor.Title, text)
}

// addLeftTokens warns of tokens that an earlier run may have left behind.
func addLeftTokens(diags *diag.Diagnostics, accountID string, tokens []client.APIToken) {
	var lines []string
	for _, t := range tokens {
		lines = append(lines, fmt.Sprintf("  - %s, until %s: %s", t.ID, endText(t.ExpiresAt), howToDelete(accountID, t.ID)))
	}
	diags.AddWarning("API tokens of an earlier run", fmt.Sprintf(
		"Account %s has API tokens that another run made for the same ephemeral resource. Where that run is over, such as one that was killed, "+
			"delete them:\n\n%s", accountID, strings.Join(lines, "\n")))
}

func endText(t time.Time) string {
	if t.IsZero() {
		return "no end"
	}
	return t.UTC().Format(time.RFC3339)
}

// howToDelete says how a person deletes a token.
func howToDelete(accountID, tokenID string) string {
	return fmt.Sprintf("in the account's customer portal, under API tokens, or by DELETE /iam/v2/clients/%s/tokens/%s with a token of "+
		"that account.", accountID, tokenID)
}

// expiry refuses times that a token can't have.
type expiry struct{}

func (expiry) Description(context.Context) string { return "must be a time from 10m to 168h" }

func (v expiry) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (expiry) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	d, err := time.ParseDuration(req.ConfigValue.ValueString())
	if err != nil || d < shortestExpiry || d > longestExpiry {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid expiry", fmt.Sprintf(
			"%s is %q. It must be a time from 10m to 168h, such as \"1h\", and outlast the whole run. The token is deleted at the end of the run "+
				"in any "+
				"case.", req.Path, req.ConfigValue.ValueString()))
	}
}
