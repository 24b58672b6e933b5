package gcore

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// drawUser draws what a configuration may hold: text without surrounding whitespace, and null.
func drawUser(t *rapid.T, label string) userModel {
	word := rapid.StringMatching(`[\p{L}\d"'\\$%{}<>&]([\p{L}\d "'\\$%{}<>&]{0,6}[\p{L}\d])?`)
	text := rapid.Custom(func(t *rapid.T) types.String {
		if rapid.IntRange(0, 3).Draw(t, "null") == 0 {
			return types.StringNull()
		}
		return types.StringValue(word.Draw(t, "text"))
	})
	m := userModel{
		userFields: userFields{
			ID: types.StringValue("2"), ClientID: types.StringValue("1"), Email: types.StringValue(word.Draw(t, label+" email") + "@example.com"),
			Company: types.StringValue(word.Draw(t, label+" company")), Name: text.Draw(t, label+" name"), Phone: text.Draw(t, label+" phone"),
			Lang:     types.StringValue(rapid.SampledFrom(languages).Draw(t, label+" lang")),
			UserType: types.StringValue("common"), IsActive: types.BoolValue(true), Activated: types.BoolValue(true),
		},
		CustomID: text.Draw(t, label+" custom id"), CountryCode: types.StringValue("LU"),
		IsTest: types.BoolValue(rapid.Bool().Draw(t, label+" test")), Services: types.MapNull(types.BoolType),
	}
	if rapid.Bool().Draw(t, label+" has seller") {
		m.Seller = account.NumberOrNull(types.NumberNull(), new(rapid.Int64Range(1, 1<<50).Draw(t, label+" seller")))
	}
	services := map[string]attr.Value{}
	for _, product := range products {
		switch rapid.IntRange(0, 3).Draw(t, label+" "+product) {
		case 0:
			services[product] = types.BoolNull()
		case 1:
			services[product] = types.BoolValue(true)
		case 2:
			services[product] = types.BoolValue(false)
		}
	}
	if len(services) > 0 {
		m.Services = types.MapValueMust(types.BoolType, services)
	}
	return m
}

// vendorSide is what a vendor without a mind of its own has after requests.
type vendorSide struct {
	user, client map[string]any
	products     map[string]bool
}

// take merges a request's fields, the company name as the account has it.
func take(t *rapid.T, into map[string]any, body any, only ...string) {
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range only {
		if value, sent := fields[name]; sent {
			if name == "company" {
				name = "companyName"
			}
			into[name] = value
		}
	}
}

func (v vendorSide) read(t *rapid.T, m *userModel) {
	var u client.User
	var a client.Account
	for target, fields := range map[any]map[string]any{&u: v.user, &a: v.client} {
		raw, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, target); err != nil {
			t.Fatal(err)
		}
	}
	m.readUser(u)
	m.readClient(a)
	var shown []client.ProductAvailability
	for product, available := range v.products {
		shown = append(shown, client.ProductAvailability{Product: product, Available: &available})
	}
	var diags diag.Diagnostics
	m.readServices(context.Background(), shown, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
}

// What a create sends comes back as it was; what an update sends turns one configuration into any other, and nothing is
// sent where nothing differs.
func TestUserModelRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var diags diag.Diagnostics
		was, is := drawUser(t, "was"), drawUser(t, "is")
		was.readServices(ctx, nil, &diags)
		is.CountryCode, is.UserType = was.CountryCode, was.UserType

		v := vendorSide{user: map[string]any{"id": 2, "client": 1, "name": nil, "phone": nil, "is_active": true, "activated": true},
			client: map[string]any{"id": 1, "custom_id": nil, "seller": nil}, products: map[string]bool{}}
		created := was.newUser(ctx, types.StringValue("secret"), &diags)
		if raw, _ := json.Marshal(created); strings.Contains(string(raw), "null") || strings.Contains(string(raw), "secret") {
			t.Fatalf("the body: %s", raw)
		}
		take(t, v.user, created, "email", "name", "phone", "lang", "user_type")
		take(t, v.client, created, "company", "custom_id", "seller", "is_test", "country_code")
		for _, s := range created.Services {
			v.products[s.Product] = *s.Available
		}
		for _, from := range []userModel{was, {Services: was.Services}} {
			v.read(t, &from)
			if !reflect.DeepEqual(from, was) {
				t.Fatalf("sent %+v\ngot %+v", was, from)
			}
		}

		take(t, v.user, is.userChanges(was), "email", "name", "phone", "lang")
		take(t, v.client, is.clientChanges(was), "companyName", "custom_id", "seller", "is_test")
		override, inherit := is.serviceChanges(ctx, was, &diags)
		maps.Copy(v.products, override)
		for _, product := range inherit {
			delete(v.products, product)
		}
		got := is
		v.read(t, &got)
		if !reflect.DeepEqual(got, is) {
			t.Fatalf("sent %+v\ngot %+v", is, got)
		}
		if is.asksFor(ctx, is, &diags) || diags.HasError() {
			t.Fatal("it would be sent again", diags)
		}
	})
}

// A reply leaves no value unknown, changes none that was planned, and fields that it withholds stay as they were.
func TestModelResolve(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan := drawUser(t, "plan")
		planned := plan
		for _, unknown := range []*types.String{&plan.ID, &plan.ClientID, &plan.Lang, &plan.CountryCode, &plan.UserType} {
			if rapid.Bool().Draw(t, "unknown") {
				*unknown = types.StringUnknown()
			}
		}
		for _, unknown := range []*types.Bool{&plan.IsTest, &plan.IsActive, &plan.Activated} {
			if rapid.Bool().Draw(t, "unknown") {
				*unknown = types.BoolUnknown()
			}
		}
		before := plan
		plan.resolve(client.User{ID: "2", ClientID: "1"}, client.Account{})
		for _, now := range []struct{ is, was any }{{plan, before}, {plan.userFields, before.userFields}} {
			is, was := reflect.ValueOf(now.is), reflect.ValueOf(now.was)
			for i := range is.NumField() {
				if !is.Type().Field(i).IsExported() {
					continue // embedded
				}
				value, ok := reflect.TypeAssert[attr.Value](is.Field(i))
				old, _ := reflect.TypeAssert[attr.Value](was.Field(i))
				if ok && (value.IsUnknown() || !old.IsUnknown() && !value.Equal(old)) {
					t.Fatalf("%s: %v became %v", is.Type().Field(i).Name, old, value)
				}
			}
		}
		withheld := planned
		withheld.readUser(client.User{})
		withheld.readClient(client.Account{})
		if !reflect.DeepEqual(withheld, planned) {
			t.Fatalf("%+v became %+v", planned, withheld)
		}
	})
	var a accountModel
	a.ID, a.Status, a.Email, a.Company = types.StringUnknown(), types.StringUnknown(), types.StringUnknown(), types.StringValue("Acme")
	a.resolve(client.Account{ID: "1", Company: "ACME"})
	if a.ID.ValueString() != "1" || !a.Status.IsNull() || !a.Email.IsNull() || a.Company.ValueString() != "Acme" {
		t.Errorf("resolved %+v", a)
	}
}
