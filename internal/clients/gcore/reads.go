package gcore

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// ReadAccount reads an account through whichever view the credential has; Account.View tells which. It may come from a
// listing that many reads share.
//
// The error is ErrGone only where the reseller's view says so: it shows the account as deleted; or it answers 404, has
// shown the account before (known), and provably is the view that showed it. Any other account that isn't found is a
// *NotProvenError. Every error holds a *transport.Error.
func (c *Client) ReadAccount(ctx context.Context, id string, known Known) (Account, error) {
	const operation = "read account"
	if err := checkID(operation, id); err != nil {
		return Account{}, err
	}
	settled, err := c.view.settle(ctx)
	if err != nil {
		return Account{}, asError(operation, err)
	}
	if c.view.isRefused() {
		account, found, err := c.directory.account(ctx, id, true)
		if err != nil || found {
			return account, err
		}
		// The refusal that closed the reseller's view may have been about another account.
	}
	account, failure := c.readAsReseller(ctx, id)
	settled()
	if failure == nil || !denied(failure) {
		return account, failure
	}
	reason := NotInMembersView
	if transport.IsNotFound(failure) && known.SeenByReseller {
		var err error
		if reason, err = c.doubt(ctx, known); err != nil {
			return Account{}, err
		}
		if reason == proven {
			return Account{}, fmt.Errorf("%w: %w", ErrGone, failure)
		}
	}
	account, found, err := c.directory.account(ctx, id, !c.view.hasAnswered())
	switch {
	case found:
		if transport.IsStatus(failure, http.StatusUnauthorized) {
			c.view.refuse() // alone: the credential is good
		}
		return account, nil
	case err != nil && !denied(err):
		return Account{}, err
	case err != nil && !transport.IsNotFound(failure):
		return Account{}, failure
	}
	return Account{}, &NotProvenError{ID: id, Reason: reason, Err: failure}
}

// readAsReseller reads an account through the reseller's view, and learns whether the credential has that view.
func (c *Client) readAsReseller(ctx context.Context, id string) (Account, error) {
	const operation = "read account"
	read := c.accounts.Get
	if c.view.isRefused() {
		read = c.getAccount
	}
	account, err := read(ctx, id)
	switch {
	case err == nil && account.Deleted:
		return Account{}, fmt.Errorf("%w: %w", ErrGone, &transport.Error{
			Vendor: vendor, Operation: operation, Status: http.StatusOK, Message: "the account is marked as deleted",
		})
	case err == nil:
		return account, nil
	case transport.IsStatus(err, http.StatusForbidden):
		c.view.refuse()
	case transport.IsNotFound(err) && !c.view.hasAnswered() && !c.view.isRefused():
		// Is this 404 about the account, or about the credential?
		if probe := c.probe(ctx); probe != nil && !denied(probe) {
			return Account{}, probe
		}
	}
	return Account{}, asError(operation, err)
}

// probe asks the reseller's listing for one account, to learn whether the credential has that view.
func (c *Client) probe(ctx context.Context) error {
	page, err := c.accountsPage(ctx, nil, 0, 1)
	switch {
	case denied(err):
		c.view.refuse()
	case err == nil && len(page.Items) > 0:
		c.view.saw(page.Items[0])
	}
	return err
}

// doubt returns the reason why a 404 of the reseller's view does not prove that an account is gone which that view has
// shown before, or proven. What proves it is that the same view shows accounts of the same reseller as a reseller sees
// them. A view without any account proves it to the user who has seen the account there.
func (c *Client) doubt(ctx context.Context, known Known) (Reason, error) {
	this, others := c.view.shows(known.Reseller)
	if !this {
		unlock, err := c.view.lock(ctx)
		if err != nil {
			return 0, asError("list accounts", err)
		}
		defer unlock()
		if err := c.searchForProof(ctx, known.Reseller); err != nil && !denied(err) {
			return 0, err
		} else if err != nil {
			return NothingShown, nil
		}
		this, others = c.view.shows(known.Reseller)
	}
	switch {
	case this:
		return proven, nil
	case others:
		return OtherReseller, nil
	case c.view.hasAnswered() || known.Viewer == "":
		return NothingShown, nil
	}
	viewer, err := c.currentUser(ctx)
	switch {
	case err != nil && !denied(err):
		return 0, err
	case err != nil || viewer != known.Viewer:
		return NothingShown, nil
	}
	return proven, nil
}

// searchForProof walks the reseller's listing, deleted accounts included, until it shows what vouches for the
// credential. List items may be too thin to tell: then one of them is read whole, and is believed if it doesn't tell
// either.
func (c *Client) searchForProof(ctx context.Context, reseller string) error {
	if this, _ := c.view.shows(reseller); this || c.view.searched() {
		return nil
	}
	wholeReads := 0
	for account, err := range c.eachAccount(ctx, nil) {
		if err != nil {
			return err
		}
		c.view.saw(account)
		if account.vouches() == unknown && wholeReads < maxWholeReads {
			wholeReads++
			whole, err := c.getAccount(ctx, account.ID)
			if err != nil && !denied(err) {
				return err
			}
			if err == nil && whole.vouches() == unknown {
				c.view.vouch(whole.Reseller)
			}
		}
		if this, _ := c.view.shows(reseller); this {
			return nil
		}
	}
	c.view.setSearched()
	return nil
}

// maxWholeReads caps single reads of listed accounts in one search.
const maxWholeReads = 3

// ReadUser reads a user; it may come from a listing that many reads share. clientID and known are what the caller
// remembers of the account behind the user, "" and zero where it remembers nothing.
//
// The error is ErrGone only where three things agree: the user reads as 404 or as deleted; the listing of users doesn't
// hold it; and the account behind it, which stays when a user is deleted, is shown as a reseller sees it, or is proven
// gone too. So neither an empty listing nor somebody else's credential makes a user disappear. Any other user that
// isn't found is a *NotProvenError. Every error holds a *transport.Error.
func (c *Client) ReadUser(ctx context.Context, id, clientID string, known Known) (User, error) {
	const operation = "read user"
	if err := checkID(operation, id); err != nil {
		return User{}, err
	}
	user, err := c.users.Get(ctx, id)
	switch {
	case err == nil && !user.Deleted:
		return user, nil
	case err == nil:
		err = &transport.Error{
			Vendor: vendor, Operation: operation, Status: http.StatusOK, Message: "the user is marked as deleted",
		}
	case !transport.IsNotFound(err):
		return User{}, asError(operation, err)
	}
	reason, failure := c.doubtUser(ctx, id, clientID, known)
	switch {
	case failure != nil:
		return User{}, failure
	case reason != proven:
		return User{}, &NotProvenError{ID: id, Reason: reason, Err: err}
	}
	return User{}, fmt.Errorf("%w: %w", ErrGone, err)
}

// doubtUser returns the reason why a user who reads as gone may not be, or proven.
func (c *Client) doubtUser(ctx context.Context, id, clientID string, known Known) (Reason, error) {
	listed, err := c.directory.hasUser(ctx, id)
	switch {
	case err != nil:
		return 0, err
	case listed:
		return StillListed, nil
	case ValidID(clientID) != nil:
		return AccountHidden, nil
	}
	account, err := c.getAccount(ctx, clientID)
	switch {
	case err == nil && account.Deleted:
		return proven, nil
	case err == nil && account.vouches() == no:
		return AccountHidden, nil
	case err == nil:
		return proven, nil
	case !denied(err):
		return 0, err
	case transport.IsNotFound(err) && known.SeenByReseller:
		return c.doubt(ctx, known)
	}
	return AccountHidden, nil
}
