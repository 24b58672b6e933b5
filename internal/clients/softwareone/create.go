package softwareone

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// twinAge is how long after its creation an account with the very content of a new one, made with this token by another
// process, counts as the work of a run that was killed or retried.
const twinAge = time.Hour

// CreateAccount creates an account, with a logo where one is given. Since names may repeat, it looks first: an account
// of the same name and type, disabled ones included, is an error. With allowDuplicate only such a one is that has exactly
// what would be sent and that another process made with this token within the last hour. Within one process only one
// create per name runs at a time; two processes at once can still create two. Errors of the create itself are
// *createonce.Error.
func (c *Client) CreateAccount(ctx context.Context, account NewAccount, logo []byte, allowDuplicate bool) (Account, error) {
	name := account.Type + " " + strings.ToLower(strings.Join(strings.Fields(account.Name), " "))
	unlock, err := c.creating.lock(ctx, name)
	if err != nil {
		return Account{}, err
	}
	defer unlock()
	existing, err := c.duplicates(ctx, account, name, allowDuplicate)
	if err != nil {
		return Account{}, fmt.Errorf("looking for accounts of the same name: %w", err)
	}
	if len(existing) > 0 {
		return Account{}, &createonce.Error{Candidates: existing}
	}
	var body any = account
	if logo != nil {
		if body, err = withLogo(account, logo); err != nil {
			return Account{}, err
		}
	}
	creation := createonce.Creation[Account]{
		Clock: c.http.Clock,
		IDs:   &c.creating.ids,
		Post: func(sending context.Context) (Account, error) {
			made, err := c.postAccount(sending, body)
			if err == nil && (made.Name == "" || made.Type == "" || made.Status == "") {
				// The reply is partial: the account itself shows whether it is the one that was sent, where it can be read.
				if read, _, err := c.readAccount(ctx, made.ID, ""); err == nil {
					return read, nil
				}
			}
			return made, err
		},
		Mismatch: account.mismatch,
		Read: func(ctx context.Context, made Account) (Account, createonce.Moment, error) {
			return c.readAccount(ctx, made.ID, details)
		},
		LookUp: func(ctx context.Context) ([]Account, createonce.Moment, error) {
			return c.namesakes(ctx, account, allowDuplicate)
		},
		Same:     account.equals,
		MadeHere: c.madeHere,
		Describe: describe,

		KeysRepeat: true,
	}
	made, err := creation.Run(ctx)
	if err != nil {
		return Account{}, err
	}
	c.accounts.Dirty(made.ID) // the vendor may not show it yet, and that must be seen
	c.creating.created(name, made)
	return made, nil
}

// postAccount sends the create.
func (c *Client) postAccount(ctx context.Context, body any) (Account, error) {
	const operation = "create account"
	var made Account
	if _, err := c.call(ctx, operation, http.MethodPost, accountsPath, "", transport.Create, body, &made); err != nil {
		return Account{}, err
	}
	if ValidID(made.ID) != nil {
		return Account{}, unexpected(operation, "the reply holds no account id")
	}
	return made, nil
}

// mismatch says what in the reply to a create is about another account; "" where nothing is.
func (n NewAccount) mismatch(made Account) string {
	switch {
	case made.Name != "" && !SameName(made.Name, n.Name):
		return fmt.Sprintf("the reply to the create is about an account named %q", made.Name)
	case made.Type != "" && made.Type != n.Type:
		return fmt.Sprintf("the reply to the create is about an account of type %q", made.Type)
	}
	return ""
}

// equals reports whether an account has exactly what a create sends.
func (n NewAccount) equals(found Account) bool {
	return found.Name == n.Name && found.Type == n.Type && len(n.Differences(found)) == 0 && len(found.withheld()) == 0
}

// isTwin reports whether an account has what a create sends, and nothing in the other fields that people fill in. The
// platform may have spelt the name in its own way. A field that it doesn't show counts as equal: a doubt must not make a
// second account.
func (n NewAccount) isTwin(found Account) bool {
	for _, text := range n.texts(found) {
		if text.sent.IsZero() && text.field != defaultLanguage {
			*text.sent = wire.Null[string]()
		}
	}
	if n.Address == nil {
		n.Address = &Address{}
	}
	return found.Type == n.Type && len(n.Differences(found)) == 0
}

// duplicates are the accounts that stand in the way of a create. key is the account's name for creating.
func (c *Client) duplicates(ctx context.Context, account NewAccount, key string, allowed bool) ([]createonce.Candidate, error) {
	found, moment, err := c.namesakes(ctx, account, allowed)
	if err != nil {
		return nil, err
	}
	var before, all []createonce.Candidate
	if !allowed {
		before = c.creating.before(key) // which a listing may not show yet
	}
	for _, other := range found {
		if !allowed || account.isTwin(other) && c.madeElsewhere(other, moment) {
			all = append(all, describe(other))
		}
	}
	return createonce.Add(before, all...), nil
}

// madeElsewhere reports whether another process has made an account with this token within twinAge. A gateway's clock may
// be wrong, and so may ours; the earlier one counts.
func (c *Client) madeElsewhere(found Account, moment createonce.Moment) bool {
	if found.Audit == nil || found.Audit.Created == nil || found.Audit.Created.At == nil || c.creating.ids.Has(found.ID) {
		return false
	}
	now := c.Now()
	if !moment.Date.IsZero() && moment.Date.Before(now) {
		now = moment.Date
	}
	created := found.Audit.Created
	return created.At.After(now.Add(-twinAge)) && (c.TokenID() == "" || created.By.ID == "" || created.By.ID == c.TokenID())
}

// namesakes are the accounts of the same name and type, with the moment of the reply. partial takes a listing that
// doesn't show all its accounts, too.
func (c *Client) namesakes(ctx context.Context, account NewAccount, partial bool) ([]Account, createonce.Moment, error) {
	l := c.newListing(Filter{Name: account.Name})
	l.details, l.selected = details, []string{"audit"}
	var same []Account
	var failure error
	l.each(ctx, func(other Account, err error) bool {
		failure = err
		if err == nil && other.Type == account.Type {
			same = append(same, other)
		}
		return err == nil
	})
	if _, short := errors.AsType[*wire.ShortListingError](failure); failure != nil && (!short || !partial) {
		return nil, createonce.Moment{}, failure
	}
	return same, l.moment, nil
}

// madeHere reports whether an account is proven to be created by this very token within the window.
func (c *Client) madeHere(_ context.Context, found Account, window createonce.Window) (bool, error) {
	if found.Audit == nil || found.Audit.Created == nil || found.Audit.Created.At == nil {
		return false, nil
	}
	created := found.Audit.Created
	return c.TokenID() != "" && created.By.ID == c.TokenID() && window.Contains(*created.At), nil
}

func describe(a Account) createonce.Candidate {
	label := a.Name
	if a.Status != "" && a.Status != StatusActive {
		label += " (" + a.Status + ")"
	}
	return createonce.Candidate{ID: a.ID, Label: label}
}
