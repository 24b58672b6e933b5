package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// hostile are texts that have broken quoting before.
var hostile = []string{
	"", "ACC-1234-5678", `"`, `\`, `\"`, "${file(\"x\")}", "$${a}", "%{if true}", "%%{", "$", "%", "${", "a$", "'", "\n", "\r\n", "\t", "\x00",
	"\x1b[31m",
	"#", "/*", "*/", "}", "é", "e\u0301", "😀", "\u202eabc", "\u2028", "\ufeff", "\xff", "../..", "a/b", "a?b", "a%2Fb", "a b",
}

// FuzzQuoteHCL: HCL reads back what was quoted, as one literal string.
func FuzzQuoteHCL(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		quoted := QuoteHCL(value)
		if strings.ContainsAny(quoted, "\r\n") {
			t.Fatalf("%q spans lines", quoted)
		}
		if read, want := readHCL(t, quoted), readHCL(t, escaped(value)); read != want {
			t.Fatalf("%s reads as %q, want %q", quoted, read, want)
		}
	})
}

// escaped is a value as an HCL string in which nothing stands for itself.
func escaped(value string) string {
	var b strings.Builder
	for _, r := range value {
		fmt.Fprintf(&b, `\U%08x`, r)
	}
	return `"` + b.String() + `"`
}

func readHCL(t *testing.T, literal string) string {
	t.Helper()
	expression, problems := hclsyntax.ParseExpression([]byte(literal), "", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%q: %s", literal, problems)
	}
	read, problems := expression.Value(nil)
	if problems.HasErrors() {
		t.Fatalf("%q: %s", literal, problems)
	}
	return read.AsString()
}

// FuzzImportBlock: whatever a vendor calls its accounts, an import block is HCL with this id and nothing else, and text that a
// terminal shows as it is.
func FuzzImportBlock(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, "ACC-1234-5678")
		f.Add("Acme", s)
	}
	d := Descriptor{Type: "softwareone_account"}
	f.Fuzz(func(t *testing.T, label, id string) {
		text := d.importBlocks([]createonce.Candidate{{ID: id, Label: label}})
		file, problems := hclsyntax.ParseConfig([]byte(text), "", hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatalf("%s\n%s", text, problems)
		}
		body := file.Body.(*hclsyntax.Body)
		if len(body.Blocks) != 1 || len(body.Attributes) != 0 || len(body.Blocks[0].Body.Attributes) != 3 {
			t.Fatalf("not one import block: %s", text)
		}
		read, problems := body.Blocks[0].Body.Attributes["id"].Expr.Value(nil)
		if want := transport.SafeText(id); problems.HasErrors() || read.AsString() != readHCL(t, QuoteHCL(want)) {
			t.Fatalf("the id reads as %#v, want %q: %s", read, want, text)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }) {
			t.Fatalf("not fit for a terminal: %q", text)
		}
	})
}

// FuzzBase64: what the validator lets through is base64 of something, in its one spelling except line breaks.
func FuzzBase64(f *testing.F) {
	for _, s := range append(hostile, "YQ==", "YQ", "YR==", "YQ==\n", "YW\nE=", "iVBORw0KGgo=") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		var resp validator.StringResponse
		Base64().ValidateString(context.Background(), validator.StringRequest{
			Path: path.Root("logo"), ConfigValue: types.StringValue(value),
		}, &resp)
		raw, err := base64.StdEncoding.DecodeString(value)
		good := err == nil && len(raw) > 0 && base64.StdEncoding.EncodeToString(raw) == strings.NewReplacer("\r", "", "\n", "").Replace(value)
		if good == resp.Diagnostics.HasError() {
			t.Fatalf("%q is good: %v, the validator says %v", value, good, resp.Diagnostics)
		}
	})
}
