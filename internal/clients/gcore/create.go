package gcore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// CreateAccount creates an additional account for the credential's own user by POST /iam/clients/create. The vendor
// takes each company name once. The reply only shows the id and the company; ReadNew shows the rest. The error is an
// *createonce.Error.
func (c *Client) CreateAccount(ctx context.Context, company string) (Account, error) {
	const operation = "create account"
	c.listing.Changed()
	made, err := createonce.Creation[Account]{
		Clock: c.http.Clock,
		IDs:   &c.madeAccounts,
		Post: func(sending context.Context) (Account, error) {
			var reply struct {
				ID      integer `json:"id"`
				Company string  `json:"company"`
			}
			_, err := c.call(sending, transport.Request{
				Operation: operation, Method: http.MethodPost, Path: createAccountPath, Replay: transport.Create, Into: &reply,
			}, map[string]string{"company": company})
			if err == nil && reply.ID <= 0 {
				err = unexpected(operation, "the reply holds no account id")
			}
			if err == nil && reply.Company == "" && !c.resellers.isRefused() {
				// The reply is partial: the account itself shows whether it is the one that was sent, where it can be read.
				if read, _, err := c.getAccount(ctx, reply.ID.id()); err == nil && read.ID == reply.ID.id() {
					return read, nil
				}
			}
			return Account{ID: reply.ID.id(), Company: orPrior(reply.Company, company)}, err
		},
		Mismatch: func(made Account) string { return otherCompany(made.Company, company) },
		Read: func(ctx context.Context, made Account) (Account, createonce.Moment, error) {
			return c.getAccount(ctx, made.ID)
		},
		LookUp: func(ctx context.Context) ([]Account, createonce.Moment, error) { return c.namesakes(ctx, company) },
		Same:   func(found Account) bool { return found.Company == company },
		MadeHere: func(ctx context.Context, found Account, window createonce.Window) (bool, error) {
			if !found.madeBy("") {
				return false, nil
			}
			return c.createdWithin(ctx, found, window)
		},
		Describe: func(a Account) createonce.Candidate { return createonce.Candidate{ID: a.ID, Label: a.Company} },
	}.Run(ctx)
	c.listing.Changed()
	if err != nil {
		return Account{}, err
	}
	c.accounts.Dirty(made.ID)
	c.members.written(made)
	return made, nil
}

// otherCompany says that a reply has another company name than the one that was sent; "" where it has the same, or none.
func otherCompany(shown, sent string) string {
	if shown == "" || SameName(shown, sent) {
		return ""
	}
	return fmt.Sprintf("the reply is about the company %q, not %q", shown, sent)
}

// madeBy reports whether an account may have been created by this credential's own user, or by the one with the given id,
// as far as it shows that.
func (a Account) madeBy(user string) bool {
	return a.Owner == "" || a.Viewer == "" || a.Owner == a.Viewer || a.Owner == user
}

// namesakes are the accounts whose company name the vendor may call taken, with the moment of the reply. Where the
// reseller's view shows none, they come from the member's.
func (c *Client) namesakes(ctx context.Context, company string) ([]Account, createonce.Moment, error) {
	same := func(a Account) bool { return SameName(a.Company, company) }
	found, moment, err := c.accountsNamed(ctx, company, same)
	if err != nil && !denied(err) || len(found) > 0 {
		return found, moment, err
	}
	byID := map[string]Account{}
	_, at, err := c.usersWhere(ctx, func(u User) bool {
		for _, a := range u.Access {
			if same(a.account()) {
				byID[a.ClientID] = a.account()
			}
		}
		return false
	})
	switch {
	case err != nil && denied(err) && c.resellers.hasAnswered():
		return nil, moment, nil
	case err != nil:
		return nil, moment, err
	}
	for _, a := range byID {
		found = append(found, a)
	}
	slices.SortFunc(found, func(a, b Account) int { return compareIDs(a.ID, b.ID) })
	return found, at, nil
}

// accountsNamed are the accounts of the reseller's view that keep accepts: those that the vendor's filter finds for a
// company name or, where it finds none of them, those of the whole listing. Whether the filter compares whole names or
// parts of them, whether it ignores case or whitespace, and whether it takes every character, is not documented.
func (c *Client) accountsNamed(ctx context.Context, company string, keep func(Account) bool) ([]Account, createonce.Moment, error) {
	found, moment, err := c.accountsWhere(ctx, url.Values{"companyName": {company}}, keep)
	if err == nil && len(found) == 0 || filterRefused(err) {
		return c.accountsWhere(ctx, nil, keep)
	}
	return found, moment, err
}

// filterRefused reports whether the vendor refuses what a filter was asked for.
func filterRefused(err error) bool {
	return transport.IsStatus(err, http.StatusBadRequest, http.StatusRequestURITooLong, http.StatusUnprocessableEntity)
}

// accountsWhere reads the reseller's whole listing for a query, and keeps the accounts that pass, without deleted ones;
// and the moment of its first page.
func (c *Client) accountsWhere(
	ctx context.Context, query url.Values, keep func(Account) bool,
) (found []Account, moment createonce.Moment, err error) {
	asked := notDeleted()
	maps.Copy(asked, query)
	for a, err := range c.eachAccount(ctx, asked, &moment) {
		if err != nil {
			return nil, moment, err
		}
		c.resellers.saw()
		if a.Company == "" && !a.Deleted { // the list item may show too little
			whole, _, err := c.getAccount(ctx, a.ID)
			if errors.Is(err, ErrNameless) || transport.IsNotFound(err) {
				continue
			}
			if err != nil {
				return nil, moment, err
			}
			a = whole
		}
		if !a.Deleted && keep(a) {
			found = append(found, a)
		}
	}
	return found, moment, nil
}

// usersWhere reads the whole listing of users and keeps those that pass, without deleted ones; and the moment of its
// first page.
func (c *Client) usersWhere(ctx context.Context, keep func(User) bool) (found []User, moment createonce.Moment, err error) {
	for u, err := range c.eachUser(ctx, &moment) {
		if err != nil {
			return nil, moment, err
		}
		if u.Email == "" && !u.Deleted { // the list item may show too little
			whole, _, err := c.getUser(ctx, u.ID)
			if errors.Is(err, ErrNameless) || transport.IsNotFound(err) {
				continue
			}
			if err != nil {
				return nil, moment, err
			}
			whole.Access = u.Access
			u = whole
		}
		if !u.Deleted && keep(u) {
			found = append(found, u)
		}
	}
	return found, moment, nil
}

// createdWithin reports whether an account is proven to have been created within the window. No reply shows when an
// account was created, but the reseller's listing can be asked for those created since a time. An API may ignore a
// filter, or use the date without the time: the filter counts only if it also leaves the account out when asked for those
// created after the window. It is asked nothing else, so that no other filter can leave the account out.
func (c *Client) createdWithin(ctx context.Context, a Account, window createonce.Window) (bool, error) {
	if a.View != ResellerView {
		return false, nil
	}
	for _, try := range []struct {
		bound time.Time
		want  bool
	}{{window.From, true}, {window.Until, false}} {
		listed, _, err := c.accountsWhere(ctx, url.Values{
			"created_at_gte": {try.bound.UTC().Format("2006-01-02T15:04:05.000000Z")},
		}, func(l Account) bool { return l.ID == a.ID })
		if err != nil {
			return false, err
		}
		if (len(listed) > 0) != try.want {
			return false, nil
		}
	}
	return true, nil
}
