package fortanix

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// authConfigModel is one element of auth_configs. Its parts are pointers: it is only used once all of it is known.
type authConfigModel struct {
	Password       *passwordModel `tfsdk:"password"`
	OAuth          *oauthModel    `tfsdk:"oauth"`
	ClusterAuthRef *clusterModel  `tfsdk:"cluster_auth_ref"`
}

type passwordModel struct {
	Require2FA         types.Bool `tfsdk:"require_2fa"`
	AdministratorsOnly types.Bool `tfsdk:"administrators_only"`
}

type oauthModel struct {
	IDPName                  types.String `tfsdk:"idp_name"`
	IDPIconURL               types.String `tfsdk:"idp_icon_url"`
	IDPAuthorizationEndpoint types.String `tfsdk:"idp_authorization_endpoint"`
	IDPTokenEndpoint         types.String `tfsdk:"idp_token_endpoint"`
	IDPRequiresBasicAuth     types.Bool   `tfsdk:"idp_requires_basic_auth"`
	IDPUserinfoEndpoint      types.String `tfsdk:"idp_userinfo_endpoint"`
	TLS                      *tlsModel    `tfsdk:"tls"`
	ClientID                 types.String `tfsdk:"client_id"`
	ClientSecretWO           types.String `tfsdk:"client_secret_wo"`
	ClientSecretWOVersion    types.Number `tfsdk:"client_secret_wo_version"`
}

type clusterModel struct {
	TargetID types.String `tfsdk:"target_id"`
}

type tlsModel struct {
	Disabled      *struct{}         `tfsdk:"disabled"`
	Opportunistic *struct{}         `tfsdk:"opportunistic"`
	Required      *tlsRequiredModel `tfsdk:"required"`
}

type tlsRequiredModel struct {
	ValidateHostname   types.Bool   `tfsdk:"validate_hostname"`
	CA                 *caModel     `tfsdk:"ca"`
	ClientCert         types.String `tfsdk:"client_cert"`
	ClientKeyWO        types.String `tfsdk:"client_key_wo"`
	ClientKeyWOVersion types.Number `tfsdk:"client_key_wo_version"`
}

type caModel struct {
	CASet  types.String `tfsdk:"ca_set"`
	Pinned types.List   `tfsdk:"pinned"`
}

// authConfigType is the type of one element, taken from the schema so that the two can't drift.
var authConfigType = func() attr.Type {
	list, ok := authConfigsAttribute().GetType().(types.ListType)
	if !ok {
		return nil
	}
	return list.ElemType
}()

// authConfigsOf decodes auth_configs, in which nothing but secrets may be unknown.
func authConfigsOf(ctx context.Context, list types.List, diags *diag.Diagnostics) []authConfigModel {
	if list.IsNull() {
		return nil
	}
	var models []authConfigModel
	diags.Append(list.ElementsAs(ctx, &models, false)...)
	return models
}

// toClient is an element as the API has it, with the secrets that it holds.
func (m authConfigModel) toClient(ctx context.Context, diags *diag.Diagnostics) client.AuthConfig {
	var a client.AuthConfig
	switch {
	case m.Password != nil:
		a.Password = &client.PasswordAuth{
			Require2FA: m.Password.Require2FA.ValueBool(), AdministratorsOnly: m.Password.AdministratorsOnly.ValueBool(),
		}
	case m.ClusterAuthRef != nil:
		a.ClusterAuthRef = &client.ClusterAuthRef{TargetID: m.ClusterAuthRef.TargetID.ValueString()}
	case m.OAuth != nil:
		o := m.OAuth
		a.OAuth = &client.OAuth{
			IDPName: o.IDPName.ValueString(), IDPIconURL: o.IDPIconURL.ValueString(),
			IDPAuthorizationEndpoint: o.IDPAuthorizationEndpoint.ValueString(), IDPTokenEndpoint: o.IDPTokenEndpoint.ValueString(),
			IDPRequiresBasicAuth: o.IDPRequiresBasicAuth.ValueBool(), IDPUserinfoEndpoint: o.IDPUserinfoEndpoint.ValueStringPointer(),
			ClientID: o.ClientID.ValueString(), ClientSecret: transport.NewSecret(o.ClientSecretWO.ValueString()),
			TLS: o.TLS.toClient(ctx, diags),
		}
	}
	return a
}

func (m *tlsModel) toClient(ctx context.Context, diags *diag.Diagnostics) client.TLS {
	switch {
	case m == nil:
		return client.TLS{}
	case m.Disabled != nil:
		return client.TLS{Mode: client.TLSDisabled}
	case m.Opportunistic != nil:
		return client.TLS{Mode: client.TLSOpportunistic}
	case m.Required == nil: // a mode that this provider doesn't know
		return client.TLS{}
	}
	r := m.Required
	options := &client.TLSRequiredOptions{
		ValidateHostname: r.ValidateHostname.ValueBool(), ClientCert: r.ClientCert.ValueStringPointer(),
		ClientKey: transport.NewSecret(r.ClientKeyWO.ValueString()),
	}
	if r.CA != nil {
		options.CA.Set = r.CA.CASet.ValueStringPointer()
		if !r.CA.Pinned.IsNull() {
			diags.Append(r.CA.Pinned.ElementsAs(ctx, &options.CA.Pinned, false)...)
		}
	}
	return client.TLS{Mode: client.TLSRequired, Required: options}
}

// fromClient is an element as a reply shows it. What replies never show, and equal values in another spelling, come
// from prior, the element of the same key.
func fromClient(ctx context.Context, a client.AuthConfig, prior *authConfigModel, diags *diag.Diagnostics) authConfigModel {
	switch {
	case prior != nil && prior.toClient(ctx, diags).Same(a):
		return prior.withoutSecrets()
	case a.Password != nil:
		return authConfigModel{Password: &passwordModel{
			Require2FA: types.BoolValue(a.Password.Require2FA), AdministratorsOnly: types.BoolValue(a.Password.AdministratorsOnly),
		}}
	case a.ClusterAuthRef != nil:
		return authConfigModel{ClusterAuthRef: &clusterModel{TargetID: types.StringValue(a.ClusterAuthRef.TargetID)}}
	}
	o := a.OAuth
	m := authConfigModel{OAuth: &oauthModel{
		IDPName: types.StringValue(o.IDPName), IDPIconURL: types.StringValue(o.IDPIconURL),
		IDPAuthorizationEndpoint: types.StringValue(o.IDPAuthorizationEndpoint), IDPTokenEndpoint: types.StringValue(o.IDPTokenEndpoint),
		IDPRequiresBasicAuth: types.BoolValue(o.IDPRequiresBasicAuth), IDPUserinfoEndpoint: account.StringOrNull(o.IDPUserinfoEndpoint),
		ClientID: types.StringValue(o.ClientID), ClientSecretWO: types.StringNull(), ClientSecretWOVersion: types.NumberNull(),
		TLS: &tlsModel{},
	}}
	var before *tlsRequiredModel
	if prior != nil && prior.OAuth != nil {
		m.OAuth.ClientSecretWOVersion = prior.OAuth.ClientSecretWOVersion
		if prior.OAuth.TLS != nil {
			before = prior.OAuth.TLS.Required
		}
	}
	switch o.TLS.Mode {
	case client.TLSDisabled:
		m.OAuth.TLS.Disabled = &struct{}{}
	case client.TLSOpportunistic:
		m.OAuth.TLS.Opportunistic = &struct{}{}
	case client.TLSRequired:
		m.OAuth.TLS.Required = requiredFromClient(ctx, o.TLS.Required, before, diags)
	}
	return m
}

func requiredFromClient(
	ctx context.Context,
	r *client.TLSRequiredOptions,
	before *tlsRequiredModel,
	diags *diag.Diagnostics,
) *tlsRequiredModel {
	if r == nil {
		r = &client.TLSRequiredOptions{}
	}
	m := &tlsRequiredModel{
		ValidateHostname: types.BoolValue(r.ValidateHostname), ClientCert: account.StringOrNull(r.ClientCert),
		CA: &caModel{CASet: account.StringOrNull(r.CA.Set), Pinned: types.ListNull(types.StringType)},
	}
	if len(r.CA.Pinned) > 0 {
		pinned, d := types.ListValueFrom(ctx, types.StringType, r.CA.Pinned)
		diags.Append(d...)
		m.CA.Pinned = pinned
	}
	if before != nil {
		m.ClientKeyWOVersion = before.ClientKeyWOVersion
		m.ClientCert = account.Spelling(before.ClientCert, r.ClientCert, client.SameBase64)
	}
	return m
}

// withoutSecrets is the element as state may hold it.
func (m authConfigModel) withoutSecrets() authConfigModel {
	if m.OAuth == nil {
		return m
	}
	o := *m.OAuth
	o.ClientSecretWO = types.StringNull()
	if o.TLS != nil && o.TLS.Required != nil {
		t, r := *o.TLS, *o.TLS.Required
		r.ClientKeyWO = types.StringNull()
		t.Required = &r
		o.TLS = &t
	}
	m.OAuth = &o
	return m
}

// versions are the numbers that go with the element's secrets.
func (m authConfigModel) versions() [2]types.Number {
	var v [2]types.Number
	if m.OAuth != nil {
		v[0] = m.OAuth.ClientSecretWOVersion
		if m.OAuth.TLS != nil && m.OAuth.TLS.Required != nil {
			v[1] = m.OAuth.TLS.Required.ClientKeyWOVersion
		}
	}
	return v
}

func sameVersions(a, b [2]types.Number) bool { return a[0].Equal(b[0]) && a[1].Equal(b[1]) }

// resends reports whether a version asks for secrets to be sent, where before is the element as it was, nil for none. One
// that is taken away asks for nothing.
func (m authConfigModel) resends(before *authConfigModel) bool {
	var was [2]types.Number
	if before != nil {
		was = before.versions()
	}
	for i, version := range m.versions() {
		if !version.IsNull() && !version.Equal(was[i]) {
			return true
		}
	}
	return false
}

// key is the element's natural key.
func (m authConfigModel) key(ctx context.Context) client.AuthKey {
	var ignored diag.Diagnostics // keys hold only plain strings
	return m.toClient(ctx, &ignored).Key()
}

// same reports whether both are the same for the API, their secrets aside.
func (m authConfigModel) same(ctx context.Context, other authConfigModel, diags *diag.Diagnostics) bool {
	return m.toClient(ctx, diags).Same(other.toClient(ctx, diags))
}

// find returns the element of a key, nil where there is none.
func find(ctx context.Context, models []authConfigModel, key client.AuthKey) *authConfigModel {
	at := slices.IndexFunc(models, func(m authConfigModel) bool { return m.key(ctx) == key })
	if at < 0 {
		return nil
	}
	return &models[at]
}

// authConfigsList is what replies show as the attribute auth_configs: in the order of prior, new ones at the end; null
// where there is none that the attribute can express.
func authConfigsList(ctx context.Context, shown []client.AuthConfig, prior []authConfigModel, diags *diag.Diagnostics) types.List {
	var models []authConfigModel
	left := slices.DeleteFunc(slices.Clone(shown), func(a client.AuthConfig) bool { return a.Key() == client.AuthKey{} })
	take := func(at int, before *authConfigModel) {
		models = append(models, fromClient(ctx, left[at], before, diags))
		left = slices.Delete(left, at, at+1)
	}
	for i := range prior {
		key := prior[i].key(ctx)
		if at := slices.IndexFunc(left, func(a client.AuthConfig) bool { return a.Key() == key }); at >= 0 {
			take(at, &prior[i])
		}
	}
	for len(left) > 0 {
		take(0, nil)
	}
	if len(models) == 0 {
		return types.ListNull(authConfigType)
	}
	list, d := types.ListValueFrom(ctx, authConfigType, models)
	diags.Append(d...)
	return list
}
