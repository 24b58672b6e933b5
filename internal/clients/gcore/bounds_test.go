package gcore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread/endless"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// TestBounds: whatever calls read a listing, it ends.
func TestBounds(t *testing.T) { //nolint:paralleltest // it measures memory
	call := func(name, path string, run func(ctx context.Context, c *Client) error) endless.Call {
		return endless.Call{Name: name, Path: path, Run: func(ctx context.Context, o transport.Options) error {
			return run(ctx, New(Options{Transport: o, APIKey: transport.NewSecret("1_key")}))
		}}
	}
	bulk := func(name, path string, read func(ctx context.Context, c *Client, id string) error) endless.Call {
		return endless.Call{Name: name, Path: path, Bulk: true, Run: func(ctx context.Context, o transport.Options) error {
			var warning error
			c := New(Options{Transport: o, APIKey: transport.NewSecret("1_key"), BulkReads: true, Warn: func(_ context.Context, message string) {
				warning = errors.New(message)
			}})
			for n := 1; n <= endless.Reads; n++ {
				if err := read(ctx, c, fmt.Sprint(n)); err != nil {
					return err
				}
			}
			return warning
		}}
	}
	seen := witness.Witness{Owner: "9", Address: "https://vendor.example"}
	endless.Test(t, endless.Vendor{
		Name: vendor,
		Page: func(items []string, total string) string {
			count := ""
			if total != "null" {
				count = `"count":` + total + ","
			}
			return "{" + count + `"results":[` + strings.Join(items, ",") + "]}"
		},
		ID: func(n int) string { return fmt.Sprint(n) },
		Item: func(id string) string {
			return fmt.Sprintf(`{"id":%s,"companyName":"A","email":"a@b.example","client":5}`, id)
		},
		LongID: `{"id":` + endless.LongNumber + "}",
		Other: func(r *http.Request) (int, string) {
			switch {
			case r.Method == http.MethodPost:
				return http.StatusInternalServerError, ""
			case r.URL.Path == clientsPath:
				return http.StatusForbidden, ""
			}
			return http.StatusNotFound, ""
		},
		Calls: []endless.Call{
			call("accounts", clientsPath, func(ctx context.Context, c *Client) error {
				return lastError(c.ListAccounts(ctx, AccountFilter{}))
			}),
			call("accounts, filtered", clientsPath, func(ctx context.Context, c *Client) error {
				return lastError(c.ListAccounts(ctx, AccountFilter{Company: "A"}))
			}),
			call("accounts, as a member", usersPath, func(ctx context.Context, c *Client) error {
				return lastError(c.ListAccounts(ctx, AccountFilter{}))
			}),
			call("users", usersPath, func(ctx context.Context, c *Client) error { return lastError(c.ListUsers(ctx, UserFilter{})) }),
			call("sellers", sellersPath, func(ctx context.Context, c *Client) error { return lastError(c.Sellers(ctx, SellerFilter{})) }),
			call("proof", clientsPath, func(ctx context.Context, c *Client) error {
				_, err := c.ReadAccount(ctx, "7000000", seen, nil)
				return err
			}),
			call("proof of a user", usersPath, func(ctx context.Context, c *Client) error {
				_, err := c.ReadUser(ctx, "7000000", "8000000", seen, nil)
				return err
			}),
			call("create", clientsPath, func(ctx context.Context, c *Client) error {
				_, err := c.CreateAccount(ctx, "Acme")
				return err
			}),
			call("create, as a member", usersPath, func(ctx context.Context, c *Client) error {
				_, err := c.CreateAccount(ctx, "Acme")
				return err
			}),
			call("create of a user", clientsPath, func(ctx context.Context, c *Client) error {
				_, err := c.CreateUser(ctx, NewUser{Email: "new@b.example", Company: "Acme"})
				return err
			}),
			bulk("bulk", clientsPath, func(ctx context.Context, c *Client, id string) error {
				_, err := c.ReadAccount(ctx, id, seen, nil)
				return err
			}),
			bulk("bulk, users", usersPath, func(ctx context.Context, c *Client, id string) error {
				_, err := c.ReadUser(ctx, id, "", seen, nil)
				return err
			}),
		},
	})
}

// lastError reads a listing to its end.
func lastError[T any](all iter.Seq2[T, error]) (last error) {
	for _, err := range all {
		last = err
	}
	return last
}
