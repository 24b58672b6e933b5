package gcore

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
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
	CountryCode wire.Field[string] // set on creation alone
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
	Listed      bool // taken from a listing, whose items may hold less than a single read shows

	users      []person
	usersShown bool
}

// Users are the account's users, deleted ones left out, with id, e-mail address and the account that each belongs to.
// shown is false where the reply doesn't tell.
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

func (u AccountUpdate) shownBy(now Account) bool {
	company := wire.Value(now.Company)
	return same(u.Company, company, sameText) && same(u.CustomID, now.CustomID, exactly) && same(u.Seller, now.Seller, exactly) && same(u.IsTest, now.IsTest, exactly)
}

// ErrNeedsReseller says that only a reseller's credential can do this.
var ErrNeedsReseller = errors.New("this takes a reseller's credential")

// UpdateClient changes an account by PATCH /iam/clients/{id}, which is the reseller's alone.
func (c *Client) UpdateClient(ctx context.Context, id string, change AccountUpdate) (Account, error) {
	const operation = "update account"
	if err := checkID(operation, id); err != nil {
		return Account{}, err
	}
	c.accounts.Dirty(id)
	var account Account
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodPatch, Path: pathOf(clientsPath, id), Into: &account,
	}, change)
	if err == nil {
		err = account.check(operation, id)
	}
	if transport.Accepted(err) { // what the account itself shows counts
		if now, readErr := c.getAccount(ctx, id); readErr == nil && change.shownBy(now) {
			account, err = now, nil
		}
	}
	if err != nil {
		return Account{}, err
	}
	c.view.saw(account)
	c.accounts.Written(id, account)
	c.directory.written(account)
	return account, nil
}

// RenameAccount gives an account another company name. Where the credential has no reseller's view, the error is
// ErrNeedsReseller.
func (c *Client) RenameAccount(ctx context.Context, id, company string) (Account, error) {
	account, err := c.UpdateClient(ctx, id, AccountUpdate{Company: wire.Value(company)})
	refused := transport.IsStatus(err, http.StatusForbidden) || transport.IsNotFound(err) && !c.view.hasAnswered()
	if refused {
		return Account{}, fmt.Errorf("%w: %w", ErrNeedsReseller, err)
	}
	return account, err
}

// getAccount reads an account through the reseller's view.
func (c *Client) getAccount(ctx context.Context, id string) (Account, error) {
	const operation = "read account"
	var account Account
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: pathOf(clientsPath, id), Into: &account,
	}, nil)
	if err == nil {
		err = account.check(operation, id)
	}
	if err != nil {
		return Account{}, err
	}
	c.view.saw(account)
	return account, nil
}

// TryRead reads a new account once, where the credential may have the reseller's view: the reply to a create lacks most
// of it. That it isn't shown yet is no error, just false.
func (c *Client) TryRead(ctx context.Context, id string) (Account, bool) {
	if c.view.isRefused() || ValidID(id) != nil {
		return Account{}, false
	}
	account, err := c.accounts.Get(ctx, id, nil)
	if transport.IsStatus(err, http.StatusForbidden) {
		c.view.refuse()
	}
	return account, err == nil && !account.Deleted
}
