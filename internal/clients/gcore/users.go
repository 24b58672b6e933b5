package gcore

import (
	"encoding/json"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// UserFields are what requests set of a user and replies show, by the same names. What is not sent, a request leaves as it
// is, and a reply doesn't show.
type UserFields struct {
	Name  wire.Field[string] `json:"name,omitzero"`  // null clears
	Phone wire.Field[string] `json:"phone,omitzero"` // null clears
	Lang  wire.Field[string] `json:"lang,omitzero"`  // de, en, ru, zh, az
}

// User is a person who signs in (schemas User and UserPublic of the IAM API). A field that the reply lacks is not sent.
// No reply holds a password.
type User struct {
	UserFields
	ID        string             `json:"-"`
	Email     string             `json:"email"`
	Company   wire.Field[string] `json:"company"`   // may lag behind the account's own name
	UserType  wire.Field[string] `json:"user_type"` // common, reseller, seller
	IsActive  wire.Field[bool]   `json:"is_active"`
	Activated wire.Field[bool]   `json:"activated"` // whether the e-mail address is confirmed
	TwoFA     wire.Field[bool]   `json:"two_fa"`    // whether signing in takes two steps
	SSOAuth   wire.Field[bool]   `json:"sso_auth"`  // whether SAML single sign-on is allowed
	Deleted   bool               `json:"deleted"`
	AuthTypes []string           `json:"-"` // password, sso, github, google-oauth2; nil where not shown
	Groups    []Group            `json:"-"` // in the account that the user belongs to; nil where not shown
	Access    []Access           `json:"-"` // the accounts that the user may enter; nil where not shown, as in reads of one user
	ClientID  string             `json:"-"` // the account that the user belongs to; "" where not shown
	Reseller  string             `json:"-"` // "" where not shown
}

// UnmarshalJSON implements json.Unmarshaler. It wants an id, and leaves what is missing unsent: list items may show less.
func (u *User) UnmarshalJSON(raw []byte) error {
	type plain User
	var in struct {
		plain
		ID        integer `json:"id"`
		Client    integer `json:"client"`
		Reseller  integer `json:"reseller"`
		AuthTypes []word  `json:"auth_types"`
		Groups    []struct {
			ID   word `json:"id"`
			Name word `json:"name"`
		} `json:"groups"`
		Access []struct {
			ClientID integer `json:"client_id"`
			Company  string  `json:"client_company_name"`
			Roles    []word  `json:"user_roles"`
		} `json:"client_and_roles"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	id, err := in.ID.requireID("user")
	if err != nil {
		return err
	}
	*u = User(in.plain)
	u.ID, u.ClientID, u.Reseller, u.AuthTypes = id, in.Client.id(), in.Reseller.id(), texts(in.AuthTypes)
	for _, group := range in.Groups {
		u.Groups = append(u.Groups, Group{ID: string(group.ID), Name: string(group.Name)})
	}
	for _, entry := range in.Access {
		clientID, err := entry.ClientID.requireID("account of a user")
		if err != nil {
			return err
		}
		u.Access = append(u.Access, Access{ClientID: clientID, Company: entry.Company, Roles: texts(entry.Roles)})
	}
	return nil
}

// check reports whether the reply to a request for one user is about it and says enough.
func (u User) check(operation, id string) error {
	switch {
	case u.ID != id:
		return unexpected(operation, "the reply is about user "+u.ID+", not "+id)
	case u.Email == "" && !u.Deleted:
		return nameless(operation, "the reply holds no email")
	}
	return nil
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
	UserFields
}

// differences are what a user shows otherwise than it was changed to.
func (u UserUpdate) differences(now User) (all wire.Differences) {
	wire.Compare(&all, "email", u.Email, wire.Value(now.Email), sameText)
	return append(all, u.UserFields.differences(now.UserFields)...)
}

// differences are what a user shows otherwise than it was sent.
func (f UserFields) differences(shown UserFields) (all wire.Differences) {
	wire.Compare(&all, "name", f.Name, shown.Name, wire.Exactly)
	wire.Compare(&all, "lang", f.Lang, shown.Lang, sameText)
	wire.Compare(&all, "phone", f.Phone, shown.Phone, wire.Exactly)
	return all
}
