package fortanix

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// pageSize is small since logos travel in the pages: this many of the largest are 6.7 MiB, and 10 MiB are read.
const pageSize = 40

// ReadAccount returns one account as resources use it. It may come from a listing that many reads share; LogoText gives
// the logo's text then.
//
// errors.Is(err, ErrGone) means that the account is gone: a 404, confirmed by a listing of the same user that succeeds
// and lacks it. A 404 without that is a *NotProvenError. 401 and 403 never mean gone.
func (c *Client) ReadAccount(ctx context.Context, id string, witness Witness) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	account, err := c.accounts.Get(ctx, readerID(id), nil)
	if transport.IsNotFound(err) {
		err = c.proveGone(ctx, id, witness, err)
	}
	return account, err
}

// ReadAccountAlone is ReadAccount without a listing.
func (c *Client) ReadAccountAlone(ctx context.Context, id string, witness Witness) (Account, error) {
	c.accounts.Dirty(readerID(id))
	return c.ReadAccount(ctx, id, witness)
}

// CurrentUser returns the id of the session's user. It logs in where nobody has, and asks for the user only if the
// session's replies don't tell.
func (c *Client) CurrentUser(ctx context.Context) (string, error) {
	user, err := c.session.user(ctx)
	if err != nil || user != "" {
		return user, err
	}
	var reply struct {
		ID string `json:"user_id"`
	}
	if _, err := c.call(ctx, "read current user", http.MethodGet, "/v1/user", nil, transport.Idempotent, nil, &reply); err != nil {
		return "", err
	}
	if reply.ID == "" {
		return "", &transport.Error{
			Vendor: vendor, Operation: "read current user", Kind: transport.KindUnexpected, Message: "the reply holds no user_id",
		}
	}
	c.session.setUser(reply.ID)
	return reply.ID, nil
}

// ListAccounts yields the accounts that the user belongs to, page by page, with the texts of their logos. It stops
// after the first error.
func (c *Client) ListAccounts(ctx context.Context) iter.Seq2[Account, error] {
	return func(yield func(Account, error) bool) {
		listing := c.newListing(false)
		for listing.more {
			page, err := listing.next(ctx)
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

// Whole returns an account of a listing with all that the account itself shows. Whether list items hold logos and auth
// configs is not documented, so one that shows neither is asked for by itself, as long as no item of any listing has
// shown them.
func (c *Client) Whole(ctx context.Context, listed Account) (Account, error) {
	if listed.showsAll() || c.listsAll.Load() {
		return listed, nil
	}
	whole, err := c.getAccount(ctx, listed.ID, nil)
	if transport.IsNotFound(err) { // deleted since
		return listed, nil
	}
	return whole, err
}

func (a Account) showsAll() bool { return a.AuthConfigs != nil || !a.CustomLogo.IsZero() }

// listing goes through the pages of GET /v1/accounts. They go by cursor, the id of the last account of the page before,
// and tell neither a total nor whether more follow. Neither default nor largest page size is documented.
type listing struct {
	client   *Client
	thorough bool // go on until a page is empty
	more     bool
	after    string
	size     int // of a full page, learnt from the first one since the server may cap what it is asked for; 0 before
	seen     map[string]bool
	moment   createonce.Moment // of the last reply
}

// newListing begins a listing. One that isn't thorough takes a page that is shorter than the first one for the last.
func (c *Client) newListing(thorough bool) *listing {
	return &listing{client: c, thorough: thorough, more: true, seen: map[string]bool{}}
}

// next returns the next page, without accounts that were on earlier ones. After an error it may be called again.
func (l *listing) next(ctx context.Context) ([]Account, error) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if l.after != "" {
		query.Set("previous_id", l.after)
	}
	reply := listReply{scrubber: l.client.http.Scrubber}
	response, err := l.client.call(ctx, "list accounts", http.MethodGet, accountsPath, query, transport.Idempotent, nil, &reply)
	if err != nil {
		return nil, err
	}
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
	count := len(reply.accounts)
	l.more = len(fresh) > 0 && (l.thorough || count >= l.size)
	if len(fresh) > 0 {
		l.after = reply.accounts[count-1].ID
	}
	if l.size == 0 {
		l.size = count
	}
	return fresh, nil
}

// listReply decodes a page.
type listReply struct {
	accounts []Account
	scrubber *transport.Scrubber
}

// UnmarshalJSON implements json.Unmarshaler. A reply without items is no empty page: that could pass for proof.
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

func (c *Client) accountSource(o Options) bulkread.Source[Account] {
	var pages *listing // a reader has one listing, and takes its pages in turn
	return bulkread.Source[Account]{
		Name:     "Fortanix accounts",
		PageSize: pageSize,
		Get:      func(ctx context.Context, id string) (Account, error) { return c.getAccount(ctx, id, nil) },
		Cursor: func(ctx context.Context, after string, _ int) (bulkread.Page[Account], error) {
			if after == "" {
				pages = c.newListing(false)
			}
			accounts, err := pages.next(ctx)
			if err != nil {
				return bulkread.Page[Account]{}, err
			}
			for i := range accounts {
				accounts[i] = accounts[i].thin()
				accounts[i].Listed = true
			}
			page := bulkread.Page[Account]{Items: accounts}
			if pages.more {
				page.Next = pages.after
			}
			return page, nil
		},
		ID:       func(a Account) string { return readerID(a.ID) },
		Same:     sameAccount,
		Warn:     o.Warn,
		Now:      c.Now,
		Disabled: !o.BulkReads,
	}
}

// readerID is an id as the reader knows it: a UUID has two spellings.
func readerID(id string) string { return strings.ToLower(id) }

// thin is the account without the text of its logo.
func (a Account) thin() Account {
	a.CustomLogo.Base64 = ""
	return a
}
