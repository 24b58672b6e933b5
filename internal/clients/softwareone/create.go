package softwareone

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// CreateAccount creates an account, with a logo where one is given. Since names may repeat, it looks first: an account
// of the same name and type, disabled ones included, is an error unless allowDuplicate. Within one process only one
// create per name runs at a time; two processes at once can still create two. Errors of the create itself are
// *createonce.Error.
func (c *Client) CreateAccount(ctx context.Context, account NewAccount, logo []byte, allowDuplicate bool) (Account, error) {
	name := account.Type + " " + strings.ToLower(strings.Join(strings.Fields(account.Name), " "))
	unlock, err := c.creating.lock(ctx, name)
	if err != nil {
		return Account{}, err
	}
	defer unlock()
	if !allowDuplicate {
		if err := c.refuseDuplicate(ctx, account, c.creating.before(name)); err != nil {
			return Account{}, err
		}
	}
	var body any = account
	if logo != nil {
		if body, err = withLogo(account, logo); err != nil {
			return Account{}, err
		}
	}
	creation := createonce.Creation[Account]{
		Clock: c.http.Clock,
		Post: func(ctx context.Context) (Account, error) {
			var made Account
			_, err := c.call(ctx, "create account", http.MethodPost, accountsPath, "", transport.Create, body, &made)
			if err == nil && ValidID(made.ID) != nil {
				err = unexpected("create account", "the reply holds no account id")
			}
			return made, err
		},
		LookUp: func(ctx context.Context) ([]Account, time.Time, error) { return c.namesakes(ctx, account) },
		Ours: func(_ context.Context, found Account, since time.Time) (bool, error) {
			return c.ours(account, found, since), nil
		},
		Describe: describe,
	}
	made, err := creation.Run(ctx)
	if err != nil {
		return Account{}, err
	}
	c.accounts.Dirty(made.ID) // the vendor may not show it yet, and that must be seen
	c.creating.created(name, made)
	return made, nil
}

// refuseDuplicate looks for accounts of the same name and type beside those that are known of.
func (c *Client) refuseDuplicate(ctx context.Context, account NewAccount, known []createonce.Candidate) error {
	same, _, err := c.namesakes(ctx, account)
	if err != nil {
		return err
	}
	for _, other := range same {
		known = createonce.Add(known, describe(other))
	}
	if len(known) == 0 {
		return nil
	}
	return &createonce.Error{Candidates: known}
}

// namesakes are the accounts of the same name and type, with the server's time.
func (c *Client) namesakes(ctx context.Context, account NewAccount) ([]Account, time.Time, error) {
	filter := Filter{Name: account.Name}
	var same []Account
	var now time.Time
	for page, err := range c.pages(ctx, filter.query(), []string{"audit"}) {
		if err != nil {
			return nil, time.Time{}, err
		}
		now = page.date
		for _, other := range page.Data {
			if filter.Matches(other) && other.Type == account.Type {
				same = append(same, other)
			}
		}
	}
	return same, now, nil
}

// ours reports whether found is proven to come from our request: made by this very token, since the request, with what
// was sent.
func (c *Client) ours(sent NewAccount, found Account, since time.Time) bool {
	if found.Audit == nil || found.Audit.Created == nil || found.Audit.Created.At == nil {
		return false
	}
	created := found.Audit.Created
	field, _ := sent.Missing(found)
	return c.TokenID() != "" && created.By.ID == c.TokenID() && !created.At.Before(since) &&
		found.Name == sent.Name && found.Type == sent.Type && field == "" && len(found.withheld()) == 0
}

func describe(a Account) createonce.Candidate {
	label := a.Name
	if a.Status != "" && a.Status != "Active" {
		label += " (" + a.Status + ")"
	}
	return createonce.Candidate{ID: a.ID, Label: label}
}
