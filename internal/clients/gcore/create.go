package gcore

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// CreateAccount creates an additional account for the credential's own user by POST /iam/clients/create. The vendor
// takes each company name once. The reply shows the id and the company alone; ReadAccount tells the rest. The error is
// an *createonce.Error.
func (c *Client) CreateAccount(ctx context.Context, company string) (Account, error) {
	const operation = "create account"
	var moment createonce.Moment
	made, err := createonce.Creation[Account]{
		Clock: c.http.Clock,
		Post: func(ctx context.Context) (Account, error) {
			var reply struct {
				ID      integer `json:"id"`
				Company string  `json:"company"`
			}
			_, err := c.call(ctx, transport.Request{
				Operation: operation, Method: http.MethodPost, Path: createAccountPath, Replay: transport.Create, Into: &reply,
			}, map[string]string{"company": company})
			if err == nil && reply.ID <= 0 {
				err = unexpected(operation, "the reply holds no account id")
			}
			return Account{ID: reply.ID.id(), Company: orPrior(reply.Company, company)}, err
		},
		LookUp: func(ctx context.Context) (found []Account, _ createonce.Moment, err error) {
			found, moment, err = c.namesakes(ctx, company)
			return found, moment, err
		},
		Same: func(found Account) bool { return found.Company == company },
		MadeHere: func(ctx context.Context, found Account, window createonce.Window) (bool, error) {
			if found.Owner != "" && found.Viewer != "" && found.Owner != found.Viewer {
				return false, nil
			}
			return c.createdWithin(ctx, found, window)
		},
		Describe: func(a Account) createonce.Candidate { return createonce.Candidate{ID: a.ID, Label: a.Company} },
	}.Run(ctx)
	if err != nil {
		if failed, ok := plainRefusal(err); ok {
			failed.Candidates = c.holdersOf(ctx, company)
		}
		return Account{}, err
	}
	c.accounts.Dirty(made.ID)
	c.directory.written(made)
	return made, nil
}

// plainRefusal reports whether a create was refused although the look-up found nothing in its way: the vendor's filters
// may be more exact than its idea of what is taken.
func plainRefusal(err error) (*createonce.Error, bool) {
	failed, ok := errors.AsType[*createonce.Error](err)
	return failed, ok && !failed.Unclear && len(failed.Candidates) == 0 && transport.IsStatus(failed.Err, 400, 409, 422)
}

// holdersOf are the accounts with a company name among those that the listing of users shows, which knows no filter.
func (c *Client) holdersOf(ctx context.Context, company string) []createonce.Candidate {
	var holders []createonce.Candidate
	if accounts, err := c.directory.all(ctx); err == nil { // without it, the refusal itself says enough
		for _, a := range accounts {
			if sameText(a.Company, company) {
				holders = append(holders, createonce.Candidate{ID: a.ID, Label: a.Company})
			}
		}
	}
	return holders
}

// namesakes are the accounts whose company name the vendor would call taken, with the server's time. They come from
// the member's view where the reseller's has nothing to show.
func (c *Client) namesakes(ctx context.Context, company string) ([]Account, createonce.Moment, error) {
	found, moment, err := c.accountsWhere(ctx, url.Values{"companyName": {company}})
	if err != nil && !denied(err) {
		return nil, moment, err
	}
	same := func(a Account) bool { return sameText(a.Company, company) }
	found = slices.DeleteFunc(found, func(a Account) bool { return !same(a) })
	if len(found) > 0 || c.view.hasAnswered() {
		return found, moment, err
	}
	users, at, err := c.usersWhere(ctx, func(u User) bool {
		return slices.ContainsFunc(u.Access, func(a Access) bool { return same(a.account()) })
	})
	if err != nil {
		return nil, moment, err
	}
	byID := map[string]Account{}
	for _, u := range users {
		for _, a := range u.Access {
			if same(a.account()) {
				byID[a.ClientID] = a.account()
			}
		}
	}
	for _, a := range byID {
		found = append(found, a)
	}
	slices.SortFunc(found, func(a, b Account) int { return compareIDs(a.ID, b.ID) })
	return found, at, nil
}

// accountsWhere reads the reseller's whole listing for a query, without deleted accounts, and the server's time at its
// first page.
func (c *Client) accountsWhere(ctx context.Context, query url.Values) (found []Account, moment createonce.Moment, err error) {
	query["deleted"] = []string{"false"}
	accounts := each("list accounts", func(a Account) string { return a.ID }, func(offset int) (page[Account], error) {
		p, err := c.accountsPage(ctx, query, offset, pageSize)
		if offset == 0 {
			moment = p.moment
		}
		return p, err
	})
	for a, err := range accounts {
		if err != nil {
			return nil, moment, err
		}
		c.view.saw(a)
		if a.Company == "" && !a.Deleted { // too thin to tell
			if a, err = c.getAccount(ctx, a.ID); err != nil {
				return nil, moment, err
			}
		}
		if !a.Deleted {
			found = append(found, a)
		}
	}
	return found, moment, nil
}

// usersWhere reads the whole listing of users and keeps those that pass, and the server's time at its first page.
func (c *Client) usersWhere(ctx context.Context, keep func(User) bool) (found []User, moment createonce.Moment, err error) {
	users := each("list users", func(u User) string { return u.ID }, func(offset int) (page[User], error) {
		p, err := c.usersPage(ctx, offset, pageSize)
		if offset == 0 {
			moment = p.moment
		}
		return p, err
	})
	for u, err := range users {
		if err != nil {
			return nil, moment, err
		}
		if u.Email == "" && !u.Deleted { // too thin to tell
			if u, err = c.getUser(ctx, u.ID); err != nil {
				return nil, moment, err
			}
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
// created after the window.
func (c *Client) createdWithin(ctx context.Context, a Account, window createonce.Window) (bool, error) {
	if a.View != ResellerView {
		return false, nil
	}
	for _, try := range []struct {
		bound time.Time
		want  bool
	}{{window.From, true}, {window.Until, false}} {
		listed, _, err := c.accountsWhere(ctx, url.Values{
			"companyName": {a.Company}, "created_at_gte": {try.bound.UTC().Format("2006-01-02T15:04:05.000000Z")},
		})
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(listed, func(l Account) bool { return l.ID == a.ID }) != try.want {
			return false, nil
		}
	}
	return true, nil
}
