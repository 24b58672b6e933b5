package gcore

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// ReadAccount reads an account through whichever view the credential has; Account.View tells which. It may come from a
// listing that many reads share.
//
// The error is ErrGone only where the reseller's view says so: it shows the account as deleted; or it answers 404, has
// shown the account before (known), and provably is the view that showed it. Otherwise an account that isn't found is a
// *NotProvenError. Every error holds a *transport.Error.
func (c *Client) ReadAccount(ctx context.Context, id string, known Known) (Account, error) {
	const operation = "read account"
	if err := checkID(operation, id); err != nil {
		return Account{}, err
	}
	var failure error
	if !c.view.isRefused() {
		leave, err := c.view.enter(ctx)
		if err != nil {
			return Account{}, notSent(operation, err)
		}
		if !c.view.isRefused() {
			var account Account
			account, failure = c.readAsReseller(ctx, id)
			leave()
			if failure == nil || !denied(failure) {
				return account, failure
			}
		} else {
			leave()
		}
	}
	if transport.IsNotFound(failure) && c.view.hasAnswered() && known.SeenByReseller {
		return Account{}, c.notFound(ctx, id, known, failure)
	}
	return c.readAsMember(ctx, id, known, failure)
}

// readAsReseller reads an account through the reseller's view, and learns whether the credential has that view.
func (c *Client) readAsReseller(ctx context.Context, id string) (Account, error) {
	const operation = "read account"
	account, err := c.accounts.Get(ctx, id)
	switch {
	case err == nil && account.Deleted:
		return Account{}, fmt.Errorf("%w: %w", ErrGone, &transport.Error{
			Vendor: vendor, Operation: operation, Status: http.StatusOK, Message: "the account is marked as deleted",
		})
	case err == nil:
		return account, nil
	case transport.IsStatus(err, http.StatusForbidden):
		c.view.refuse()
	case transport.IsNotFound(err) && !c.view.hasAnswered():
		// Nothing tells yet whether this 404 is about the account or about the credential.
		if probe := c.probe(ctx); probe != nil && !denied(probe) {
			return Account{}, probe
		}
	}
	if err != nil && !denied(err) {
		err = notSent(operation, err)
	}
	return Account{}, err
}

// probe asks the reseller's listing for one account, to learn whether the credential has that view.
func (c *Client) probe(ctx context.Context) error {
	page, err := c.clientsPage(ctx, nil, 0, 1)
	switch {
	case denied(err):
		c.view.refuse()
	case err == nil && len(page.Items) > 0:
		c.view.saw(page.Items[0])
	}
	return err
}

// readAsMember looks an account up in the member's view, after failure of the reseller's view, if that was asked.
func (c *Client) readAsMember(ctx context.Context, id string, known Known, failure error) (Account, error) {
	account, found, err := c.directory.account(ctx, id, !c.view.hasAnswered())
	if err != nil {
		if failure != nil && denied(err) {
			err = failure
		}
		return Account{}, notSent("list users", err)
	}
	if found {
		if transport.IsStatus(failure, http.StatusUnauthorized) {
			c.view.refuse() // the credential itself is good
		}
		return account, nil
	}
	if failure == nil {
		// The refusal that closed the reseller's view was about another account.
		account, failure = c.readSingly(ctx, id)
		if failure == nil || !denied(failure) {
			return account, failure
		}
	}
	if transport.IsNotFound(failure) && known.SeenByReseller {
		return Account{}, c.notFound(ctx, id, known, failure)
	}
	return Account{}, &NotProvenError{ID: id, Reason: NotInMembersView, Err: failure}
}
