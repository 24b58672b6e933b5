package softwareone

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// pageSize is the largest page that the API gives; it cuts larger ones down.
const pageSize = 100

// ReadAccount returns one account as resources use it. It may come from a listing that many reads share. A 404 means
// that the token can't see the account, which is no proof that it is gone: accounts can't be deleted.
func (c *Client) ReadAccount(ctx context.Context, id string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	return c.accounts.Get(ctx, id, nil)
}

// ReadAccountDetails returns one account with its groups and audit.
func (c *Client) ReadAccountDetails(ctx context.Context, id string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	return c.readAccount(ctx, id, "select=audit,groups")
}

func (c *Client) getAccount(ctx context.Context, id string) (Account, error) {
	return c.readAccount(ctx, id, "")
}

// readAccount refuses a reply that is about another account, or about none.
func (c *Client) readAccount(ctx context.Context, id, query string) (Account, error) {
	const operation = "read account"
	var account Account
	_, err := c.call(ctx, operation, http.MethodGet, accountPath(id), query, transport.Idempotent, nil, &account)
	switch {
	case err != nil:
		return Account{}, err
	case !strings.EqualFold(account.ID, id):
		return Account{}, unexpected(operation, "the reply is not about this account")
	}
	return account, nil
}

func (c *Client) accountSource(o Options) bulkread.Source[Account] {
	return bulkread.Source[Account]{
		Name:     "SoftwareOne accounts",
		PageSize: pageSize,
		Get:      c.getAccount,
		Offset: func(ctx context.Context, offset, limit int) (bulkread.Page[Account], error) {
			page, err := c.page(ctx, "", nil, offset, limit)
			if err != nil {
				return bulkread.Page[Account]{}, err
			}
			total := -1
			if page.Meta.Pagination.Total != nil {
				total = *page.Meta.Pagination.Total
			}
			return bulkread.Page[Account]{Items: page.Data, Total: total, Limit: page.limit(limit)}, nil
		},
		ID:       func(a Account) string { return a.ID },
		Same:     sameAccount,
		Warn:     o.Warn,
		Now:      c.Now,
		Disabled: !o.BulkReads,
	}
}

// sameAccount compares what resources use; a list item that leaves such a field out differs.
func sameAccount(a, b Account) bool {
	for _, account := range []*Account{&a, &b} {
		account.Meta.Omitted = account.withheld()
		account.Audit, account.Groups, account.Revision = nil, nil, 0
	}
	return reflect.DeepEqual(a, b)
}

// withheld names the fields that a reply has left out although resources use them.
func (a Account) withheld() []string {
	var names []string
	for _, name := range a.Meta.Omitted {
		if name != "audit" && name != "groups" {
			names = append(names, name)
		}
	}
	return names
}

// listPage is the envelope of a listing.
type listPage struct {
	Meta struct {
		Pagination struct {
			Offset int  `json:"offset"`
			Limit  int  `json:"limit"`
			Total  *int `json:"total"`
		} `json:"pagination"`
		Omitted []string `json:"omitted"` // of every item
	} `json:"$meta"`
	Data   []Account `json:"data"`
	moment createonce.Moment
}

// limit is the page size in force: what the server says, since it caps what it is asked for.
func (p listPage) limit(asked int) int {
	if p.Meta.Pagination.Limit > 0 {
		return p.Meta.Pagination.Limit
	}
	return asked
}

// page fetches one page of accounts, in the order of their ids. query is RQL, encoded; selected are fields that listings
// leave out unless they are asked for.
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
	response, err := c.call(ctx, "list accounts", http.MethodGet, accountsPath, strings.Join(parameters, "&"), transport.Idempotent, nil, &page)
	if err != nil {
		return listPage{}, err
	}
	page.moment = createonce.MomentOf(response)
	for i := range page.Data {
		omitted := &page.Data[i].Meta.Omitted
		*omitted = append(*omitted, page.Meta.Omitted...)
	}
	return page, nil
}

// Filter narrows a listing. Empty fields don't count.
type Filter struct {
	Name       string // without regard to case
	Type       string
	Status     string
	ExternalID string
}

// Matches reports whether an account fits the filter. It is asked for every listed account, since the query language
// can't express every value.
func (f Filter) Matches(a Account) bool {
	return (f.Name == "" || SameName(f.Name, a.Name)) &&
		(f.Type == "" || f.Type == a.Type) &&
		(f.Status == "" || f.Status == a.Status) &&
		(f.ExternalID == "" || (a.ExternalID != nil && f.ExternalID == *a.ExternalID))
}

func (f Filter) query() string {
	var terms []string
	if f.Name != "" {
		terms = append(terms, like("name", f.Name))
	}
	for _, equal := range []struct{ field, value string }{{"type", f.Type}, {"status", f.Status}} {
		if equal.value != "" {
			terms = append(terms, "eq("+equal.field+","+quote(equal.value)+")")
		}
	}
	if f.ExternalID != "" {
		terms = append(terms, like("externalId", f.ExternalID))
	}
	switch len(terms) {
	case 0:
		return ""
	case 1:
		return terms[0]
	}
	return "and(" + strings.Join(terms, ",") + ")"
}

// like is an RQL term that matches at least every value equal to value but for case and blanks. Blanks, and quotes and
// backslashes, which RQL can't quote reliably, stand as wildcards.
func like(field, value string) string {
	pattern := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"'\`, r) || unicode.IsControl(r) {
			return '*'
		}
		return r
	}, strings.Join(strings.Fields(value), "*"))
	return "ilike(" + field + "," + quote("*"+pattern+"*") + ")"
}

// quote encodes a value for RQL, which stands raw in the query string. The value must not hold a double quote.
func quote(value string) string {
	return `"` + strings.ReplaceAll(url.QueryEscape(value), "+", "%20") + `"`
}

// ListAccounts yields the accounts that fit the filter, page by page, with their groups and audit where details is
// set. It stops after the first error.
func (c *Client) ListAccounts(ctx context.Context, filter Filter, details bool) iter.Seq2[Account, error] {
	var selected []string
	read := c.getAccount
	if details {
		selected, read = []string{"audit", "groups"}, c.ReadAccountDetails
	}
	return func(yield func(Account, error) bool) {
		for page, err := range c.pages(ctx, filter.query(), selected) {
			if err != nil {
				yield(Account{}, err)
				return
			}
			for _, account := range page.Data {
				if len(account.withheld()) > 0 {
					if account, err = read(ctx, account.ID); err != nil {
						yield(Account{}, err)
						return
					}
				}
				if filter.Matches(account) && !yield(account, nil) {
					return
				}
			}
		}
	}
}

// pages yields the pages of a listing one after the other. It stops after the first error. What listings leave out
// although resources use it is asked for once it shows.
func (c *Client) pages(ctx context.Context, query string, selected []string) iter.Seq2[listPage, error] {
	return func(yield func(listPage, error) bool) {
		last := ""
		for offset := 0; ; {
			page, err := c.page(ctx, query, selected, offset, pageSize)
			if more := page.withheld(selected); err == nil && len(more) > 0 {
				selected = slices.Concat(selected, more)
				page, err = c.page(ctx, query, selected, offset, pageSize)
			}
			if offset > 0 && len(page.Data) > 0 && page.Data[0].ID == last {
				err = unexpected("list accounts", "the listing begins anew instead of going on")
			}
			if !yield(page, err) || err != nil {
				return
			}
			limit, total := page.limit(pageSize), page.Meta.Pagination.Total
			offset += limit
			if len(page.Data) > 0 {
				last = page.Data[0].ID
			}
			if len(page.Data) == 0 || (total != nil && offset >= *total) || (total == nil && len(page.Data) < limit) {
				return
			}
		}
	}
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
