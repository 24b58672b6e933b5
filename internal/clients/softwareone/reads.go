package softwareone

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// ReadAccount returns one account as resources use it. It may come from a listing that many reads share. A 404 means
// that the token can't see the account, which does not prove that it is gone: accounts can't be deleted.
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
	account, _, err := c.readAccount(ctx, id, details)
	return account, err
}

// newAccountWait is how long ReadNewAccount may take.
const newAccountWait = 10 * time.Second

// ReadNewAccount is createonce.UntilShown for an account, whatever a listing shows.
func (c *Client) ReadNewAccount(ctx context.Context, id string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, newAccountWait)
	defer cancel()
	return createonce.UntilShown(ctx, c.http.Clock, func() (Account, error) {
		account, _, err := c.readAccount(ctx, id, "")
		return account, err
	})
}

// details is the query for what replies leave out unless they are asked for it.
const details = "select=audit,groups"

// readAccount refuses a reply that is about another account, or about none.
func (c *Client) readAccount(ctx context.Context, id, query string) (Account, createonce.Moment, error) {
	const operation = "read account"
	var account Account
	response, err := c.call(ctx, operation, http.MethodGet, accountPath(id), query, transport.Idempotent, nil, &account)
	switch {
	case err != nil:
		return Account{}, createonce.Moment{}, notShown(id, err)
	case !strings.EqualFold(account.ID, id):
		return Account{}, createonce.Moment{}, unexpected(operation, "the reply is not about this account")
	}
	return account, createonce.MomentOf(response), nil
}

// notShown says of a 404 what it means: accounts can't be deleted, so that it never proves one gone.
func notShown(id string, err error) error {
	if !transport.IsNotFound(err) {
		return err
	}
	return &witness.NotProvenError{Err: err, Reason: fmt.Sprintf("SoftwareOne doesn't show account %s to this token, and has no call that "+
		"deletes "+
		"an account. The token belongs to another account, lacks the permission to manage accounts, or the base URL is that of "+
		"another environment (softwareone.base_url, MPT_API_BASE_URL)", id)}
}

func (c *Client) accountSource(o Options) bulkread.Source[Account] {
	return bulkread.Source[Account]{
		Name:     "SoftwareOne accounts",
		PageSize: pageSize,
		Get: func(ctx context.Context, id string) (Account, error) {
			account, _, err := c.readAccount(ctx, id, "")
			return account, err
		},
		Offset: func(ctx context.Context, offset, limit int) (bulkread.Page[Account], error) {
			page, err := c.page(ctx, "", nil, offset, limit)
			if err != nil {
				return bulkread.Page[Account]{}, err
			}
			return page.items(limit), nil
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
