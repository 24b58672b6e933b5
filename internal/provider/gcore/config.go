// Package gcore is Terraform's side of Gcore accounts and of a reseller's customer users.
package gcore

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

const (
	vendorName      = "gcore"
	vendorTitle     = "Gcore"
	standardBaseURL = "https://api.gcore.com"
	badSettings     = "Invalid Gcore configuration"
	address         = "the base URL in gcore.base_url (GCORE_BASE_URL)"
	credentials     = "gcore.api_key or gcore.access_token in the provider block, or GCORE_API_KEY or GCORE_ACCESS_TOKEN"
)

// Vendor is Gcore's part of the provider.
func Vendor() settings.Vendor {
	return settings.Vendor{
		Name: vendorName,
		Description: "Gcore. An `api_key` or `access_token` here switches the environment variables of both off, so that an alias " +
			"never uses another account's key.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "Permanent API token, such as `42_a1b2…` or `42$a1b2…`, sent as `Authorization: APIKey …`. Environment: " +
					"`GCORE_API_KEY`; put a token with `$` into single quotes there, or the shell cuts it off.",
			},
			"access_token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "A session's access token (JWT), sent as `Authorization: Bearer …`. Environment: `GCORE_ACCESS_TOKEN`. " +
					"Conflicts with `api_key`.",
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Address of the API, to which `/iam` is appended. Environment: `GCORE_BASE_URL`. Default: `" + standardBaseURL +
					"`. `http://` is refused but for this very machine.",
			},
			"max_requests_per_second": settings.MaxRequestsPerSecond(),
		},
		Configure:     configure,
		Resources:     []func() resource.Resource{NewAccountResource, NewResellerUserResource},
		DataSources:   []func() datasource.DataSource{NewAccountDataSource, NewAccountsDataSource, NewResellerUserDataSource, NewResellerUsersDataSource},
		ListResources: []func() list.ListResource{NewAccountList, NewResellerUserList},

		EphemeralResources: []func() ephemeral.EphemeralResource{NewAccountTokenEphemeral, NewAPITokenEphemeral},
	}
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func configure(_ context.Context, block settings.Block, shared settings.Shared, diags *diag.Diagnostics) any {
	values := block.Credentials(map[string]string{"api_key": "GCORE_API_KEY", "access_token": "GCORE_ACCESS_TOKEN"})
	key, token := values["api_key"], values["access_token"]
	keySecret, tokenSecret := key.Token(diags, badSettings), token.Token(diags, badSettings)
	if key.Set && token.Set {
		token.Refuse(diags, badSettings, fmt.Sprintf("conflicts with %s: give one of them", key.Source()))
	}
	if key.Set && digits.MatchString(key.Text) {
		diags.AddWarning("The Gcore API token looks cut off", fmt.Sprintf("%s holds digits alone. Gcore's tokens go on with $ or _ "+
			"after that; a shell cuts a token off at $ unless it stands in single quotes.", key.Source()))
	}
	base, ok := block.BaseURL(diags, "base_url", "GCORE_BASE_URL", standardBaseURL, badSettings)
	switch {
	case diags.HasError():
		return settings.Missing[*client.Client](vendorTitle, "Its part of the provider block is invalid.")
	case key.Unknown, token.Unknown:
		unknown := key
		if token.Unknown {
			unknown = token
		}
		return settings.NotYetKnown[*client.Client](vendorTitle, unknown.Attribute)
	case !ok:
		return settings.NotYetKnown[*client.Client](vendorTitle, block.Path("base_url"))
	case !key.Set && !token.Set:
		return settings.Missing[*client.Client](vendorTitle,
			"Set api_key in the block gcore of the provider block, or the environment variable GCORE_API_KEY (for a session's token: access_token, GCORE_ACCESS_TOKEN).")
	}
	options := shared.Transport()
	options.BaseURL = base
	options.MaxRequestsPerSecond = block.Number("max_requests_per_second")
	return settings.Ready(client.New(client.Options{
		Transport: options, APIKey: keySecret, AccessToken: tokenSecret, BulkReads: shared.BulkReads, Warn: settings.Warn,
	}))
}
