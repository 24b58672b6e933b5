package gcore

import (
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

// Account is an account, which the API calls a client (schemas Client and ClientBase of the Reseller API). A field that
// the reply lacks is not sent: the view can't show it.
type Account struct {
	ID          string
	Company     string             // companyName, or client_company_name in the member's view
	Email       wire.Field[string] // at first that of the user who came with the account
	Name        wire.Field[string]
	Phone       wire.Field[string]
	Status      wire.Field[string] // new, trial, trialend, active, integration, paused, preparation, ready; follows from the services
	CustomID    wire.Field[string]
	CountryCode wire.Field[string] // only set on creation
	IsTest      wire.Field[bool]
	Seller      wire.Field[int64]
	ClientType  wire.Field[string] // common, reseller, sales
	BillType    wire.Field[string]
	Website     wire.Field[string]
	Reseller    string // id of the reseller that it belongs to (resellers); "" where not shown
	Owner       string // id of the user who created it; "" where not shown
	Viewer      string // id of the user whose credential read it (currentUser); "" where not shown
	Deleted     bool
	View        View

	users      []person
	usersShown bool
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

// AccountUpdate changes an account (UpdateClientRequest of the Reseller API). What is left out stays.
type AccountUpdate struct {
	Company  wire.Field[string] `json:"companyName,omitzero"`
	CustomID wire.Field[string] `json:"custom_id,omitzero"` // null clears
	Seller   wire.Field[int64]  `json:"seller,omitzero"`    // null clears
	IsTest   wire.Field[bool]   `json:"is_test,omitzero"`
}

// differences are what an account shows otherwise than it was changed to.
func (u AccountUpdate) differences(now Account) (all wire.Differences) {
	wire.Compare(&all, "companyName", u.Company, wire.Value(now.Company), SameName)
	wire.Compare(&all, "custom_id", u.CustomID, now.CustomID, wire.Exactly)
	wire.Compare(&all, "seller", u.Seller, now.Seller, wire.Exactly)
	wire.Compare(&all, "is_test", u.IsTest, now.IsTest, wire.Exactly)
	return all
}
