package gcore

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// userFields are what the resource and the data sources both have of a user.
type userFields struct {
	ID        types.String `tfsdk:"id"`
	ClientID  types.String `tfsdk:"client_id"`
	Email     types.String `tfsdk:"email"`
	Company   types.String `tfsdk:"company"`
	Name      types.String `tfsdk:"name"`
	Phone     types.String `tfsdk:"phone"`
	Lang      types.String `tfsdk:"lang"`
	UserType  types.String `tfsdk:"user_type"`
	IsActive  types.Bool   `tfsdk:"is_active"`
	Activated types.Bool   `tfsdk:"activated"`
}

// userModel is gcore_reseller_user in configuration, plan and state.
type userModel struct {
	userFields
	account.Lifecycle
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Number `tfsdk:"password_wo_version"`
	Seller            types.Number `tfsdk:"seller"`
	Services          types.Map    `tfsdk:"services"`
	CustomID          types.String `tfsdk:"custom_id"`
	CountryCode       types.String `tfsdk:"country_code"`
	IsTest            types.Bool   `tfsdk:"is_test"`
}

// AccountID implements account.Model.
func (f userFields) AccountID() types.String { return f.ID }

// setting is a text that create and update send, and that a removal clears: in the model, and in a request or reply.
type setting struct {
	value *types.String
	field *wire.Field[string]
}

// userSettings are those of the user. Whatever is said of one stands here once.
func (f *userFields) userSettings(fields *client.UserFields) []setting {
	return []setting{{&f.Name, &fields.Name}, {&f.Phone, &fields.Phone}}
}

// accountSettings are those of the account behind the user.
func (m *userModel) accountSettings(fields *client.AccountFields) []setting {
	return []setting{{&m.CustomID, &fields.CustomID}}
}

// showSettings takes what a reply shows of settings.
func showSettings(settings []setting) {
	for _, s := range settings {
		*s.value = shownString(*s.value, *s.field)
	}
}

// sendSettings puts what differs from the state into the fields of an update; both lists have the same order.
func sendSettings(plan, state []setting) {
	for i, s := range plan {
		*s.field = changed(*s.value, *state[i].value)
	}
}

// newUser is the body of the create call: what the plan has, nothing for what it leaves out.
func (m userModel) newUser(ctx context.Context, password types.String, diags *diag.Diagnostics) client.NewUser {
	body := client.NewUser{
		Email:       m.Email.ValueString(),
		Password:    transport.NewSecret(password.ValueString()),
		Company:     m.Company.ValueString(),
		UserType:    ifKnown(m.UserType),
		CountryCode: ifKnown(m.CountryCode),
	}
	body.Lang = ifKnown(m.Lang)
	for _, s := range slices.Concat(m.userSettings(&body.UserFields), m.accountSettings(&body.AccountFields)) {
		*s.field = ifKnown(*s.value)
	}
	if seller := account.Int64OrNil(m.Seller); seller != nil {
		body.Seller = wire.Value(*seller)
	}
	if !m.IsTest.IsNull() && !m.IsTest.IsUnknown() {
		body.IsTest = wire.Value(m.IsTest.ValueBool())
	}
	services := servicesOf(ctx, m.Services, diags)
	for _, product := range slices.Sorted(maps.Keys(services)) {
		// A product that inherits is left out: the description of the call has no null here, and it is the default.
		if available := services[product]; available != nil {
			body.Services = append(body.Services, client.ProductAvailability{Product: product, Available: available})
		}
	}
	return body
}

// ifKnown is a field that is sent where the plan has a value.
func ifKnown(v types.String) wire.Field[string] {
	if v.IsNull() || v.IsUnknown() {
		return wire.Field[string]{}
	}
	return wire.Value(v.ValueString())
}

// servicesOf is the map services, with nil for what inherits.
func servicesOf(ctx context.Context, services types.Map, diags *diag.Diagnostics) map[string]*bool {
	var values map[string]*bool
	if !services.IsNull() && !services.IsUnknown() {
		diags.Append(services.ElementsAs(ctx, &values, false)...)
	}
	return values
}

// readUser takes what the user shows. What it doesn't show keeps its value.
func (f *userFields) readUser(u client.User) {
	f.ID = shownID(f.ID, u.ID)
	f.ClientID = shownID(f.ClientID, u.ClientID)
	if u.Email != "" {
		f.Email = account.Spelling(f.Email, &u.Email, sameEmail)
	}
	f.Company = shownSpelling(f.Company, u.Company, client.SameName)
	showSettings(f.userSettings(&u.UserFields))
	f.Lang = shownSpelling(f.Lang, u.Lang, strings.EqualFold)
	f.UserType = shownString(f.UserType, u.UserType)
	f.IsActive = shownBool(f.IsActive, u.IsActive)
	f.Activated = shownBool(f.Activated, u.Activated)
}

// sameEmail compares e-mail addresses, which ignore case.
func sameEmail(a, b string) bool { return strings.EqualFold(a, b) }

// readClient takes what the account behind the user shows; its company name counts for more than the user's copy.
func (m *userModel) readClient(a client.Account) {
	if a.Company != "" {
		m.Company = account.Spelling(m.Company, &a.Company, client.SameName)
	}
	showSettings(m.accountSettings(&a.AccountFields))
	m.Seller = shownNumber(m.Seller, a.Seller)
	m.IsTest = shownBool(m.IsTest, a.IsTest)
	// A recorded country that Gcore doesn't show can't be sent any more; it must not come up as a change for ever.
	if country := shownSpelling(m.CountryCode, a.CountryCode, strings.EqualFold); !country.IsNull() {
		m.CountryCode = country
	}
}

// isAsUser reports whether a user is as the state has it, except for the company, which the account shows.
func (f userFields) isAsUser(u client.User) bool {
	now := f
	now.readUser(u)
	now.Company = f.Company
	return reflect.DeepEqual(now, f)
}

// isAsClient reports whether the account behind the user is as the state has it.
func (m userModel) isAsClient(a client.Account) bool {
	now := m
	now.readClient(a)
	return reflect.DeepEqual(now, m)
}

func shownID(prior types.String, id string) types.String {
	if id == "" {
		return prior
	}
	return types.StringValue(id)
}

// readServices takes the availability of the products that are managed. An override that is gone reads as null;
// what inherits stays null, since what the vendor shows for it may be the default.
func (m *userModel) readServices(ctx context.Context, shown []client.ProductAvailability, diags *diag.Diagnostics) {
	managed := servicesOf(ctx, m.Services, diags)
	values := map[string]attr.Value{}
	for product, available := range managed {
		values[product] = types.BoolNull()
		for _, s := range shown {
			if s.Product == product && available != nil {
				values[product] = types.BoolPointerValue(s.Available)
			}
		}
	}
	if len(managed) > 0 {
		m.Services = types.MapValueMust(types.BoolType, values)
	}
}

// managesServices reports whether reading the user takes a look at product availability.
func (m userModel) managesServices() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(m.Services.Elements())), func(v attr.Value) bool { return !v.IsNull() })
}

// resolve fills in from the reply what the plan left unknown; what it knew survives. What no reply has shown so far is
// null until the next read.
func (m *userModel) resolve(u client.User, a client.Account) {
	var answered userModel
	answered.readUser(u)
	answered.readClient(a)
	m.ID = account.Resolve(m.ID, answered.ID)
	m.ClientID = account.Resolve(m.ClientID, answered.ClientID)
	m.Lang = account.Resolve(m.Lang, answered.Lang)
	m.CountryCode = account.Resolve(m.CountryCode, answered.CountryCode)
	m.IsTest = account.Resolve(m.IsTest, answered.IsTest)
	m.UserType = account.Resolve(m.UserType, answered.UserType)
	m.IsActive = account.Resolve(m.IsActive, answered.IsActive)
	m.Activated = account.Resolve(m.Activated, answered.Activated)
}

// userChanges is what an update sends to the user; its fields are left out where nothing changed.
func (m userModel) userChanges(state userModel) client.UserUpdate {
	change := client.UserUpdate{Email: changed(m.Email, state.Email)}
	sendSettings(m.userSettings(&change.UserFields), state.userSettings(&client.UserFields{}))
	if !m.Lang.IsNull() {
		change.Lang = changed(m.Lang, state.Lang)
	}
	return change
}

// clientChanges is what an update sends to the account behind the user.
func (m userModel) clientChanges(state userModel) client.AccountUpdate {
	change := client.AccountUpdate{Company: changed(m.Company, state.Company)}
	sendSettings(m.accountSettings(&change.AccountFields), state.accountSettings(&client.AccountFields{}))
	if !m.Seller.Equal(state.Seller) {
		change.Seller = wire.Pointer(account.Int64OrNil(m.Seller))
	}
	if !m.IsTest.Equal(state.IsTest) && !m.IsTest.IsNull() && !m.IsTest.IsUnknown() {
		change.IsTest = wire.Value(m.IsTest.ValueBool())
	}
	return change
}

func changed(plan, state types.String) wire.Field[string] {
	if plan.Equal(state) || plan.IsUnknown() {
		return wire.Field[string]{}
	}
	return wire.Pointer(plan.ValueStringPointer())
}

// serviceChanges says which products to override, and which to give back to the default.
func (m userModel) serviceChanges(
	ctx context.Context, state userModel, diags *diag.Diagnostics,
) (override map[string]bool, inherit []string) {
	before, after := servicesOf(ctx, state.Services, diags), servicesOf(ctx, m.Services, diags)
	override = map[string]bool{}
	for _, product := range slices.Sorted(maps.Keys(after)) {
		was, managed := before[product]
		switch is := after[product]; {
		case is == nil && (!managed || was != nil):
			inherit = append(inherit, product)
		case is != nil && (was == nil || *was != *is):
			override[product] = *is
		}
	}
	return override, inherit
}
