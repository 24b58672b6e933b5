package account

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// search is what a data source of one thing is asked for: its id, or the value of its natural key.
type search struct {
	descriptor Descriptor
	asked      path.Path // the attribute that is set
	value      types.String
}

// newSearch reads id, or the natural key where that is null, from a data source's configuration.
func (d Descriptor) newSearch(ctx context.Context, config tfsdk.Config, key string, diags *diag.Diagnostics) search {
	s := search{descriptor: d, asked: path.Root("id")}
	diags.Append(config.GetAttribute(ctx, s.asked, &s.value)...)
	if s.value.IsNull() {
		s.asked = path.Root(key)
		diags.Append(config.GetAttribute(ctx, s.asked, &s.value)...)
	}
	return s
}

// find answers a search: by byID, or by the only thing that byKey yields. Anything but exactly one is an error that
// tells the matches; describe names one of them.
func find[T any](
	s search, byID func(id string) (T, error), byKey func(value string) iter.Seq2[T, error], describe func(T) string, diags *diag.Diagnostics,
) (found T, ok bool) {
	value := s.value.ValueString()
	if s.asked.Equal(path.Root("id")) {
		found, err := byID(value)
		if err != nil {
			s.descriptor.AddError(diags, "find", value, err)
		}
		return found, err == nil
	}
	var matches []string
	for thing, err := range byKey(value) {
		if err != nil {
			s.descriptor.AddError(diags, "find", "", err)
			return found, false
		}
		found = thing
		matches = append(matches, transport.SafeText(describe(thing)))
	}
	switch len(matches) {
	case 0:
		diags.AddAttributeError(s.asked, "No such "+s.descriptor.Title, fmt.Sprintf("%s shows this credential none whose %s is %q. "+
			"Check the spelling, and %s.", s.descriptor.Vendor, s.asked, value, s.descriptor.Credentials))
	case 1:
		return found, true
	default:
		diags.AddAttributeError(s.asked, "More than one "+s.descriptor.Title, fmt.Sprintf("%d at %s have %q as %s:\n  %s\nLook it up by id "+
			"instead.",
			len(matches), s.descriptor.Vendor, value, s.asked, strings.Join(shortened(matches), "\n  ")))
	}
	return found, false
}

// collect shows all that a listing yields, as a data source of many does; nil after an error. A listing that is too short
// is a warning.
func collect[T, D any](d Descriptor, things iter.Seq2[T, error], show func(T) D, diags *diag.Diagnostics) []D {
	shown := []D{}
	for thing, err := range things {
		switch {
		case d.warnShort(diags, err):
			return shown
		case err != nil:
			d.AddError(diags, "list", "", err)
			return nil
		}
		shown = append(shown, show(thing))
	}
	return shown
}

// warnShort warns where err says that a listing is too short, and reports whether it does.
func (d Descriptor) warnShort(diags *diag.Diagnostics, err error) bool {
	short, ok := errors.AsType[*wire.ShortListingError](err)
	if ok {
		diags.AddWarning(d.Title+"s: the list is not complete", fmt.Sprintf("%s says that there are %d, and shows %d. It was asked twice. "+
			"The others are missing here; try again later.", d.Vendor, short.Total, short.Shown))
	}
	return ok
}

// shortened is a list for a message, which shows no more than the first ones.
func shortened(lines []string) []string {
	if len(lines) <= mostShown {
		return lines
	}
	return append(lines[:mostShown:mostShown], fmt.Sprintf("and %d more", len(lines)-mostShown))
}
