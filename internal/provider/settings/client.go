package settings

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Client holds a vendor's client, or the reason why there is none. A vendor that can't be used costs nothing until
// one of its resources needs it.
type Client[T any] struct {
	client   T
	missing  diag.Diagnostic // nil: the client can be used
	warnings diag.Diagnostics
	warned   sync.Once
}

// NewClient returns a vendor's client, which build makes, or why the vendor's block allows none.
func NewClient[T any](b *Block, build func() T) *Client[T] {
	c := &Client[T]{missing: b.missing(), warnings: b.warnings}
	if c.missing == nil {
		c.client = build()
	}
	return c
}

// notYetKnown is about a value that depends on something that isn't applied yet.
func notYetKnown(vendor string, attribute path.Path) diag.Diagnostic {
	return diag.NewErrorDiagnostic(vendor+" is not configured", fmt.Sprintf("The provider attribute %s isn't known yet, "+
		"since it depends on something that this run has still to create. Apply that first (terraform apply -target=…), or "+
		"give the value by a variable.", attribute))
}

// Get returns the client, or adds why there is none.
func (c *Client[T]) Get(diags *diag.Diagnostics) (client T, ok bool) {
	if c == nil {
		diags.AddError("The provider is not configured", "Terraform has asked for an account before it configured the "+
			"provider. This is a fault of the provider or of Terraform; please report it.")
		return client, false
	}
	c.warned.Do(func() { diags.Append(c.warnings...) })
	if c.missing != nil {
		diags.Append(c.missing)
		return client, false
	}
	return c.client, true
}

// Close ends what the client has left open, such as sessions that were handed out. ctx bounds it.
func (c *Client[T]) Close(ctx context.Context) {
	if closer, ok := any(c.client).(interface{ Close(ctx context.Context) }); ok && c.missing == nil {
		closer.Close(ctx)
	}
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
