// Package fortanix is Terraform's side of Fortanix Confidential Computing Manager (CCM) accounts.
package fortanix

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

const (
	vendorName       = "fortanix"
	vendorTitle      = "Fortanix"
	standardEndpoint = "https://ccm.fortanix.com"
)

// descriptor is fortanix_account as the shared life-cycle code sees it.
var descriptor = account.Descriptor{
	Type:            "fortanix_account",
	Title:           "Fortanix account",
	Vendor:          vendorTitle,
	Section:         vendorName,
	Name:            "name",
	DestroyPolicies: []string{account.PolicyDelete, account.PolicyDeactivate},
	NaturalKey:      "name",
	Address:         "the base URL in fortanix.endpoint (FORTANIX_CCM_ENDPOINT)",
	Credentials: "fortanix.username and fortanix.password, or fortanix.token, in the provider block (FORTANIX_CCM_USERNAME, " +
		"FORTANIX_CCM_PASSWORD, FORTANIX_CCM_TOKEN); a session's token ends by itself",
	Permission:  "Changing or deleting an account takes a user who is one of its administrators.",
	ValidID:     client.ValidID,
	CanonicalID: strings.ToLower, // a UUID has two spellings, and the vendor shows this one
	Wire: account.WireNames(accountAttributes(), account.SnakeCase, map[string]string{
		"add_auth_configs": "auth_configs", "mod_auth_configs": "auth_configs",
	}),
}

// Vendor is Fortanix's part of the provider.
func Vendor() settings.Vendor {
	return settings.Vendor{
		Name:    vendorName,
		Title:   vendorTitle,
		Callers: "ids of Fortanix users, as `fortanix_caller` shows them.",
		Description: "Fortanix Confidential Computing Manager. Give `username` and `password`, or a ready session `token`. Any of them here " +
			"switches the environment variables of all three off, so that an alias never uses another user's credentials. The variables " +
			"`FORTANIX_API_…` belong to another Fortanix product and are not read.",
		Attributes: map[string]schema.Attribute{
			"username": schema.StringAttribute{
				Optional: true, MarkdownDescription: "E-mail address of the user. Environment: `FORTANIX_CCM_USERNAME`.",
			},
			"password": schema.StringAttribute{
				Optional: true, Sensitive: true, MarkdownDescription: "Password of the user. Environment: `FORTANIX_CCM_PASSWORD`.",
			},
			"token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "Token of a session that is logged in already, instead of user and password. Environment: " +
					"`FORTANIX_CCM_TOKEN`, which is not used where the environment has a user and a password too.",
			},
			"endpoint": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Address of CCM, for an installation of one's own. Environment: `FORTANIX_CCM_ENDPOINT`. Default: `" +
					standardEndpoint + "`. A trailing `/` or `/v1` is dropped. `http://` is accepted only for `localhost` and loopback addresses.",
			},
		},
		Configure:     configure,
		Caller:        NewCallerDataSource,
		Resources:     []func() resource.Resource{NewAccountResource},
		DataSources:   accounts.DataSources(),
		ListResources: []func() list.ListResource{accounts.ListResource},

		EphemeralResources: []func() ephemeral.EphemeralResource{NewSessionEphemeral},
	}
}

func configure(block *settings.Block, shared settings.Shared) any {
	values := block.Credentials(map[string]string{
		"username": "FORTANIX_CCM_USERNAME", "password": "FORTANIX_CCM_PASSWORD", "token": "FORTANIX_CCM_TOKEN",
	})
	username, password, token := values["username"], values["password"], values["token"]
	if token.Variable != "" && (username.Set || password.Set) {
		token = settings.Value{} // all from the environment, where user and password are the longer-lived ones
	}
	secret := block.Token(token)
	checkLogin(block, username, password, token)
	base := block.BaseURL("endpoint", "FORTANIX_CCM_ENDPOINT", standardEndpoint)
	options, callers := block.Transport(), block.AllowedCallers()
	return settings.NewClient(block, func() *client.Client {
		options.BaseURL = client.BaseURL(base)
		return client.New(client.Options{
			Transport: options, Username: username.Text, Password: transport.NewSecret(password.Text), Token: secret,
			AllowedCallers: callers, BulkReads: shared.BulkReads, Warn: settings.Warn,
		})
	})
}

// checkLogin refuses credentials that don't go together, or can't be sent.
func checkLogin(block *settings.Block, username, password, token settings.Value) {
	const either = ": give a user and a password, or a token"
	switch {
	case token.Given() && username.Given():
		block.Refuse(token, "conflicts with "+username.Source()+either)
	case token.Given() && password.Given():
		block.Refuse(token, "conflicts with "+password.Source()+either)
	case token.Given():
	case !username.Given() && !password.Given():
		block.Lacks("Set username and password in the block fortanix of the provider block, or the environment variables " +
			"FORTANIX_CCM_USERNAME and FORTANIX_CCM_PASSWORD (for a session's token: token, FORTANIX_CCM_TOKEN).")
	case !password.Given():
		block.Refuse(username, "needs a password next to it: set fortanix.password, or FORTANIX_CCM_PASSWORD next to FORTANIX_CCM_USERNAME")
	case !username.Given():
		block.Refuse(password, "needs a user next to it: set fortanix.username, or FORTANIX_CCM_USERNAME next to FORTANIX_CCM_PASSWORD")
	}
	for _, v := range []settings.Value{username, password} {
		if !v.Set {
			continue
		}
		switch {
		case v.Text == "":
			block.Refuse(v, "is empty")
		case strings.ContainsFunc(v.Text, func(r rune) bool { return r < ' ' || r == 0x7f }):
			block.Refuse(v, "holds a control character, such as a line break")
		}
	}
	if username.Set && strings.Contains(username.Text, ":") {
		block.Refuse(username, fmt.Sprintf("holds a colon, which %s's login can't carry", vendorTitle))
	}
}
