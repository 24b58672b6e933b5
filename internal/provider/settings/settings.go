// Package settings resolves the provider block: configuration before environment before default, for every vendor
// alike.
package settings

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Shared is what every vendor gets from the provider.
type Shared struct {
	UserAgent      string
	RequestTimeout time.Duration // of one request
	BulkReads      bool
	Clock          transport.Clock
	Scrubber       *transport.Scrubber // shared by the vendors, so that none prints another's secret
	Getenv         func(string) string
}

// Transport returns transport options with all that does not depend on the vendor.
func (s Shared) Transport() transport.Options {
	return transport.Options{
		UserAgent:      s.UserAgent,
		RequestTimeout: s.RequestTimeout,
		Clock:          s.Clock,
		Scrubber:       s.Scrubber,
		Log: func(ctx context.Context, message string, fields map[string]any) {
			tflog.Debug(ctx, message, fields)
		},
	}
}

// Warn writes a client's warning to the log.
func Warn(ctx context.Context, message string) { tflog.Warn(ctx, message) }

// Value is one setting, and where it comes from.
type Value struct {
	Text      string
	Set       bool // it has a known value
	Unknown   bool // it will have one once something else has been applied
	Attribute path.Path
	Variable  string // the environment variable, where the value comes from there
}

// Source names where the value comes from, for a diagnostic.
func (v Value) Source() string {
	if v.Variable != "" {
		return "the environment variable " + v.Variable
	}
	return "the provider attribute " + v.Attribute.String()
}

// Refuse adds an error about the value, on the attribute where it comes from there. It never repeats the value.
func (v Value) Refuse(diags *diag.Diagnostics, summary, problem string) {
	detail := capitalised(v.Source()) + " " + problem + "."
	if v.Variable != "" {
		diags.AddError(summary, detail)
		return
	}
	diags.AddAttributeError(v.Attribute, summary, detail)
}

func capitalised(s string) string { return "T" + s[1:] } // every source starts with "the"

// Block is a vendor's block of the provider configuration.
type Block struct {
	vendor string
	object types.Object
	getenv func(string) string
}

// NewBlock returns a vendor's block; object may be null or unknown.
func NewBlock(vendor string, object types.Object, getenv func(string) string) Block {
	return Block{vendor: vendor, object: object, getenv: getenv}
}

// Path is the path of one of the block's attributes.
func (b Block) Path(name string) path.Path { return path.Root(b.vendor).AtName(name) }

func (b Block) attribute(name string) attr.Value {
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
// be "".
func (b Block) Text(name, variable string) Value {
	v := Value{Attribute: b.Path(name)}
	switch configured := b.attribute(name); {
	case configured.IsUnknown():
		v.Unknown = true
	case !configured.IsNull():
		if s, ok := configured.(types.String); ok {
			v.Text, v.Set = s.ValueString(), true
		}
	case variable != "":
		if text := b.getenv(variable); text != "" {
			v.Text, v.Set, v.Variable = text, true, variable
		}
	}
	return v
}

// Number returns a number attribute, 0 where it isn't set.
func (b Block) Number(name string) float64 {
	if n, ok := b.attribute(name).(types.Float64); ok {
		return n.ValueFloat64()
	}
	return 0
}

// Credentials resolves the attributes that hold credentials, each with its variable. Any of them in the configuration
// switches all of their variables off: an alias must never fall back to another tenant's key.
func (b Block) Credentials(variables map[string]string) map[string]Value {
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

// Token checks a value that is to stand in a header, and wraps it.
func (v Value) Token(diags *diag.Diagnostics, summary string) transport.Secret {
	if !v.Set {
		return transport.Secret{}
	}
	if err := transport.CheckToken(v.Text); err != nil {
		v.Refuse(diags, summary, err.Error())
	}
	return transport.NewSecret(v.Text)
}

// BaseURL resolves a vendor's address.
func (b Block) BaseURL(diags *diag.Diagnostics, name, variable, standard, summary string) (*url.URL, bool) {
	v := b.Text(name, variable)
	if v.Unknown {
		return nil, false
	}
	if !v.Set {
		v.Text = standard
	}
	u, err := transport.ParseBaseURL(v.Text)
	if err != nil {
		v.Refuse(diags, summary, err.Error())
		return nil, false
	}
	return u, true
}

// Client holds a vendor's client, or the reason why there is none. A vendor that can't be used costs nothing until
// one of its resources needs it.
type Client[T any] struct {
	client  T
	missing diag.Diagnostic // nil: the client can be used
}

// Ready wraps a client that can be used.
func Ready[T any](client T) *Client[T] { return &Client[T]{client: client} }

// Missing says that a vendor can't be used.
func Missing[T any](vendor, problem string) *Client[T] {
	return &Client[T]{missing: diag.NewErrorDiagnostic(vendor+" is not configured", problem)}
}

// NotYetKnown is the Missing for a value that depends on something that isn't applied yet.
func NotYetKnown[T any](vendor string, attribute path.Path) *Client[T] {
	return Missing[T](vendor, fmt.Sprintf("The provider attribute %s isn't known yet, since it depends on something "+
		"that this run has still to create. Apply that first (terraform apply -target=…), or give the value by a variable.", attribute))
}

// Get returns the client, or adds why there is none.
func (c *Client[T]) Get(diags *diag.Diagnostics) (client T, ok bool) {
	if c == nil {
		diags.AddError("The provider is not configured", "Terraform has asked for an account before it configured the "+
			"provider. This is a fault of the provider or of Terraform; please report it.")
		return client, false
	}
	if c.missing != nil {
		diags.Append(c.missing)
		return client, false
	}
	return c.client, true
}

// Clients are all vendors' clients by the vendor's name, each a *Client.
type Clients map[string]any

// Of finds a vendor's client in what a resource is configured with. It returns nil before the provider is configured.
func Of[T any](vendor string, providerData any, diags *diag.Diagnostics) *Client[T] {
	if providerData == nil {
		return nil
	}
	clients, _ := providerData.(Clients)
	client, ok := clients[vendor].(*Client[T])
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("The provider has handed over %T without a client for "+
			"%s. This is a fault of the provider; please report it.", providerData, vendor))
	}
	return client
}
