package fortanix

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountModel is fortanix_account in configuration, plan and state.
type accountModel struct {
	ID                  types.String   `tfsdk:"id"`
	Name                types.String   `tfsdk:"name"`
	CustomLogo          types.String   `tfsdk:"custom_logo"`
	AuthConfigs         types.List     `tfsdk:"auth_configs"`
	NodeEnrollment      types.Object   `tfsdk:"node_enrollment"`
	Component           types.String   `tfsdk:"component"`
	DefaultGroupID      types.String   `tfsdk:"default_group_id"`
	MarketplaceGroupID  types.String   `tfsdk:"marketplace_group_id"`
	AccountStatus       types.String   `tfsdk:"account_status"`
	AzureCVMPCRPriority types.List     `tfsdk:"azure_cvm_pcr_priority"`
	CreatedAt           types.Int64    `tfsdk:"created_at"`
	DeletionPolicy      types.String   `tfsdk:"deletion_policy"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

const attestation = "attestation_enforcement_disabled_insecure"

var nodeEnrollmentTypes = map[string]attr.Type{attestation: types.BoolType}

func known(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

// newAccount is the body of the create call: what the plan has, with the secrets of the configuration.
func (m accountModel) newAccount(ctx context.Context, configured []authConfigModel, diags *diag.Diagnostics) client.NewAccount {
	body := client.NewAccount{Name: m.Name.ValueString(), AuthConfigs: toClient(ctx, configured, diags)}
	if known(m.CustomLogo) {
		body.CustomLogo = wire.Value(m.CustomLogo.ValueString())
	}
	if known(m.Component) {
		body.Component = m.Component.ValueStringPointer()
	}
	if known(m.NodeEnrollment) {
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
	for _, f := range []struct {
		field       *wire.Field[string]
		plan, state types.String
	}{
		{&update.DefaultGroupID, m.DefaultGroupID, state.DefaultGroupID},
		{&update.MarketplaceGroupID, m.MarketplaceGroupID, state.MarketplaceGroupID},
		{&update.AccountStatus, m.AccountStatus, state.AccountStatus},
	} {
		if known(f.plan) && !f.plan.Equal(f.state) {
			*f.field = wire.Value(f.plan.ValueString())
		}
	}
	if known(m.AzureCVMPCRPriority) && !m.AzureCVMPCRPriority.Equal(state.AzureCVMPCRPriority) {
		var order []int64
		diags.Append(m.AzureCVMPCRPriority.ElementsAs(ctx, &order, false)...)
		update.AzureCVMPCRPriority = wire.Value(order)
	}
	return update
}

// wanted is all that the plan says of a new account, for what the create call has passed over.
func (m accountModel) wanted(ctx context.Context, configured []authConfigModel, made client.Account, diags *diag.Diagnostics) client.AccountUpdate {
	update := m.changes(ctx, accountModel{}, diags)
	if len(configured) > 0 {
		update.AuthConfigs = &client.AuthConfigsUpdate{Want: toClient(ctx, configured, diags), Have: made.AuthConfigs}
	}
	return update
}

// read takes over what the API says, but for the logo (readLogo) and the auth configs where they aren't managed.
func (m *accountModel) read(ctx context.Context, a client.Account, withAuthConfigs bool, diags *diag.Diagnostics) {
	m.ID = types.StringValue(strings.ToLower(a.ID))
	m.Name = account.Spelling(m.Name, &a.Name, client.SameName)
	m.CreatedAt = types.Int64PointerValue(a.CreatedAt)
	m.Component = account.StringOrNull(a.Component)
	m.DefaultGroupID = account.Spelling(m.DefaultGroupID, a.DefaultGroupID, strings.EqualFold)
	m.MarketplaceGroupID = account.Spelling(m.MarketplaceGroupID, a.MarketplaceGroupID, strings.EqualFold)
	m.AccountStatus = account.StringOrNull(a.AccountStatus)
	m.NodeEnrollment = types.ObjectNull(nodeEnrollmentTypes)
	if a.NodeEnrollment != nil {
		m.NodeEnrollment = types.ObjectValueMust(nodeEnrollmentTypes, map[string]attr.Value{
			attestation: types.BoolValue(a.NodeEnrollment.AttestationEnforcementDisabledInsecure),
		})
	}
	m.AzureCVMPCRPriority = types.ListNull(types.Int64Type)
	if len(a.AzureCVMPCRPriority) > 0 {
		order, d := types.ListValueFrom(ctx, types.Int64Type, a.AzureCVMPCRPriority)
		diags.Append(d...)
		m.AzureCVMPCRPriority = order
	}
	if withAuthConfigs {
		m.AuthConfigs = authConfigsList(ctx, a.AuthConfigs, authConfigsOf(ctx, m.AuthConfigs, diags), diags)
	}
}

// isOther reports whether an account has something else than the state.
func (m accountModel) isOther(ctx context.Context, a client.Account) bool {
	is := m
	var diags diag.Diagnostics
	is.read(ctx, a, !m.AuthConfigs.IsNull(), &diags)
	err := is.readLogo(a, func() (string, error) { return "", errOtherLogo })
	return err != nil || diags.HasError() || !reflect.DeepEqual(is, m)
}

var errOtherLogo = errors.New("another logo")

// readLogo takes over the logo. The user's encoding of the same image stays; text is asked for where it is needed, since
// listings leave it out.
func (m *accountModel) readLogo(a client.Account, text func() (string, error)) error {
	switch {
	case a.CustomLogo.IsZero():
		m.CustomLogo = types.StringNull()
	case !known(m.CustomLogo) || !a.CustomLogo.Same(client.NewLogo(m.CustomLogo.ValueString())):
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
	answered := *m
	answered.read(ctx, a, false, diags)
	m.fillUnknown(answered)
}

// fillUnknown fills in from other what the plan left unknown.
func (m *accountModel) fillUnknown(other accountModel) {
	m.ID = account.Resolve(m.ID, other.ID)
	m.NodeEnrollment = account.Resolve(m.NodeEnrollment, other.NodeEnrollment)
	m.Component = account.Resolve(m.Component, other.Component)
	m.DefaultGroupID = account.Resolve(m.DefaultGroupID, other.DefaultGroupID)
	m.MarketplaceGroupID = account.Resolve(m.MarketplaceGroupID, other.MarketplaceGroupID)
	m.AccountStatus = account.Resolve(m.AccountStatus, other.AccountStatus)
	m.AzureCVMPCRPriority = account.Resolve(m.AzureCVMPCRPriority, other.AzureCVMPCRPriority)
	m.CreatedAt = account.Resolve(m.CreatedAt, other.CreatedAt)
}
