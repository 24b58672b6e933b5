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
	Company     string // as SameName compares
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

// filterText is a filter by a text: its name in the query, what is asked for, what an account shows, and how both compare.
type filterText struct {
	name  string
	want  string
	shown wire.Field[string]
	equal func(a, b string) bool
}

// texts are the filters by a text, next to what an account shows.
func (f AccountFilter) texts(a Account) []filterText {
	return []filterText{
		{"email", f.Email, a.Email, sameText},
		{"name", f.Name, a.Name, wire.Exactly[string]},
		{"custom_id", f.CustomID, a.CustomID, wire.Exactly[string]},
		{"country_code", f.CountryCode, a.CountryCode, sameText},
		{"client_type", f.ClientType, a.ClientType, wire.Exactly[string]},
	}
}

func (f AccountFilter) query() url.Values {
	query := notDeleted()
	for _, text := range append(f.texts(Account{}),
		filterText{name: "companyName", want: f.Company}, filterText{name: "users_email", want: f.UserEmail},
		filterText{name: "reseller_id", want: f.Reseller},
	) {
		if text.want != "" {
			query.Set(text.name, text.want)
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

// matches reports whether an account shows that it fits, except for its users.
func (f AccountFilter) matches(a Account) bool {
	for _, text := range f.texts(a) {
		if value, _ := text.shown.Get(); text.want != "" && (value == nil || !text.equal(text.want, *value)) {
			return false
		}
	}
	return !a.Deleted && (f.Company == "" || SameName(f.Company, a.Company)) && (f.Reseller == "" || f.Reseller == a.Reseller) &&
		(f.IsTest == nil || shows(a.IsTest, *f.IsTest)) && (f.Seller == nil || shows(a.Seller, *f.Seller))
}

// shownBy reports whether an account shows everything that the filter asks for, except for its users.
func (f AccountFilter) shownBy(a Account) bool {
	for _, text := range f.texts(a) {
		if text.want != "" && text.shown.IsZero() {
			return false
		}
	}
	return a.Company != "" && (f.Reseller == "" || a.Reseller != "") &&
		(f.IsTest == nil || !a.IsTest.IsZero()) && (f.Seller == nil || !a.Seller.IsZero())
}

// shows reports whether a field is shown and has a value.
func shows[T comparable](field wire.Field[T], want T) bool {
	value, _ := field.Get()
	return value != nil && *value == want
}

// membership finds out whether accounts have a user with an e-mail address. Where an account doesn't show its users, the
// listing of users is asked, once.
type membership struct {
	client *Client
	email  string // "" where it doesn't matter
	asked  bool
	of     map[string]bool // ids of accounts that the user belongs to or may enter
}

func (m *membership) includes(ctx context.Context, a Account) (bool, error) {
	if m.email == "" || a.usersShown {
		return m.email == "" || a.hasUser(m.email), nil
	}
	if !m.asked {
		m.asked, m.of = true, map[string]bool{}
		users, _, err := m.client.usersWhere(ctx, func(u User) bool { return sameText(u.Email, m.email) })
		if err != nil {
			return false, err
		}
		for _, u := range users {
			m.of[u.ClientID] = true
			for _, access := range u.Access {
				m.of[access.ClientID] = true
			}
		}
	}
	return m.of[a.ID], nil
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

// ListAccounts yields the accounts that fit the filter, page by page, from whichever view the credential has. Where the
// vendor's own filters find none of them or are refused, the whole listing is read, since they may compare in another way.
// The member's view only knows ids and company names: any other filter is ErrNeedsReseller there. It stops after the first
// error.
func (c *Client) ListAccounts(ctx context.Context, filter AccountFilter) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		if c.resellers.isRefused() {
			c.listAsMember(ctx, filter, nil, yield)
			return
		}
		users := membership{client: c, email: filter.UserEmail}
		failure, found := error(nil), false
		attempts := []struct {
			query  url.Values
			enough func(Account) bool // reports whether a list item shows enough
		}{{filter.query(), filter.shownBy}, {notDeleted(), func(a Account) bool { return a.Company != "" }}}
		if filter == (AccountFilter{}) {
			attempts = attempts[1:]
		}
		for _, attempt := range attempts {
			failure = nil
			for account, err := range c.eachAccount(ctx, attempt.query, nil) {
				fits := false
				if err == nil {
					c.resellers.saw()
					account, err = c.wholeAccount(ctx, account, attempt.enough)
				}
				if err == nil && filter.matches(account) {
					fits, err = users.includes(ctx, account)
				}
				if failure = err; err != nil {
					break
				}
				if found = found || fits; fits && !yield(account, nil) {
					return
				}
			}
			if found || failure != nil && !filterRefused(failure) {
				break
			}
		}
		switch {
		case failure != nil && (c.resellers.hasAnswered() || !denied(failure)):
			yield(Account{}, failure)
			return
		case c.resellers.hasAnswered():
			return
		case transport.IsStatus(failure, http.StatusForbidden, http.StatusNotFound):
			c.resellers.refuse()
		}
		c.listAsMember(ctx, filter, failure, yield)
	}
}

// listAsMember goes on where the reseller's view has refused (failure) or shown nothing, as it might to a member.
func (c *Client) listAsMember(ctx context.Context, filter AccountFilter, failure error, yield func(Account, error) bool) {
	open := failure == nil && !c.resellers.isRefused()
	if !filter.onlyCompany() {
		if !open {
			yield(Account{}, needsReseller(failure))
		}
		return
	}
	accounts, err := c.members.all(ctx)
	for _, account := range accounts {
		if filter.matches(account) && !yield(account, nil) {
			return
		}
	}
	switch {
	case err == nil, denied(err) && open: // nothing there either
	case denied(err) && failure != nil:
		yield(Account{}, failure)
	default:
		yield(Account{}, err)
	}
}

// needsReseller is ErrNeedsReseller in the words of the refusal, if there was one.
func needsReseller(err error) error {
	failure := transport.Error{Vendor: vendor, Operation: listAccounts, Kind: transport.KindCancelled}
	if refusal, ok := errors.AsType[*transport.Error](err); ok {
		failure = *refusal
	}
	failure.Message = strings.TrimSpace("only a reseller's credential can filter by more than the company name. " + failure.Message)
	return fmt.Errorf("%w: %w", ErrNeedsReseller, &failure)
}

// wholeAccount reads an account whose list item doesn't show enough. One that has no name stays as it is listed.
func (c *Client) wholeAccount(ctx context.Context, listed Account, enough func(Account) bool) (Account, error) {
	if enough(listed) || listed.Deleted {
		return listed, nil
	}
	account, err := c.accounts.Get(ctx, listed.ID, enough)
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
	Company string // of the account that the user belongs to; as SameName compares
}

func (f UserFilter) matches(u User) bool {
	return !u.Deleted && (f.Email == "" || sameText(f.Email, u.Email)) && (f.Company == "" || u.belongsTo(f.Company))
}

// belongsTo reports whether the user's account has this company name. Where the account is shown, it knows better than
// the user.
func (u User) belongsTo(company string) bool {
	for _, a := range u.Access {
		if a.ClientID == u.ClientID {
			return SameName(a.Company, company)
		}
	}
	own, _ := u.Company.Get()
	return own != nil && SameName(*own, company)
}

// ListUsers yields the users that fit the filter, page by page. It stops after the first error.
func (c *Client) ListUsers(ctx context.Context, filter UserFilter) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range c.everyUser(ctx) {
			if err == nil {
				user, err = c.wholeUser(ctx, user)
			}
			if err != nil {
				yield(User{}, asError(listUsers, err))
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
	user, err := c.users.Get(ctx, listed.ID, func(u User) bool { return u.Email != "" })
	if errors.Is(err, ErrNameless) {
		return listed, nil
	}
	return user, err
}
