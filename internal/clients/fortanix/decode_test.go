package fortanix_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// Servers of other versions send more, less, or the same in other forms.
func TestDecodeAccount(t *testing.T) {
	t.Parallel()
	bare := fortanix.Account{ID: absentID}
	with := func(change func(*fortanix.Account)) fortanix.Account {
		a := bare
		change(&a)
		return a
	}
	created := with(func(a *fortanix.Account) { a.CreatedAt = new(int64(1767225600)) })
	tls := func(mode string, required *fortanix.TLSRequiredOptions) fortanix.Account {
		return with(func(a *fortanix.Account) {
			a.AuthConfigs = []fortanix.AuthConfig{{ID: "x", OAuth: &fortanix.OAuth{
				IDPName: "A", ClientID: "1", TLS: fortanix.TLS{Mode: mode, Required: required},
			}}}
		})
	}
	oauth := func(tls string) string {
		return `"auth_configs":{"x":{"oauth":{"idp_name":"A","client_id":"1","client_secret":"top secret","tls":` + tls + `}}}`
	}
	tests := map[string]struct {
		fields string // next to the id
		want   fortanix.Account
		fails  string
	}{
		"only the id": {``, bare, ""},
		"nulls": {
			`"name":null,"created_at":null,"roles":null,"custom_logo":null,"auth_configs":null,"node_enrollment":null,` +
				`"component":null,"totals":null,"azure_cvm_pcr_priority":null`,
			bare, "",
		},
		"unknown fields": {`"features":["x"],"approval_state":"APPROVED","auth_configs":{}`, bare, ""},
		"unknown enum values": {`"component":"NEW","account_status":"Frozen","status":"ODD","roles":["OWNER"]`, with(func(a *fortanix.Account) {
			a.Component, a.AccountStatus, a.Status, a.Roles = new("NEW"), new("Frozen"), new("ODD"), []string{"OWNER"}
		}), ""},
		"seconds":             {`"created_at":1767225600`, created, ""},
		"milliseconds":        {`"created_at":1767225600123`, created, ""},
		"a float":             {`"created_at":1.7672256e9`, created, ""},
		"a number as string":  {`"created_at":"1767225600"`, created, ""},
		"no time":             {`"created_at":"yesterday"`, bare, "not a number"},
		"a huge number":       {`"created_at":1e400`, bare, "not a number"},
		"number for a string": {`"name":12`, bare, "name"},
		"text for a list":     {`"azure_cvm_pcr_priority":"0"`, bare, "azure_cvm_pcr_priority"},
		"unknown config kind": {
			`"auth_configs":{"x":{"saml":{}}}`, with(func(a *fortanix.Account) { a.AuthConfigs = []fortanix.AuthConfig{{ID: "x"}} }), "",
		},
		"TLS as text":    {oauth(`"disabled"`), tls("disabled", nil), ""},
		"TLS as object":  {oauth(`{"opportunistic":{}}`), tls("opportunistic", nil), ""},
		"TLS with nulls": {oauth(`{"disabled":null,"opportunistic":{},"required":null}`), tls("opportunistic", nil), ""},
		"unknown TLS":    {oauth(`{"quantum":{"x":1}}`), tls("quantum", nil), ""},
		"no TLS":         {oauth(`null`), tls("", nil), ""},
		"required TLS": {
			oauth(`{"required":{"validate_hostname":true,"ca":{"ca_set":"GLOBAL_ROOTS"},"client_key":"a key","client_cert":""}}`),
			tls("required", &fortanix.TLSRequiredOptions{ValidateHostname: true, CA: fortanix.CA{Set: new("GLOBAL_ROOTS")}}), "",
		},
		"logo in lines":  {`"custom_logo":"YW\r\nJj"`, with(func(a *fortanix.Account) { a.CustomLogo = logo("abc", "YW\r\nJj") }), ""},
		"an empty logo":  {`"custom_logo":""`, bare, ""},
		"no base64 logo": {`"custom_logo":"(image)"`, with(func(a *fortanix.Account) { a.CustomLogo = logo("(image)", "(image)") }), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			body := `{"acct_id":"` + absentID + `"`
			if tt.fields != "" {
				body += "," + tt.fields
			}
			l.server.Inject(mockserver.Fault{On: get, Body: body + "}"})
			got, err := l.ReadAccount(t.Context(), absentID, witness.Witness{}, nil)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), "top secret") {
					t.Errorf("error is %v, want one that says %q", err, tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b transport.Secret) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func logo(content, encoded string) fortanix.Logo {
	return fortanix.Logo{Size: len(content), SHA256: sha256.Sum256([]byte(content)), Base64: encoded}
}

func TestCheckLogo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ logo, fails string }{
		"png":               {png("x"), ""},
		"jpeg":              {b64("\xff\xd8\xff\xe0 JFIF"), ""},
		"svg":               {b64(`<svg xmlns="http://www.w3.org/2000/svg"/>`), ""},
		"svg with a prolog": {b64("\ufeff<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<!-- x --><!DOCTYPE svg>\n<svg></svg>"), ""},
		"in lines":          {png("x")[:4] + "\n" + png("x")[4:], ""},
		"largest":           {png(strings.Repeat("x", fortanix.MaxLogo-8)), ""},
		"too large":         {png(strings.Repeat("x", fortanix.MaxLogo-7)), "131073"},
		"no base64":         {"data:image/png;base64,AAAA", "base64"},
		"gif":               {b64("GIF89a"), "JPEG"},
		"html":              {b64("<html><svg/></html>"), "JPEG"},
		"nothing":           {"", "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := fortanix.CheckLogo(tt.logo)
			if (err == nil) != (tt.fails == "") || !strings.Contains(fmt.Sprint(err), tt.fails) && tt.fails != "" {
				t.Errorf("error is %v, want %q", err, tt.fails)
			}
		})
	}
}

func TestSecretsDontPrint(t *testing.T) {
	t.Parallel()
	config := oauth("A", "1", "top secret")
	if text := fmt.Sprintf("%v %+v %#v %s", config.OAuth, *config.OAuth, *config.OAuth, encode(config)); strings.Contains(text, "top secret") {
		t.Error(text)
	}
}
