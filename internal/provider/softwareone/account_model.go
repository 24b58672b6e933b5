package softwareone

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountModel is softwareone_account in plan and state.
type accountModel struct {
	ID                    types.String   `tfsdk:"id"`
	Name                  types.String   `tfsdk:"name"`
	Type                  types.String   `tfsdk:"type"`
	Status                types.String   `tfsdk:"status"`
	ExternalID            types.String   `tfsdk:"external_id"`
	Address               types.Object   `tfsdk:"address"`
	TechnicalSupportEmail types.String   `tfsdk:"technical_support_email"`
	Website               types.String   `tfsdk:"website"`
	Description           types.String   `tfsdk:"description"`
	Eligibility           types.Object   `tfsdk:"eligibility"`
	DefaultLanguageCode   types.String   `tfsdk:"default_language_code"`
	Logo                  types.String   `tfsdk:"logo"`
	Groups                types.List     `tfsdk:"groups"`
	AllowDuplicateName    types.Bool     `tfsdk:"allow_duplicate_name"`
	ExternalName          types.String   `tfsdk:"external_name"`
	ExternalIDs           types.Object   `tfsdk:"external_ids"`
	Icon                  types.String   `tfsdk:"icon"`
	DeletionPolicy        types.String   `tfsdk:"deletion_policy"`
	Timeouts              timeouts.Value `tfsdk:"timeouts"`
}

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

// newModel returns a model without values.
func newModel() accountModel {
	return accountModel{
		Address:     types.ObjectNull(addressTypes),
		Eligibility: types.ObjectNull(eligibilityTypes),
		ExternalIDs: types.ObjectNull(externalIDsTypes),
		Groups:      types.ListNull(types.StringType),
		Timeouts:    account.NoTimeouts(),
	}
}

// newAccount is the body of the create call: what the plan has, nothing for what it leaves out.
func (m accountModel) newAccount(ctx context.Context, diags *diag.Diagnostics) client.NewAccount {
	body := client.NewAccount{AccountFields: m.fields(ctx, diags), Type: m.Type.ValueString()}
	for _, field := range []*wire.Field[string]{
		&body.ExternalID, &body.TechnicalSupportEmail, &body.Website, &body.Description,
	} {
		if value, _ := field.Get(); value == nil {
			*field = wire.Field[string]{}
		}
	}
	if m.Address.IsNull() {
		body.Address = nil
	}
	var groups []types.String
	diags.Append(m.Groups.ElementsAs(ctx, &groups, false)...)
	for i, id := range groups {
		if id.ValueString() == "" { // it was unknown when the configuration was validated
			diags.AddAttributeError(path.Root("groups").AtListIndex(i), "Invalid group", "An id of a user group is null or empty. Nothing was sent.")
		}
		body.Groups = append(body.Groups, client.Group{ID: id.ValueString()})
	}
	return body
}

// fields is the body of an update: every managed field, null to clear it, and the others as last read.
func (m accountModel) fields(ctx context.Context, diags *diag.Diagnostics) client.AccountFields {
	body := client.AccountFields{
		Name:                  m.Name.ValueString(),
		ExternalID:            wire.Pointer(m.ExternalID.ValueStringPointer()),
		TechnicalSupportEmail: wire.Pointer(m.TechnicalSupportEmail.ValueStringPointer()),
		Website:               wire.Pointer(m.Website.ValueStringPointer()),
		Description:           wire.Pointer(m.Description.ValueStringPointer()),
		Address:               &client.Address{},
	}
	var address addressModel
	if !m.Address.IsNull() {
		diags.Append(m.Address.As(ctx, &address, basetypes.ObjectAsOptions{})...)
		body.Address = &client.Address{
			AddressLine1: address.AddressLine1.ValueStringPointer(), AddressLine2: address.AddressLine2.ValueStringPointer(),
			PostCode: address.PostCode.ValueStringPointer(), City: address.City.ValueStringPointer(),
			State: address.State.ValueStringPointer(), Country: address.Country.ValueStringPointer(),
		}
	}
	if isKnown(m.Eligibility) {
		var eligibility eligibilityModel
		diags.Append(m.Eligibility.As(ctx, &eligibility, basetypes.ObjectAsOptions{})...)
		sent := client.Eligibility{}
		if isKnown(eligibility.Client) {
			sent.Client = eligibility.Client.ValueBoolPointer()
		}
		if isKnown(eligibility.Partner) {
			sent.Partner = eligibility.Partner.ValueBoolPointer()
		}
		body.Eligibility = wire.Value(sent)
	}
	if isKnown(m.DefaultLanguageCode) {
		body.DefaultLanguageCode = wire.Value(m.DefaultLanguageCode.ValueString())
	}
	return body
}

func isKnown(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

// logo is the image to send, nil where there is none. The schema has checked the encoding of what was known by then.
func (m accountModel) logo(diags *diag.Diagnostics) []byte {
	if !isKnown(m.Logo) {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(m.Logo.ValueString())
	if err != nil || len(raw) == 0 {
		diags.AddAttributeError(path.Root("logo"), "Invalid logo", "The value of logo is not an image in base64. Nothing was sent.")
	}
	return raw
}

// read takes over what the API says. What the reply leaves out keeps its value, and so does what can't be read.
func (m *accountModel) read(ctx context.Context, a client.Account, diags *diag.Diagnostics) {
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
	keep("technicalSupportEmail", &m.TechnicalSupportEmail, account.Spelling(m.TechnicalSupportEmail, a.TechnicalSupportEmail, strings.EqualFold))
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

// addressValue is an address from the API. One without any value is null, unless the configuration has such a one.
func addressValue(ctx context.Context, prior types.Object, a *client.Address, diags *diag.Diagnostics) types.Object {
	if a == nil {
		a = &client.Address{}
	}
	model := addressModel{
		AddressLine1: account.StringOrNull(a.AddressLine1), AddressLine2: account.StringOrNull(a.AddressLine2),
		PostCode: account.StringOrNull(a.PostCode), City: account.StringOrNull(a.City),
		State: account.StringOrNull(a.State), Country: account.StringOrNull(a.Country),
	}
	empty := addressModel{
		AddressLine1: types.StringNull(), AddressLine2: types.StringNull(), PostCode: types.StringNull(),
		City: types.StringNull(), State: types.StringNull(), Country: types.StringNull(),
	}
	if model == empty && !isKnown(prior) {
		return types.ObjectNull(addressTypes)
	}
	value, d := types.ObjectValueFrom(ctx, addressTypes, model)
	diags.Append(d...)
	if model == empty && !isEmptyAddress(prior) {
		return types.ObjectNull(addressTypes)
	}
	return value
}

// isEmptyAddress reports whether an address is there and has no value in it.
func isEmptyAddress(address types.Object) bool {
	for _, value := range address.Attributes() {
		if !value.IsNull() {
			return false
		}
	}
	return isKnown(address)
}

func eligibilityValue(ctx context.Context, e *client.Eligibility, diags *diag.Diagnostics) types.Object {
	if e == nil {
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
func (m *accountModel) resolve(ctx context.Context, a client.Account, diags *diag.Diagnostics) {
	answered := *m
	answered.read(ctx, a, diags)
	m.fillUnknown(ctx, answered, diags)
}

// fillUnknown takes over what is unknown from a reply, or from the state where nothing was sent.
func (m *accountModel) fillUnknown(ctx context.Context, known accountModel, diags *diag.Diagnostics) {
	m.ID = account.Resolve(m.ID, known.ID)
	m.Status = account.Resolve(m.Status, known.Status)
	m.DefaultLanguageCode = account.Resolve(m.DefaultLanguageCode, known.DefaultLanguageCode)
	m.ExternalName = account.Resolve(m.ExternalName, known.ExternalName)
	m.ExternalIDs = account.Resolve(m.ExternalIDs, known.ExternalIDs)
	m.Icon = account.Resolve(m.Icon, known.Icon)
	m.Eligibility = resolveEligibility(ctx, m.Eligibility, known.Eligibility, diags)
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
	value, d := types.ObjectValueFrom(ctx, eligibilityTypes, eligibilityModel{Client: member(p.Client, a.Client), Partner: member(p.Partner, a.Partner)})
	diags.Append(d...)
	return value
}
