package softwareone

import (
	"context"
	"net/http"
	"strings"

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
		LookUp: func(ctx context.Context) ([]Account, createonce.Moment, error) { return c.namesakes(ctx, account) },
		Same: func(found Account) bool {
			field, _ := account.Missing(found)
			return found.Name == account.Name && found.Type == account.Type && field == "" && len(found.withheld()) == 0
		},
		MadeHere: c.madeHere,
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

// namesakes are the accounts of the same name and type, with the moment of the reply.
func (c *Client) namesakes(ctx context.Context, account NewAccount) ([]Account, createonce.Moment, error) {
	filter := Filter{Name: account.Name}
	var same []Account
	var moment createonce.Moment
	for page, err := range c.pages(ctx, filter.query(), []string{"audit"}) {
		if err != nil {
			return nil, createonce.Moment{}, err
		}
		moment = page.moment
		for _, other := range page.Data {
			if filter.Matches(other) && other.Type == account.Type {
				same = append(same, other)
			}
		}
	}
	return same, moment, nil
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
	if a.Status != "" && a.Status != "Active" {
		label += " (" + a.Status + ")"
	}
	return createonce.Candidate{ID: a.ID, Label: label}
}
