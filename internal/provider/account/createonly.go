package account

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// CreateOnly is one attribute that only the create call takes.
type CreateOnly struct {
	Name   string
	Config attr.Value // as configured now
	State  attr.Value // as last read; null for inputs that can't be read back
	// Advice says what to do instead of changing it.
	Advice string
	// Equal compares where plain equality is too strict.
	Equal func(a, b attr.Value) bool
	// Replace makes a change replace the account instead of being refused.
	Replace bool
}

// PlanCreateOnly refuses changes of create-only attributes by configuration, or plans the replacement of the account. A value
// that merely drifted at the vendor is kept as it is there.
func (d Descriptor) PlanCreateOnly(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, attributes []CreateOnly,
) {
	recorded, diags := map[string]string{}, &resp.Diagnostics
	Fetch(ctx, req.Private, keyRecorded, &recorded, diags)
	for _, a := range attributes {
		switch {
		case a.Config.IsNull():
			continue
		case !FullyKnown(ctx, a.Config) && a.Replace:
			diags.AddAttributeError(path.Root(a.Name), d.Title+": value must be known", fmt.Sprintf(
				"%s is not known yet. %s takes it only when an account is created, so that another value replaces this account, and a plan must "+
					"say whether it does. Give it a value that doesn't depend on what this apply makes, or apply that first (-target).",
				a.Name, d.Vendor))
			continue
		case !FullyKnown(ctx, a.Config):
			continue
		}
		last, known := recorded[a.Name]
		asRead := a.State.IsNull() || a.same(a.Config, a.State)
		switch {
		case known && last == a.Config.String():
			if !asRead {
				diags.Append(resp.Plan.SetAttribute(ctx, path.Root(a.Name), a.State)...)
				diags.AddAttributeWarning(path.Root(a.Name), d.Title+" differs in a create-only attribute", fmt.Sprintf(
					"%s is %s at %s and %s in the configuration. It can't be changed; the value at %s is kept.",
					a.Name, a.State, d.Vendor, a.Config, d.Vendor))
			}
		case a.State.IsNull() && !known:
			diags.AddAttributeWarning(path.Root(a.Name), d.Title+": create-only value is recorded, not sent", fmt.Sprintf(
				"%s takes %s only when an account is created, and this one exists. The value is recorded in the state; "+
					"nothing is sent.", d.Vendor, a.Name))
		case asRead && (!known || !a.State.IsNull()): // it is what exists, however it came about
		case a.Replace:
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root(a.Name))
		default:
			d.addCreateOnly(diags, a)
		}
	}
}

// RefuseCreateOnly is for the apply: it refuses changes that no plan could see, since the value was still unknown.
func (d Descriptor) RefuseCreateOnly(attributes []CreateOnly, diags *diag.Diagnostics) {
	for _, a := range attributes {
		if !a.Config.IsNull() && !a.State.IsNull() && !a.same(a.Config, a.State) {
			d.addCreateOnly(diags, a)
		}
	}
}

func (d Descriptor) addCreateOnly(diags *diag.Diagnostics, a CreateOnly) {
	why := fmt.Sprintf("%s takes %s only when an account is created.", d.Vendor, a.Name)
	if d.Thing != "" { // nothing is created then
		why = fmt.Sprintf("%s says which %s it is.", a.Name, d.Thing)
	}
	diags.AddAttributeError(path.Root(a.Name), d.Title+": create-only attribute can't be changed", why+" "+a.Advice)
}

func (a CreateOnly) same(x, y attr.Value) bool {
	if a.Equal != nil {
		return a.Equal(x, y)
	}
	return x.Equal(y)
}

// RecordCreateOnly remembers what is configured of these attributes; null and unknown values are left as recorded before.
func RecordCreateOnly(ctx context.Context, private Private, attributes []CreateOnly, diags *diag.Diagnostics) {
	recorded := map[string]string{}
	Fetch(ctx, private, keyRecorded, &recorded, diags)
	for _, a := range attributes {
		if !a.Config.IsNull() && !a.Config.IsUnknown() {
			recorded[a.Name] = a.Config.String()
		}
	}
	Put(ctx, private, keyRecorded, recorded, diags)
}
