package gcore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// AccountFilter narrows a listing of accounts (query of GET /iam/clients). Zero fields don't count. Whether the vendor
// compares whole values or parts of them is not documented: every account that comes back is compared again.
type AccountFilter struct {
	Company     string // without regard to case and outer blanks
	Email       string // without regard to case
	Name        string
	CustomID    string
	CountryCode string // without regard to case
	ClientType  string // common, reseller, sales
	UserEmail   string // of any of the account's users; without regard to case
	IsTest      *bool
	Seller      *int64
	Reseller    string // a reseller's id
}

func (f AccountFilter) query() url.Values {
	query := notDeleted()
	for name, value := range map[string]string{
		"companyName": f.Company, "email": f.Email, "name": f.Name, "custom_id": f.CustomID,
		"country_code": f.CountryCode, "client_type": f.ClientType, "users_email": f.UserEmail, "reseller_id": f.Reseller,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if f.IsTest != nil {
		query.Set("is_test", strconv.FormatBool(*f.IsTest))
	}
	if f.Seller != nil {
		query.Set("seller_id", strconv.FormatInt(*f.Seller, 10))
	}
	return query
}

// matches reports whether an account fits, as far as it shows.
func (f AccountFilter) matches(a Account) bool {
	return !a.Deleted &&
		(f.Company == "" || sameText(f.Company, a.Company)) &&
		(f.Email == "" || fits(a.Email, func(v string) bool { return sameText(f.Email, v) })) &&
		(f.Name == "" || fits(a.Name, func(v string) bool { return f.Name == v })) &&
		(f.CustomID == "" || fits(a.CustomID, func(v string) bool { return f.CustomID == v })) &&
		(f.CountryCode == "" || fits(a.CountryCode, func(v string) bool { return sameText(f.CountryCode, v) })) &&
		(f.ClientType == "" || fits(a.ClientType, func(v string) bool { return f.ClientType == v })) &&
		(f.UserEmail == "" || !a.usersShown || a.hasUser(f.UserEmail)) &&
		(f.IsTest == nil || fits(a.IsTest, func(v bool) bool { return *f.IsTest == v })) &&
		(f.Seller == nil || fits(a.Seller, func(v int64) bool { return *f.Seller == v })) &&
		(f.Reseller == "" || a.Reseller == "" || f.Reseller == a.Reseller)
}

// fits reports whether a field passes a test; one that isn't shown does, and null doesn't.
func fits[T any](field wire.Field[T], test func(T) bool) bool {
	value, shown := field.Get()
	return !shown || value != nil && test(*value)
}

func (a Account) hasUser(email string) bool {
	for _, p := range a.users {
		if !p.Deleted && sameText(p.Email, email) {
			return true
		}
	}
	return false
}

// onlyCompany reports whether the filter asks for nothing that the member's view can't show.
func (f AccountFilter) onlyCompany() bool {
	f.Company = ""
	return f == AccountFilter{}
}

// ListAccounts yields the accounts that fit the filter, page by page, from whichever view the credential has. The
// member's view knows ids and company names alone: any other filter is ErrNeedsReseller there. It stops after the first
// error.
func (c *Client) ListAccounts(ctx context.Context, filter AccountFilter) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		var failure error
		if !c.view.isRefused() {
			shown := false
			for account, err := range c.eachAccount(ctx, filter.query()) {
				if failure = err; err != nil {
					break
				}
				shown = true
				c.view.saw(account)
				if account, failure = c.wholeAccount(ctx, account); failure != nil {
					break
				}
				if filter.matches(account) && !yield(account, nil) {
					return
				}
			}
			if failure != nil && (shown || !denied(failure)) {
				yield(Account{}, failure)
				return
			}
			if failure == nil && !c.view.hasAnswered() && filter != (AccountFilter{}) {
				failure = c.probe(ctx) // nothing fits, or nothing is shown at all?
			}
			if failure != nil && !denied(failure) {
				yield(Account{}, failure)
				return
			}
			if c.view.hasAnswered() {
				return
			}
			if transport.IsStatus(failure, http.StatusForbidden, http.StatusNotFound) {
				c.view.refuse()
			}
		}
		c.listAsMember(ctx, filter, failure, yield)
	}
}

// listAsMember goes on where the reseller's view has refused (failure) or shown nothing, as it might to a member.
func (c *Client) listAsMember(ctx context.Context, filter AccountFilter, failure error, yield func(Account, error) bool) {
	open := failure == nil && !c.view.isRefused()
	if !filter.onlyCompany() {
		if !open {
			yield(Account{}, needsReseller(failure))
		}
		return
	}
	accounts, err := c.directory.all(ctx)
	switch {
	case err != nil && denied(err) && open:
		return // nothing there either
	case err != nil && denied(err) && failure != nil:
		yield(Account{}, failure)
		return
	case err != nil:
		yield(Account{}, err)
		return
	}
	for _, account := range accounts {
		if filter.matches(account) && !yield(account, nil) {
			return
		}
	}
}

// needsReseller is ErrNeedsReseller in the words of the refusal, if there was one.
func needsReseller(err error) error {
	failure := transport.Error{Vendor: vendor, Operation: "list accounts", Kind: transport.KindCancelled}
	if refusal, ok := errors.AsType[*transport.Error](err); ok {
		failure = *refusal
	}
	failure.Message = strings.TrimSpace("only a reseller's credential can filter by more than the company name. " + failure.Message)
	return fmt.Errorf("%w: %w", ErrNeedsReseller, &failure)
}

// wholeAccount reads an account whose list item is too thin. One that has no name is passed on as it is listed.
func (c *Client) wholeAccount(ctx context.Context, listed Account) (Account, error) {
	if listed.Company != "" || listed.Deleted {
		return listed, nil
	}
	account, err := c.accounts.Get(ctx, listed.ID, nil)
	switch {
	case errors.Is(err, ErrNameless):
		return listed, nil
	case err != nil:
		return Account{}, asError("read account", err)
	}
	return account, nil
}

// UserFilter narrows a listing of users. The vendor has no filters for it. Zero fields don't count.
type UserFilter struct {
	Email   string // without regard to case
	Company string // of the account that the user belongs to; without regard to case and outer blanks
}

func (f UserFilter) matches(u User) bool {
	return !u.Deleted && (f.Email == "" || sameText(f.Email, u.Email)) && (f.Company == "" || u.belongsTo(f.Company))
}

// belongsTo reports whether the user's account has this company name. Where the account is shown, it knows better than
// the user.
func (u User) belongsTo(company string) bool {
	for _, a := range u.Access {
		if a.ClientID == u.ClientID {
			return sameText(a.Company, company)
		}
	}
	own, _ := u.Company.Get()
	return own != nil && sameText(*own, company)
}

// ListUsers yields the users that fit the filter, page by page. It stops after the first error.
func (c *Client) ListUsers(ctx context.Context, filter UserFilter) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range c.everyUser(ctx) {
			if err == nil {
				user, err = c.wholeUser(ctx, user)
			}
			if err != nil {
				yield(User{}, asError("list users", err))
				return
			}
			if filter.matches(user) && !yield(user, nil) {
				return
			}
		}
	}
}

// wholeUser is wholeAccount for a user.
func (c *Client) wholeUser(ctx context.Context, listed User) (User, error) {
	if listed.Email != "" || listed.Deleted {
		return listed, nil
	}
	user, err := c.users.Get(ctx, listed.ID, nil)
	if errors.Is(err, ErrNameless) {
		return listed, nil
	}
	return user, err
}
