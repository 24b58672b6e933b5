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

// page is one page of a listing with the moment of its reply.
type page[T any] struct {
	list[T]
	moment createonce.Moment
}

// following returns the offset of the next page, and whether there is one. The server may cap pages below what was
// asked.
func (p page[T]) following(offset, limit int) (int, bool) {
	next := offset + len(p.Items)
	switch {
	case p.Bare || len(p.Items) == 0:
		return next, false
	case p.Count >= 0:
		return next, next < p.Count
	}
	return next, p.More || len(p.Items) >= limit
}

func fetchPage[T any](ctx context.Context, c *Client, operation, path string, query url.Values, offset, limit int) (page[T], error) {
	query = maps.Clone(query)
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	var p page[T]
	response, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: path, Query: query.Encode(), Into: &p.list,
	}, nil)
	if err != nil {
		return page[T]{}, err
	}
	p.moment = createonce.MomentOf(response)
	return p, nil
}

// accountsPage reads a page of the reseller's listing, ordered by id so that pages stay put.
func (c *Client) accountsPage(ctx context.Context, query url.Values, offset, limit int) (page[Account], error) {
	ordered := url.Values{"ordering": {"id"}}
	maps.Copy(ordered, query)
	return fetchPage[Account](ctx, c, "list accounts", clientsPath, ordered, offset, limit)
}

// usersPage reads a page of the listing of users, which knows neither filters nor orders.
func (c *Client) usersPage(ctx context.Context, offset, limit int) (page[User], error) {
	return fetchPage[User](ctx, c, "list users", usersPath, nil, offset, limit)
}

// eachAccount walks the reseller's listing; what it is asked for stands in query.
func (c *Client) eachAccount(ctx context.Context, query url.Values) iter.Seq2[Account, error] {
	return each("list accounts", func(a Account) string { return a.ID }, func(offset int) (page[Account], error) {
		return c.accountsPage(ctx, query, offset, pageSize)
	})
}

// everyUser walks the listing of users, tombstones included.
func (c *Client) everyUser(ctx context.Context) iter.Seq2[User, error] {
	return each("list users", func(u User) string { return u.ID }, func(offset int) (page[User], error) {
		return c.usersPage(ctx, offset, pageSize)
	})
}

// each yields the items of a listing page by page, each once, though they may move from page to page meanwhile. It
// stops after the first error.
func each[T any](operation string, id func(T) string, fetch func(offset int) (page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		for offset, more := 0, true; more; {
			p, err := fetch(offset)
			if err != nil {
				yield(none, err)
				return
			}
			fresh := false
			for _, item := range p.Items {
				if seen[id(item)] {
					continue
				}
				seen[id(item)], fresh = true, true
				if !yield(item, nil) {
					return
				}
			}
			offset, more = p.following(offset, pageSize)
			if more && !fresh {
				// It would never end, and what it leaves out can't be told.
				yield(none, unexpected(operation, "the listing repeats itself"))
				return
			}
		}
	}
}

// notDeleted is what listings are asked for; whether they heed it is not relied on.
func notDeleted() url.Values { return url.Values{"deleted": {"false"}} }

func (c *Client) accountSource(o Options) bulkread.Source[Account] {
	return bulkread.Source[Account]{
		Name:     "Gcore accounts",
		PageSize: pageSize,
		Get:      c.getAccount,
		Offset: func(ctx context.Context, offset, limit int) (bulkread.Page[Account], error) {
			p, err := c.accountsPage(ctx, notDeleted(), offset, limit)
			if err != nil {
				return bulkread.Page[Account]{}, err
			}
			for i := range p.Items {
				c.view.saw(p.Items[i])
				p.Items[i].Listed = true
			}
			return bulkPage(p, offset, limit, func(a Account) bool { return a.Deleted }), nil
		},
		ID:       func(a Account) string { return a.ID },
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
		Get:      c.getUser,
		Offset: func(ctx context.Context, offset, limit int) (bulkread.Page[User], error) {
			p, err := c.usersPage(ctx, offset, limit)
			if err != nil {
				return bulkread.Page[User]{}, err
			}
			for i := range p.Items {
				p.Items[i].Listed = true
			}
			return bulkPage(p, offset, limit, func(u User) bool { return u.Deleted }), nil
		},
		ID:       func(u User) string { return u.ID },
		Same:     sameUser,
		Warn:     o.Warn,
		Now:      c.Now,
		Disabled: !o.BulkReads,
	}
}

// bulkPage leaves tombstones out, so that they are read singly: only the answer for that very id can say "deleted".
func bulkPage[T any](p page[T], offset, limit int, deleted func(T) bool) bulkread.Page[T] {
	out := bulkread.Page[T]{Total: p.Count, Limit: limit}
	next, more := p.following(offset, limit)
	if more {
		out.Limit = next - offset
	}
	if p.Bare {
		out.Total = len(p.Items)
	}
	for _, item := range p.Items {
		if !deleted(item) {
			out.Items = append(out.Items, item)
		}
	}
	return out
}

// sameAccount compares what callers use, and leaves out what only the search for proof needs.
func sameAccount(single, listed Account) bool {
	for _, a := range []*Account{&single, &listed} {
		a.Viewer, a.Owner, a.users, a.usersShown, a.Listed = "", "", nil, false, false
	}
	return reflect.DeepEqual(single, listed)
}

// sameUser compares what callers use. The company is the account's, which is read by itself; only listings show what
// the user may enter.
func sameUser(single, listed User) bool {
	for _, u := range []*User{&single, &listed} {
		u.Company, u.Access, u.Listed = single.Company, nil, false
	}
	return reflect.DeepEqual(single, listed)
}
