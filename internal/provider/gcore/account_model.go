package gcore

import (
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountFields are what the resource and the data sources both have of an account.
type accountFields struct {
	ID      types.String `tfsdk:"id"`
	Company types.String `tfsdk:"company"`
	Status  types.String `tfsdk:"status"`
	Email   types.String `tfsdk:"email"`
}

// accountModel is gcore_account in plan and state.
type accountModel struct {
	accountFields
	account.Lifecycle
}

// AccountID implements account.Model.
func (f accountFields) AccountID() types.String { return f.ID }

// read takes what the view of the account shows. What it can't show keeps its value.
func (f *accountFields) read(a client.Account) {
	f.ID = types.StringValue(a.ID)
	f.Company = account.Spelling(f.Company, &a.Company, client.SameName)
	f.Status = shownString(f.Status, a.Status)
	f.Email = shownSpelling(f.Email, a.Email, strings.EqualFold)
}

// isAs reports whether an account is as the state has it.
func (f accountFields) isAs(a client.Account) bool {
	now := f
	now.read(a)
	return reflect.DeepEqual(now, f)
}

// resolve fills in from a reply what the plan left unknown; what it knew survives. What no reply has shown so far is
// null until the next read.
func (f *accountFields) resolve(a client.Account) {
	answered := accountFields{Status: types.StringNull(), Email: types.StringNull()}
	answered.read(a)
	f.ID = account.Resolve(f.ID, answered.ID)
	f.Status = account.Resolve(f.Status, answered.Status)
	f.Email = account.Resolve(f.Email, answered.Email)
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
