package gcore

import (
	"context"
	"net/http"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
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
	Listed    bool // as Account.Listed
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

func (u UserUpdate) shownBy(now User) bool {
	email := wire.Value(now.Email)
	return same(u.Email, email, sameText) && same(u.Name, now.Name, exactly) && same(u.Lang, now.Lang, exactly) && same(u.Phone, now.Phone, exactly)
}

// same reports whether a field that was sent, if it was, now reads as that.
func same[T any](sent, shown wire.Field[T], equal func(a, b T) bool) bool {
	want, isSent := sent.Get()
	is, _ := shown.Get()
	switch {
	case !isSent:
		return true
	case want == nil || is == nil:
		return want == nil && is == nil
	}
	return equal(*want, *is)
}

func exactly[T comparable](a, b T) bool { return a == b }

// UpdateUser changes a user by PATCH /iam/users/{id}. The account's own name, phone and e-mail address stay.
func (c *Client) UpdateUser(ctx context.Context, id string, change UserUpdate) (User, error) {
	const operation = "update user"
	if err := checkID(operation, id); err != nil {
		return User{}, err
	}
	c.users.Dirty(id)
	var user User
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodPatch, Path: pathOf(usersPath, id), Into: &user,
	}, change)
	if err == nil {
		err = user.check(operation, id)
	}
	if transport.Accepted(err) { // what the user itself shows counts
		if now, readErr := c.getUser(ctx, id); readErr == nil && change.shownBy(now) {
			user, err = now, nil
		}
	}
	if err != nil {
		return User{}, err
	}
	c.users.Written(id, user)
	return user, nil
}

// DeleteUser deletes a user by DELETE /iam/users/{id}, which is the reseller's alone. The account that came with the
// user stays, and keeps its company name. A user who is gone already (404) is no error. The vendor refuses (403) while
// the user has API tokens or several accounts.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	const operation = "delete user"
	if err := checkID(operation, id); err != nil {
		return err
	}
	c.users.Dirty(id)
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodDelete, Path: pathOf(usersPath, id),
	}, nil)
	if transport.IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) getUser(ctx context.Context, id string) (User, error) {
	const operation = "read user"
	var user User
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: pathOf(usersPath, id), Into: &user,
	}, nil)
	if err == nil {
		err = user.check(operation, id)
	}
	if err != nil {
		return User{}, err
	}
	return user, nil
}
