package softwareone_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread/endless"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// TestBounds: whatever calls read a listing, it ends.
func TestBounds(t *testing.T) { //nolint:paralleltest // it measures memory
	const path = "/public/v1/accounts/accounts"
	var warning error
	client := func(o transport.Options) *softwareone.Client {
		warning = nil
		return softwareone.New(softwareone.Options{
			Transport: o, APIToken: transport.NewSecret(mock.DemoToken), BulkReads: true,
			Warn: func(_ context.Context, message string) { warning = errors.New(message) },
		})
	}
	endless.Test(t, endless.Vendor{
		Name: "SoftwareOne",
		Page: func(items []string, total string) string {
			limit := total
			if total == "null" {
				limit = "1"
			}
			return `{"$meta":{"pagination":{"limit":` + limit + `,"total":` + total + `}},"data":[` + strings.Join(items, ",") + "]}"
		},
		ID:     func(n int) string { return fmt.Sprintf("ACC-%d", n) },
		Item:   func(id string) string { return fmt.Sprintf(`{"id":%q,"name":"A","type":"Client"}`, id) },
		LongID: `{"id":` + endless.LongNumber + "}",
		Other:  func(*http.Request) (int, string) { return http.StatusNotFound, "" },
		Calls: []endless.Call{
			{Name: "accounts", Path: path, Run: func(ctx context.Context, o transport.Options) (last error) {
				for _, err := range client(o).ListAccounts(ctx, softwareone.Filter{}, true) {
					last = err
				}
				return last
			}},
			{Name: "create", Path: path, Run: func(ctx context.Context, o transport.Options) error {
				_, err := client(o).CreateAccount(ctx, named("Acme"), nil, false)
				return err
			}},
			{Name: "create, duplicates allowed", Path: path, Run: func(ctx context.Context, o transport.Options) error {
				_, err := client(o).CreateAccount(ctx, named("Acme"), nil, true)
				return err
			}},
			{Name: "bulk", Path: path, Bulk: true, Run: func(ctx context.Context, o transport.Options) error {
				c := client(o)
				for n := 1; n <= endless.Reads; n++ {
					if _, err := c.ReadAccount(ctx, fmt.Sprintf("ACC-%d", n)); err != nil {
						return err
					}
				}
				return warning
			}},
		},
	})
}

// Names of fields that a listing leaves out cost neither memory nor ever longer requests.
func TestManyOmitted(t *testing.T) {
	t.Parallel()
	names := func(n, page int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"f%dx%d"`, page, i))
		}
		return strings.Join(all, ",")
	}
	pages, longest := 0, 0
	c := directClient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		longest = max(longest, len(r.URL.RawQuery))
		if r.URL.Query().Has("x") {
			t.Errorf("the query is %s", r.URL.RawQuery)
		}
		if strings.HasSuffix(r.URL.Path, "/ACC-1") {
			_, _ = fmt.Fprint(w, `{"id":"ACC-1","name":"A"}`)
			return
		}
		pages++
		_, _ = fmt.Fprintf(w, `{"$meta":{"omitted":["a b","&x=1",%s]},"data":[{"id":"ACC-1"}]}`, names(100, pages))
	}))
	if _, err := collect(t, c, softwareone.Filter{}, false); err == nil || longest > 1000 || pages > 4 {
		t.Errorf("%d requests, the longest query has %d characters: %v", pages, longest, err)
	}
	c = directClient(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"$meta":{"omitted":[%s]},"data":[]}`, names(300, 1))
	}))
	if _, err := collect(t, c, softwareone.Filter{}, false); err == nil || !strings.Contains(err.Error(), "more than 256 fields") {
		t.Error(err)
	}
}
