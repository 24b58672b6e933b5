// Package softwareone is Terraform's side of SoftwareOne Marketplace accounts.
package softwareone

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

const (
	vendorName      = "softwareone"
	vendorTitle     = "SoftwareOne"
	standardBaseURL = "https://api.platform.softwareone.com"
)

// descriptor is softwareone_account as the shared life-cycle code sees it.
var descriptor = account.Descriptor{
	Type:            "softwareone_account",
	Title:           "SoftwareOne account",
	Vendor:          vendorTitle,
	Section:         vendorName,
	Name:            "name",
	DestroyPolicies: []string{account.PolicyDisable},
	DestroyLeaves:   "it is disabled, and stays on the platform with its name; SoftwareOne has no call that deletes an account.",
	NaturalKey:      "name and type",
	Address:         "the base URL in softwareone.base_url (MPT_API_BASE_URL)",
	Duplicates:      "To create another account of this name, set allow_duplicate_name = true.",
	Credentials:     "softwareone.api_token in the provider block, or MPT_API_TOKEN",
	Permission: "Creating accounts and changing their status takes a token of an Operations account with the permission to manage " +
		"accounts.",
	ValidID: client.ValidID,
	Wire:    account.WireNames(accountAttributes(), account.CamelCase, nil),
}

// Vendor is SoftwareOne's part of the provider.
func Vendor() settings.Vendor {
	return settings.Vendor{
		Name:    vendorName,
		Title:   vendorTitle,
		Callers: "ids of API tokens, such as `TKN-1234-5678`, as `softwareone_caller` shows them.",
		Description: "SoftwareOne Marketplace Platform. An `api_token` here switches the environment variable off, so that an " +
			"alias never uses another account's token.",
		Attributes: map[string]schema.Attribute{
			"api_token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "API token, such as `idt:TKN-1234-5678:…`. Environment: `MPT_API_TOKEN`. Creating accounts takes " +
					"a token of an Operations account.",
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Address of the API. Environment: `MPT_API_BASE_URL`. Default: `" + standardBaseURL + "`. A trailing " +
					"`/`, `/public` or `/public/v1` is dropped. `http://` is accepted only for `localhost` and loopback addresses.",
			},
		},
		Configure:     configure,
		Caller:        NewCallerDataSource,
		Resources:     []func() resource.Resource{NewAccountResource},
		DataSources:   accounts.DataSources(),
		ListResources: []func() list.ListResource{accounts.ListResource},
		Actions:       []func() action.Action{validateAccount.New},
	}
}

func configure(block *settings.Block, shared settings.Shared) any {
	token := block.Credentials(map[string]string{"api_token": "MPT_API_TOKEN"})["api_token"]
	secret := block.Token(token)
	if !token.Given() {
		block.Lacks("Set api_token in the block softwareone of the provider block, or the environment variable MPT_API_TOKEN.")
	}
	base := block.BaseURL("base_url", "MPT_API_BASE_URL", standardBaseURL)
	options, callers := block.Transport(), block.AllowedCallers()
	return settings.NewClient(block, func() *client.Client {
		options.BaseURL = client.BaseURL(base)
		return client.New(client.Options{
			Transport: options, APIToken: secret, AllowedCallers: callers, BulkReads: shared.BulkReads, Warn: settings.Warn,
		})
	})
}
