package gcore

import (
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountModel is gcore_account in plan and state.
type accountModel struct {
	ID             types.String   `tfsdk:"id"`
	Company        types.String   `tfsdk:"company"`
	Status         types.String   `tfsdk:"status"`
	Email          types.String   `tfsdk:"email"`
	DeletionPolicy types.String   `tfsdk:"deletion_policy"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// read takes over what the view of the account shows. What it can't show keeps its value.
func (m *accountModel) read(a client.Account) {
	m.ID = types.StringValue(a.ID)
	m.Company = account.Spelling(m.Company, &a.Company, sameName)
	m.Status = shownString(m.Status, a.Status)
	m.Email = shownSpelling(m.Email, a.Email, strings.EqualFold)
}

// isOther reports whether an account has something else than the state.
func (m accountModel) isOther(a client.Account) bool {
	is := m
	is.read(a)
	return !reflect.DeepEqual(is, m)
}

// resolve fills in from the reply what the plan left unknown; what it knew survives. What no reply has shown so far is
// null until the next read.
func (m *accountModel) resolve(a client.Account) {
	answered := accountModel{Status: types.StringNull(), Email: types.StringNull()}
	answered.read(a)
	m.ID = account.Resolve(m.ID, answered.ID)
	m.Status = account.Resolve(m.Status, answered.Status)
	m.Email = account.Resolve(m.Email, answered.Email)
}

// sameName reports whether two company names count as equal: the vendor may trim, fold or recase what it is given.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// shownString is the vendor's value where the reply shows the field, else the prior one.
func shownString(prior types.String, field wire.Field[string]) types.String {
	return shownSpelling(prior, field, func(a, b string) bool { return a == b })
}

func shownSpelling(prior types.String, field wire.Field[string], equal func(a, b string) bool) types.String {
	value, shown := field.Get()
	if !shown {
		return prior
	}
	return account.Spelling(prior, value, equal)
}

func shownBool(prior types.Bool, field wire.Field[bool]) types.Bool {
	if value, shown := field.Get(); shown {
		return types.BoolPointerValue(value)
	}
	return prior
}

func shownNumber(prior types.Number, field wire.Field[int64]) types.Number {
	if value, shown := field.Get(); shown {
		return account.NumberOrNull(prior, value)
	}
	return prior
}
