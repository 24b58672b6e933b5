package settings_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var callersType = types.ListType{ElemType: types.StringType}

// block is a vendor's block with these attributes, in this environment.
func block(environment map[string]string, attributes map[string]attr.Value) *tested {
	kinds := map[string]attr.Type{
		"token": types.StringType, "user": types.StringType, "url": types.StringType,
		"max_requests_per_second": types.Float64Type, "allowed_callers": callersType, "ca_certificate": types.StringType,
	}
	values := map[string]attr.Value{
		"token": types.StringNull(), "user": types.StringNull(), "url": types.StringNull(),
		"max_requests_per_second": types.Float64Null(), "allowed_callers": types.ListNull(types.StringType), "ca_certificate": types.StringNull(),
	}
	object := types.ObjectNull(kinds)
	if attributes != nil {
		maps.Copy(values, attributes)
		object = types.ObjectValueMust(kinds, values)
	}
	return newBlock(environment, object)
}

// tested is a block, and what it adds to the diagnostics.
type tested struct {
	*settings.Block
	diags *diag.Diagnostics
}

func newBlock(environment map[string]string, object types.Object) *tested {
	var diags diag.Diagnostics
	shared := settings.Shared{Getenv: func(name string) string { return environment[name] }}
	return &tested{settings.NewBlock(settings.Vendor{Name: "vendor", Title: "Vendor"}, object, shared, &diags), &diags}
}

// unusable is what a resource is told; "" where the vendor can be used.
func (b *tested) unusable() string {
	var diags diag.Diagnostics
	if _, ok := settings.NewClient(b.Block, func() string { return "client" }).Get(&diags); ok {
		return ""
	}
	return diags[0].Summary() + ": " + diags[0].Detail()
}

func TestTextPrecedence(t *testing.T) {
	t.Parallel()
	type attributes = map[string]attr.Value
	env := map[string]string{"V_TOKEN": "from environment", "V_EMPTY": ""}
	fromEnvironment := settings.Value{Text: "from environment", Set: true, Variable: "V_TOKEN"}
	for name, test := range map[string]struct {
		attributes attributes
		variable   string
		want       settings.Value
	}{
		"nothing at all": {variable: "V_NONE"},
		"no block":       {variable: "V_TOKEN", want: fromEnvironment},
		"an empty block": {attributes: attributes{}, variable: "V_TOKEN", want: fromEnvironment},
		"configuration first": {
			attributes: attributes{"token": types.StringValue("configured")}, variable: "V_TOKEN",
			want: settings.Value{Text: "configured", Set: true},
		},
		"empty configuration counts": {
			attributes: attributes{"token": types.StringValue("")}, variable: "V_TOKEN", want: settings.Value{Set: true},
		},
		"empty variables don't": {variable: "V_EMPTY"},
		"unknown hides the variable": {
			attributes: attributes{"token": types.StringUnknown()}, variable: "V_TOKEN", want: settings.Value{Unknown: true},
		},
		"without a variable":           {attributes: attributes{}},
		"another attribute is nothing": {attributes: attributes{"url": types.StringValue("x")}, variable: "V_TOKEN", want: fromEnvironment},
	} {
		got := block(env, test.attributes).Text("token", test.variable)
		test.want.Attribute = path.Root("vendor").AtName("token")
		if !got.Attribute.Equal(test.want.Attribute) || got.Text != test.want.Text || got.Set != test.want.Set ||
			got.Unknown != test.want.Unknown || got.Variable != test.want.Variable {
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
		"only the address": {
			attributes: map[string]attr.Value{"url": types.StringValue("https://x")}, token: "other tenant's", user: "other user",
		},
		"the token":        {attributes: map[string]attr.Value{"token": types.StringValue("mine")}, token: "mine"},
		"the user":         {attributes: map[string]attr.Value{"user": types.StringValue("me")}, user: "me"},
		"an empty token":   {attributes: map[string]attr.Value{"token": types.StringValue("")}},
		"an unknown token": {attributes: map[string]attr.Value{"token": types.StringUnknown()}, unknown: true},
	} {
		got := block(env, test.attributes).Credentials(variables)
		if got["token"].Text != test.token || got["user"].Text != test.user || got["token"].Unknown != test.unknown {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	unknown := newBlock(env, types.ObjectUnknown(nil))
	if got := unknown.Credentials(variables)["token"]; !got.Unknown || got.Set {
		t.Errorf("an unknown block: got %+v", got)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"https://api.example": true, "https://api.example:8443/mpt/": true, "http://localhost:8080": true, "http://127.0.0.1:1": true,
		"http://127.9.9.9": true, "http://[::1]:80": true,
		"http://api.example": false, "http://localhost.example": false, "http://127.0.0.1.example": false, "http://10.0.0.1": false,
		"http://localhost@evil.example":   false,
		"https://secret:word@api.example": false, "https://api.example?secret": false, "https://api.example#secret": false,
		"ftp://api.example": false, "api.example": false,
		"https://": false, "": false, "\nhttps://api.example": false, "https://api.example/\nsecret": false, "https:api.example": false,
		"//api.example": false, "https://:443": false,
		" https://api.example": false, "https://api.example ": false, "https://api.example/ ": false, "https://api.example/\u00a0": false,
		"https://api. example": false,
	} {
		for where, b := range map[string]*tested{
			"configuration": block(nil, map[string]attr.Value{"url": types.StringValue(value)}),
			"environment":   block(map[string]string{"V_URL": value}, nil),
		} {
			if value == "" && where == "environment" {
				continue
			}
			if u := b.BaseURL("url", "V_URL", "https://standard.example"); (u != nil) != ok {
				t.Errorf("%q from %s: got %v", value, where, u)
			}
			checkRefusal(t, where, value, b, ok)
		}
	}
	if u := block(nil, nil).BaseURL("url", "V_URL", "https://standard.example"); u == nil || u.String() != "https://standard.example" {
		t.Errorf("the default: got %v", u)
	}
	b := block(nil, map[string]attr.Value{"url": types.StringUnknown()})
	u := b.BaseURL("url", "V_URL", "https://standard.example")
	if u != nil || b.diags.HasError() || !strings.Contains(b.unusable(), "vendor.url isn't known yet") {
		t.Errorf("unknown: got %v %v %s", u, *b.diags, b.unusable())
	}
}

// checkRefusal checks that the configuration's faults are errors at once, and the environment's only where the vendor is
// used; and that a refusal names where the value comes from and doesn't repeat it.
func checkRefusal(t *testing.T, where, value string, b *tested, ok bool) {
	t.Helper()
	unusable := b.unusable()
	if (unusable == "") != ok {
		t.Errorf("%q from %s: where the vendor is used, %q", value, where, unusable)
	}
	if b.diags.HasError() != (where == "configuration" && !ok) {
		t.Errorf("%q from %s: configuring says %v", value, where, *b.diags)
	}
	if where == "environment" && !ok && !strings.Contains(unusable, "V_") {
		t.Errorf("%q: the variable isn't named: %s", value, unusable)
	}
	for _, d := range *b.diags {
		attribute, onAttribute := d.(diag.DiagnosticWithPath)
		if !onAttribute || !strings.HasPrefix(attribute.Path().String(), "vendor.") {
			t.Errorf("%q from %s: the diagnostic stands at the wrong place: %v", value, where, d)
		}
		unusable += d.Detail()
	}
	if strings.Contains(unusable, "secret") {
		t.Errorf("%q is repeated: %s", value, unusable)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"idt:TKN-1-2:secret": true, "secret word": false, "secret\n": false, " secret": false, "secret\t": false, "secret\x00": false,
		"secret\u007f": false, "": false,
	} {
		for where, b := range map[string]*tested{
			"configuration": block(nil, map[string]attr.Value{"token": types.StringValue(value)}),
			"environment":   block(map[string]string{"V_TOKEN": value}, nil),
		} {
			if value == "" && where == "environment" {
				continue
			}
			if secret := b.Token(b.Text("token", "V_TOKEN")); ok && secret.Reveal() != value {
				t.Errorf("%q from %s: got another one", value, where)
			}
			checkRefusal(t, where, value, b, ok)
		}
	}
	b := block(nil, nil)
	if secret := b.Token(b.Text("token", "V_TOKEN")); secret.Reveal() != "" || b.diags.HasError() {
		t.Errorf("no token: got %v", *b.diags)
	}
}

func TestMaxRequestsPerSecond(t *testing.T) {
	t.Parallel()
	for want, attributes := range map[float64]map[string]attr.Value{0: nil, 2.5: {"max_requests_per_second": types.Float64Value(2.5)}} {
		if got := block(nil, attributes).Transport().MaxRequestsPerSecond; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if got := block(nil, map[string]attr.Value{"max_requests_per_second": types.Float64Unknown()}).Transport().MaxRequestsPerSecond; got != 0 {
		t.Errorf("unknown: got %v", got)
	}
}

// Nothing that is wrong with the list turns it off.
func TestAllowedCallers(t *testing.T) {
	t.Parallel()
	list := func(ids ...attr.Value) attr.Value { return types.ListValueMust(types.StringType, ids) }
	for name, test := range map[string]struct {
		list             attr.Value
		want             []string
		invalid, unknown bool
	}{
		"null":            {list: types.ListNull(types.StringType)},
		"one":             {list: list(types.StringValue("7")), want: []string{"7"}},
		"two":             {list: list(types.StringValue("7"), types.StringValue("8")), want: []string{"7", "8"}},
		"empty":           {list: list(), invalid: true},
		"null element":    {list: list(types.StringValue("7"), types.StringNull()), invalid: true},
		"empty element":   {list: list(types.StringValue("")), invalid: true},
		"whitespace":      {list: list(types.StringValue("7 ")), invalid: true},
		"unknown":         {list: types.ListUnknown(types.StringType), unknown: true},
		"unknown element": {list: list(types.StringValue("7"), types.StringUnknown()), unknown: true, want: []string{"7"}},
	} {
		b := block(nil, map[string]attr.Value{"allowed_callers": test.list})
		got := b.AllowedCallers()
		unusable := b.unusable()
		if !test.invalid && !slices.Equal(got, test.want) || b.diags.HasError() != test.invalid ||
			(unusable != "") != (test.invalid || test.unknown) {
			t.Errorf("%s: got %v, %v, %q", name, got, *b.diags, unusable)
		}
		if test.unknown && !strings.Contains(unusable, "vendor.allowed_callers isn't known yet") {
			t.Errorf("%s: %s", name, unusable)
		}
	}
	if got := block(nil, nil).AllowedCallers(); got != nil {
		t.Errorf("no block: %v", got)
	}
}

func TestCACertificate(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"no certificate": false, "": false} {
		b := block(nil, map[string]attr.Value{"ca_certificate": types.StringValue(text)})
		b.Transport()
		checkRefusal(t, "configuration", text, b, ok)
	}
	b := block(nil, map[string]attr.Value{"ca_certificate": types.StringUnknown()})
	b.Transport()
	if !strings.Contains(b.unusable(), "vendor.ca_certificate isn't known yet") {
		t.Error(b.unusable())
	}
}

// A vendor that can't be used says so only to who asks for it.
func TestClients(t *testing.T) {
	t.Parallel()
	made := func(b *tested) *settings.Client[string] {
		return settings.NewClient(b.Block, func() string { return "client" })
	}
	missing, unknown := block(nil, nil), block(nil, map[string]attr.Value{"token": types.StringUnknown()})
	missing.Lacks("Set V_TOKEN.")
	unknown.Text("token", "V_TOKEN")
	clients := settings.Clients{
		"ready": made(block(nil, nil)), "missing": made(missing), "unknown": made(unknown),
		"other": settings.NewClient(block(nil, nil).Block, func() int { return 5 }),
	}
	for name, says := range map[string]string{
		"ready": "", "missing": "Vendor is not configured: Set V_TOKEN.", "unknown": "vendor.token isn't known yet",
		"other": "Unexpected provider data", "none": "Unexpected provider data",
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

// A warning about the environment is shown once, where the vendor is used first.
func TestWarnings(t *testing.T) {
	t.Parallel()
	b := block(nil, nil)
	b.Warn("It looks cut off", "V_TOKEN is short.")
	client := settings.NewClient(b.Block, func() string { return "client" })
	if len(*b.diags) > 0 {
		t.Errorf("configuring says %v", *b.diags)
	}
	for want := range 2 {
		var diags diag.Diagnostics
		if _, ok := client.Get(&diags); !ok || diags.WarningsCount() != 1-want {
			t.Errorf("use %d: %v", want+1, diags)
		}
	}
}
