package gcore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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
	Email       string                `json:"email"`
	Password    transport.Secret      `json:"-"`
	Company     string                `json:"company"`
	Name        wire.Field[string]    `json:"name,omitzero"`
	Phone       wire.Field[string]    `json:"phone,omitzero"`
	Lang        wire.Field[string]    `json:"lang,omitzero"`      // de, en, ru, zh, az
	UserType    wire.Field[string]    `json:"user_type,omitzero"` // common
	CustomID    wire.Field[string]    `json:"custom_id,omitzero"`
	CountryCode wire.Field[string]    `json:"country_code,omitzero"`
	Seller      wire.Field[int64]     `json:"seller,omitzero"`
	IsTest      wire.Field[bool]      `json:"is_test,omitzero"`
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
// address is the same in any case. The account's creator is who sent the request, or the user itself.
func (u NewUser) became(found accountUser) bool {
	a := found.account
	return !found.partial && a.ID != "" && found.ClientID == a.ID && a.Company == u.Company && sameText(found.Email, u.Email) &&
		(a.Owner == "" || a.Viewer == "" || a.Owner == a.Viewer || a.Owner == found.ID) &&
		kept(u.Name, found.Name) && kept(u.Phone, found.Phone) && kept(u.Lang, found.Lang) &&
		kept(u.UserType, found.UserType) && kept(u.CustomID, a.CustomID) && kept(u.CountryCode, a.CountryCode) &&
		kept(u.Seller, a.Seller) && kept(u.IsTest, a.IsTest)
}

// kept reports whether a field that was sent reads the same, if it reads at all.
func kept[T comparable](sent, shown wire.Field[T]) bool {
	value, _ := sent.Get()
	return value == nil || fits(shown, func(v T) bool { return v == *value })
}

// accountUser is a user with the account behind it.
type accountUser struct {
	User
	account Account
	partial bool // as the account tells of its users
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

// CreateUser creates a user with an account of its own by POST /iam/users, which is the reseller's alone. The result
// has the ids of both. The vendor takes each e-mail address and each company name once. The error is an
// *createonce.Error, inside a *CompanyTakenError where accounts without such a user are in the way.
func (c *Client) CreateUser(ctx context.Context, user NewUser) (User, error) {
	const operation = "create user"
	c.http.Scrubber.Add(user.Password)
	body, err := user.body()
	if err != nil {
		return User{}, &createonce.Error{Err: asError(operation, err)}
	}
	var moment createonce.Moment
	var holders []createonce.Candidate
	made, err := createonce.Creation[accountUser]{
		Clock: c.http.Clock,
		Post: func(ctx context.Context) (accountUser, error) {
			var reply User
			_, err := c.call(ctx, transport.Request{
				Operation: operation, Method: http.MethodPost, Path: usersPath, Replay: transport.Create, Into: &reply,
			}, body)
			if err == nil && (reply.Email == "" || reply.ClientID == "") {
				err = unexpected(operation, "the reply lacks the e-mail address or the account")
			}
			return accountUser{User: reply}, err
		},
		LookUp: func(ctx context.Context) (found []accountUser, _ createonce.Moment, err error) {
			found, holders, moment, err = c.userNamesakes(ctx, user)
			return found, moment, err
		},
		Same: user.became,
		MadeHere: func(ctx context.Context, found accountUser, window createonce.Window) (bool, error) {
			return c.createdWithin(ctx, found.account, window)
		},
		Describe: func(u accountUser) createonce.Candidate { return createonce.Candidate{ID: u.ID, Label: u.Email} },
	}.Run(ctx)
	if failed, ok := plainRefusal(err); ok && len(holders) == 0 {
		if failed.Candidates = c.directory.usersWithEmail(ctx, user.Email); len(failed.Candidates) == 0 {
			holders = c.holdersOf(ctx, user.Company)
		}
	}
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
// them; then the accounts that hold the company name without such a user, and the server's time.
func (c *Client) userNamesakes(ctx context.Context, user NewUser) ([]accountUser, []createonce.Candidate, createonce.Moment, error) {
	accounts, moment, shut := c.accountsWhere(ctx, url.Values{"companyName": {user.Company}})
	if shut == nil {
		var more []Account
		more, _, shut = c.accountsWhere(ctx, url.Values{"users_email": {user.Email}})
		accounts = append(accounts, more...)
	}
	if shut != nil && !denied(shut) {
		return nil, nil, moment, shut
	}
	holds := func(a Account) bool { return sameText(a.Company, user.Company) }
	near := map[string]Account{}
	whole := shut == nil // whether the accounts show all their users
	for _, a := range accounts {
		if holds(a) || !a.usersShown || a.hasUser(user.Email) {
			near[a.ID] = a
			whole = whole && a.usersShown
		}
	}
	var found []accountUser
	if whole {
		for _, a := range near {
			for _, p := range a.users {
				// p may also enter accounts that aren't its own. One that doesn't tell which is, is taken for a's until
				// it is read singly.
				own := near[p.Client.id()]
				if p.Client == 0 {
					own = a
				}
				if !p.Deleted && (sameText(p.Email, user.Email) || holds(own)) {
					u := User{ID: p.ID.id(), Email: p.Email, ClientID: orPrior(p.Client.id(), own.ID)}
					found = append(found, accountUser{User: u, account: own, partial: true})
				}
			}
		}
	} else {
		users, at, err := c.usersWhere(ctx, func(u User) bool {
			return sameText(u.Email, user.Email) || holds(near[u.ClientID]) || u.belongsTo(user.Company)
		})
		if err != nil {
			return nil, nil, moment, err
		}
		if shut != nil {
			moment = at
		}
		for _, u := range users {
			found = append(found, accountUser{User: u, account: near[u.ClientID]})
		}
	}
	rank := func(u accountUser) int {
		if holds(u.account) { // likelier the one that it belongs to
			return 0
		}
		return 1
	}
	slices.SortFunc(found, func(a, b accountUser) int { return cmp.Or(compareIDs(a.ID, b.ID), rank(a)-rank(b)) })
	found = slices.CompactFunc(found, func(a, b accountUser) bool { return a.ID == b.ID })
	for i, u := range found {
		if !u.partial || !holds(u.account) || !sameText(u.Email, user.Email) {
			continue
		}
		one, err := c.getUser(ctx, u.ID)
		switch {
		case err == nil:
			found[i].User, found[i].partial = one, false
		case !denied(err): // a denial may be lag; then it stays a candidate that the next look-up may prove
			return nil, nil, moment, err
		}
	}
	return found, holders(near, holds, found), moment, nil
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
