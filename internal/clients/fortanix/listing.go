package fortanix

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// pageSize is small since logos travel in the pages: this many of the largest are 6.7 MiB, and 10 MiB are read.
const pageSize = 40

const listOperation = "list accounts"

// ListAccounts yields the accounts that the user belongs to, page by page, with the texts of their logos. It stops
// after the first error. A listing that repeats itself is a warning in the log.
func (c *Client) ListAccounts(ctx context.Context) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		for account, err := range c.eachAccount(ctx, nil) {
			if errors.Is(err, bulkread.ErrRepeats) {
				c.warn(ctx, err.Error())
				return
			}
			if !yield(account, err) {
				return
			}
		}
	}
}

// listOwned lists the accounts that the session's user belongs to, with that user as their owner.
func (c *Client) listOwned(ctx context.Context) iter.Seq2[witness.Listed, error] {
	return func(yield func(witness.Listed, error) bool) {
		user, err := c.Caller(ctx)
		if err != nil {
			yield(witness.Listed{}, err)
			return
		}
		for account, err := range c.eachAccount(ctx, nil) {
			if !yield(witness.Listed{ID: readerID(account.ID), Owner: user}, err) {
				return
			}
		}
	}
}

// eachAccount walks the listing. last is set to the moment of the newest page, unless it is nil.
func (c *Client) eachAccount(ctx context.Context, last *createonce.Moment) iter.Seq2[Account, error] {
	return bulkread.Listing[Account]{
		Vendor: vendor, Operation: listOperation, ID: func(a Account) string { return readerID(a.ID) }, Cursors: true,
		Page: func(ctx context.Context, _ int, after string) (bulkread.Page[Account], error) {
			page, moment, err := c.accountsPage(ctx, after)
			if err == nil && last != nil {
				*last = moment
			}
			return page, err
		},
	}.Each(ctx)
}

// accountsPage reads one page of GET /v1/accounts, and the moment of the reply. Each page is asked for by its cursor, the
// id of the last account of the page before. A reply gives neither a total nor whether more pages follow, and neither the
// default nor the largest page size is documented; so only an empty page is the end, and a short one is not.
func (c *Client) accountsPage(ctx context.Context, after string) (bulkread.Page[Account], createonce.Moment, error) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if after != "" {
		query.Set("previous_id", after)
	}
	reply := listReply{scrubber: c.http.Scrubber}
	response, err := c.call(ctx, listOperation, http.MethodGet, accountsPath, query, transport.Idempotent, nil, &reply)
	if err != nil {
		return bulkread.Page[Account]{}, createonce.Moment{}, err
	}
	page := bulkread.Page[Account]{Items: reply.accounts, Total: -1, Size: response.Size}
	for _, account := range reply.accounts {
		page.Next = account.ID
		if account.showsAll() {
			c.listsAll.Store(true)
		}
	}
	return page, createonce.MomentOf(response), nil
}

// listReply decodes a page.
type listReply struct {
	accounts []Account
	scrubber *transport.Scrubber
}

// UnmarshalJSON implements json.Unmarshaler. A reply without items is not an empty page: that could pass for proof.
func (r *listReply) UnmarshalJSON(raw []byte) error {
	var page struct {
		Items *[]json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		return err
	}
	if page.Items == nil {
		return errors.New("a listing without items")
	}
	r.accounts = nil
	for _, item := range *page.Items {
		account := accountReply{scrubber: r.scrubber}
		if err := json.Unmarshal(item, &account); err != nil {
			return err
		}
		r.accounts = append(r.accounts, account.Account)
	}
	return nil
}
