package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// Messages about a field stand on its attribute, however the vendor writes the field; others stand by themselves, and
// none is lost.
func TestFieldMessages(t *testing.T) {
	t.Parallel()
	kind := account.Descriptor{Title: "Acme account", Vendor: "Acme", Wire: map[string]path.Path{
		"website": path.Root("website"), "groups": path.Root("groups"),
		"address": path.Root("address"), "address.country": path.Root("address").AtName("country"),
	}}
	for field, want := range map[string]struct {
		at   path.Path
		says string
	}{
		"website":         {path.Root("website"), "Acme answers for website: No good."},
		"Website":         {path.Root("website"), "Acme answers for website: No good."},
		"$.website":       {path.Root("website"), "Acme answers for website: No good."},
		"groups[0].id":    {path.Root("groups"), "Acme answers for groups[0].id: No good."},
		"groups.0":        {path.Root("groups"), "Acme answers for groups.0: No good."},
		"address.country": {path.Root("address").AtName("country"), "Acme answers for address.country: No good."},
		"address.street":  {path.Root("address"), "Acme answers for address.street: No good."},
		"other":           {path.Empty(), "other: No good."},
		"":                {path.Empty(), "No good."},
		"websites":        {path.Empty(), "websites: No good."},
	} {
		var diags diag.Diagnostics
		kind.AddError(&diags, "create", "", &transport.Error{
			Vendor: "Acme", Operation: "create account", Status: 400, Fields: []transport.FieldError{{Field: field, Messages: []string{"No good."}}},
		})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail(), want.says) {
			t.Errorf("%q: got %v, want %q", field, diags, want.says)
			continue
		}
		at := path.Empty()
		if d, ok := diags[0].(diag.DiagnosticWithPath); ok {
			at = d.Path()
		}
		if !at.Equal(want.at) {
			t.Errorf("%q: the message stands at %q, want %q", field, at, want.at)
		}
	}
}

// What to do next, as far as the failure tells.
func TestAdvice(t *testing.T) {
	t.Parallel()
	kind := account.Descriptor{
		Title: "Acme account", Vendor: "Acme", Address: "acme.base_url", Credentials: "acme.token", Permission: "It takes a manager.",
		Section: "acme",
	}
	ranOut := transport.NotSent(context.DeadlineExceeded)
	for name, test := range map[string]struct {
		err  error
		says []string
	}{
		"no reply in time": {
			&transport.Error{Kind: transport.KindNoReply, Err: context.DeadlineExceeded}, []string{"request_timeout", "timeouts", "-refresh=false"},
		},
		"no time to send": {ranOut, []string{"the time ran out before the request was sent", "Nothing was sent", "timeouts"}},
		"bare": {
			context.DeadlineExceeded, []string{"the time ran out before the request was sent", "raise the timeouts of this block"},
		},
		"no time to log in": {
			&transport.Error{Kind: transport.KindCancelled, Message: ranOut.Message, Err: ranOut}, []string{"Nothing was sent"},
		},
		"interrupted": {context.Canceled, []string{"stopped before the request was sent", "Nothing was sent"}},
		"untrusted":   {&transport.Error{Kind: transport.KindUntrusted}, []string{"acme.base_url", "acme.ca_certificate"}},
		"not found":   {&transport.Error{Status: 404}, []string{"doesn't exist", "acme.base_url", "acme.token"}},
		"a listing without end": {
			&transport.Error{Kind: transport.KindUnexpected, Message: "it has no end", Err: bulkread.ErrTooLong}, []string{"it has no end"},
		},
		"forbidden": {&transport.Error{Status: 403}, []string{"does not allow this", "It takes a manager."}},
	} {
		var diags diag.Diagnostics
		kind.AddError(&diags, "read", "5", test.err)
		if errors.Is(test.err, bulkread.ErrTooLong) && strings.Contains(diags[0].Detail(), "acme.base_url") {
			t.Errorf("%s: %v", name, diags)
		}
		for _, words := range test.says {
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), words) {
				t.Errorf("%s: %q is not said in %v", name, words, diags)
			}
		}
	}
}
