package settings_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

// block is a vendor's block with these attributes, in this environment.
func block(environment map[string]string, attributes map[string]attr.Value) settings.Block {
	kinds := map[string]attr.Type{"token": types.StringType, "user": types.StringType, "url": types.StringType, "limit": types.Float64Type}
	values := map[string]attr.Value{
		"token": types.StringNull(), "user": types.StringNull(), "url": types.StringNull(), "limit": types.Float64Null(),
	}
	object := types.ObjectNull(kinds)
	if attributes != nil {
		maps.Copy(values, attributes)
		object = types.ObjectValueMust(kinds, values)
	}
	return settings.NewBlock("vendor", object, func(name string) string { return environment[name] })
}

func TestTextPrecedence(t *testing.T) {
	t.Parallel()
	env := map[string]string{"V_TOKEN": "from environment", "V_EMPTY": ""}
	for name, test := range map[string]struct {
		attributes map[string]attr.Value
		variable   string
		want       settings.Value
	}{
		"nothing at all":               {variable: "V_NONE"},
		"no block":                     {variable: "V_TOKEN", want: settings.Value{Text: "from environment", Set: true, Variable: "V_TOKEN"}},
		"an empty block":               {attributes: map[string]attr.Value{}, variable: "V_TOKEN", want: settings.Value{Text: "from environment", Set: true, Variable: "V_TOKEN"}},
		"configuration first":          {attributes: map[string]attr.Value{"token": types.StringValue("configured")}, variable: "V_TOKEN", want: settings.Value{Text: "configured", Set: true}},
		"empty configuration counts":   {attributes: map[string]attr.Value{"token": types.StringValue("")}, variable: "V_TOKEN", want: settings.Value{Set: true}},
		"empty variables don't":        {variable: "V_EMPTY"},
		"unknown hides the variable":   {attributes: map[string]attr.Value{"token": types.StringUnknown()}, variable: "V_TOKEN", want: settings.Value{Unknown: true}},
		"without a variable":           {attributes: map[string]attr.Value{}},
		"another attribute is nothing": {attributes: map[string]attr.Value{"url": types.StringValue("x")}, variable: "V_TOKEN", want: settings.Value{Text: "from environment", Set: true, Variable: "V_TOKEN"}},
	} {
		got := block(env, test.attributes).Text("token", test.variable)
		test.want.Attribute = path.Root("vendor").AtName("token")
		if !got.Attribute.Equal(test.want.Attribute) || got.Text != test.want.Text || got.Set != test.want.Set || got.Unknown != test.want.Unknown || got.Variable != test.want.Variable {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// A credential in the block switches the environment off, for all credentials of the vendor.
func TestCredentials(t *testing.T) {
	t.Parallel()
	env := map[string]string{"V_TOKEN": "other tenant's", "V_USER": "other user"}
	variables := map[string]string{"token": "V_TOKEN", "user": "V_USER"}
	for name, test := range map[string]struct {
		attributes  map[string]attr.Value
		token, user string
		unknown     bool
	}{
		"nothing configured": {token: "other tenant's", user: "other user"},
		"only the address":   {attributes: map[string]attr.Value{"url": types.StringValue("https://x")}, token: "other tenant's", user: "other user"},
		"the token":          {attributes: map[string]attr.Value{"token": types.StringValue("mine")}, token: "mine"},
		"the user":           {attributes: map[string]attr.Value{"user": types.StringValue("me")}, user: "me"},
		"an empty token":     {attributes: map[string]attr.Value{"token": types.StringValue("")}},
		"an unknown token":   {attributes: map[string]attr.Value{"token": types.StringUnknown()}, unknown: true},
	} {
		got := block(env, test.attributes).Credentials(variables)
		if got["token"].Text != test.token || got["user"].Text != test.user || got["token"].Unknown != test.unknown {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	unknown := settings.NewBlock("vendor", types.ObjectUnknown(nil), func(name string) string { return env[name] })
	if got := unknown.Credentials(variables)["token"]; !got.Unknown || got.Set {
		t.Errorf("an unknown block: got %+v", got)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"https://api.example": true, "https://api.example:8443/mpt/": true, "http://localhost:8080": true, "http://127.0.0.1:1": true, "http://127.9.9.9": true, "http://[::1]:80": true,
		"http://api.example": false, "http://localhost.example": false, "http://127.0.0.1.example": false, "http://10.0.0.1": false, "http://localhost@evil.example": false,
		"https://secret:word@api.example": false, "https://api.example?secret": false, "https://api.example#secret": false, "ftp://api.example": false, "api.example": false,
		"https://": false, "": false, "\nhttps://api.example": false, "https://api.example/\nsecret": false, "https:api.example": false, "//api.example": false, "https://:443": false,
	} {
		for where, b := range map[string]settings.Block{
			"configuration": block(nil, map[string]attr.Value{"url": types.StringValue(value)}),
			"environment":   block(map[string]string{"V_URL": value}, nil),
		} {
			if value == "" && where == "environment" {
				continue
			}
			var diags diag.Diagnostics
			u, got := b.BaseURL(&diags, "url", "V_URL", "https://standard.example", "Invalid")
			if got != ok || diags.HasError() == ok || (u != nil) != ok {
				t.Errorf("%q from %s: got %v %v", value, where, u, diags)
			}
			checkRefusal(t, where, value, diags)
		}
	}
	var diags diag.Diagnostics
	if u, ok := block(nil, nil).BaseURL(&diags, "url", "V_URL", "https://standard.example", "Invalid"); !ok || u.String() != "https://standard.example" {
		t.Errorf("the default: got %v", u)
	}
	if u, ok := block(nil, map[string]attr.Value{"url": types.StringUnknown()}).BaseURL(&diags, "url", "V_URL", "https://standard.example", "Invalid"); ok || u != nil || diags.HasError() {
		t.Errorf("unknown: got %v %v", u, diags)
	}
}

// checkRefusal checks that a refusal names where the value comes from and doesn't repeat it.
func checkRefusal(t *testing.T, where, value string, diags diag.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		attribute, onAttribute := d.(diag.DiagnosticWithPath)
		if onAttribute != (where == "configuration") || onAttribute && !strings.HasPrefix(attribute.Path().String(), "vendor.") {
			t.Errorf("%q from %s: the diagnostic stands at the wrong place: %v", value, where, d)
		}
		if where == "environment" && !strings.Contains(d.Detail(), "V_") {
			t.Errorf("%q: the variable isn't named: %s", value, d.Detail())
		}
		if strings.Contains(d.Detail(), "secret") {
			t.Errorf("%q is repeated: %s", value, d.Detail())
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"idt:TKN-1-2:secret": true, "secret word": false, "secret\n": false, " secret": false, "secret\t": false, "secret\x00": false, "secret\u007f": false, "": false,
	} {
		for where, b := range map[string]settings.Block{
			"configuration": block(nil, map[string]attr.Value{"token": types.StringValue(value)}),
			"environment":   block(map[string]string{"V_TOKEN": value}, nil),
		} {
			if value == "" && where == "environment" {
				continue
			}
			var diags diag.Diagnostics
			secret := b.Text("token", "V_TOKEN").Token(&diags, "Invalid")
			if diags.HasError() == ok || ok && secret.Reveal() != value {
				t.Errorf("%q from %s: got %v", value, where, diags)
			}
			checkRefusal(t, where, value, diags)
		}
	}
	var diags diag.Diagnostics
	if secret := block(nil, nil).Text("token", "V_TOKEN").Token(&diags, "Invalid"); secret.Reveal() != "" || diags.HasError() {
		t.Errorf("no token: got %v", diags)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for want, attributes := range map[float64]map[string]attr.Value{0: nil, 2.5: {"limit": types.Float64Value(2.5)}} {
		if got := block(nil, attributes).Number("limit"); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if got := block(nil, map[string]attr.Value{"limit": types.Float64Unknown()}).Number("limit"); got != 0 {
		t.Errorf("unknown: got %v", got)
	}
}

// A vendor that can't be used says so only to who asks for it.
func TestClients(t *testing.T) {
	t.Parallel()
	clients := settings.Clients{
		"ready": settings.Ready("client"), "missing": settings.Missing[string]("Vendor", "Set V_TOKEN."),
		"unknown": settings.NotYetKnown[string]("Vendor", path.Root("vendor").AtName("token")), "other": settings.Ready(5),
	}
	for name, says := range map[string]string{
		"ready": "", "missing": "Vendor is not configured: Set V_TOKEN.", "unknown": "vendor.token isn't known yet", "other": "Unexpected provider data", "none": "Unexpected provider data",
	} {
		var diags diag.Diagnostics
		found := settings.Of[string](name, clients, &diags)
		if diags.HasError() && says == "Unexpected provider data" {
			continue
		}
		client, ok := found.Get(&diags)
		if ok != (says == "") || ok && client != "client" {
			t.Errorf("%s: got %q, %v", name, client, diags)
		}
		for _, d := range diags {
			if text := d.Summary() + ": " + d.Detail(); !strings.Contains(text, says) {
				t.Errorf("%s: %q isn't said in %q", name, says, text)
			}
		}
	}
	var diags diag.Diagnostics
	if c := settings.Of[string]("ready", nil, &diags); c != nil || diags.HasError() {
		t.Errorf("before the provider is configured: %v %v", c, diags)
	}
	if _, ok := settings.Of[string]("ready", nil, &diags).Get(&diags); ok || !diags.HasError() {
		t.Error("a client that was never configured could be had")
	}
}
