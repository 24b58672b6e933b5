package fortanix

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// commonModel is what the resource and the data sources show in the same way.
type commonModel struct {
	ID                  types.String `tfsdk:"id"`
	Name                types.String `tfsdk:"name"`
	NodeEnrollment      types.Object `tfsdk:"node_enrollment"`
	Component           types.String `tfsdk:"component"`
	DefaultGroupID      types.String `tfsdk:"default_group_id"`
	MarketplaceGroupID  types.String `tfsdk:"marketplace_group_id"`
	AccountStatus       types.String `tfsdk:"account_status"`
	AzureCVMPCRPriority types.List   `tfsdk:"azure_cvm_pcr_priority"`
	CreatedAt           types.Int64  `tfsdk:"created_at"`
}

// accountModel is fortanix_account in configuration, plan and state.
type accountModel struct {
	commonModel
	account.Lifecycle

	CustomLogo  types.String `tfsdk:"custom_logo"`
	AuthConfigs types.List   `tfsdk:"auth_configs"`
}

// AccountID implements account.Model.
func (m *accountModel) AccountID() types.String { return m.ID }

const attestation = "attestation_enforcement_disabled_insecure"

var nodeEnrollmentTypes = map[string]attr.Type{attestation: types.BoolType}

func isKnown(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

// setting is a text that an update sets, and that the server keeps where it is left out: in the model, as an account shows
// it, and as an update sends it.
type setting struct {
	value *types.String
	shown *string
	sent  *wire.Field[string]
	equal func(a, b string) bool
}

// settings are all of them. Whatever is said of one stands here once.
func (m *commonModel) settings(shown client.Account, update *client.AccountUpdate) []setting {
	return []setting{
		{&m.DefaultGroupID, shown.DefaultGroupID, &update.DefaultGroupID, strings.EqualFold},
		{&m.MarketplaceGroupID, shown.MarketplaceGroupID, &update.MarketplaceGroupID, strings.EqualFold},
		{&m.AccountStatus, shown.AccountStatus, &update.AccountStatus, wire.Exactly[string]},
	}
}

// newAccount is the body of the create call: what the plan has, with the secrets of the configuration.
func (m accountModel) newAccount(ctx context.Context, configured []authConfigModel, diags *diag.Diagnostics) client.NewAccount {
	body := client.NewAccount{Name: m.Name.ValueString(), AuthConfigs: toClient(ctx, configured, diags)}
	if isKnown(m.CustomLogo) {
		body.CustomLogo = wire.Value(m.CustomLogo.ValueString())
	}
	if isKnown(m.Component) {
		body.Component = m.Component.ValueStringPointer()
	}
	if isKnown(m.NodeEnrollment) {
		if insecure, ok := m.NodeEnrollment.Attributes()[attestation].(types.Bool); ok {
			body.NodeEnrollment = &client.NodeEnrollment{AttestationEnforcementDisabledInsecure: insecure.ValueBool()}
		}
	}
	return body
}

func toClient(ctx context.Context, models []authConfigModel, diags *diag.Diagnostics) []client.AuthConfig {
	var out []client.AuthConfig
	for _, m := range models {
		out = append(out, m.toClient(ctx, diags))
	}
	return out
}

// changes is what an update sends for the plain fields; they are left out where nothing changed.
func (m accountModel) changes(ctx context.Context, state accountModel, diags *diag.Diagnostics) client.AccountUpdate {
	var update client.AccountUpdate
	if !m.Name.Equal(state.Name) {
		update.Name = wire.Value(m.Name.ValueString())
	}
	if !m.CustomLogo.Equal(state.CustomLogo) {
		update.CustomLogo = wire.Value(m.CustomLogo.ValueString()) // "" takes the logo away
	}
	before := state.settings(client.Account{}, &client.AccountUpdate{})
	for i, text := range m.settings(client.Account{}, &update) {
		if isKnown(*text.value) && !text.value.Equal(*before[i].value) {
			*text.sent = wire.Value(text.value.ValueString())
		}
	}
	if isKnown(m.AzureCVMPCRPriority) && !m.AzureCVMPCRPriority.Equal(state.AzureCVMPCRPriority) {
		var order []int64
		diags.Append(m.AzureCVMPCRPriority.ElementsAs(ctx, &order, false)...)
		update.AzureCVMPCRPriority = wire.Value(order)
	}
	return update
}

// followUp is all that the plan says of a new account, as an update: what the create call does not take, or ignores, is
// set by it.
func (m accountModel) followUp(ctx context.Context, configured []authConfigModel, diags *diag.Diagnostics) client.AccountUpdate {
	update := m.changes(ctx, accountModel{}, diags)
	update.Name = wire.Field[string]{} // the create call has taken it; a new account is never renamed
	if len(configured) > 0 {
		update.AuthConfigs = &client.AuthConfigsUpdate{Want: toClient(ctx, configured, diags)}
	}
	return update
}

// read sets the values to what the API shows.
func (m *commonModel) read(ctx context.Context, a client.Account, diags *diag.Diagnostics) {
	m.ID = types.StringValue(strings.ToLower(a.ID))
	m.Name = account.Spelling(m.Name, &a.Name, client.SameName)
	m.CreatedAt = types.Int64PointerValue(a.CreatedAt)
	m.Component = account.StringOrNull(a.Component)
	for _, text := range m.settings(a, &client.AccountUpdate{}) {
		*text.value = account.Spelling(*text.value, text.shown, text.equal)
	}
	m.NodeEnrollment = types.ObjectNull(nodeEnrollmentTypes)
	if a.NodeEnrollment != nil {
		m.NodeEnrollment = types.ObjectValueMust(nodeEnrollmentTypes, map[string]attr.Value{
			attestation: types.BoolValue(a.NodeEnrollment.AttestationEnforcementDisabledInsecure),
		})
	}
	m.AzureCVMPCRPriority = priorityList(ctx, m.AzureCVMPCRPriority, a.AzureCVMPCRPriority, diags)
}

// priorityList is the attribute azure_cvm_pcr_priority. Equal numbers stay the prior ones, which may have been made with
// another precision.
func priorityList(ctx context.Context, prior types.List, order []int64, diags *diag.Diagnostics) types.List {
	if len(order) == 0 {
		return types.ListNull(types.NumberType)
	}
	if isKnown(prior) {
		var before []int64
		if problems := prior.ElementsAs(ctx, &before, false); !problems.HasError() && slices.Equal(before, order) {
			return prior
		}
	}
	list, problems := types.ListValueFrom(ctx, types.NumberType, order)
	diags.Append(problems...)
	return list
}

// read sets the values to what the API shows, except for the logo (readLogo), and for auth configs that aren't managed.
func (m *accountModel) read(ctx context.Context, a client.Account, withAuthConfigs bool, diags *diag.Diagnostics) {
	m.commonModel.read(ctx, a, diags)
	if withAuthConfigs {
		m.AuthConfigs = authConfigsList(ctx, a.AuthConfigs, authConfigsOf(ctx, m.AuthConfigs, diags), diags)
	}
}

// isShown reports whether an account has exactly what the state has.
func (m accountModel) isShown(ctx context.Context, a client.Account) bool {
	is := m
	is.ID = types.StringValue(strings.ToLower(m.ID.ValueString())) // an old import may have kept capitals
	m.ID = is.ID
	var diags diag.Diagnostics
	is.read(ctx, a, !m.AuthConfigs.IsNull(), &diags)
	err := is.readLogo(a, func() (string, error) { return "", errOtherLogo })
	return err == nil && !diags.HasError() && reflect.DeepEqual(is, m)
}

var errOtherLogo = errors.New("another logo")

// readLogo sets the logo. The user's encoding of the same image stays; text is called only where the logo is another one,
// since listings leave the text out.
func (m *accountModel) readLogo(a client.Account, text func() (string, error)) error {
	switch {
	case a.CustomLogo.IsZero():
		m.CustomLogo = types.StringNull()
	case !isKnown(m.CustomLogo) || !a.CustomLogo.Same(client.NewLogo(m.CustomLogo.ValueString())):
		encoded, err := text()
		if err != nil {
			return err
		}
		m.CustomLogo = account.StringOrNull(&encoded)
	}
	return nil
}

// resolve fills in from the reply what the plan left unknown; what it knew survives.
func (m *accountModel) resolve(ctx context.Context, a client.Account, diags *diag.Diagnostics) {
	answered := m.commonModel
	answered.read(ctx, a, diags)
	m.fillUnknown(answered)
}

// isPartial reports whether the account lacks a value that every account has and that the plan left to the vendor. Group
// ids and the priority are not among them: an account may have none.
func (m commonModel) isPartial(made commonModel) bool {
	lacks := func(planned, value attr.Value) bool { return planned.IsUnknown() && value.IsNull() }
	return lacks(m.NodeEnrollment, made.NodeEnrollment) || lacks(m.Component, made.Component) ||
		lacks(m.AccountStatus, made.AccountStatus) || lacks(m.CreatedAt, made.CreatedAt)
}

// fillUnknown fills in from other what the plan left unknown.
func (m *commonModel) fillUnknown(other commonModel) {
	m.ID = account.Resolve(m.ID, other.ID)
	m.NodeEnrollment = account.Resolve(m.NodeEnrollment, other.NodeEnrollment)
	m.Component = account.Resolve(m.Component, other.Component)
	others := other.settings(client.Account{}, &client.AccountUpdate{})
	for i, text := range m.settings(client.Account{}, &client.AccountUpdate{}) {
		*text.value = account.Resolve(*text.value, *others[i].value)
	}
	m.AzureCVMPCRPriority = account.Resolve(m.AzureCVMPCRPriority, other.AzureCVMPCRPriority)
	m.CreatedAt = account.Resolve(m.CreatedAt, other.CreatedAt)
}
