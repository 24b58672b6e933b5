package softwareone

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// commonModel is what the resource and the data sources have in common.
type commonModel struct {
	ID                    types.String `tfsdk:"id"`
	Name                  types.String `tfsdk:"name"`
	Type                  types.String `tfsdk:"type"`
	Status                types.String `tfsdk:"status"`
	ExternalID            types.String `tfsdk:"external_id"`
	ExternalName          types.String `tfsdk:"external_name"`
	ExternalIDs           types.Object `tfsdk:"external_ids"`
	Address               types.Object `tfsdk:"address"`
	TechnicalSupportEmail types.String `tfsdk:"technical_support_email"`
	Website               types.String `tfsdk:"website"`
	Description           types.String `tfsdk:"description"`
	Eligibility           types.Object `tfsdk:"eligibility"`
	DefaultLanguageCode   types.String `tfsdk:"default_language_code"`
	Icon                  types.String `tfsdk:"icon"`
}

// accountModel is softwareone_account in plan and state.
type accountModel struct {
	commonModel
	account.Lifecycle
	Logo               types.String `tfsdk:"logo"`
	Groups             types.List   `tfsdk:"groups"`
	AllowDuplicateName types.Bool   `tfsdk:"allow_duplicate_name"`
}

// AccountID implements account.Model.
func (m *accountModel) AccountID() types.String { return m.ID }

// addressModel is the attribute address.
type addressModel struct {
	AddressLine1 types.String `tfsdk:"address_line1"`
	AddressLine2 types.String `tfsdk:"address_line2"`
	PostCode     types.String `tfsdk:"post_code"`
	City         types.String `tfsdk:"city"`
	State        types.String `tfsdk:"state"`
	Country      types.String `tfsdk:"country"`
}

// eligibilityModel is the attribute eligibility.
type eligibilityModel struct {
	Client  types.Bool `tfsdk:"client"`
	Partner types.Bool `tfsdk:"partner"`
}

var (
	addressTypes = map[string]attr.Type{
		"address_line1": types.StringType, "address_line2": types.StringType, "post_code": types.StringType,
		"city": types.StringType, "state": types.StringType, "country": types.StringType,
	}
	eligibilityTypes = map[string]attr.Type{"client": types.BoolType, "partner": types.BoolType}
	externalIDsTypes = map[string]attr.Type{"pyra_tenant_id": types.StringType}
)

// newCommonModel returns a model without values.
func newCommonModel() commonModel {
	return commonModel{
		Address:     types.ObjectNull(addressTypes),
		Eligibility: types.ObjectNull(eligibilityTypes),
		ExternalIDs: types.ObjectNull(externalIDsTypes),
	}
}

// newModel returns a model without values, except for those of its life cycle.
func newModel() accountModel {
	return accountModel{commonModel: newCommonModel(), Lifecycle: account.NoLifecycle(), Groups: types.ListNull(types.StringType)}
}

// record remembers what only the create call takes.
func (m accountModel) record(ctx context.Context, private account.Private, diags *diag.Diagnostics) {
	account.RecordCreateOnly(ctx, private, createOnly(m, accountModel{}), diags)
}

// newAccount is the body of the create call: what the plan has, nothing for what it leaves out.
func (m *accountModel) newAccount(ctx context.Context, diags *diag.Diagnostics) client.NewAccount {
	omitted := func(*string) wire.Field[string] { return wire.Field[string]{} }
	body := client.NewAccount{AccountFields: m.fields(ctx, omitted, diags), Type: m.Type.ValueString()}
	if isKnown(m.Address) {
		body.Address = addressOf(ctx, m.Address, diags)
	}
	var groups []string
	diags.Append(m.Groups.ElementsAs(ctx, &groups, false)...)
	for _, id := range groups {
		body.Groups = append(body.Groups, client.Group{ID: id})
	}
	return body
}

// update is the body of an update: every managed field, null to clear it, and the others as last read.
func (m *accountModel) update(ctx context.Context, diags *diag.Diagnostics) client.AccountFields {
	body := m.fields(ctx, wire.Pointer[string], diags)
	body.Address = addressOf(ctx, m.Address, diags)
	return body
}

// fields are the fields that create and update share, except for the address. null is what is sent for a text without a
// value.
func (m *accountModel) fields(ctx context.Context, null func(*string) wire.Field[string], diags *diag.Diagnostics) client.AccountFields {
	text := func(value types.String) wire.Field[string] {
		if value.IsNull() {
			return null(nil)
		}
		return wire.Value(value.ValueString())
	}
	body := client.AccountFields{
		Name:                  m.Name.ValueString(),
		ExternalID:            text(m.ExternalID),
		TechnicalSupportEmail: text(m.TechnicalSupportEmail),
		Website:               text(m.Website),
		Description:           text(m.Description),
	}
	if isKnown(m.DefaultLanguageCode) {
		body.DefaultLanguageCode = wire.Value(m.DefaultLanguageCode.ValueString())
	}
	if isKnown(m.Eligibility) {
		var eligibility eligibilityModel
		diags.Append(m.Eligibility.As(ctx, &eligibility, basetypes.ObjectAsOptions{})...)
		body.Eligibility = wire.Value(client.Eligibility{Client: knownBool(eligibility.Client), Partner: knownBool(eligibility.Partner)})
	}
	return body
}

// addressOf is an address to be sent, which clears what it has no value for.
func addressOf(ctx context.Context, value types.Object, diags *diag.Diagnostics) *client.Address {
	var address addressModel
	if isKnown(value) {
		diags.Append(value.As(ctx, &address, basetypes.ObjectAsOptions{})...)
	}
	return &client.Address{
		AddressLine1: address.AddressLine1.ValueStringPointer(), AddressLine2: address.AddressLine2.ValueStringPointer(),
		PostCode: address.PostCode.ValueStringPointer(), City: address.City.ValueStringPointer(),
		State: address.State.ValueStringPointer(), Country: address.Country.ValueStringPointer(),
	}
}

func isKnown(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

func knownBool(v types.Bool) *bool {
	if v.IsUnknown() {
		return nil
	}
	return v.ValueBoolPointer()
}

// logo is the image to send, nil where there is none. The schema has checked the encoding.
func (m *accountModel) logo() []byte {
	raw, err := base64.StdEncoding.DecodeString(m.Logo.ValueString())
	if err != nil || len(raw) == 0 {
		return nil
	}
	return raw
}

// read sets the model to what the API shows. What the reply leaves out keeps its value, and so does what can't be read.
func (m *commonModel) read(ctx context.Context, a client.Account, diags *diag.Diagnostics) {
	keep := func(field string, attribute *types.String, value types.String) {
		if !a.Omits(field) || attribute.IsUnknown() {
			*attribute = value
		}
	}
	m.ID = types.StringValue(a.ID)
	name := a.Name
	m.Name = account.Spelling(m.Name, &name, client.SameName)
	keep("type", &m.Type, account.StringOrNull(&a.Type))
	keep("status", &m.Status, account.StringOrNull(&a.Status))
	keep("externalId", &m.ExternalID, account.StringOrNull(a.ExternalID))
	keep("externalName", &m.ExternalName, account.StringOrNull(a.ExternalName))
	keep("icon", &m.Icon, account.StringOrNull(a.Icon))
	keep(
		"technicalSupportEmail",
		&m.TechnicalSupportEmail,
		account.Spelling(m.TechnicalSupportEmail, a.TechnicalSupportEmail, strings.EqualFold),
	)
	keep("website", &m.Website, account.StringOrNull(a.Website))
	keep("description", &m.Description, account.StringOrNull(a.Description))
	keep("defaultLanguageCode", &m.DefaultLanguageCode, account.Spelling(m.DefaultLanguageCode, a.DefaultLanguageCode, strings.EqualFold))
	if !a.Omits("address") || m.Address.IsUnknown() {
		m.Address = addressValue(ctx, m.Address, a.Address, diags)
	}
	if !a.Omits("eligibility") || m.Eligibility.IsUnknown() {
		m.Eligibility = eligibilityValue(ctx, a.Eligibility, diags)
		if isKnown(m.Type) && m.Type.ValueString() != client.TypeClient {
			m.Eligibility = types.ObjectNull(eligibilityTypes) // whatever the reply shows, the API takes none of it
		}
	}
	if !a.Omits("externalIds") || m.ExternalIDs.IsUnknown() {
		m.ExternalIDs = externalIDsValue(a.ExternalIDs)
	}
}

// addressValue is an address from the API; null where no part of it has a value, which configuration can't express either.
func addressValue(ctx context.Context, prior types.Object, a *client.Address, diags *diag.Diagnostics) types.Object {
	if a == nil {
		return types.ObjectNull(addressTypes)
	}
	var before addressModel
	if isKnown(prior) {
		diags.Append(prior.As(ctx, &before, basetypes.ObjectAsOptions{})...)
	}
	model := addressModel{
		AddressLine1: account.StringOrNull(a.AddressLine1), AddressLine2: account.StringOrNull(a.AddressLine2),
		PostCode: account.StringOrNull(a.PostCode), City: account.StringOrNull(a.City), State: account.StringOrNull(a.State),
		Country: account.Spelling(before.Country, a.Country, strings.EqualFold),
	}
	value, d := types.ObjectValueFrom(ctx, addressTypes, model)
	diags.Append(d...)
	for _, member := range value.Attributes() {
		if !member.IsNull() {
			return value
		}
	}
	return types.ObjectNull(addressTypes)
}

// eligibilityValue is what the API shows of an eligibility; null where it has no value.
func eligibilityValue(ctx context.Context, e *client.Eligibility, diags *diag.Diagnostics) types.Object {
	if e == nil || e.Client == nil && e.Partner == nil {
		return types.ObjectNull(eligibilityTypes)
	}
	value, d := types.ObjectValueFrom(ctx, eligibilityTypes, eligibilityModel{
		Client: types.BoolPointerValue(e.Client), Partner: types.BoolPointerValue(e.Partner),
	})
	diags.Append(d...)
	return value
}

func externalIDsValue(e *client.ExternalIDs) types.Object {
	if e == nil {
		return types.ObjectNull(externalIDsTypes)
	}
	return types.ObjectValueMust(externalIDsTypes, map[string]attr.Value{"pyra_tenant_id": account.StringOrNull(e.PyraTenantID)})
}

// resolve fills in from the reply what the plan left unknown; what it knew survives.
func (m *commonModel) resolve(ctx context.Context, a client.Account, diags *diag.Diagnostics) {
	answered := *m
	answered.read(ctx, a, diags)
	m.fillUnknown(ctx, answered, diags)
}

// fillUnknown replaces what is unknown by what a reply shows, or by the state where nothing was sent.
func (m *commonModel) fillUnknown(ctx context.Context, from commonModel, diags *diag.Diagnostics) {
	m.ID = account.Resolve(m.ID, from.ID)
	m.Status = account.Resolve(m.Status, from.Status)
	m.DefaultLanguageCode = account.Resolve(m.DefaultLanguageCode, from.DefaultLanguageCode)
	m.ExternalName = account.Resolve(m.ExternalName, from.ExternalName)
	m.ExternalIDs = account.Resolve(m.ExternalIDs, from.ExternalIDs)
	m.Icon = account.Resolve(m.Icon, from.Icon)
	m.Eligibility = resolveEligibility(ctx, m.Eligibility, from.Eligibility, diags)
}

// resolveEligibility fills in the members that the plan left unknown; those that the reply withholds are null.
func resolveEligibility(ctx context.Context, planned, answered types.Object, diags *diag.Diagnostics) types.Object {
	if planned.IsUnknown() || planned.IsNull() {
		return account.Resolve(planned, answered)
	}
	var p, a eligibilityModel
	diags.Append(planned.As(ctx, &p, basetypes.ObjectAsOptions{})...)
	if isKnown(answered) {
		diags.Append(answered.As(ctx, &a, basetypes.ObjectAsOptions{})...)
	}
	member := func(planned, answered types.Bool) types.Bool {
		if value := account.Resolve(planned, answered); !value.IsUnknown() {
			return value
		}
		return types.BoolNull()
	}
	value, d := types.ObjectValueFrom(
		ctx,
		eligibilityTypes,
		eligibilityModel{Client: member(p.Client, a.Client), Partner: member(p.Partner, a.Partner)},
	)
	diags.Append(d...)
	return value
}
