package gcore

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// integer is a whole number in any spelling: the descriptions type a user's client and a client's owner as "number", so
// that 7310004.0 and 7.310004e+06 are as good as 7310004. Null is 0.
type integer int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *integer) UnmarshalJSON(raw []byte) error {
	*n = 0
	if string(raw) == "null" {
		return nil
	}
	// Enough bits that nothing an int64 could hold, and no fraction of it, is rounded away.
	f, _, err := big.ParseFloat(string(raw), 10, 256, big.ToNearestEven)
	if err != nil {
		return fmt.Errorf("%s is not a number", raw)
	}
	i, exact := f.Int64()
	if exact != big.Exact {
		return fmt.Errorf("%s is not a whole number", raw)
	}
	*n = integer(i)
	return nil
}

// id is the number as an id, "" where there is none.
func (n integer) id() string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// requireID is id for things that are nothing without one.
func (n integer) requireID(thing string) (string, error) {
	if n <= 0 {
		return "", fmt.Errorf("the %s has no id", thing)
	}
	return n.id(), nil
}

// word is a string or a number as a string, anything else nothing: what only people look at must not make a reply
// unreadable.
type word string

// UnmarshalJSON implements json.Unmarshaler.
func (w *word) UnmarshalJSON(raw []byte) error {
	var text string
	var number json.Number
	if json.Unmarshal(raw, &text) != nil && json.Unmarshal(raw, &number) == nil {
		text = number.String()
	}
	*w = word(text)
	return nil
}

func texts(words []word) []string {
	var out []string
	for _, w := range words {
		out = append(out, string(w))
	}
	return out
}

// list is the reply to a listing: {count, next, results}, the same with "result", or a bare array of everything.
type list[T any] struct {
	Items []T
	Count int  // all items that the listing holds; -1 where the reply doesn't say
	Last  bool // whether the reply says that there is no next page
	Bare  bool // whether it is an array of everything
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	*l = list[T]{Count: -1}
	if len(raw) > 0 && raw[0] == '[' {
		l.Bare = true
		return json.Unmarshal(raw, &l.Items)
	}
	var envelope struct {
		Count   *integer           `json:"count"`
		Next    wire.Field[string] `json:"next"`
		Results *[]T               `json:"results"`
		Result  *[]T               `json:"result"`
	}
	if err := json.Unmarshal(raw, &envelope); err != nil {
		return err
	}
	switch {
	case envelope.Results != nil:
		l.Items = *envelope.Results
	case envelope.Result != nil:
		l.Items = *envelope.Result
	default:
		return errors.New("neither a list nor an envelope of one")
	}
	if envelope.Count != nil {
		l.Count = int(max(*envelope.Count, -1))
	}
	next, shown := envelope.Next.Get()
	l.Last = shown && (next == nil || *next == "")
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. It wants an id, and leaves what is missing unsent: list items may show less.
func (a *Account) UnmarshalJSON(raw []byte) error {
	var in struct {
		ID          integer              `json:"id"`
		Company     string               `json:"companyName"`
		Email       wire.Field[string]   `json:"email"`
		Name        wire.Field[string]   `json:"name"`
		Phone       wire.Field[string]   `json:"phone"`
		Status      wire.Field[string]   `json:"status"`
		CustomID    wire.Field[string]   `json:"custom_id"`
		CountryCode wire.Field[string]   `json:"country_code"`
		IsTest      wire.Field[bool]     `json:"is_test"`
		Seller      wire.Field[integer]  `json:"seller"`
		ClientType  wire.Field[string]   `json:"client_type"`
		BillType    wire.Field[string]   `json:"bill_type"`
		Website     wire.Field[string]   `json:"website"`
		Resellers   integer              `json:"resellers"` // one id all the same
		Reseller    integer              `json:"reseller"`  // as the request that changes an account has it
		Owner       integer              `json:"owner"`
		Viewer      integer              `json:"currentUser"`
		Deleted     bool                 `json:"deleted"`
		Users       wire.Field[[]person] `json:"users"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	id, err := in.ID.requireID("account")
	if err != nil {
		return err
	}
	*a = Account{
		ID: id, Company: in.Company, Email: in.Email, Name: in.Name, Phone: in.Phone, Status: in.Status,
		CustomID: in.CustomID, CountryCode: in.CountryCode, IsTest: in.IsTest, Seller: int64Field(in.Seller),
		ClientType: in.ClientType, BillType: in.BillType, Website: in.Website, Reseller: orPrior(in.Resellers.id(), in.Reseller.id()),
		Owner: in.Owner.id(), Viewer: in.Viewer.id(), Deleted: in.Deleted, View: ResellerView,
	}
	if people, shown := in.Users.Get(); shown && people != nil {
		a.users, a.usersShown = *people, true
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. It wants an id, and leaves what is missing unsent: list items may show less.
func (u *User) UnmarshalJSON(raw []byte) error {
	var in struct {
		ID        integer            `json:"id"`
		Email     string             `json:"email"`
		Name      wire.Field[string] `json:"name"`
		Phone     wire.Field[string] `json:"phone"`
		Lang      wire.Field[string] `json:"lang"`
		Company   wire.Field[string] `json:"company"`
		UserType  wire.Field[string] `json:"user_type"`
		IsActive  wire.Field[bool]   `json:"is_active"`
		Activated wire.Field[bool]   `json:"activated"`
		TwoFA     wire.Field[bool]   `json:"two_fa"`
		SSOAuth   wire.Field[bool]   `json:"sso_auth"`
		AuthTypes []word             `json:"auth_types"`
		Groups    []struct {
			ID   word `json:"id"`
			Name word `json:"name"`
		} `json:"groups"`
		Client   integer `json:"client"`
		Reseller integer `json:"reseller"`
		Deleted  bool    `json:"deleted"`
		Access   []struct {
			ClientID integer `json:"client_id"`
			Company  string  `json:"client_company_name"`
			Roles    []word  `json:"user_roles"`
		} `json:"client_and_roles"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	id, err := in.ID.requireID("user")
	if err != nil {
		return err
	}
	*u = User{
		ID: id, Email: in.Email, Name: in.Name, Phone: in.Phone, Lang: in.Lang, Company: in.Company,
		UserType: in.UserType, IsActive: in.IsActive, Activated: in.Activated, TwoFA: in.TwoFA, SSOAuth: in.SSOAuth,
		AuthTypes: texts(in.AuthTypes), ClientID: in.Client.id(), Reseller: in.Reseller.id(), Deleted: in.Deleted,
	}
	for _, group := range in.Groups {
		u.Groups = append(u.Groups, Group{ID: string(group.ID), Name: string(group.Name)})
	}
	for _, entry := range in.Access {
		clientID, err := entry.ClientID.requireID("account of a user")
		if err != nil {
			return err
		}
		u.Access = append(u.Access, Access{ClientID: clientID, Company: entry.Company, Roles: texts(entry.Roles)})
	}
	return nil
}

// person is what an account shows of each of its users.
type person struct {
	ID      integer `json:"id"`
	Email   string  `json:"email"`
	Client  integer `json:"client"` // the account that the user belongs to
	Deleted bool    `json:"deleted"`
}

func int64Field(f wire.Field[integer]) wire.Field[int64] {
	n, shown := f.Get()
	switch {
	case !shown:
		return wire.Field[int64]{}
	case n == nil:
		return wire.Null[int64]()
	}
	return wire.Value(int64(*n))
}

// ErrNameless says that an account or user reads without what people know it by, which a listing passes on as it is.
var ErrNameless = errors.New("no name")

// nameless is ErrNameless as the failure of an operation.
func nameless(operation, message string) error {
	return &transport.Error{Vendor: vendor, Operation: operation, Kind: transport.KindUnexpected, Message: message, Err: ErrNameless}
}

// check reports whether the reply to a request for one account is about it and says enough.
func (a Account) check(operation, id string) error {
	switch {
	case a.ID != id:
		return unexpected(operation, "the reply is about account "+a.ID+", not "+id)
	case a.Company == "" && !a.Deleted:
		return nameless(operation, "the reply holds no companyName")
	}
	return nil
}

// check reports whether the reply to a request for one user is about it and says enough.
func (u User) check(operation, id string) error {
	switch {
	case u.ID != id:
		return unexpected(operation, "the reply is about user "+u.ID+", not "+id)
	case u.Email == "" && !u.Deleted:
		return nameless(operation, "the reply holds no email")
	}
	return nil
}
