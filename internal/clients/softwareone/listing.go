package softwareone

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

const (
	// pageSize is the largest page that the API gives; it cuts larger ones down.
	pageSize = 100
	// maxListed bounds a listing that never ends, in accounts.
	maxListed = 1_000_000
)

// listPage is the envelope of a listing.
type listPage struct {
	Meta struct {
		Pagination struct {
			Limit int  `json:"limit"`
			Total *int `json:"total"`
		} `json:"pagination"`
		Omitted []string `json:"omitted"` // of every item
	} `json:"$meta"`
	Data   []Account `json:"data"`
	moment createonce.Moment
}

// limit is the page size that the server says it applied; it lowers what it is asked for.
func (p listPage) limit(asked int) int {
	if p.Meta.Pagination.Limit > 0 {
		return p.Meta.Pagination.Limit
	}
	return asked
}

// total is how many accounts the listing says it holds; -1 where it doesn't say.
func (p listPage) total() int {
	if p.Meta.Pagination.Total == nil {
		return -1
	}
	return *p.Meta.Pagination.Total
}

// page fetches one page of accounts, in the order of their ids. query is RQL, encoded; selected are fields that listings
// leave out unless they are asked for. A reply without a list of accounts is an error, not an empty page.
func (c *Client) page(ctx context.Context, query string, selected []string, offset, limit int) (listPage, error) {
	const operation = "list accounts"
	var parameters []string
	if query != "" {
		parameters = append(parameters, query)
	}
	if len(selected) > 0 {
		parameters = append(parameters, "select="+strings.Join(selected, ","))
	}
	parameters = append(parameters, "order=id", "limit="+strconv.Itoa(limit), "offset="+strconv.Itoa(offset))
	var page listPage
	response, err := c.call(ctx, operation, http.MethodGet, accountsPath, strings.Join(parameters, "&"), transport.Idempotent, nil, &page)
	switch {
	case err != nil:
		return listPage{}, err
	case page.Data == nil:
		return listPage{}, unexpected(operation, "the reply has no list of accounts (data)")
	}
	page.moment = createonce.MomentOf(response)
	for i := range page.Data {
		if page.Data[i].ID == "" {
			return listPage{}, unexpected(operation, "an account in the reply has no id")
		}
		omitted := &page.Data[i].Meta.Omitted
		*omitted = append(*omitted, page.Meta.Omitted...)
	}
	return page, nil
}

// withheld names the fields that accounts of the page lack and that have not been selected yet.
func (p listPage) withheld(selected []string) []string {
	var names []string
	for _, account := range p.Data {
		for _, name := range account.withheld() {
			if !slices.Contains(selected, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// ListAccounts yields the accounts that fit the filter, page by page, with their groups and audit where withDetails is
// set. It stops after the first error, which is a *wire.ShortListingError at the end where accounts are missing.
func (c *Client) ListAccounts(ctx context.Context, filter Filter, withDetails bool) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		if withDetails {
			c.newListing(filter, details, "audit", "groups").run(ctx, yield)
		} else {
			c.newListing(filter, "").run(ctx, yield)
		}
	}
}

// newListing returns a listing that has not begun.
func (c *Client) newListing(filter Filter, details string, selected ...string) *listing {
	return &listing{client: c, filter: filter, query: filter.query(), selected: selected, details: details, seen: map[string]bool{}}
}

// listing goes through the accounts that fit a filter, each once.
type listing struct {
	client   *Client
	filter   Filter
	query    string   // the filter in RQL; "" lists everything
	selected []string // fields to ask for
	details  string   // the query for reading an account whose listed fields are not enough
	seen     map[string]bool
	moment   createonce.Moment // of the last page
}

// run yields what the listing shows. Where that is less than its total, it lists once more.
func (l *listing) run(ctx context.Context, yield func(Account, error) bool) {
	for again := false; ; again = true {
		total, goOn := l.pass(ctx, yield)
		if !goOn || len(l.seen) >= total {
			return
		}
		if again {
			yield(Account{}, &wire.ShortListingError{Shown: len(l.seen), Total: total})
			return
		}
	}
}

// pass goes through the listing once. Pages follow one another by what has arrived, whatever page size the server
// states. It returns the total of the last page, and whether the caller wants more.
func (l *listing) pass(ctx context.Context, yield func(Account, error) bool) (total int, goOn bool) {
	passed := map[string]bool{}
	for offset := 0; ; {
		page, err := l.page(ctx, offset)
		before := len(passed)
		for _, account := range page.Data {
			passed[account.ID] = true
		}
		switch {
		case err != nil:
		case len(page.Data) > 0 && len(passed) == before:
			err = unexpected("list accounts", "the listing begins anew instead of going on")
		case len(passed) > maxListed:
			err = unexpected("list accounts", fmt.Sprintf("the listing has more than %d accounts", maxListed))
		}
		if err != nil {
			yield(Account{}, err)
			return 0, false
		}
		for _, account := range page.Data {
			if !l.yield(ctx, account, yield) {
				return 0, false
			}
		}
		offset += len(page.Data)
		total = page.total()
		if len(page.Data) == 0 || total >= 0 && offset >= total {
			return total, true
		}
	}
}

// page fetches one page. A filter that the server refuses, or a query that is too long for it, is dropped: it only saves
// pages, since every account is compared here. What the page withholds is asked for.
func (l *listing) page(ctx context.Context, offset int) (listPage, error) {
	page, err := l.client.page(ctx, l.query, l.selected, offset, pageSize)
	if offset == 0 && l.query != "" && transport.IsStatus(err, http.StatusBadRequest, http.StatusRequestURITooLong) {
		l.query = ""
		page, err = l.client.page(ctx, l.query, l.selected, offset, pageSize)
	}
	if more := page.withheld(l.selected); err == nil && len(more) > 0 {
		l.selected = slices.Concat(l.selected, more)
		page, err = l.client.page(ctx, l.query, l.selected, offset, pageSize)
	}
	l.moment = page.moment
	return page, err
}

// yield passes an account on that fits the filter and has not been passed on before, and reports whether to go on.
func (l *listing) yield(ctx context.Context, account Account, yield func(Account, error) bool) bool {
	if l.seen[account.ID] {
		return true
	}
	l.seen[account.ID] = true
	if len(account.withheld()) > 0 {
		if err := ValidID(account.ID); err != nil {
			yield(Account{}, err)
			return false
		}
		whole, _, err := l.client.readAccount(ctx, account.ID, l.details)
		if err != nil {
			yield(Account{}, err)
			return false
		}
		account = whole
	}
	return !l.filter.Matches(account) || yield(account, nil)
}
