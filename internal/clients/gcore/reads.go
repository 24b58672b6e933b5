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
// The error is ErrGone only where the reseller's view says so: it shows the account as deleted; or it answers 404 for an
// account that it has shown before (witness), is still open to that reseller's credential, and doesn't list the account
// under its name. Any other account that isn't found is a *NotProvenError. Every error holds a *transport.Error.
func (c *Client) ReadAccount(ctx context.Context, id string, witness Witness) (Account, error) {
	const operation = "read account"
	if err := checkID(operation, id); err != nil {
		return Account{}, err
	}
	settled, err := c.view.awaitProbe(ctx)
	if err != nil {
		return Account{}, asError(operation, err)
	}
	defer settled()
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
	case !transport.IsNotFound(failure) || !witness.SeenByReseller:
		return Account{}, &NotProvenError{ID: id, Reason: NotInMembersView, Err: failure}
	}
	listed, err := c.isListed(ctx, id, witness.Company)
	switch {
	case err != nil:
		return Account{}, err
	case listed:
		return Account{}, &NotProvenError{ID: id, Reason: StillListed, Err: failure}
	}
	return Account{}, c.proveGone(ctx, id, witness, failure)
}

// isListed asks the reseller's listing for an account that a single read didn't find. A listing that is refused holds
// nothing against that read.
func (c *Client) isListed(ctx context.Context, id, company string) (bool, error) {
	if company == "" {
		return false, nil
	}
	for account, err := range c.eachAccount(ctx, AccountFilter{Company: company}.query()) {
		switch {
		case denied(err):
			return false, nil
		case err != nil:
			return false, asError("list accounts", err)
		case account.ID == id && !account.Deleted:
			return true, nil
		}
	}
	return false, nil
}

// ReadAccountAlone is ReadAccount without the reseller's listing.
func (c *Client) ReadAccountAlone(ctx context.Context, id string, witness Witness) (Account, error) {
	c.accounts.Dirty(id)
	return c.ReadAccount(ctx, id, witness)
}

// proveGone is ErrGone, or the reason why the vendor's denial doesn't prove that.
func (c *Client) proveGone(ctx context.Context, id string, witness Witness, denial error) error {
	reason, err := c.doubt(ctx, witness)
	switch {
	case err != nil:
		return err
	case reason != proven:
		return &NotProvenError{ID: id, Reason: reason, Err: denial}
	}
	return fmt.Errorf("%w: %w", ErrGone, denial)
}

// readAsReseller reads an account through the reseller's view, and learns whether the credential has that view.
func (c *Client) readAsReseller(ctx context.Context, id string) (Account, error) {
	const operation = "read account"
	read := func(ctx context.Context, id string) (Account, error) { return c.accounts.Get(ctx, id, nil) }
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

// probe asks the reseller's listing for one account, deleted ones included, to learn whether the credential has that
// view and whose it is.
func (c *Client) probe(ctx context.Context) error {
	page, err := c.accountsPage(ctx, nil, 0, 1)
	switch {
	case denied(err):
		c.view.refuse()
	case err == nil && len(page.Items) > 0:
		one := page.Items[0]
		c.view.saw(one)
		if one.Reseller == "" { // too thin to tell
			if _, err := c.getAccount(ctx, one.ID); err != nil && !denied(err) {
				return err
			}
		}
	}
	return err
}

// doubt returns the reason why the reseller's view may not show this credential what it has shown before, or proven.
// The view must be open, its accounts belong to the same reseller, and the credential to no common user, whose view ends
// where the membership does. Where no account tells its reseller, the credential must be that of the user who saw the
// account, unless nothing has ever told who that was.
func (c *Client) doubt(ctx context.Context, witness Witness) (Reason, error) {
	if _, _, told := c.view.seen(""); !told {
		if err := c.probe(ctx); denied(err) {
			return NothingShown, nil
		} else if err != nil {
			return 0, err
		}
	}
	viewer, fits, told := c.view.seen(witness.Reseller)
	compared := told && witness.Reseller != ""
	if !compared && viewer == "" {
		var err error
		if viewer, err = c.currentUser(ctx); err != nil && !denied(err) {
			return 0, err
		}
	}
	if !compared && witness.Viewer != "" && viewer != witness.Viewer {
		return NothingShown, nil
	}
	common, err := c.directory.hasCommonUser(ctx, viewer)
	switch {
	case err != nil && !denied(err):
		return 0, err
	case common:
		return NothingShown, nil
	case !fits:
		return OtherReseller, nil
	}
	return proven, nil
}

// ReadUser reads a user; it may come from a listing that many reads share. clientID and witness are what the caller
// remembers of the account behind the user, "" and zero where it remembers nothing.
//
// The error is ErrGone only where three things agree: the user reads as 404 or as deleted; the listing of users doesn't
// hold it; and the reseller's view shows the account behind it, which stays when a user is deleted, or that is gone too.
// So neither an empty listing nor somebody else's credential makes a user disappear. Any other user that isn't found is
// a *NotProvenError. Every error holds a *transport.Error.
func (c *Client) ReadUser(ctx context.Context, id, clientID string, witness Witness) (User, error) {
	const operation = "read user"
	if err := checkID(operation, id); err != nil {
		return User{}, err
	}
	user, err := c.users.Get(ctx, id, nil)
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
	listed, failure := c.directory.hasUser(ctx, id)
	switch {
	case failure != nil:
		return User{}, failure
	case listed:
		return User{}, &NotProvenError{ID: id, Reason: StillListed, Err: err}
	case ValidID(clientID) != nil:
		return User{}, &NotProvenError{ID: id, Reason: AccountHidden, Err: err}
	}
	_, failure = c.getAccount(ctx, clientID)
	switch {
	case failure == nil, transport.IsNotFound(failure) && witness.SeenByReseller:
		return User{}, c.proveGone(ctx, id, witness, err)
	case !denied(failure):
		return User{}, failure
	}
	return User{}, &NotProvenError{ID: id, Reason: AccountHidden, Err: err}
}

// ReadUserAlone is ReadUser without a listing.
func (c *Client) ReadUserAlone(ctx context.Context, id, clientID string, witness Witness) (User, error) {
	c.users.Dirty(id)
	return c.ReadUser(ctx, id, clientID, witness)
}
