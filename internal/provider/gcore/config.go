// Package gcore is Terraform's side of Gcore accounts and of a reseller's customer users.
package gcore

import (
	"fmt"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
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
	address         = "the base URL in gcore.base_url (GCORE_BASE_URL)"
	credentials     = "gcore.api_key or gcore.access_token in the provider block, or GCORE_API_KEY or GCORE_ACCESS_TOKEN"
)

// Vendor is Gcore's part of the provider.
func Vendor() settings.Vendor {
	return settings.Vendor{
		Name:    vendorName,
		Title:   vendorTitle,
		Callers: "ids of Gcore accounts, as `gcore_caller` shows them. Most credentials of a reseller can't be used with it.",
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
					"`. `http://` is accepted only for `localhost` and loopback addresses.",
			},
		},
		Configure:     configure,
		Caller:        NewCallerDataSource,
		Resources:     []func() resource.Resource{NewAccountResource, NewResellerUserResource, NewServiceResource},
		DataSources:   append(append(accounts.DataSources(), users.DataSources()...), services.DataSourceOfMany, sellers.DataSourceOfMany),
		ListResources: []func() list.ListResource{accounts.ListResource, users.ListResource, services.ListResource},

		EphemeralResources: []func() ephemeral.EphemeralResource{NewAccountTokenEphemeral, NewAPITokenEphemeral},
		Actions:            []func() action.Action{renewInvitation.New, resetPassword.New},
	}
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func configure(block *settings.Block, shared settings.Shared) any {
	values := block.Credentials(map[string]string{"api_key": "GCORE_API_KEY", "access_token": "GCORE_ACCESS_TOKEN"})
	key, token := values["api_key"], values["access_token"]
	keySecret, tokenSecret := block.Token(key), block.Token(token)
	if key.Set && digits.MatchString(key.Text) {
		block.Warn("The Gcore API token looks cut off", fmt.Sprintf("The value of %s has only digits. Gcore's tokens go on with $ or _ "+
			"after that; a shell cuts a token off at $ unless it stands in single quotes.", key.Source()))
	}
	switch ends, ok := client.TokenExpiry(token.Text); {
	case key.Given() && token.Given():
		block.Refuse(token, fmt.Sprintf("conflicts with %s: give one of them", key.Source()))
	case !key.Given() && !token.Given():
		block.Lacks("Set api_key in the block gcore of the provider block, or the environment variable GCORE_API_KEY " +
			"(for a session's token: access_token, GCORE_ACCESS_TOKEN).")
	case token.Set && ok && !shared.Clock.Now().Before(ends):
		block.Refuse(token, fmt.Sprintf("has expired at %s, by this machine's clock: get a new one", ends.UTC().Format(time.RFC3339)))
	}
	base := block.BaseURL("base_url", "GCORE_BASE_URL", standardBaseURL)
	options, callers := block.Transport(), block.AllowedCallers()
	return settings.NewClient(block, func() *client.Client {
		options.BaseURL = base
		return client.New(client.Options{
			Transport: options, APIKey: keySecret, AccessToken: tokenSecret, AllowedCallers: callers,
			BulkReads: shared.BulkReads, Warn: settings.Warn,
		})
	})
}
