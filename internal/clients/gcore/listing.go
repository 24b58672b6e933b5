package gcore

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// pageSize is the limit that listings are asked with. The API's own default and maximum are not documented; without a
// limit it answers with everything at once.
const pageSize = 100

const (
	listAccounts = "list accounts"
	listUsers    = "list users"
)

func accountID(a Account) string { return a.ID }
func userID(u User) string       { return u.ID }

// fetchPage reads one page of a listing, and the moment of the reply. A server may send fewer items than were asked for
// and have more.
func fetchPage[T any](
	ctx context.Context, c *Client, operation, path string, query url.Values, offset, limit int,
) (bulkread.Page[T], createonce.Moment, error) {
	query = maps.Clone(query)
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	var p list[T]
	response, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: path, Query: query.Encode(), Into: &p,
	}, nil)
	if err != nil {
		return bulkread.Page[T]{}, createonce.Moment{}, err
	}
	return p.page(response.Size), createonce.MomentOf(response), nil
}

// page is the list as one page of a listing. size is the length of the reply in bytes.
func (l list[T]) page(size int) bulkread.Page[T] {
	p := bulkread.Page[T]{Items: l.Items, Total: l.Count, Limit: len(l.Items), Last: l.Bare || l.Last, Size: size}
	if l.Bare {
		p.Total = len(l.Items)
	}
	return p
}

// accountsPage reads a page of the reseller's listing, ordered by id so that pages stay put.
func (c *Client) accountsPage(
	ctx context.Context, query url.Values, offset, limit int,
) (bulkread.Page[Account], createonce.Moment, error) {
	ordered := url.Values{"ordering": {"id"}}
	maps.Copy(ordered, query)
	return fetchPage[Account](ctx, c, listAccounts, clientsPath, ordered, offset, limit)
}

// usersPage reads a page of the listing of users, which knows neither filters nor orders.
func (c *Client) usersPage(ctx context.Context, offset, limit int) (bulkread.Page[User], createonce.Moment, error) {
	return fetchPage[User](ctx, c, listUsers, usersPath, nil, offset, limit)
}

// eachAccount walks the reseller's listing; what it is asked for stands in query. first is set to the moment of the first
// page, unless it is nil.
func (c *Client) eachAccount(ctx context.Context, query url.Values, first *createonce.Moment) iter.Seq2[Account, error] {
	return bulkread.Listing[Account]{
		Vendor: vendor, Operation: listAccounts, ID: accountID,
		Page: func(ctx context.Context, offset int, _ string) (bulkread.Page[Account], error) {
			page, moment, err := c.accountsPage(ctx, query, offset, pageSize)
			if offset == 0 && first != nil {
				*first = moment
			}
			return page, err
		},
	}.Each(ctx)
}

// everyUser walks the listing of users, tombstones included.
func (c *Client) everyUser(ctx context.Context) iter.Seq2[User, error] { return c.eachUser(ctx, nil) }

// eachUser is everyUser with the moment of the first page.
func (c *Client) eachUser(ctx context.Context, first *createonce.Moment) iter.Seq2[User, error] {
	return bulkread.Listing[User]{
		Vendor: vendor, Operation: listUsers, ID: userID,
		Page: func(ctx context.Context, offset int, _ string) (bulkread.Page[User], error) {
			page, moment, err := c.usersPage(ctx, offset, pageSize)
			if offset == 0 && first != nil {
				*first = moment
			}
			return page, err
		},
	}.Each(ctx)
}

// notDeleted is what listings are asked for; nothing relies on it.
func notDeleted() url.Values { return url.Values{"deleted": {"false"}} }

func (c *Client) accountSource(o Options) bulkread.Source[Account] {
	return bulkread.Source[Account]{
		Name:     "Gcore accounts",
		PageSize: pageSize,
		Get: func(ctx context.Context, id string) (Account, error) {
			account, _, err := c.getAccount(ctx, id)
			return account, err
		},
		Offset: func(ctx context.Context, offset, limit int) (bulkread.Page[Account], error) {
			page, _, err := c.accountsPage(ctx, notDeleted(), offset, limit)
			if len(page.Items) > 0 {
				c.resellers.saw()
			}
			return withoutTombstones(page, func(a Account) bool { return a.Deleted }), err
		},
		ID:       accountID,
		Same:     sameAccount,
		Warn:     o.Warn,
		Now:      c.Now,
		Disabled: !o.BulkReads,
	}
}

func (c *Client) userSource(o Options) bulkread.Source[User] {
	return bulkread.Source[User]{
		Name:     "Gcore users",
		PageSize: pageSize,
		Get: func(ctx context.Context, id string) (User, error) {
			user, _, err := c.getUser(ctx, id)
			return user, err
		},
		Offset: func(ctx context.Context, offset, limit int) (bulkread.Page[User], error) {
			page, _, err := c.usersPage(ctx, offset, limit)
			return withoutTombstones(page, func(u User) bool { return u.Deleted }), err
		},
		ID:       userID,
		Same:     sameUser,
		Warn:     o.Warn,
		Now:      c.Now,
		Disabled: !o.BulkReads,
	}
}

// withoutTombstones leaves deleted items out, so that they are read singly: only the answer for that very id can say
// "deleted".
func withoutTombstones[T any](page bulkread.Page[T], deleted func(T) bool) bulkread.Page[T] {
	page.Arrived = len(page.Items)
	var live []T
	for _, item := range page.Items {
		if !deleted(item) {
			live = append(live, item)
		}
	}
	page.Items = live
	return page
}

// sameAccount compares what callers use, and leaves out what only the search for proof needs.
func sameAccount(single, listed Account) bool {
	for _, a := range []*Account{&single, &listed} {
		a.Viewer, a.Owner, a.users, a.usersShown = "", "", nil, false
	}
	return reflect.DeepEqual(single, listed)
}

// sameUser compares what callers use. The company is the account's, which is read by itself; only listings show what
// the user may enter.
func sameUser(single, listed User) bool {
	for _, u := range []*User{&single, &listed} {
		u.Company, u.Access = single.Company, nil
	}
	return reflect.DeepEqual(single, listed)
}
