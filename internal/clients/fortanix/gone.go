package fortanix

import (
	"context"
	"iter"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// listOwned lists the accounts that the session's user belongs to, with that user as their owner.
func (c *Client) listOwned(ctx context.Context) iter.Seq2[witness.Listed, error] {
	return func(yield func(witness.Listed, error) bool) {
		user, err := c.CurrentUser(ctx)
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
