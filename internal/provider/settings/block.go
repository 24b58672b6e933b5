package settings

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Block is a vendor's block of the provider configuration, next to the environment variables that stand in for it. It
// collects why the vendor can't be used. A value of the configuration that can't be used is an error at once. One of the
// environment matters only where the vendor is needed: the variable may be there for another program.
type Block struct {
	vendor Vendor
	object types.Object
	shared Shared
	diags  *diag.Diagnostics

	invalid     bool        // the configuration is
	environment []string    // what is wrong with the environment
	unknown     []path.Path // attributes that aren't known yet
	lacks       string      // what to set where there is no credential
	warnings    diag.Diagnostics
}

// NewBlock returns a vendor's block; object may be null or unknown. Errors in the configuration are added to diags.
func NewBlock(vendor Vendor, object types.Object, shared Shared, diags *diag.Diagnostics) *Block {
	b := &Block{vendor: vendor, object: object, shared: shared, diags: diags}
	if shared.Unknown != nil {
		b.unknown = append(b.unknown, *shared.Unknown)
	}
	return b
}

// path is the path of one of the block's attributes.
func (b *Block) path(name string) path.Path { return path.Root(b.vendor.Name).AtName(name) }

func (b *Block) attribute(name string) attr.Value {
	if b.object.IsUnknown() {
		return types.StringUnknown()
	}
	value, ok := b.object.Attributes()[name]
	if !ok {
		return types.StringNull()
	}
	return value
}

// Text resolves an attribute. An empty value in the configuration is a value; an empty variable is none. variable may
// be "". The vendor can't be used while the value is unknown.
func (b *Block) Text(name, variable string) Value {
	v := Value{Attribute: b.path(name)}
	switch configured := b.attribute(name); {
	case configured.IsUnknown():
		v.Unknown = true
		b.unknown = append(b.unknown, v.Attribute)
	case !configured.IsNull():
		if s, ok := configured.(types.String); ok {
			v.Text, v.Set = s.ValueString(), true
		}
	case variable != "":
		if text := b.shared.Getenv(variable); text != "" {
			v.Text, v.Set, v.Variable = text, true, variable
		}
	}
	return v
}

// Credentials resolves the attributes that hold credentials, each with its variable. Any of them in the configuration
// switches all of their variables off: an alias must never fall back to another tenant's key.
func (b *Block) Credentials(variables map[string]string) map[string]Value {
	configured := b.object.IsUnknown()
	for name := range variables {
		configured = configured || !b.attribute(name).IsNull()
	}
	values := map[string]Value{}
	for name, variable := range variables {
		if configured {
			variable = ""
		}
		values[name] = b.Text(name, variable)
	}
	return values
}

// Refuse records that a value can't be used: "is empty". It never repeats the value.
func (b *Block) Refuse(v Value, problem string) {
	if v.Variable != "" {
		b.environment = append(b.environment, fmt.Sprintf("%s (for %s) %s", v.Source(), v.Attribute, problem))
		return
	}
	b.invalid = true
	b.diags.AddAttributeError(v.Attribute, "Invalid "+b.vendor.Title+" configuration", capitalised(v.Source())+" "+problem+".")
}

func capitalised(s string) string { return "T" + s[1:] } // every source starts with "the"

// Warn records a warning, which is shown where the vendor is used first.
func (b *Block) Warn(summary, detail string) { b.warnings.AddWarning(summary, detail) }

// Lacks records that there is no credential; needs says what to set.
func (b *Block) Lacks(needs string) { b.lacks = needs }

// Token checks a value that is to stand in a header, and wraps it.
func (b *Block) Token(v Value) transport.Secret {
	if !v.Set {
		return transport.Secret{}
	}
	if err := transport.CheckToken(v.Text); err != nil {
		b.Refuse(v, err.Error())
	}
	return transport.NewSecret(v.Text)
}

// BaseURL resolves a vendor's address; nil where it can't be used or isn't known.
func (b *Block) BaseURL(name, variable, standard string) *url.URL {
	v := b.Text(name, variable)
	if v.Unknown {
		return nil
	}
	if !v.Set {
		v.Text = standard
	}
	u, err := transport.ParseBaseURL(v.Text)
	if err != nil {
		b.Refuse(v, err.Error())
		return nil
	}
	return u
}

// Transport returns the options of the vendor's HTTP client, except for its address.
func (b *Block) Transport() transport.Options {
	options := b.shared.transport()
	options.RoundTripper = transport.NewTransport(b.roots())
	if n, ok := b.attribute(maxRequestsPerSecond).(types.Float64); ok {
		options.MaxRequestsPerSecond = n.ValueFloat64()
	}
	return options
}

// roots are the certificate authorities to trust; nil stands for the system's.
func (b *Block) roots() *x509.CertPool {
	v := b.Text(caCertificate, "")
	if !v.Set {
		return nil
	}
	roots, err := transport.ParseCA(v.Text)
	if err != nil {
		b.Refuse(v, "can't be used: "+err.Error())
	}
	return roots
}

// missing is why the vendor can't be used, nil where it can.
func (b *Block) missing() diag.Diagnostic {
	summary := b.vendor.Title + " is not configured"
	switch {
	case b.invalid:
		return diag.NewErrorDiagnostic(summary, "Its part of the provider block is invalid.")
	case len(b.environment) > 0:
		return diag.NewErrorDiagnostic(summary, strings.TrimSpace(summary+", because "+strings.Join(b.environment, ", and ")+
			". Correct the environment, or write the value into the provider block. "+b.lacks))
	case len(b.unknown) > 0:
		return notYetKnown(b.vendor.Title, b.unknown[0])
	case b.lacks != "":
		return diag.NewErrorDiagnostic(summary, b.lacks)
	}
	return nil
}
