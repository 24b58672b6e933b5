package fortanix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

const (
	// pageSize is small since logos travel in the pages: this many of the largest are 6.7 MiB, and 10 MiB are read.
	pageSize = 40
	// maxPages and maxListed bound a listing that would go on for ever.
	maxPages  = 10_000
	maxListed = 100_000
)

// ListAccounts yields the accounts that the user belongs to, page by page, with the texts of their logos. It stops
// after the first error.
func (c *Client) ListAccounts(ctx context.Context) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		pages := c.newListing()
		for account, err := range pages.all(ctx) {
			if !yield(account, err) {
				return
			}
		}
		if err := pages.complete(); err != nil {
			c.warn(ctx, err.Error())
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
		pages := c.newListing()
		for account, err := range pages.all(ctx) {
			if !yield(witness.Listed{ID: readerID(account.ID), Owner: user}, err) {
				return
			}
		}
		if err := pages.complete(); err != nil {
			yield(witness.Listed{}, err)
		}
	}
}

// listing goes through the pages of GET /v1/accounts. Each page is asked for by its cursor, the id of the last account
// of the page before. A reply gives neither a total nor whether more pages follow, and neither the default nor the
// largest page size is documented; so only an empty page is the end, and a short one is not.
type listing struct {
	client  *Client
	more    bool
	after   string
	pages   int
	cursors map[string]bool // those that were sent
	repeats bool            // whether the listing came back to an earlier cursor
	seen    map[string]bool
	moment  createonce.Moment // of the last reply
}

func (c *Client) newListing() *listing {
	return &listing{client: c, more: true, cursors: map[string]bool{}, seen: map[string]bool{}}
}

// all yields the accounts of all pages, up to the first error. complete says afterwards whether it was all of them.
func (l *listing) all(ctx context.Context) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		for l.more {
			page, err := l.next(ctx)
			if err != nil {
				yield(Account{}, err)
				return
			}
			for _, account := range page {
				if !yield(account, nil) {
					return
				}
			}
		}
	}
}

// complete returns an error where the listing ended otherwise than with an empty page.
func (l *listing) complete() error {
	if !l.repeats {
		return nil
	}
	return unexpectedListing(fmt.Sprintf(
		"the listing repeats itself after %d accounts, so there may be others that it doesn't show", len(l.seen)))
}

// next returns the next page, without accounts that were on earlier ones. After an error it may be called again.
func (l *listing) next(ctx context.Context) ([]Account, error) {
	if l.pages == maxPages || len(l.seen) >= maxListed {
		return nil, unexpectedListing(fmt.Sprintf("the listing goes on after %d pages with %d accounts", l.pages, len(l.seen)))
	}
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if l.after != "" {
		query.Set("previous_id", l.after)
	}
	reply := listReply{scrubber: l.client.http.Scrubber}
	response, err := l.client.call(ctx, listOperation, http.MethodGet, accountsPath, query, transport.Idempotent, nil, &reply)
	if err != nil {
		return nil, err
	}
	l.pages++
	l.moment = createonce.MomentOf(response)
	var fresh []Account
	for _, account := range reply.accounts {
		if account.showsAll() {
			l.client.listsAll.Store(true)
		}
		if id := readerID(account.ID); !l.seen[id] {
			l.seen[id] = true
			fresh = append(fresh, account)
		}
	}
	if len(reply.accounts) == 0 {
		l.more = false
		return nil, nil
	}
	l.after = reply.accounts[len(reply.accounts)-1].ID
	if cursor := readerID(l.after); l.cursors[cursor] {
		l.more, l.repeats = false, true
	} else {
		l.cursors[cursor] = true
	}
	return fresh, nil
}

const listOperation = "list accounts"

func unexpectedListing(why string) error {
	return &transport.Error{Vendor: vendor, Operation: listOperation, Kind: transport.KindUnexpected, Message: why}
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
