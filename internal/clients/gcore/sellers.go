package gcore

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

const (
	sellersPath         = "/iam/admin/sellers"
	renewInvitationPath = "/iam/auth/renew_invitation"
	resetPasswordPath   = "/iam/auth/reset_password"
)

// Seller is a reseller's employee (schema Seller of the Reseller API).
type Seller struct {
	ID        int64              `json:"-"`
	Email     string             `json:"email"`
	FullName  wire.Field[string] `json:"full_name"`
	Phone     wire.Field[string] `json:"phone"`
	Activated wire.Field[bool]   `json:"activated"`
	Deleted   bool               `json:"deleted"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Seller) UnmarshalJSON(raw []byte) error {
	type plain Seller
	var in struct {
		plain
		ID integer `json:"id"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*s = Seller(in.plain)
	s.ID = int64(in.ID)
	_, err := in.ID.requireID("seller")
	return err
}

// SellerFilter narrows a listing of sellers. Empty fields don't count.
type SellerFilter struct {
	Email    string // without regard to case
	FullName string // without regard to case and surrounding whitespace
}

// Sellers yields a reseller's sellers that pass the filter, without deleted ones. How the vendor's own filters compare is
// not documented, so the whole listing is read.
func (c *Client) Sellers(ctx context.Context, filter SellerFilter) iter.Seq2[Seller, error] {
	return func(yield func(Seller, error) bool) {
		for s, err := range (bulkread.Listing[Seller]{
			Vendor: vendor, Operation: "list sellers", ID: func(s Seller) string { return integer(s.ID).id() },
			Page: func(ctx context.Context, offset int, _ string) (bulkread.Page[Seller], error) {
				page, _, err := fetchPage[Seller](ctx, c, "list sellers", sellersPath, url.Values{"ordering": {"id"}}, offset, pageSize)
				return page, err
			},
		}).Each(ctx) {
			name, _ := s.FullName.Get()
			fits := !s.Deleted && (filter.Email == "" || sameText(filter.Email, s.Email)) &&
				(filter.FullName == "" || name != nil && sameText(filter.FullName, *name))
			if (err != nil || fits) && !yield(s, err) {
				return
			}
		}
	}
}

// RenewInvitation has the vendor send another invitation to a user who is not activated yet.
func (c *Client) RenewInvitation(ctx context.Context, email string) error {
	return c.mail(ctx, "renew the invitation", renewInvitationPath, email)
}

// ResetPassword has the vendor send a user the means to choose another password.
func (c *Client) ResetPassword(ctx context.Context, email string) error {
	return c.mail(ctx, "reset the password", resetPasswordPath, email)
}

// mail is sent once: a repeat would send another message.
func (c *Client) mail(ctx context.Context, operation, path, email string) error {
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodPost, Path: path, Replay: transport.NonIdempotent,
	}, struct {
		Email string `json:"email"`
	}{email})
	return err
}
