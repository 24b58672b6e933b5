package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Deletion policies: what a destroy does.
const (
	PolicyPrevent    = "prevent"    // fails at plan time
	PolicyAbandon    = "abandon"    // forgets the account, which stays at the vendor
	PolicyDelete     = "delete"     // deletes at the vendor
	PolicyDisable    = "disable"    // disables at the vendor, then forgets
	PolicyDeactivate = "deactivate" // deactivates at the vendor, then forgets
	PolicyPause      = "pause"      // pauses at the vendor, then forgets
)

// deletionPolicy is the attribute that all account resources have.
const deletionPolicy = "deletion_policy"

// destroyPolicies say what the policies do that call the vendor: in a description, in a choice, and to an account that stays
// at the vendor ("" where none does).
var destroyPolicies = map[string]struct{ description, choice, left string }{
	PolicyDelete:  {"deletes it at the vendor", "it is deleted at %s", ""},
	PolicyDisable: {"disables it at the vendor, where accounts can't be deleted, and forgets it", "it is disabled at %s", "disabled"},
	PolicyPause: {
		"pauses it at the vendor, which stops what runs in it and has it deleted after a time, and forgets it",
		"it is paused at %s",
		"paused",
	},
	PolicyDeactivate: {"deactivates it at the vendor, which can be undone there, and forgets it", "it is deactivated at %s", "deactivated"},
}

// thing is what it is in a sentence.
func (d Descriptor) thing() string { return cmp.Or(d.Thing, "account") }

func (d Descriptor) policies() []string {
	return append([]string{PolicyPrevent, PolicyAbandon}, d.DestroyPolicies...)
}

// deletionPolicyAttribute is the attribute deletion_policy.
func (d Descriptor) deletionPolicyAttribute() schema.Attribute {
	choices := []string{"What a destroy does: `\"prevent\"` fails at plan time, before anything is touched; `\"abandon\"` forgets " +
		"the " + d.thing() + ", which stays at the vendor"}
	for _, policy := range d.DestroyPolicies {
		choices = append(choices, fmt.Sprintf("`%q` %s", policy, destroyPolicies[policy].description))
	}
	return schema.StringAttribute{
		Optional: true,
		Computed: true,
		Default:  stringdefault.StaticString(PolicyPrevent),
		MarkdownDescription: strings.Join(choices, "; ") + ". Default: `\"prevent\"`. A destroy uses the policy in the state, so it takes an " +
			"apply of the new policy first. A change makes no request.",
		Validators: []validator.String{stringvalidator.OneOf(d.policies()...)},
	}
}

// object is what private state knows of an existing account while a plan is made.
type object struct {
	ID       string `json:"id"`
	Policy   string `json:"policy"`
	Reserved string `json:"taken,omitempty"` // the value of Descriptor.ReservedAttribute
}

// PlanLife looks after the beginning and the end of an account's life at plan time. It returns false where there is
// nothing more to plan: for a destroy, or a replacement that is refused.
func (d Descriptor) PlanLife(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	switch {
	case req.Plan.Raw.IsNull():
		d.planDestroy(ctx, req, resp)
		return false
	case req.State.Raw.IsNull():
		return d.refuseReplacement(ctx, req, resp)
	}
	// A replacement is planned in two steps; the second one is given the private state that this one leaves.
	id, policy := d.idAndPolicy(ctx, req.State, &resp.Diagnostics)
	var reserved types.String
	if d.ReservedAttribute != "" {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(d.ReservedAttribute), &reserved)...)
	}
	Put(ctx, resp.Private, keyObject, object{ID: id, Policy: policy, Reserved: reserved.ValueString()}, &resp.Diagnostics)
	return true
}

// stateReader is the part of tfsdk.State that is needed here.
type stateReader interface {
	GetAttribute(ctx context.Context, p path.Path, target any) diag.Diagnostics
}

// labelled is an account for messages: what it is, its id and its name.
func (d Descriptor) labelled(id, name string) string {
	if name == "" {
		return d.Title + " " + id
	}
	return fmt.Sprintf("%s %s (%s)", d.Title, id, transport.SafeText(name))
}

// labelAndPolicy is the account for messages, its id and its policy.
func (d Descriptor) labelAndPolicy(ctx context.Context, state stateReader, diags *diag.Diagnostics) (label, id, policy string) {
	id, policy = d.idAndPolicy(ctx, state, diags)
	var name types.String
	if d.Name != "" {
		diags.Append(state.GetAttribute(ctx, path.Root(d.Name), &name)...)
	}
	return d.labelled(id, name.ValueString()), id, policy
}

func (d Descriptor) idAndPolicy(ctx context.Context, state stateReader, diags *diag.Diagnostics) (id, policy string) {
	var idValue, policyValue types.String
	diags.Append(state.GetAttribute(ctx, path.Root("id"), &idValue)...)
	diags.Append(state.GetAttribute(ctx, path.Root(deletionPolicy), &policyValue)...)
	policy = policyValue.ValueString()
	if policy == "" {
		policy = PolicyPrevent
	}
	return idValue.ValueString(), policy
}

func (d Descriptor) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	label, id, policy := d.labelAndPolicy(ctx, req.State, &resp.Diagnostics)
	switch policy {
	case PolicyPrevent:
		resp.Diagnostics.AddAttributeError(path.Root(deletionPolicy), d.Title+" is protected from being destroyed", d.wayOut(label, id))
	case PolicyAbandon:
		resp.Diagnostics.AddWarning(d.Title+" will only be forgotten", fmt.Sprintf(
			"%s stays at %s as it is: its deletion_policy is \"abandon\". Terraform will not manage it any more.", label, d.Vendor))
	default:
		leaves := d.DestroyLeaves
		if left := destroyPolicies[policy].left; leaves == "" && left != "" {
			leaves = fmt.Sprintf("it is %s, and stays at %s with its name.", left, d.Vendor)
		}
		if leaves != "" {
			resp.Diagnostics.AddWarning(d.Title+" leaves something behind", fmt.Sprintf("%s: %s", label, leaves))
		}
	}
}

// wayOut says how to get on where the policy is prevent.
func (d Descriptor) wayOut(label, id string) string {
	var ways []string
	for _, policy := range d.DestroyPolicies {
		ways = append(ways, fmt.Sprintf("%q (%s)", policy, fmt.Sprintf(destroyPolicies[policy].choice, d.Vendor)))
	}
	ways = append(ways, fmt.Sprintf("\"abandon\" (%s keeps the %s, and Terraform forgets it)", d.Vendor, d.thing()))
	return fmt.Sprintf("%s has deletion_policy = \"prevent\" in the state, so that nothing destroys it by surprise.\n\n"+
		"To destroy it, set deletion_policy = %s, apply that, and only then destroy.\n\n"+
		"To keep it and only remove it from Terraform, %s\n\n"+
		"If you renamed the resource, add a moved block.\n\n"+
		"If the plan calls the object \"deposed\", a replacement has left it in the state next to its successor. terraform state rm forgets "+
		"both; import the successor again after it. %s is what stays at %s and is forgotten.",
		label, strings.Join(ways, " or "), d.Forget(), id, d.Vendor)
}

// Forget says how to take an account out of the state, after words such as "to do so,".
func (d Descriptor) Forget() string {
	return fmt.Sprintf("run this; NAME stands for the name of its resource block, and KEY for the key of an instance of for_each or the "+
		"number of one of count:\n\n"+
		"  terraform state rm '%[1]s.NAME'\n  terraform state rm '%[1]s.NAME[\"KEY\"]'\n\n"+
		"Or write this in place of its resource block, which forgets all instances of it:\n\n"+
		"  removed {\n    from = %[1]s.NAME\n    lifecycle {\n      destroy = false\n    }\n  }", d.Type)
}

// refuseReplacement refuses a create that replaces an existing account, unless the old one is really deleted.
func (d Descriptor) refuseReplacement(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	var old object
	if !Fetch(ctx, req.Private, keyObject, &old, &resp.Diagnostics) {
		return !resp.Diagnostics.HasError()
	}
	if old.Policy == PolicyDelete {
		d.refuseReserved(ctx, old, req, resp)
		return !resp.Diagnostics.HasError()
	}
	by := fmt.Sprintf("This plan replaces %s %s (by -replace, replace_triggered_by, or a change that forces it). ", d.Title, old.ID)
	if d.Thing != "" { // it exists as long as its account, so there is no second one
		resp.Diagnostics.AddError(d.Title+" can't be replaced", fmt.Sprintf("%sA %s can't be created again: it exists as long as its account. "+
			"Change its arguments in place instead.", by, d.Thing))
		return false
	}
	reach := "it would be left behind, and a second one created"
	if left := destroyPolicies[old.Policy].left; left != "" {
		reach = "it would be " + left + ", and a second one created"
	}
	detail := fmt.Sprintf("%sIts deletion_policy is \"%s\": %s. ", by, old.Policy, reach)
	if slices.Contains(d.DestroyPolicies, PolicyDelete) {
		detail += "To replace it anyway, set deletion_policy = \"delete\" and apply that first. "
	}
	detail += "To forget it and create another one, take it out of the state first (terraform state rm)."
	resp.Diagnostics.AddError(d.Title+" can't be replaced", detail)
	return false
}

// refuseReserved refuses a replacement whose create would fail once the delete is done.
func (d Descriptor) refuseReserved(ctx context.Context, old object, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if d.ReservedAttribute == "" {
		return
	}
	var wanted types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(d.ReservedAttribute), &wanted)...)
	if !strings.EqualFold(strings.TrimSpace(wanted.ValueString()), strings.TrimSpace(old.Reserved)) {
		return
	}
	resp.Diagnostics.AddAttributeError(path.Root(d.ReservedAttribute), d.Title+" can't be replaced", fmt.Sprintf(
		"This plan deletes %s %s and creates it again (by -replace, replace_triggered_by, or a change that forces it). The delete would be "+
			"done, and then the create would fail: %s\n\nGive %s another value in the same change, or don't replace "+
			"it.", d.Title, old.ID, d.DestroyLeaves, d.ReservedAttribute))
}

// PlanDelete reports at apply time whether the vendor is to be called. A protected account gets here only by a taint,
// which no plan can refuse.
func (d Descriptor) PlanDelete(ctx context.Context, state stateReader, diags *diag.Diagnostics) (act bool) {
	label, id, policy := d.labelAndPolicy(ctx, state, diags)
	switch policy {
	case PolicyPrevent:
		diags.AddError(d.Title+" is protected from being destroyed", label+
			" is tainted, so Terraform wants to destroy it and create another one. Run terraform untaint for it.\n\n"+d.wayOut(label, id))
		return false
	case PolicyAbandon:
		return false
	}
	return slices.Contains(d.policies(), policy) && !diags.HasError()
}
