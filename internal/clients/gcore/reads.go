package gcore

import (
	"context"
	"iter"
	"net/http"
	"slices"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// ReadAccount reads an account through whichever view the credential has; Account.View says which. It may come from a
// listing that many reads share, where accept returns true for the entry. A nil accept takes any.
//
// The error is witness.ErrGone where the reply says that the account is deleted, or where a 404 is proven by the reseller's
// listing and what the caller remembers (seen); else an account that isn't found is a *witness.NotProvenError. Every error
// holds a *transport.Error.
func (c *Client) ReadAccount(
	ctx context.Context, id string, seen witness.Witness, accept func(Account) bool,
) (Account, error) {
	const operation = "read account"
	if err := checkID(operation, id); err != nil {
		return Account{}, err
	}
	done, err := c.resellers.awaitProbe(ctx)
	if err != nil {
		return Account{}, asError(operation, err)
	}
	defer done()
	if c.resellers.isRefused() {
		account, found, err := c.members.account(ctx, id, true)
		if err != nil || found {
			return account, err
		}
		// The refusal that closed the reseller's view may have been about another account.
	}
	account, failure := c.readAsReseller(ctx, id, accept)
	done()
	if failure == nil || !denied(failure) {
		return account, failure
	}
	account, found, err := c.members.account(ctx, id, !c.resellers.hasAnswered())
	switch {
	case found:
		if transport.IsStatus(failure, http.StatusUnauthorized) {
			c.resellers.refuse() // and nothing else: the credential is good
		}
		return account, nil
	case err != nil && !denied(err):
		return Account{}, err
	case transport.IsNotFound(failure):
		return Account{}, c.listing.ProveGone(ctx, id, c.Address(), seen, failure)
	case err != nil:
		return Account{}, failure // both views refuse: that says more about the credential than about the account
	}
	return Account{}, &witness.NotProvenError{Reason: "this credential can't see it", Err: failure}
}

// readAsReseller reads an account through the reseller's view, and learns whether the credential has that view.
func (c *Client) readAsReseller(ctx context.Context, id string, accept func(Account) bool) (account Account, err error) {
	const operation = "read account"
	if c.resellers.isRefused() {
		account, _, err = c.getAccount(ctx, id)
	} else {
		account, err = c.accounts.Get(ctx, id, accept)
	}
	switch {
	case err == nil && account.Deleted:
		return Account{}, deleted(operation, "the account is marked as deleted")
	case err == nil:
		return account, nil
	case transport.IsStatus(err, http.StatusForbidden):
		c.resellers.refuse()
	case transport.IsNotFound(err) && !c.resellers.hasAnswered() && !c.resellers.isRefused():
		// Is this 404 about the account, or about the credential?
		if probe := c.probe(ctx); probe != nil && !denied(probe) {
			return Account{}, probe
		}
	}
	return Account{}, asError(operation, err)
}

// deleted is witness.ErrGone by a reply that says so.
func deleted(operation, message string) error {
	return witness.Gone(&transport.Error{Vendor: vendor, Operation: operation, Status: http.StatusOK, Message: message})
}

// probe asks the reseller's listing for one account, deleted ones included, to learn whether the credential has that
// view.
func (c *Client) probe(ctx context.Context) error {
	page, _, err := c.accountsPage(ctx, nil, 0, 1)
	switch {
	case denied(err):
		c.resellers.refuse()
	case err == nil && len(page.Items) > 0:
		c.resellers.saw()
	}
	return err
}

// witnesses are the reseller's accounts, each with the reseller that it belongs to. An account that shows the viewer
// among its own users names no owner: it may be shown for that reason, which says nothing of other accounts. List items
// may show less than an account read singly; then one is read singly for all of them.
func (c *Client) witnesses(ctx context.Context) iter.Seq2[witness.Listed, error] {
	return func(yield func(witness.Listed, error) bool) {
		completed := false
		for account, err := range c.eachAccount(ctx, notDeleted(), nil) {
			if err != nil {
				yield(witness.Listed{}, err)
				return
			}
			if !account.isWitness() && !completed && !account.Deleted {
				completed = true
				if whole, _, err := c.getAccount(ctx, account.ID); err == nil { // else it names no owner
					account = whole
				}
			}
			owner := ""
			if account.isWitness() {
				owner = account.Reseller
			}
			if !account.Deleted && !yield(witness.Listed{ID: account.ID, Owner: owner}, nil) {
				return
			}
		}
	}
}

// isWitness reports whether an account shows that its viewer isn't one of its users.
func (a Account) isWitness() bool {
	return a.Reseller != "" && a.Viewer != "" && a.usersShown &&
		!slices.ContainsFunc(a.users, func(p person) bool { return p.ID.id() == a.Viewer })
}

// ReadUser reads a user; it may come from a listing that many reads share, where accept returns true for the entry.
// clientID and seen are what the caller remembers of the account behind the user, "" and zero where it remembers nothing.
//
// The error is witness.ErrGone where the reply says that the user is deleted; or where it is 404, the listing of users
// doesn't show the user, and the account behind it is either shown, without the user among its own, or proven gone. Any
// other user that isn't found is a *witness.NotProvenError. Every error holds a *transport.Error.
func (c *Client) ReadUser(
	ctx context.Context, id, clientID string, seen witness.Witness, accept func(User) bool,
) (User, error) {
	const operation = "read user"
	if err := checkID(operation, id); err != nil {
		return User{}, err
	}
	user, err := c.users.Get(ctx, id, accept)
	switch {
	case err == nil && user.Deleted:
		return User{}, deleted(operation, "the user is marked as deleted")
	case err == nil:
		return user, nil
	case !transport.IsNotFound(err):
		return User{}, asError(operation, err)
	}
	return User{}, c.proveUserGone(ctx, id, clientID, seen, asError(operation, err))
}

// proveUserGone returns witness.ErrGone where the listing of users and the account behind a user confirm notFound, the
// vendor's 404 for the user; else a *witness.NotProvenError, or why they couldn't be asked.
func (c *Client) proveUserGone(ctx context.Context, id, clientID string, seen witness.Witness, notFound error) error {
	doubt := func(reason string) error { return &witness.NotProvenError{Reason: reason, Err: notFound} }
	switch listed, err := c.members.hasUser(ctx, id); {
	case err != nil:
		return err
	case listed:
		return doubt("the vendor's listing still shows it; try again")
	case ValidID(clientID) != nil:
		return doubt("it is not known which account came with it")
	case seen.Address != c.Address():
		return doubt("the state doesn't say that it was seen at " + c.Address())
	}
	account, _, err := c.getAccount(ctx, clientID)
	users, shown := account.Users()
	switch {
	case transport.IsNotFound(err):
		return c.listing.ProveGone(ctx, clientID, c.Address(), seen, notFound)
	case denied(err):
		return doubt("this credential can't see the account that came with it")
	case err != nil:
		return err
	case account.Deleted:
	case !shown:
		return doubt("the account that came with it doesn't show its users")
	case slices.ContainsFunc(users, func(u User) bool { return u.ID == id }):
		return doubt("the account that came with it still shows it")
	}
	return witness.Gone(notFound)
}

// checked is what a reply shows of one account or user, which may be of another one, or show too little.
type checked interface {
	check(operation, id string) error
}

// one makes a request about one account or user, and returns what the reply shows of it, with its moment.
func one[T checked](
	ctx context.Context, c *Client, operation, method, collection, id string, body any,
) (T, createonce.Moment, error) {
	var none, shown T
	response, err := c.call(ctx, transport.Request{
		Operation: operation, Method: method, Path: pathOf(collection, id), Into: &shown,
	}, body)
	if err == nil {
		err = shown.check(operation, id)
	}
	if err != nil {
		return none, createonce.Moment{}, err
	}
	return shown, createonce.MomentOf(response), nil
}

// getAccount reads an account through the reseller's view.
func (c *Client) getAccount(ctx context.Context, id string) (Account, createonce.Moment, error) {
	account, moment, err := one[Account](ctx, c, "read account", http.MethodGet, clientsPath, id, nil)
	if err == nil {
		c.resellers.saw()
	}
	return account, moment, err
}

func (c *Client) getUser(ctx context.Context, id string) (User, createonce.Moment, error) {
	return one[User](ctx, c, "read user", http.MethodGet, usersPath, id, nil)
}

// ReadNew is createonce.UntilShown for an account: the reply to a create lacks most of it. It asks the vendor itself, never a
// listing, and only where the credential may have the reseller's view. It reports whether the account was shown.
func (c *Client) ReadNew(ctx context.Context, id string) (Account, bool) {
	if c.resellers.isRefused() || ValidID(id) != nil {
		return Account{}, false
	}
	account, err := createonce.UntilShown(ctx, c.http.Clock, func() (Account, error) {
		account, _, err := c.getAccount(ctx, id)
		if transport.IsNotFound(err) && !c.resellers.hasAnswered() && (c.probe(ctx) != nil || !c.resellers.hasAnswered()) {
			return Account{}, unexpected("read account", "it isn't the account that is missing, but the view")
		}
		return account, err
	})
	if transport.IsStatus(err, http.StatusForbidden) {
		c.resellers.refuse()
	}
	return account, err == nil && !account.Deleted
}

// ReadNewUser is ReadNew for a user.
func (c *Client) ReadNewUser(ctx context.Context, id string) (User, bool) {
	user, err := createonce.UntilShown(ctx, c.http.Clock, func() (User, error) {
		user, _, err := c.getUser(ctx, id)
		return user, err
	})
	return user, err == nil && !user.Deleted
}
