package gcore

import (
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// User is a person who signs in (schemas User and UserPublic of the IAM API). A field that the reply lacks is not sent.
// No reply holds a password.
type User struct {
	ID        string
	Email     string
	Name      wire.Field[string]
	Phone     wire.Field[string]
	Lang      wire.Field[string] // de, en, ru, zh, az
	Company   wire.Field[string] // may lag behind the account's own name
	UserType  wire.Field[string] // common, reseller, seller
	IsActive  wire.Field[bool]
	Activated wire.Field[bool] // whether the e-mail address is confirmed
	TwoFA     wire.Field[bool] // whether signing in takes two steps
	SSOAuth   wire.Field[bool] // whether SAML single sign-on is allowed
	AuthTypes []string         // password, sso, github, google-oauth2; nil where not shown
	Groups    []Group          // in the account that the user belongs to; nil where not shown
	Access    []Access         // the accounts that the user may enter; nil where not shown, as in reads of one user
	ClientID  string           // the account that the user belongs to; "" where not shown
	Reseller  string           // "" where not shown
	Deleted   bool
}

// IsWhole reports whether a reply shows everything that a single read shows and that the vendor sets by itself.
func (u User) IsWhole() bool {
	return !u.Lang.IsZero() && !u.UserType.IsZero() && !u.IsActive.IsZero() && !u.Activated.IsZero()
}

// Group is a group of users, which stands for a role (schema Group of the IAM API).
type Group struct {
	ID   string
	Name string
}

// Access is an account that a user may enter (an item of client_and_roles).
type Access struct {
	ClientID string
	Company  string
	Roles    []string // ids of the user's roles there
}

// account is what the member's view shows.
func (a Access) account() Account {
	return Account{ID: a.ClientID, Company: a.Company, View: MemberView}
}

// UserUpdate changes a user (PutUser of the IAM API). What is left out stays.
type UserUpdate struct {
	Email wire.Field[string] `json:"email,omitzero"`
	Name  wire.Field[string] `json:"name,omitzero"` // null clears
	Lang  wire.Field[string] `json:"lang,omitzero"`
	Phone wire.Field[string] `json:"phone,omitzero"` // null clears
}

// differences are what a user shows otherwise than it was changed to.
func (u UserUpdate) differences(now User) (all wire.Differences) {
	wire.Compare(&all, "email", u.Email, wire.Value(now.Email), sameText)
	wire.Compare(&all, "name", u.Name, now.Name, wire.Exactly)
	wire.Compare(&all, "lang", u.Lang, now.Lang, sameText)
	wire.Compare(&all, "phone", u.Phone, now.Phone, wire.Exactly)
	return all
}
