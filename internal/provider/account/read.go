package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// ReadFailed concludes what a failed read means, in the one order that loses no account: too early to tell, nothing to
// import, proven gone, or an error. Only a proof takes the account out of the state.
func (b *Base[C]) ReadFailed(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, api C, id string, err error) {
	diags, seen := &resp.Diagnostics, b.Witness(ctx, req.Private, &resp.Diagnostics)
	elsewhere := seen.Address != "" && seen.Address != api.Address()
	notFound := transport.IsNotFound(err) || errors.Is(err, witness.ErrGone)
	switch {
	case notFound && elsewhere:
		b.Descriptor.addOtherAddress(diags, "find", id, seen.Address, api.Address())
	case transport.IsNotFound(err) && Lagging(ctx, req.Private, api.Now(), diags):
		b.Descriptor.addLag(diags, id)
	case notFound && importing(ctx, req.Private, diags):
		b.Descriptor.addNothingToImport(diags, id, err)
	case errors.Is(err, witness.ErrGone):
		gone(ctx, resp)
	default:
		b.Descriptor.AddReadError(diags, "read", id, err)
	}
}

// Recognize reports whether an account that was read is the one that the state has. At another address than before it is
// only where it still has the same natural key, which then is a warning; else it is an error, and nothing is planned.
// before and now are the natural keys in state and reply, before "" after an import.
func (b *Base[C]) Recognize(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, api C, id, before, now string, equal func(a, b string) bool,
) bool {
	seen := b.Witness(ctx, req.Private, &resp.Diagnostics)
	if seen.Address == "" || seen.Address == api.Address() || before == "" {
		return true
	}
	if !equal(before, now) {
		b.Descriptor.addOtherAddress(&resp.Diagnostics, "recognize", id, seen.Address, api.Address())
		return false
	}
	resp.Diagnostics.AddWarning(b.Descriptor.Title+" is read at another address", fmt.Sprintf(
		"%s %s (%s) was last seen at %s. It is now read at %s, where an account of the same id and the same %s exists, so it counts as "+
			"the same account. If that address is not the same installation, set it back before you apply: %s.",
		b.Descriptor.Title, id, transport.SafeText(now), seen.Address, api.Address(), b.Descriptor.NaturalKey, b.Descriptor.Address))
	return true
}

// MarkRead notes in private state that api has read the account, and reports whether this was the first read after an
// import. owner is the witness's, "" where the reply doesn't tell.
func (b *Base[C]) MarkRead(ctx context.Context, resp *resource.ReadResponse, api C, owner string) (imported bool) {
	diags := &resp.Diagnostics
	seen := b.Witness(ctx, resp.Private, diags)
	if owner == "" && seen.Address == api.Address() {
		owner = seen.Owner
	}
	if now := (witness.Witness{Owner: owner, Address: api.Address()}); now != seen {
		Put(ctx, resp.Private, keyWitness, now, diags)
	}
	return markRead(ctx, resp.Private, diags)
}

// addOtherAddress reports that an account was last seen at another address. verb says what can't be done here.
func (d Descriptor) addOtherAddress(diags *diag.Diagnostics, verb, id, before, now string) {
	diags.AddError(fmt.Sprintf("Unable to %s %s at this address", verb, d.Title), fmt.Sprintf(
		"%s %s was last seen at %s. The provider now uses %s, and that shows no proof that it is the same account there. Nothing was changed, "+
			"and the account stays in the state.\n\nIf the address is wrong, set it back: %s. If the vendor has moved, run a plan "+
			"with a refresh; an account of the same id and the same %s is then accepted.\n\nIf the account is gone, %s",
		d.Title, id, before, now, d.Address, d.NaturalKey, d.Forget()))
}
