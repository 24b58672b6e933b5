package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Text refuses values that no vendor keeps as they are, or that look like another value: empty ones, with surrounding
// whitespace, or with characters that control a terminal, change the direction of text, or don't show.
func Text() validator.String { return text{} }

// Lines is Text for values of several lines.
func Lines() validator.String { return text{lines: true} }

type text struct{ lines bool }

func (text) Description(context.Context) string {
	return "must not be empty, begin or end with whitespace, or have control characters or characters that don't show"
}

func (v text) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v text) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value := req.ConfigValue.ValueString()
	var problem string
	switch r, hidden := firstHidden(value, v.lines); {
	case value == "":
		problem = "is empty. To have no value, where that is allowed, remove the attribute or set it to null"
	case strings.TrimSpace(value) != value:
		problem = "begins or ends with a space or a line break. The vendor would remove it; trimspace() does so here, as a heredoc needs it"
	case hidden && unicode.IsControl(r):
		problem = fmt.Sprintf("has the control character %U, such as a line break", r)
	case hidden:
		problem = fmt.Sprintf("has the character %U, which doesn't show or changes the direction of text: the value would look like another "+
			"one. "+
			"Type the value again instead of copying it", r)
	default:
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid text", fmt.Sprintf("The value of %s %s.", req.Path, problem))
}

// joined are the characters after which a joiner or a variation selector is part of how a word or a symbol is written.
var joined = []*unicode.RangeTable{
	unicode.So, unicode.Sk, unicode.Mn, unicode.Mc, unicode.Han, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari,
	unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
	unicode.Sinhala, unicode.Khmer, unicode.Myanmar,
}

// firstHidden returns the first character of a value that doesn't show, or that controls how others do.
func firstHidden(value string, lines bool) (rune, bool) {
	previous := ' '
	for _, r := range value {
		switch {
		case lines && strings.ContainsRune("\r\n\t", r):
		case r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r):
			if !unicode.In(previous, joined...) {
				return r, true
			}
			continue // what follows belongs to the character before
		case unicode.IsControl(r), r == unicode.ReplacementChar,
			unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point), r == '\u2800':
			return r, true
		}
		previous = r
	}
	return 0, false
}

// Base64 refuses values that aren't padded standard base64 of something.
func Base64() validator.String { return base64Validator{} }

type base64Validator struct{}

func (base64Validator) Description(context.Context) string { return "must be base64" }

func (v base64Validator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (base64Validator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(req.ConfigValue.ValueString())
	switch {
	case err != nil:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid base64",
			fmt.Sprintf("The value of %s is not base64. Use filebase64(\"FILE\").", req.Path))
	case len(raw) == 0:
		resp.Diagnostics.AddAttributeError(req.Path, "Nothing in it", fmt.Sprintf("%s is empty: it is base64 of nothing. Is the file empty? "+
			"To have none, remove the attribute or set it to null.", req.Path))
	}
}

// ID refuses what can't be an id of this kind.
func (d Descriptor) ID() validator.String { return idValidator{d} }

type idValidator struct{ descriptor Descriptor }

func (v idValidator) Description(context.Context) string {
	return "must be an id of a " + v.descriptor.Title
}

func (v idValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v idValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.descriptor.ValidID(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid id", v.descriptor.notAnID(req.ConfigValue.ValueString(), err))
	}
}

// Duration refuses what is not a length of time above zero.
func Duration() validator.String { return duration{} }

type duration struct{}

func (duration) Description(context.Context) string {
	return "must be a time such as \"30s\" or \"10m\""
}

func (v duration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (duration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid time", fmt.Sprintf(
			"%s is %q. It must be a time above zero, such as \"30s\" or \"10m\".", req.Path, req.ConfigValue.ValueString()))
	}
}

// ExactlyOne refuses objects in which not exactly one of these attributes is set.
func ExactlyOne(attributes ...string) validator.Object { return exactlyOne{attributes} }

type exactlyOne struct{ attributes []string }

func (v exactlyOne) Description(context.Context) string {
	return "exactly one of these must be set: " + strings.Join(v.attributes, ", ")
}

func (v exactlyOne) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v exactlyOne) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var set []string
	open := false
	for _, name := range v.attributes {
		value := req.ConfigValue.Attributes()[name]
		switch {
		case value == nil || value.IsNull():
		case value.IsUnknown():
			open = true
		default:
			set = append(set, name)
		}
	}
	if len(set) == 1 || len(set) == 0 && open {
		return
	}
	found := "none is"
	if len(set) > 1 {
		found = strings.Join(set, " and ") + " are"
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Exactly one is needed", fmt.Sprintf(
		"Exactly one of %s must be set in %s; %s.", strings.Join(v.attributes, ", "), req.Path, found))
}

// Elements refuses lists, maps and objects that have nothing in them, and lists with a null element; why says what to
// write instead of an empty one.
func Elements(why string) interface {
	validator.List
	validator.Map
	validator.Object
} {
	return elements{why}
}

// NotEmpty refuses an object that is set and has no value in it.
func NotEmpty() validator.Object {
	return Elements("Usually the name of a member is misspelt: Terraform ignores names that an object doesn't have.")
}

type elements struct{ why string }

func (elements) Description(context.Context) string { return "must not be empty" }

func (v elements) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v elements) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		v.refuse(req.Path, &resp.Diagnostics)
	}
	noNulls{}.ValidateList(ctx, req, resp)
}

func (v elements) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		v.refuse(req.Path, &resp.Diagnostics)
	}
}

func (v elements) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	for _, value := range req.ConfigValue.Attributes() {
		if !value.IsNull() {
			return
		}
	}
	v.refuse(req.Path, &resp.Diagnostics)
}

func (v elements) refuse(at path.Path, diags *diag.Diagnostics) {
	diags.AddAttributeError(at, "Nothing in it", fmt.Sprintf("%s is empty. %s", at, v.why))
}

// NoNulls refuses lists with a null element. Elements does so too.
func NoNulls() validator.List { return noNulls{} }

type noNulls struct{}

func (noNulls) Description(context.Context) string { return "must not have null elements" }

func (v noNulls) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (noNulls) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	for i, element := range req.ConfigValue.Elements() {
		if element.IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtListIndex(i), "Null in a list", fmt.Sprintf(
				"%s is null. An element of a list must have a value: remove it, or filter with [for x in LIST : x if x != null].",
				req.Path.AtListIndex(i)))
		}
	}
}

// WholeNumber refuses numbers that are not whole or not from least to most. It is for number attributes: the framework's
// own attributes for whole numbers answer a fraction with a message about a bug in the provider.
func WholeNumber(least, most int64) validator.Number { return wholeNumber{least, most} }

type wholeNumber struct{ least, most int64 }

func (v wholeNumber) Description(context.Context) string {
	if v.most == math.MaxInt64 {
		return fmt.Sprintf("must be a whole number, at least %d", v.least)
	}
	return fmt.Sprintf("must be a whole number from %d to %d", v.least, v.most)
}

func (v wholeNumber) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v wholeNumber) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value := req.ConfigValue.ValueBigFloat()
	if whole, accuracy := value.Int64(); accuracy != big.Exact || whole < v.least || whole > v.most {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid number", fmt.Sprintf(
			"%s is %s. It %s.", req.Path, value.Text('g', 20), v.Description(ctx)))
	}
}
