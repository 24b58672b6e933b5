package fortanix_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread/endless"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// TestBounds: whatever calls read a listing, it ends.
func TestBounds(t *testing.T) { //nolint:paralleltest // it measures memory
	const path = "/v1/accounts"
	id := func(n int) string { return fmt.Sprintf("%08d%s", n, absentID[8:]) }
	var warning error
	client := func(o transport.Options) *fortanix.Client {
		warning = nil
		return fortanix.New(fortanix.Options{
			Transport: o, Username: "ops@example.com", Password: transport.NewSecret("a long password"), BulkReads: true,
			Warn: func(_ context.Context, message string) { warning = errors.New(message) },
		})
	}
	endless.Test(t, endless.Vendor{
		Name: "Fortanix",
		Page: func(items []string, total string) string {
			return `{"total":` + total + `,"items":[` + strings.Join(items, ",") + "]}"
		},
		ID:     id,
		Item:   func(id string) string { return fmt.Sprintf(`{"acct_id":%q,"name":"A"}`, id) },
		LongID: `{"acct_id":"` + endless.LongNumber + `"}`,
		Other: func(r *http.Request) (int, string) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/v1/sys/auth"):
				return http.StatusOK, `{"access_token":"token","expires_in":86400,"session_info":{"user_id":"` + id(9) + `"}}`
			case r.URL.Path == "/v1/user":
				return http.StatusOK, `{"user_id":"` + id(9) + `"}`
			case r.Method == http.MethodPost:
				return http.StatusInternalServerError, ""
			}
			return http.StatusNotFound, ""
		},
		Calls: []endless.Call{
			{Name: "accounts", Path: path, Run: func(ctx context.Context, o transport.Options) error {
				var last error
				for _, err := range client(o).ListAccounts(ctx) {
					last = err
				}
				if last == nil {
					last = warning
				}
				return last
			}},
			{Name: "proof", Path: path, Run: func(ctx context.Context, o transport.Options) error {
				c := client(o)
				user, err := c.Caller(ctx)
				if err != nil {
					return err
				}
				_, err = c.ReadAccount(ctx, "a"+absentID[1:], witness.Witness{Owner: user, Address: c.Address()}, nil)
				return err
			}},
			{Name: "create", Path: path, Run: func(ctx context.Context, o transport.Options) error {
				_, err := client(o).CreateAccount(ctx, fortanix.NewAccount{Name: "Acme"})
				return err
			}},
			{Name: "bulk", Path: path, Bulk: true, Run: func(ctx context.Context, o transport.Options) error {
				c := client(o)
				for n := 1; n <= endless.Reads; n++ {
					if _, err := c.ReadAccount(ctx, id(n), witness.Witness{}, nil); err != nil {
						return err
					}
				}
				return warning
			}},
		},
	})
}
