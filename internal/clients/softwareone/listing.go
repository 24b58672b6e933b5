package softwareone

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

const (
	// pageSize is the largest page that the API gives; it cuts larger ones down.
	pageSize      = 100
	listOperation = "list accounts"
	// maxOmitted is how many fields a page may leave out of all its accounts.
	maxOmitted = 256
	// maxSelected is how many fields a listing asks for. An account that lacks others is read singly.
	maxSelected = 32
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
	size   int // bytes
}

// items is the page as bulkread has it. The server lowers the page size that it is asked for.
func (p listPage) items(asked int) bulkread.Page[Account] {
	page := bulkread.Page[Account]{Items: p.Data, Total: -1, Limit: asked, Size: p.size}
	if p.Meta.Pagination.Total != nil {
		page.Total = *p.Meta.Pagination.Total
	}
	if p.Meta.Pagination.Limit > 0 {
		page.Limit = p.Meta.Pagination.Limit
	}
	return page
}

// page fetches one page of accounts, in the order of their ids. query is RQL, encoded; selected are fields that listings
// leave out unless they are asked for. A reply without a list of accounts is an error, not an empty page.
func (c *Client) page(ctx context.Context, query string, selected []string, offset, limit int) (listPage, error) {
	var parameters []string
	if query != "" {
		parameters = append(parameters, query)
	}
	if len(selected) > 0 {
		parameters = append(parameters, "select="+strings.Join(selected, ","))
	}
	parameters = append(parameters, "order=id", "limit="+strconv.Itoa(limit), "offset="+strconv.Itoa(offset))
	var page listPage
	response, err := c.call(ctx, listOperation, http.MethodGet, accountsPath, strings.Join(parameters, "&"), transport.Idempotent, nil, &page)
	switch {
	case err != nil:
		return listPage{}, err
	case page.Data == nil:
		return listPage{}, unexpected(listOperation, "the reply has no list of accounts (data)")
	case len(page.Meta.Omitted) > maxOmitted: // each account gets them
		return listPage{}, unexpected(listOperation, fmt.Sprintf("the reply says that it leaves out more than %d fields", maxOmitted))
	}
	page.moment, page.size = createonce.MomentOf(response), response.Size
	for i := range page.Data {
		if page.Data[i].ID == "" {
			return listPage{}, unexpected(listOperation, "an account in the reply has no id")
		}
		omitted := &page.Data[i].Meta.Omitted
		*omitted = append(*omitted, page.Meta.Omitted...)
	}
	return page, nil
}

var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.]{0,63}$`)

// withheld names the fields that accounts of the page lack and that have not been selected yet.
func (p listPage) withheld(selected []string) []string {
	var names []string
	for _, account := range p.Data {
		for _, name := range account.withheld() {
			if len(selected)+len(names) == maxSelected {
				return names
			}
			if fieldName.MatchString(name) && !slices.Contains(selected, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// ListAccounts yields the accounts that fit the filter, page by page, with their groups and audit where withDetails is
// set. It stops after the first error, which holds a *wire.ShortListingError at the end where accounts are missing.
func (c *Client) ListAccounts(ctx context.Context, filter Filter, withDetails bool) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		l := c.newListing(filter)
		if withDetails {
			l.details, l.selected = details, []string{"audit", "groups"}
		}
		l.each(ctx, yield)
	}
}

// listing goes through the accounts that fit a filter.
type listing struct {
	client   *Client
	filter   Filter
	query    string            // the filter in RQL; "" lists everything
	selected []string          // fields to ask for
	details  string            // the query for reading an account whose listed fields are not enough
	moment   createonce.Moment // of the last page
}

func (c *Client) newListing(filter Filter) *listing {
	return &listing{client: c, filter: filter, query: filter.query()}
}

// each yields every account that fits the filter once.
func (l *listing) each(ctx context.Context, yield func(Account, error) bool) {
	pages := bulkread.Listing[Account]{
		Vendor: vendor, Operation: listOperation, ID: func(a Account) string { return a.ID },
		Page: func(ctx context.Context, offset int, _ string) (bulkread.Page[Account], error) {
			return l.page(ctx, offset)
		},
	}
	for account, err := range pages.Each(ctx) {
		if err == nil && len(account.withheld()) > 0 {
			account, err = l.read(ctx, account.ID)
		}
		if err != nil {
			yield(Account{}, err)
			return
		}
		if l.filter.Matches(account) && !yield(account, nil) {
			return
		}
	}
}

// page fetches one page. A filter that the server refuses, or a query that is too long for it, is dropped: it only saves
// pages, since every account is compared here. What the page withholds is asked for.
func (l *listing) page(ctx context.Context, offset int) (bulkread.Page[Account], error) {
	page, err := l.client.page(ctx, l.query, l.selected, offset, pageSize)
	if offset == 0 && l.query != "" && transport.IsStatus(err, http.StatusBadRequest, http.StatusRequestURITooLong) {
		l.query = ""
		page, err = l.client.page(ctx, l.query, l.selected, offset, pageSize)
	}
	if more := page.withheld(l.selected); err == nil && len(more) > 0 {
		l.selected = slices.Concat(l.selected, more)
		first := page.size
		page, err = l.client.page(ctx, l.query, l.selected, offset, pageSize)
		page.size += first
	}
	l.moment = page.moment
	return page.items(pageSize), err
}

// read reads an account whose listed fields are not enough.
func (l *listing) read(ctx context.Context, id string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	account, _, err := l.client.readAccount(ctx, id, l.details)
	return account, err
}
