package softwareone

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
)

// drawModel draws what a configuration may hold: text without whitespace around it, and null.
func drawModel(t *rapid.T) accountModel {
	text := rapid.Custom(func(t *rapid.T) types.String {
		if rapid.IntRange(0, 3).Draw(t, "null") == 0 {
			return types.StringNull()
		}
		return types.StringValue(rapid.StringMatching(`[\p{L}\d"'\\$%{}<>&]([\p{L}\d "'\\$%{}<>&]{0,6}[\p{L}\d])?`).Draw(t, "text"))
	})
	flag := rapid.Custom(func(t *rapid.T) types.Bool { return types.BoolValue(rapid.Bool().Draw(t, "flag")) })
	m := newModel()
	m.ID = types.StringValue("ACC-1111-2222")
	m.Name = types.StringValue(rapid.StringMatching(`[A-Za-z]{1,8}`).Draw(t, "name"))
	m.Type = types.StringValue(rapid.SampledFrom([]string{"Client", "Vendor"}).Draw(t, "type"))
	m.ExternalID, m.TechnicalSupportEmail = text.Draw(t, "external id"), text.Draw(t, "email")
	m.Website, m.Description = text.Draw(t, "website"), text.Draw(t, "description")
	m.DefaultLanguageCode = text.Draw(t, "language")
	if city := text.Draw(t, "city"); !city.IsNull() {
		m.Address = types.ObjectValueMust(addressTypes, map[string]attr.Value{
			"address_line1": text.Draw(t, "line1"), "address_line2": text.Draw(t, "line2"), "post_code": text.Draw(t, "post"),
			"city": city, "state": text.Draw(t, "state"), "country": text.Draw(t, "country"),
		})
	}
	if m.Type.ValueString() == "Client" {
		m.Eligibility = types.ObjectValueMust(eligibilityTypes, map[string]attr.Value{
			"client": flag.Draw(t, "client"), "partner": flag.Draw(t, "partner"),
		})
	}
	if id := text.Draw(t, "group"); !id.IsNull() {
		m.Groups = types.ListValueMust(types.StringType, []attr.Value{id})
	}
	return m
}

// answer is the account as a vendor without a mind of its own has it after a request.
func answer(t *rapid.T, body any) client.Account {
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	a := client.Account{ID: "ACC-1111-2222"}
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// What is sent comes back as it was, from the create call and from the update.
func TestModelRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var diags diag.Diagnostics
		m := drawModel(t)
		body := m.newAccount(ctx, &diags)
		raw, _ := json.Marshal(body)
		if strings.Contains(string(raw), "null") && m.Address.IsNull() {
			t.Fatalf("the create call sends a null: %s", raw)
		}
		created, updated := answer(t, body), answer(t, m.update(ctx, &diags))
		updated.Type = m.Type.ValueString()
		if all := m.update(ctx, &diags).Differences(created); len(all) > 0 && !m.Address.IsNull() {
			t.Fatalf("differences: %v", all)
		}
		for _, a := range []client.Account{created, updated} {
			fresh, same := newModel(), m
			fresh.read(ctx, a, &diags)
			same.read(ctx, a, &diags)
			fresh.Groups = m.Groups // can't be read back
			for _, got := range []accountModel{fresh, same} {
				if !reflect.DeepEqual(got.update(ctx, &diags), m.update(ctx, &diags)) || !got.Address.Equal(m.Address) ||
					!got.Eligibility.Equal(m.Eligibility) || !got.Type.Equal(m.Type) || !got.ID.Equal(m.ID) {
					t.Fatalf("sent %+v\ngot %+v", m, got)
				}
			}
		}
		if diags.HasError() {
			t.Fatal(diags)
		}
	})
}

// A reply leaves no value unknown, changes none that was planned, and fields that it withholds stay as they were.
func TestModelResolve(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var diags diag.Diagnostics
		plan := drawModel(t)
		for _, v := range []*types.String{&plan.ID, &plan.Status, &plan.Icon, &plan.ExternalName} {
			*v = types.StringUnknown()
		}
		plan.ExternalIDs = types.ObjectUnknown(externalIDsTypes)
		switch rapid.IntRange(0, 2).Draw(t, "unknown") {
		case 0:
			plan.Eligibility, plan.DefaultLanguageCode = types.ObjectUnknown(eligibilityTypes), types.StringUnknown()
		case 1:
			plan.Eligibility = types.ObjectValueMust(eligibilityTypes, map[string]attr.Value{
				"client": types.BoolUnknown(), "partner": types.BoolValue(true),
			})
		}
		var a client.Account
		if rapid.Bool().Draw(t, "partial") {
			a.Meta.Omitted = []string{"status", "icon", "externalName", "externalIds", "eligibility", "defaultLanguageCode", "website"}
		} else {
			a = answer(t, drawnUpdate(ctx, t, &diags))
		}
		a.ID = "ACC-1111-2222"

		state := plan
		state.resolve(ctx, a, &diags)
		for _, v := range []attr.Value{
			state.ID, state.Status, state.Icon, state.ExternalName, state.ExternalIDs, state.Eligibility, state.DefaultLanguageCode,
		} {
			raw, err := v.ToTerraformValue(ctx)
			if err != nil || !raw.IsFullyKnown() {
				t.Fatalf("unknown after the reply: %s", v)
			}
		}
		if !state.Name.Equal(plan.Name) || !state.Website.Equal(plan.Website) || !state.Address.Equal(plan.Address) {
			t.Fatalf("a planned value has changed: %+v", state)
		}
		before := state
		withheld := client.Account{ID: a.ID, Name: state.Name.ValueString()}
		withheld.Meta.Omitted = []string{
			"type", "status", "externalId", "externalName", "externalIds", "address", "technicalSupportEmail", "website", "description",
			"eligibility", "defaultLanguageCode", "icon",
		}
		state.read(ctx, withheld, &diags)
		if !reflect.DeepEqual(state.update(ctx, &diags), before.update(ctx, &diags)) || !state.Address.Equal(before.Address) ||
			!state.Eligibility.Equal(before.Eligibility) || !state.Status.Equal(before.Status) || !state.ExternalIDs.Equal(before.ExternalIDs) ||
			!state.Icon.Equal(before.Icon) {
			t.Fatalf("a withheld field has changed:\n%+v\n%+v", before, state)
		}
		if diags.HasError() {
			t.Fatal(diags)
		}
	})
}

func drawnUpdate(ctx context.Context, t *rapid.T, diags *diag.Diagnostics) client.AccountFields {
	m := drawModel(t)
	return m.update(ctx, diags)
}
