package gcore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// NewUser is a user to create, with an account of its own (CreateUserRequest of the Reseller API).
type NewUser struct {
	UserFields
	AccountFields
	Email       string                `json:"email"`
	Password    transport.Secret      `json:"-"`
	Company     string                `json:"company"`
	UserType    wire.Field[string]    `json:"user_type,omitzero"` // common
	CountryCode wire.Field[string]    `json:"country_code,omitzero"`
	Services    []ProductAvailability `json:"services,omitempty"`
}

// body is the request's JSON, the one place where the password is revealed.
func (u NewUser) body() (json.RawMessage, error) {
	type plain NewUser
	return json.Marshal(struct {
		plain
		Password string `json:"password"`
	}{plain(u), u.Password.Reveal()})
}

// became reports whether found, with the account behind it, has what was sent, as far as replies show it. An e-mail
// address and codes are the same in any case.
func (u NewUser) became(found accountUser) bool {
	a := found.account
	if found.partial || a.ID == "" || found.ClientID != a.ID || a.Company != u.Company || !sameText(found.Email, u.Email) {
		return false
	}
	all := append(u.UserFields.differences(found.UserFields), u.AccountFields.differences(a.AccountFields)...)
	wire.Compare(&all, "user_type", u.UserType, found.UserType, wire.Exactly)
	wire.Compare(&all, "country_code", u.CountryCode, a.CountryCode, sameText)
	return len(all) == 0
}

// mismatch says what in the reply to a create is about another user than the one that was sent; "" where nothing is.
func (u NewUser) mismatch(made accountUser) string {
	if !sameText(made.Email, u.Email) {
		return fmt.Sprintf("the reply is about the user %q, not %q", made.Email, u.Email)
	}
	company, _ := made.Company.Get()
	if company == nil {
		company = new(string)
	}
	for _, a := range made.Access {
		if a.ClientID == made.ClientID {
			company = &a.Company
		}
	}
	return otherCompany(*company, u.Company)
}

// accountUser is a user with the account behind it.
type accountUser struct {
	User
	account Account
	partial bool // shown as one of the account's users, with little else than its e-mail address
}

// CompanyTakenError says that accounts hold the company name of a user to be created, although no user who could be
// named instead belongs to them: deleting a user leaves its account behind.
type CompanyTakenError struct {
	Err      error // an *createonce.Error
	Accounts []createonce.Candidate
}

// Error implements error.
func (e *CompanyTakenError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	for _, a := range e.Accounts {
		fmt.Fprintf(&b, "; account %s has the company name %q", a.ID, a.Label)
	}
	return b.String()
}

// Unwrap implements errors.Unwrap.
func (e *CompanyTakenError) Unwrap() error { return e.Err }

// CreateUser creates a user with an account of its own by POST /iam/users, which only a reseller may do. The result
// has the ids of both. The vendor takes each e-mail address and each company name once. The error is an
// *createonce.Error, inside a *CompanyTakenError where accounts without such a user are in the way.
func (c *Client) CreateUser(ctx context.Context, user NewUser) (User, error) {
	const operation = "create user"
	c.http.Scrubber.Add(user.Password)
	body, err := user.body()
	if err != nil {
		return User{}, &createonce.Error{Err: asError(operation, err)}
	}
	var holders []createonce.Candidate
	c.listing.Changed()
	made, err := createonce.Creation[accountUser]{
		Clock: c.http.Clock,
		IDs:   &c.madeUsers,
		Post: func(sending context.Context) (accountUser, error) {
			var reply User
			_, err := c.call(sending, transport.Request{
				Operation: operation, Method: http.MethodPost, Path: usersPath, Replay: transport.Create, Into: &reply,
			}, body)
			if err == nil && reply.ClientID == "" {
				err = unexpected(operation, "the reply lacks the account")
			}
			if err == nil && reply.Email == "" {
				// The reply is partial: the user itself shows whether it is the one that was sent, where it can be read.
				if read, _, err := c.getUser(ctx, reply.ID); err == nil && read.ID == reply.ID {
					reply = read
				}
			}
			reply.Email = orPrior(reply.Email, user.Email)
			return accountUser{User: reply}, err
		},
		Mismatch: user.mismatch,
		Read: func(ctx context.Context, made accountUser) (accountUser, createonce.Moment, error) {
			read, moment, err := c.getUser(ctx, made.ID)
			if err != nil {
				return accountUser{}, moment, err
			}
			account, _, err := c.getAccount(ctx, read.ClientID)
			return accountUser{User: read, account: account}, moment, err
		},
		LookUp: func(ctx context.Context) (found []accountUser, moment createonce.Moment, err error) {
			found, holders, moment, err = c.userNamesakes(ctx, user)
			return found, moment, err
		},
		Same: user.became,
		MadeHere: func(ctx context.Context, found accountUser, window createonce.Window) (bool, error) {
			if !found.account.madeBy(found.ID) {
				return false, nil
			}
			return c.createdWithin(ctx, found.account, window)
		},
		Describe: func(u accountUser) createonce.Candidate { return createonce.Candidate{ID: u.ID, Label: u.Email} },
	}.Run(ctx)
	c.listing.Changed()
	switch {
	case err != nil && len(holders) > 0:
		return User{}, &CompanyTakenError{Err: err, Accounts: holders}
	case err != nil:
		return User{}, err
	}
	c.users.Dirty(made.ID) // the vendor may not show it yet, and that must be seen
	c.accounts.Dirty(made.ClientID)
	return made.User, nil
}

// userNamesakes are the users who have the e-mail address or the company name of a new one, with the accounts behind
// them; then the accounts that hold the company name without such a user, and the moment of the reply.
//
// The filters are asked first. Only an account that has the company name and shows the e-mail address among its users ends
// the search there: a filter may compare in a way that misses what it is asked for, since the vendor may have changed case
// or whitespace, and accounts may not show their users. Else whole listings are read, of accounts and of users.
func (c *Client) userNamesakes(
	ctx context.Context, user NewUser,
) (found []accountUser, taken []createonce.Candidate, moment createonce.Moment, err error) {
	holds := func(a Account) bool { return SameName(a.Company, user.Company) }
	near := map[string]Account{} // accounts that have the company name, or the e-mail address among their users
	collect := func(query url.Values) error {
		_, at, err := c.accountsWhere(ctx, query, func(a Account) bool {
			if holds(a) || a.hasUser(user.Email) {
				near[a.ID] = a
			}
			return false
		})
		moment = at
		return err
	}
	for _, query := range []url.Values{{"companyName": {user.Company}}, {"users_email": {user.Email}}} {
		if err = collect(query); err != nil && !filterRefused(err) {
			break
		}
	}
	whole := func(a Account) bool { return holds(a) && a.hasUser(user.Email) }
	switch {
	case err != nil && !filterRefused(err):
	case !slices.ContainsFunc(slices.Collect(maps.Values(near)), holds):
		err = collect(nil)
	default:
		err = nil
	}
	if err != nil && !denied(err) {
		return nil, nil, moment, err
	}
	for _, a := range near {
		found = append(found, a.accountUsers(near, user.Email, holds)...)
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(near)), whole) {
		users, at, err := c.usersWhere(ctx, func(u User) bool {
			return sameText(u.Email, user.Email) || holds(near[u.ClientID]) || u.belongsTo(user.Company)
		})
		if err != nil {
			return nil, nil, moment, err
		}
		if moment.Date.IsZero() {
			moment = at
		}
		for _, u := range users {
			found = append(found, accountUser{User: u, account: near[u.ClientID]})
		}
	}
	found, err = c.distinctUsers(ctx, found, func(u accountUser) bool { return holds(u.account) && sameText(u.Email, user.Email) })
	return found, holders(near, holds, found), moment, err
}

// accountUsers are those of an account's users who have an e-mail address, or belong to an account that holds accepts.
// Such a user may also enter accounts that aren't its own, which near has. One that doesn't show which is, counts as this
// account's until it is read singly.
func (a Account) accountUsers(near map[string]Account, email string, holds func(Account) bool) (found []accountUser) {
	for _, p := range a.users {
		own := near[p.Client.id()]
		if p.Client == 0 {
			own = a
		}
		if !p.Deleted && (sameText(p.Email, email) || holds(own)) {
			u := User{ID: p.ID.id(), Email: p.Email, ClientID: orPrior(p.Client.id(), own.ID)}
			found = append(found, accountUser{User: u, account: own, partial: true})
		}
	}
	return found
}

// distinctUsers are the users found, each once, as the most complete of what shows it. Those that likely accepts are read
// singly where only an account has shown them.
func (c *Client) distinctUsers(ctx context.Context, found []accountUser, likely func(accountUser) bool) ([]accountUser, error) {
	rank := func(u accountUser) int {
		switch {
		case !likely(u):
			return 2
		case u.partial:
			return 1
		}
		return 0
	}
	slices.SortFunc(found, func(a, b accountUser) int { return cmp.Or(compareIDs(a.ID, b.ID), rank(a)-rank(b)) })
	found = slices.CompactFunc(found, func(a, b accountUser) bool { return a.ID == b.ID })
	for i, u := range found {
		if !u.partial || !likely(u) {
			continue
		}
		one, _, err := c.getUser(ctx, u.ID)
		switch {
		case err == nil:
			found[i].User, found[i].partial = one, false
		case !denied(err): // a denial may be lag; then it stays a candidate that the next look-up may prove
			return nil, err
		}
	}
	return found, nil
}

// holders are the accounts near that hold the name and have none of the users found.
func holders(near map[string]Account, holds func(Account) bool, found []accountUser) []createonce.Candidate {
	var out []createonce.Candidate
	for _, a := range near {
		if holds(a) && !slices.ContainsFunc(found, func(u accountUser) bool { return u.ClientID == a.ID }) {
			out = append(out, createonce.Candidate{ID: a.ID, Label: a.Company})
		}
	}
	slices.SortFunc(out, func(a, b createonce.Candidate) int { return compareIDs(a.ID, b.ID) })
	return out
}
