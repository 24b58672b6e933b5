package gcore

import (
	"encoding/json"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// View is where an account was seen.
type View int

const (
	// ResellerView is GET /iam/clients: whole accounts.
	ResellerView View = iota + 1
	// MemberView is client_and_roles of GET /iam/users: ids and company names.
	MemberView
)

// String implements fmt.Stringer.
func (v View) String() string {
	switch v {
	case ResellerView:
		return "reseller's view"
	case MemberView:
		return "member's view"
	}
	return "no view"
}

// AccountFields are what requests set of an account and replies show, by the same names. What is not sent, a request leaves
// as it is, and a reply doesn't show.
type AccountFields struct {
	CustomID wire.Field[string] `json:"custom_id,omitzero"` // null clears
	Seller   wire.Field[int64]  `json:"seller,omitzero"`    // null clears
	IsTest   wire.Field[bool]   `json:"is_test,omitzero"`
}

// Account is an account, which the API calls a client (schemas Client and ClientBase of the Reseller API). A field that
// the reply lacks is not sent: the view can't show it.
type Account struct {
	AccountFields
	ID          string             `json:"-"`
	Company     string             `json:"companyName"` // client_company_name in the member's view
	Email       wire.Field[string] `json:"email"`       // at first that of the user who came with the account
	Name        wire.Field[string] `json:"name"`
	Phone       wire.Field[string] `json:"phone"`
	Status      wire.Field[string] `json:"status"`       // new, trial, trialend, active, …, as the services have it
	CountryCode wire.Field[string] `json:"country_code"` // only set on creation
	ClientType  wire.Field[string] `json:"client_type"`  // common, reseller, sales
	BillType    wire.Field[string] `json:"bill_type"`
	Website     wire.Field[string] `json:"website"`
	Deleted     bool               `json:"deleted"`
	Reseller    string             `json:"-"` // id of the reseller that it belongs to (resellers); "" where not shown
	Owner       string             `json:"-"` // id of the user who created it; "" where not shown
	Viewer      string             `json:"-"` // id of the user whose credential read it (currentUser); "" where not shown
	View        View               `json:"-"`

	users      []person
	usersShown bool
}

// UnmarshalJSON implements json.Unmarshaler. It wants an id, and leaves what is missing unsent: list items may show less.
func (a *Account) UnmarshalJSON(raw []byte) error {
	type plain Account
	var in struct {
		plain
		ID        integer              `json:"id"`
		Seller    wire.Field[integer]  `json:"seller"`
		Resellers integer              `json:"resellers"` // one id as well
		Reseller  integer              `json:"reseller"`  // as the request that changes an account has it
		Owner     integer              `json:"owner"`
		Viewer    integer              `json:"currentUser"`
		Users     wire.Field[[]person] `json:"users"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	id, err := in.ID.requireID("account")
	if err != nil {
		return err
	}
	*a = Account(in.plain)
	a.ID, a.Seller, a.Reseller = id, int64Field(in.Seller), orPrior(in.Resellers.id(), in.Reseller.id())
	a.Owner, a.Viewer, a.View = in.Owner.id(), in.Viewer.id(), ResellerView
	if people, shown := in.Users.Get(); shown && people != nil {
		a.users, a.usersShown = *people, true
	}
	return nil
}

// person is what an account shows of each of its users.
type person struct {
	ID      integer `json:"id"`
	Email   string  `json:"email"`
	Client  integer `json:"client"` // the account that the user belongs to
	Deleted bool    `json:"deleted"`
}

// Users are the account's users, deleted ones left out, with id, e-mail address and the account that each belongs to.
// shown is false where the reply doesn't show them.
func (a Account) Users() (users []User, shown bool) {
	for _, p := range a.users {
		if !p.Deleted {
			users = append(users, User{ID: p.ID.id(), Email: p.Email, ClientID: p.Client.id()})
		}
	}
	return users, a.usersShown
}

// check reports whether the reply to a request for one account is about it and says enough.
func (a Account) check(operation, id string) error {
	switch {
	case a.ID != id:
		return unexpected(operation, "the reply is about account "+a.ID+", not "+id)
	case a.Company == "" && !a.Deleted:
		return nameless(operation, "the reply holds no companyName")
	}
	return nil
}

// AccountUpdate changes an account (UpdateClientRequest of the Reseller API). What is left out stays.
type AccountUpdate struct {
	Company wire.Field[string] `json:"companyName,omitzero"`
	AccountFields
}

// differences are what an account shows otherwise than it was changed to.
func (u AccountUpdate) differences(now Account) (all wire.Differences) {
	wire.Compare(&all, "companyName", u.Company, wire.Value(now.Company), SameName)
	return append(all, u.AccountFields.differences(now.AccountFields)...)
}

// differences are what an account shows otherwise than it was sent.
func (f AccountFields) differences(shown AccountFields) (all wire.Differences) {
	wire.Compare(&all, "custom_id", f.CustomID, shown.CustomID, wire.Exactly)
	wire.Compare(&all, "seller", f.Seller, shown.Seller, wire.Exactly)
	wire.Compare(&all, "is_test", f.IsTest, shown.IsTest, wire.Exactly)
	return all
}
