package gcore

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// ErrNeedsReseller says that only a reseller's credential can do this.
var ErrNeedsReseller = errors.New("this takes a reseller's credential")

// UpdateClient changes an account by PATCH /iam/clients/{id}, which only a reseller may do. The error is a
// *wire.NotKeptError where the account shows something else afterwards; it is returned as it is then.
func (c *Client) UpdateClient(ctx context.Context, id string, change AccountUpdate) (Account, error) {
	const operation = "update account"
	if err := checkID(operation, id); err != nil {
		return Account{}, err
	}
	c.accounts.Dirty(id)
	account, err := patch(ctx, c, operation, clientsPath, id, change, c.getAccount)
	if err != nil {
		return Account{}, err
	}
	c.resellers.saw()
	c.accounts.Written(id, account)
	c.members.written(account)
	return account, notKept(change.differences(account))
}

// patch changes an account or a user. Where the reply can't be used, what a read shows counts.
func patch[T checked](
	ctx context.Context, c *Client, operation, collection, id string, change interface{ differences(now T) wire.Differences },
	get func(context.Context, string) (T, createonce.Moment, error),
) (T, error) {
	is, _, err := one[T](ctx, c, operation, http.MethodPatch, collection, id, change)
	if transport.Accepted(err) {
		if now, _, readErr := get(ctx, id); readErr == nil && len(change.differences(now)) == 0 {
			return now, nil
		}
	}
	return is, err
}

// notKept is the differences as an error, nil where there are none.
func notKept(differences wire.Differences) error {
	if len(differences) == 0 {
		return nil
	}
	return &wire.NotKeptError{Vendor: vendor, Differences: differences}
}

// RenameAccount gives an account another company name. Where the credential has no reseller's view, the error is
// ErrNeedsReseller; else as UpdateClient's.
func (c *Client) RenameAccount(ctx context.Context, id, company string) (Account, error) {
	account, err := c.UpdateClient(ctx, id, AccountUpdate{Company: wire.Value(company)})
	refused := transport.IsStatus(err, http.StatusForbidden)
	if transport.IsNotFound(err) && !c.resellers.hasAnswered() {
		// Is this 404 about the account, or about the credential?
		refused = c.probe(ctx) != nil || !c.resellers.hasAnswered()
	}
	if refused {
		return Account{}, fmt.Errorf("%w: %w", ErrNeedsReseller, err)
	}
	return account, err
}

// UpdateUser changes a user by PATCH /iam/users/{id}. The account's own name, phone and e-mail address stay. Its error is
// as UpdateClient's.
func (c *Client) UpdateUser(ctx context.Context, id string, change UserUpdate) (User, error) {
	const operation = "update user"
	if err := checkID(operation, id); err != nil {
		return User{}, err
	}
	c.users.Dirty(id)
	user, err := patch(ctx, c, operation, usersPath, id, change, c.getUser)
	if err != nil {
		return User{}, err
	}
	c.users.Written(id, user)
	return user, notKept(change.differences(user))
}

// DeleteUser deletes a user by DELETE /iam/users/{id}, which only a reseller may do. The account that came with the user
// stays, and keeps its company name. A user who is gone already (404) is not an error. The vendor refuses (403) while the
// user has API tokens or several accounts.
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
