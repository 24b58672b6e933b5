package fortanix

import (
	"context"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// ReadAccount returns one account as resources use it. It may come from a listing that many reads share, where accept
// returns true for its entry, which may hold less than a single read shows; LogoText gives the logo's text then. A nil
// accept takes any entry. w is what is remembered of the account.
//
// errors.Is(err, witness.ErrGone) means that the account is gone: a 404, confirmed by a listing of the same user. A 404
// without that is a *witness.NotProvenError. 401 and 403 never mean gone.
func (c *Client) ReadAccount(ctx context.Context, id string, w witness.Witness, accept func(listed Account) bool) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	account, err := c.accounts.Get(ctx, readerID(id), accept)
	if transport.IsNotFound(err) {
		err = c.listed.ProveGone(ctx, readerID(id), c.Address(), w, err)
	}
	return account, err
}

// Complete returns an account of a listing with all that a single read shows. Whether list items hold logos and auth configs
// is not documented, so one that shows neither is read singly, as long as no item of any listing has shown them.
func (c *Client) Complete(ctx context.Context, listed Account) (Account, error) {
	if listed.showsAll() || c.listsAll.Load() {
		return listed, nil
	}
	read, err := c.getAccount(ctx, listed.ID, nil)
	if transport.IsNotFound(err) { // deleted since
		return listed, nil
	}
	return read, err
}

func (a Account) showsAll() bool { return a.AuthConfigs != nil || !a.CustomLogo.IsZero() }

func (c *Client) accountSource(o Options) bulkread.Source[Account] {
	return bulkread.Source[Account]{
		Name:     "Fortanix accounts",
		PageSize: pageSize,
		Get:      func(ctx context.Context, id string) (Account, error) { return c.getAccount(ctx, id, nil) },
		Cursor: func(ctx context.Context, after string, _ int) (bulkread.Page[Account], error) {
			page, _, err := c.accountsPage(ctx, after)
			for i := range page.Items {
				page.Items[i] = page.Items[i].withoutLogoText()
			}
			return page, err
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

// withoutLogoText is the account without the text of its logo.
func (a Account) withoutLogoText() Account {
	a.CustomLogo.Base64 = ""
	return a
}
