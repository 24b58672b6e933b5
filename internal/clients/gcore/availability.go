package gcore

import (
	"context"
	"net/http"
	"slices"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// ProductAvailability says whether an account may activate a product (schema ProductAvailability of the Reseller API).
type ProductAvailability struct {
	Product string `json:"product_name"` // CDN, STORAGE, STREAMING, DNS, DDOS, CLOUD
	// Available is nil where the product inherits the reseller's default.
	Available *bool `json:"available"`
}

// Availability reads the availability of products for one account. Whether the reply only lists the account's own
// overrides, or what applies to each product, is not documented.
func (c *Client) Availability(ctx context.Context, clientID string) ([]ProductAvailability, error) {
	const operation = "read product availability"
	if err := checkID(operation, clientID); err != nil {
		return nil, err
	}
	var products list[ProductAvailability]
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: pathOf(availabilityPath, clientID), Into: &products,
	}, nil)
	if slices.ContainsFunc(products.Items, func(p ProductAvailability) bool { return p.Product == "" }) {
		return nil, unexpected(operation, "the reply holds an item without product_name")
	}
	return products.Items, err
}

// SetAvailability overrides the availability of one product. The vendor refuses (403) to hide a product in use.
func (c *Client) SetAvailability(ctx context.Context, clientID, product string, available bool) error {
	const operation = "set product availability"
	if err := checkID(operation, clientID); err != nil {
		return err
	}
	var set ProductAvailability
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodPatch, Path: pathOf(availabilityPath, clientID), Into: &set,
	}, ProductAvailability{Product: product, Available: &available})
	if err == nil && (set.Product != product || set.Available == nil || *set.Available != available) {
		err = unexpected(operation, "the reply is about another product, or shows another availability than was set")
	}
	return err
}

// ResetAvailability drops the overrides of these products, which then inherit the reseller's defaults. Without a
// product it makes no request.
func (c *Client) ResetAvailability(ctx context.Context, clientID string, products ...string) error {
	const operation = "reset product availability"
	if err := checkID(operation, clientID); err != nil || len(products) == 0 {
		return err
	}
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodDelete, Path: pathOf(availabilityPath, clientID),
	}, struct {
		Products []string `json:"product_names"`
	}{products})
	return err
}
